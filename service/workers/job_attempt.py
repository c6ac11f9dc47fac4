"""One try at one plan: a child solves it while this thread listens, and what comes of it is stored.

Whatever happens to the child has one of five ends: its result is stored; the plan ends as `failed`; it goes back into the
queue; it ends as `cancelled`; or nothing is written, because the plan is no longer ours.
"""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from models.plan import Plan
from service.core.codecs import EncodedTable, PlanOutcome
from service.core.settings import Settings
from service.storage.errors import DatabaseError
from service.storage.plan_requests import Claim
from service.storage.repositories.jobs import JobQueue, make_failed_plan
from service.workers.attempt_results import AttemptResult, OnAttemptFinished, SolveStage
from service.workers.channel import ChannelClosedError, Message
from service.workers.worker_process import WorkerProcess

MESSAGE_POLL_SECONDS = 0.1
"""How long a thread listens before it looks whether the plan was cancelled or taken away."""

LIVENESS_CHECK_SECONDS = 1.0
"""How long a child may be silent before one looks whether it lives."""

DATABASE_RETRY_SECONDS = 1.0
"""How long to wait before writing again to a database that failed."""

_log = structlog.get_logger(__name__)


class AttemptSignals:
    """What others tell a running try; set from any thread."""

    def __init__(self) -> None:
        """Start with nothing told."""
        self.cancel_requested = threading.Event()
        """The plan's end was asked for."""
        self.lease_lost = threading.Event()
        """Another process holds the plan now: end the child and write nothing."""
        self.release_requested = threading.Event()
        """The service stops: put the plan back into the queue."""


class OnPlanChanged(Protocol):
    """Called after every write about a plan."""

    def __call__(self, plan: str) -> object:
        """Take notice of news about a plan."""
        ...


