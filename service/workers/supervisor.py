"""The supervisor: one thread of a service process that claims plans, gives each a child, and renews their leases."""

import threading
import time

import structlog

from service.core.ids import new_identifier
from service.core.settings import Settings
from service.storage.errors import DatabaseError
from service.storage.plan_requests import Claim
from service.storage.repositories.jobs import JobQueue
from service.workers.attempt_results import OnAttemptFinished
from service.workers.job_attempt import JobAttempt, OnPlanChanged
from service.workers.worker_process import ForkServer, ForkServerLostError, WorkerProcess

_TICK_SECONDS = 0.25
_RETRY_SECONDS = 1.0
_LOAD_TIMEOUT_SECONDS = 20.0

_log = structlog.get_logger(__name__)


class Supervisor:
    """Runs the tries of one service process."""

    def __init__(
        self,
        queue: JobQueue,
        settings: Settings,
        on_plan_changed: OnPlanChanged,
        on_attempt_finished: OnAttemptFinished,
    ) -> None:
        """Serve a queue; `on_news` is called after every write about a plan, `on_ending` when a try is over."""
        self.owner = new_identifier()
        """Name of this process in leases, new at every start."""
        self._queue = queue
        self._settings = settings
        self._on_plan_changed = on_plan_changed
        self._on_attempt_finished = on_attempt_finished
        self._wake_event = threading.Event()
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._fork_server = ForkServer()
        self._lost_fork_server: ForkServer | None = None
        self._attempts: dict[tuple[str, int], tuple[JobAttempt, threading.Thread]] = {}
        self._thread = threading.Thread(target=self._supervise_attempts, name="supervisor", daemon=True)
        self._thread.start()

    @property
    def is_ready(self) -> bool:
        """Whether the solvers are loaded and somebody looks for work."""
        return self._ready.is_set() and self._thread.is_alive()

    def wake_for_work(self) -> None:
        """There is work: look at once."""
        self._wake_event.set()

    def signal_cancellation(self, plan: str) -> None:
        """The end of a plan was asked for; nothing happens if it does not run here."""
        for attempt, _ in tuple(self._attempts.values()):
            if attempt.claim.plan == plan:
                attempt.signals.cancel_requested.set()

    def spawn_worker(self) -> WorkerProcess:
        """A child for other work than plans; NurseryGoneError where none can be had now."""
        if not self._ready.wait(_LOAD_TIMEOUT_SECONDS):
            raise ForkServerLostError("the solvers are not loaded yet")
        fork_server = self._fork_server
        try:
            return fork_server.spawn_worker()
        except ForkServerLostError:
            self._lost_fork_server = fork_server
            self._wake_event.set()
            raise

    def list_worker_pids(self) -> tuple[int, ...]:
        """Process ids of the solves that run now."""
        return tuple(attempt.worker_pid for attempt, _ in tuple(self._attempts.values()))

    def stop(self, grace_seconds: float) -> None:
        """Claim no more, let tries finish for some seconds, put the rest back into the queue, and end the nursery."""
        self._stopping.set()
        self._wake_event.set()
        if not self._ready.is_set():
            self._fork_server.close()  # the supervisor waits for it
        self._thread.join()
        deadline = time.monotonic() + grace_seconds
        running = tuple(self._attempts.values())
        for _, thread in running:
            thread.join(max(0.0, deadline - time.monotonic()))
        for attempt, _ in running:
            attempt.signals.release_requested.set()
        for _, thread in running:
            thread.join()
        self._fork_server.close()

    def _supervise_attempts(self) -> None:
        renewed = time.monotonic()
        while not self._stopping.is_set():
            self._wake_event.wait(min(_TICK_SECONDS, self._settings.poll_seconds))
            self._wake_event.clear()
            try:
                self._ensure_solvers_loaded()
                if self._attempts and time.monotonic() - renewed > self._settings.lease_seconds / 3:
                    renewed = time.monotonic()
                    self._renew_leases()
                self._forward_cancellations()
                self._claim_while_free()
            except DatabaseError as error:
                _log.warning("database fails; trying again", error=str(error))
                self._stopping.wait(_RETRY_SECONDS)
            except ForkServerLostError as error:
                self._replace_fork_server(error)

    def _ensure_solvers_loaded(self) -> None:
        if self._lost_fork_server is self._fork_server:
            raise ForkServerLostError("it did not answer")
        if not self._ready.is_set():
            self._fork_server.wait_until_ready()
            self._ready.set()

    def _replace_fork_server(self, error: ForkServerLostError) -> None:
        self._ready.clear()
        if self._stopping.is_set():
            return
        _log.warning("nursery lost; starting another", error=str(error))
        self._fork_server.close()
        self._stopping.wait(_RETRY_SECONDS)
        self._fork_server = ForkServer()

    def _renew_leases(self) -> None:
        tries = dict(self._attempts)
        held = self._queue.renew_leases(self.owner, {plan for plan, _ in tries})
        for key, (attempt, _) in tries.items():
            if key not in held:
                attempt.signals.lease_lost.set()

    def _forward_cancellations(self) -> None:
        """Those asked for in other processes; our own reach `cancel` directly."""
        if self._attempts:
            for plan in self._queue.list_cancellations(self.owner):
                self.signal_cancellation(plan)

    def _claim_while_free(self) -> None:
        """Claim plans as long as there are free places."""
        while len(self._attempts) < self._settings.solver_workers and not self._stopping.is_set():
            claim = self._queue.claim_next_job(self.owner)
            if claim is None:
                return
            self._start_attempt(claim)

    def _start_attempt(self, claim: Claim) -> None:
        try:
            child = self._fork_server.spawn_worker()
        except ForkServerLostError:
            self._queue.requeue_claim(claim, "the solvers had to be loaded again", count_attempt=False)
            raise
        attempt = JobAttempt(
            self._queue, self._settings, claim, child, self._on_plan_changed, self._on_attempt_finished
        )
        thread = threading.Thread(target=self._run_attempt, args=(attempt,), name=f"plan {claim.plan}", daemon=True)
        self._attempts[claim.plan, claim.attempt] = (attempt, thread)
        thread.start()
        self._on_plan_changed(claim.plan)

    def _run_attempt(self, attempt: JobAttempt) -> None:
        """See a try through. Should it break off, its lease is not renewed any more and the plan is tried again."""
        try:
            attempt.run_to_completion()
        finally:
            del self._attempts[attempt.claim.plan, attempt.claim.attempt]
            self._wake_event.set()
