"""The supervisor: one thread of a service process that claims plans, gives each a worker, and renews their leases."""

import threading
import time

import structlog

from service.core.ids import new_identifier
from service.core.log_text import summarize_error
from service.core.settings import Settings
from service.storage.errors import StorageError
from service.storage.plan_requests import Claim
from service.storage.repositories.jobs import JobQueue
from service.workers.background import FailureLog
from service.workers.job_attempt import JobAttempt, OnAttemptFinished, OnPlanChanged
from service.workers.worker_pool import WorkerPool
from service.workers.worker_process import ForkServerLostError

EXTRA_WORKERS = 1
"""Solves beyond the bound, for a caller none of whose plans runs: the long plans of one caller keep no other waiting."""

_TICK_SECONDS = 0.25
_RETRY_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class Supervisor:
    """Runs the job attempts of one service process."""

    def __init__(
        self,
        queue: JobQueue,
        settings: Settings,
        workers: WorkerPool,
        on_plan_changed: OnPlanChanged,
        on_attempt_finished: OnAttemptFinished,
        failures: FailureLog,
    ) -> None:
        """Start at once to serve a queue with the workers of a pool."""
        self.owner = new_identifier()
        """Name of this process in leases, new at every start."""
        self._queue = queue
        self._settings = settings
        self._workers = workers
        self._on_plan_changed = on_plan_changed
        self._on_attempt_finished = on_attempt_finished
        self._failures = failures
        self._wake_event = threading.Event()
        self._stopping = threading.Event()
        self._attempts: dict[tuple[str, int], tuple[JobAttempt, threading.Thread]] = {}
        self._thread = threading.Thread(target=self._supervise_attempts, name="job-supervisor", daemon=True)
        self._thread.start()

    @property
    def is_ready(self) -> bool:
        """Whether the solvers are loaded and the supervisor runs."""
        return self._workers.is_ready and self._thread.is_alive()

    def wake_for_work(self) -> None:
        """Look for work at once."""
        self._wake_event.set()

    def signal_cancellation(self, plan: str) -> None:
        """Cancel the attempt at a plan; nothing happens if the plan does not run here."""
        for attempt, _ in tuple(self._attempts.values()):
            if attempt.claim.plan == plan:
                attempt.signals.cancel_requested.set()

    def stop(self, grace_seconds: float) -> None:
        """Claim no more, let attempts finish for some seconds, and return the rest to the queue."""
        self._stopping.set()
        self._wake_event.set()
        self._workers.abort_loading()
        self._thread.join()
        deadline = time.monotonic() + grace_seconds
        running = tuple(self._attempts.values())
        for _, thread in running:
            thread.join(max(0.0, deadline - time.monotonic()))
        for attempt, _ in running:
            attempt.signals.release_requested.set()
        for _, thread in running:
            thread.join()

    def _supervise_attempts(self) -> None:
        renewed = time.monotonic()
        while not self._stopping.is_set():
            self._wake_event.wait(min(_TICK_SECONDS, self._settings.poll_seconds))
            self._wake_event.clear()
            try:
                self._workers.ensure_ready()
                if self._attempts and time.monotonic() - renewed > self._settings.lease_seconds / 3:
                    self._renew_leases()
                    renewed = time.monotonic()
                self._forward_cancellations()
                self._claim_while_free()
                self._failures.report_success("job-supervisor")
            except ForkServerLostError as error:
                if not self._stopping.is_set():
                    _log.warning("fork server lost; starting another", error=str(error))
                self._stopping.wait(_RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001 - the supervisor of all plans must not end because of one
                self._failures.report_failure("job-supervisor", error)
                self._stopping.wait(_RETRY_SECONDS)

    def _renew_leases(self) -> None:
        attempts = dict(self._attempts)
        held = self._queue.renew_leases(self.owner, {plan for plan, _ in attempts})
        for key, (attempt, _) in attempts.items():
            if key not in held:
                attempt.signals.lease_lost.set()

    def _forward_cancellations(self) -> None:
        """Signal cancellations that other processes accepted; those of this process arrive by `signal_cancellation`."""
        if self._attempts:
            for plan in self._queue.list_cancellations(self.owner):
                self.signal_cancellation(plan)

    def _claim_while_free(self) -> None:
        """Claim plans while the pool has room for solves; a caller without running plans gets a worker beyond it."""
        while not self._stopping.is_set() and self._workers.has_capacity("solve", EXTRA_WORKERS):
            is_full = not self._workers.has_capacity("solve")
            running_here = {plan for plan, _ in tuple(self._attempts)}
            claim = self._queue.claim_next_job(self.owner, running_here, only_idle_callers=is_full)
            if claim is None:
                return
            self._start_attempt(claim, EXTRA_WORKERS if is_full else 0)

    def _start_attempt(self, claim: Claim, extra: int) -> None:
        try:
            worker = self._workers.acquire_worker("solve", claim.plan, extra=extra)
        except (ForkServerLostError, OSError):
            self._queue.requeue_claim(claim, "no worker process could be started", count_attempt=False)
            raise
        attempt = JobAttempt(
            self._queue, self._settings, claim, self._workers, worker, self._on_plan_changed, self._on_attempt_finished
        )
        thread = threading.Thread(
            target=self._run_attempt, args=(attempt,), name=f"job-attempt-{claim.plan}", daemon=True
        )
        self._attempts[claim.plan, claim.attempt] = (attempt, thread)
        thread.start()
        self._on_plan_changed(claim.plan)

    def _run_attempt(self, attempt: JobAttempt) -> None:
        """Run an attempt. If it raises, the plan is retried, at the latest when its lease has expired."""
        try:
            attempt.run_to_completion()
        except Exception as error:  # noqa: BLE001 - whatever failed, the plan goes back to the queue with the reason
            self._failures.report_failure("job-attempt", error)
            self._requeue_after(attempt.claim, error)
        finally:
            del self._attempts[attempt.claim.plan, attempt.claim.attempt]
            self._wake_event.set()

    def _requeue_after(self, claim: Claim, error: Exception) -> None:
        try:
            self._queue.requeue_claim(
                claim, f"its result could not be stored: {summarize_error(error)}", count_attempt=True
            )
        except StorageError as failure:
            _log.warning("plan not returned to the queue; its lease will expire", plan=claim.plan, error=str(failure))