class JobAttempt:
    """One try at one plan."""

    def __init__(
        self,
        queue: JobQueue,
        settings: Settings,
        claim: Claim,
        worker_process: WorkerProcess,
        on_plan_changed: OnPlanChanged,
        on_attempt_finished: OnAttemptFinished,
    ) -> None:
        """Hold a claim and a fresh child for it; `run` does the rest."""
        self._result = AttemptResult(claim, time.time())
        self._on_attempt_finished = on_attempt_finished
        self.claim = claim
        self.signals = AttemptSignals()
        self._queue = queue
        self._settings = settings
        self._worker_process = worker_process
        self._on_plan_changed = on_plan_changed

    def run_to_completion(self) -> None:
        """Send the plan to the child and see it through."""
        deadline = time.monotonic() + self.claim.options.time_limit_seconds + self._settings.kill_grace_seconds
        try:
            try:
                self._send_problem()
                self._process_messages(deadline)
            except ChannelClosedError:
                self._handle_crash()
        finally:
            self._worker_process.terminate()
            self._on_plan_changed(self.claim.plan)
            self._result.finished = time.time()
            self._on_attempt_finished(self._result)

    @property
    def worker_pid(self) -> int:
        """Process id of the child."""
        return self._worker_process.pid

    def _send_problem(self) -> None:
        claim, start = self.claim, self.claim.warm_start
        head = {
            "memory_bytes": self._settings.worker_memory_limit_bytes,
            "niceness": self._settings.worker_nice,
            "size": claim.problem.size,
            "options": claim.options.model_dump(mode="json"),
        }
        if start is None:
            self._worker_process.channel.send("plan", head, claim.problem.body)
        else:
            head["start_size"] = start.problem.size
            self._worker_process.channel.send("plan", head, claim.problem.body, start.problem.body, start.basis)

    def _process_messages(self, deadline: float) -> None:
        """Take messages until one ends the try; ChannelClosed if the child ends without a word."""
        silent_since = time.monotonic()
        while True:
            if self.signals.lease_lost.is_set():
                return
            if self.signals.cancel_requested.is_set():
                self._stop_gracefully()
                self._store_with_retries("cancelled", lambda: self._queue.store_cancellation(self.claim))
                return
            if self.signals.release_requested.is_set():
                self._worker_process.terminate()
                self._store_with_retries(
                    "released",
                    lambda: self._queue.requeue_claim(self.claim, "the service stopped", count_attempt=False),
                )
                return
            if time.monotonic() > deadline:
                self._worker_process.terminate()
                self._store_failure("the solver did not stop at its time limit", "time")
                return
            if self._worker_process.channel.poll(MESSAGE_POLL_SECONDS):
                if self._handle_message(self._worker_process.channel.receive()):
                    return
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since > LIVENESS_CHECK_SECONDS:
                if not self._worker_process.is_alive():
                    raise ChannelClosedError
                silent_since = time.monotonic()

    def _handle_message(self, message: Message) -> bool:
        """Store what the child says; whether it was its last word."""
        if message.kind == "progress":
            self._record_progress(message.head)
            return False
        if message.kind == "failed":
            self._store_failure(message.head["detail"], message.head["limit"])
            return True
        head, basis, *tables = message.bodies
        names = message.head["tables"]
        outcome = PlanOutcome(
            Plan.model_validate_json(head),
            {name: EncodedTable(rows, body) for (name, rows), body in zip(names, tables, strict=True)},
            basis or None,
        )
        self._result.peak_bytes = message.head["peak_bytes"]
        self._result.stages = tuple(SolveStage(*stage) for stage in message.head["stages"])
        self._store_with_retries(outcome.head.outcome, lambda: self._queue.store_outcome(self.claim, outcome))
        return True

    def _record_progress(self, data: dict[str, Any]) -> None:
        """Progress is a hint: what the database does not take is left out."""
        try:
            if not self._queue.record_progress(self.claim, data):
                self.signals.lease_lost.set()
        except DatabaseError as error:
            _log.warning("progress not stored", plan=self.claim.plan, error=str(error))
        self._on_plan_changed(self.claim.plan)

    def _store_failure(self, detail: str, limit: str | None) -> None:
        outcome = PlanOutcome(make_failed_plan(self.claim.options.solver, detail, limit))
        self._store_with_retries("failed", lambda: self._queue.store_outcome(self.claim, outcome))

    def _store_with_retries(self, outcome: str, write: Callable[[], bool]) -> None:
        """Write the end of the try, which is such an `ending`, again and again while the database fails, until it is written or not ours to write.

        A write that came through although its answer was lost is not made twice: the claim does not hold any more.
        """
        while True:
            try:
                written = write()
            except DatabaseError as error:
                _log.warning("database fails; trying again", plan=self.claim.plan, error=str(error))
                if self.signals.lease_lost.is_set() or self.signals.release_requested.wait(DATABASE_RETRY_SECONDS):
                    return
            else:
                if written:
                    self._result.outcome = outcome
                else:
                    _log.warning("a plan was not ours any more", plan=self.claim.plan, tries=self.claim.attempt)
                return

    def _stop_gracefully(self) -> None:
        """Ask the child to end, and kill it if it does not."""
        try:
            self._worker_process.channel.send("stop", {})
            until = time.monotonic() + self._settings.cancel_grace_seconds
            while (left := until - time.monotonic()) > 0:
                if self._worker_process.channel.poll(left):
                    self._worker_process.channel.receive()  # words on its way out
        except ChannelClosedError:
            pass
        self._worker_process.terminate()

    def _handle_crash(self) -> None:
        """The child ended without a word: try again, or give up after `max_tries`."""
        code = self._worker_process.terminate()
        how = _describe_exit(code)
        _log.warning("child lost", plan=self.claim.plan, tries=self.claim.attempt, how=how)
        if self.signals.cancel_requested.is_set():
            self._store_with_retries("cancelled", lambda: self._queue.store_cancellation(self.claim))
        elif self.claim.attempt >= self._settings.max_attempts:
            self._store_failure(f"its solver was lost {self.claim.attempt} times, at last: {how}", None)
        else:
            self._store_with_retries("crashed", lambda: self._queue.requeue_claim(self.claim, how, count_attempt=True))


def _describe_exit(code: int | None) -> str:
    if code is None:
        return "it ended, how is unknown"
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
