"""One attempt at one plan: a worker process solves it while this thread listens, and the result is stored.

Every attempt ends in one of five ways: the result is stored; the plan ends as `failed`; the plan returns to the queue;
the plan ends as `cancelled`; or nothing is written, because another process holds the lease.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from models.plan import Plan
from service.core.codecs import EncodedTable, PlanOutcome
from service.core.settings import Settings
from service.storage.errors import StorageError
from service.storage.plan_requests import Claim
from service.storage.repositories.jobs import JobQueue, make_failed_plan
from service.workers.attempt_signals import AttemptInterruptedError, AttemptSignals, store_with_retries
from service.workers.channel import ChannelClosedError, Message
from service.workers.worker_pool import PooledWorker, WorkerPool
from service.workers.worker_process import WorkerTimeoutError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SolveStage:
    """One stage of a solve; times in seconds since 1970."""

    name: str
    """Such as `build`, `solve`, `certify`, `report`."""
    started: float
    """Start."""
    finished: float
    """End."""


@dataclass(slots=True)
class AttemptResult:
    """One attempt at a plan, when it is over; times in seconds since 1970."""

    claim: Claim
    """The claim."""
    started: float
    """Start."""
    finished: float = 0.0
    """End."""
    outcome: str = "lost"
    """The plan's outcome; or `cancelled`, `released` (the service stopped), `crashed` (will be retried), `lost` (another process took over)."""
    peak_bytes: int | None = None
    """Greatest resident memory of the worker, libraries included; None where it did not report it."""
    stages: tuple[SolveStage, ...] = ()
    """Its stages, in order."""


OnAttemptFinished = Callable[[AttemptResult], object]
"""Called, in the thread of the attempt, when an attempt is over."""


OnPlanChanged = Callable[[str], object]
"""Called with its identifier after every write about a plan."""


class JobAttempt:
    """One attempt at one plan."""

    def __init__(
        self,
        queue: JobQueue,
        settings: Settings,
        claim: Claim,
        workers: WorkerPool,
        worker: PooledWorker,
        on_plan_changed: OnPlanChanged,
        on_attempt_finished: OnAttemptFinished,
    ) -> None:
        """Hold a claim and a fresh worker for it; `run_to_completion` releases the worker."""
        self.claim = claim
        self.signals = AttemptSignals()
        self._result = AttemptResult(claim, time.time())
        self._queue = queue
        self._settings = settings
        self._workers = workers
        self._worker = worker
        self._process = worker.process
        self._on_plan_changed = on_plan_changed
        self._on_attempt_finished = on_attempt_finished

    def run_to_completion(self) -> None:
        """Send the plan to the worker and store how the attempt ends."""
        deadline = time.monotonic() + self.claim.options.time_limit_seconds + self._settings.kill_grace_seconds
        try:
            self._run_until(deadline)
        finally:
            self._workers.release_worker(self._worker, keep=False)
            self._on_plan_changed(self.claim.plan)
            self._result.finished = time.time()
            self._on_attempt_finished(self._result)

    def _run_until(self, deadline: float) -> None:
        try:
            self._send_problem()
            while not self._handle_message(self._process.receive_message(deadline, self.signals.raise_if_set)):
                pass
        except AttemptInterruptedError as interruption:
            self._handle_interruption(interruption)
        except WorkerTimeoutError:
            self._process.terminate()
            self._store_failure("the solver did not stop at its time limit", "time")
        except ChannelClosedError:
            self._handle_crash()

    def _send_problem(self) -> None:
        claim, start = self.claim, self.claim.warm_start
        head = {
            "size": claim.problem.size,
            "options": claim.options.model_dump(mode="json"),
            # what an earlier attempt was lost to may have been its estimate
            "estimate_columns": self._settings.estimate_columns if claim.attempt == 1 else None,
        }
        if start is None:
            self._worker.send_order("solve", head, claim.problem.body)
        else:
            head["start_size"] = start.problem.size
            self._worker.send_order("solve", head, claim.problem.body, start.problem.body, start.basis)

    def _handle_message(self, message: Message) -> bool:
        """Store what a message reports; return whether it was the last one."""
        if message.kind in ("progress", "estimate"):
            self._record_event(message.kind, message.head)
            return False
        if message.kind == "failed":
            if (error := message.head.get("error")) is not None:
                _log.error("solve failed", plan=self.claim.plan, attempt=self.claim.attempt, exception=error)
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

    def _record_event(self, kind: str, data: dict[str, Any]) -> None:
        """Store progress or an estimate; where the database fails, it is left out."""
        try:
            if not self._queue.record_event(self.claim, kind, data):
                self.signals.lease_lost.set()
        except StorageError as error:
            _log.warning(f"{kind} not stored", plan=self.claim.plan, error=str(error))
        self._on_plan_changed(self.claim.plan)

    def _handle_interruption(self, interruption: AttemptInterruptedError) -> None:
        if interruption.signal == "cancel":
            self._process.stop(self._settings.cancel_grace_seconds)
            self._store_with_retries("cancelled", lambda: self._queue.store_cancellation(self.claim))
        elif interruption.signal == "release":
            self._process.terminate()
            self._store_with_retries(
                "released", lambda: self._queue.requeue_claim(self.claim, "the service stopped", count_attempt=False)
            )

    def _handle_crash(self) -> None:
        """The worker ended without a result: retry the plan, or give up after `max_attempts`."""
        how = self._process.describe_exit()
        _log.warning("worker process lost", plan=self.claim.plan, attempt=self.claim.attempt, how=how)
        if self.signals.cancel_requested.is_set():
            self._store_with_retries("cancelled", lambda: self._queue.store_cancellation(self.claim))
        elif self.claim.attempt >= self._settings.max_attempts:
            self._store_failure(f"its solver was lost {self.claim.attempt} times, at last: {how}", None)
        else:
            self._store_with_retries("crashed", lambda: self._queue.requeue_claim(self.claim, how, count_attempt=True))

    def _store_failure(self, detail: str, limit: str | None) -> None:
        outcome = PlanOutcome(make_failed_plan(self.claim.options.solver, detail, limit))
        self._store_with_retries("failed", lambda: self._queue.store_outcome(self.claim, outcome))

    def _store_with_retries(self, outcome: str, write: Callable[[], bool]) -> None:
        """Store the end of the attempt; nothing is stored if the lease is lost or the service stops."""
        try:
            written = store_with_retries(write, self.signals, _log.bind(plan=self.claim.plan))
        except AttemptInterruptedError:
            return
        if written:
            self._result.outcome = outcome
        else:
            _log.warning("lease lost; nothing stored", plan=self.claim.plan, attempt=self.claim.attempt)
