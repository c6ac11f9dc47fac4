"""The supervisor of analyses: one thread of a service process that claims tasks, gives each a worker, and renews leases."""

import threading
import time
from collections.abc import Callable
from functools import partial

import structlog

from service.core.ids import new_identifier
from service.core.log_text import summarize_error
from service.core.settings import Settings
from service.storage.analysis_requests import TaskClaim
from service.storage.errors import StorageError
from service.storage.repositories.analysis_queue import AnalysisQueue
from service.workers.analysis_executors import AnalysisExecutor, WorkerLostError
from service.workers.background import FailureLog
from service.workers.task_attempt import TaskAttempt

_TICK_SECONDS = 0.25
_RETRY_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class AnalysisSupervisor:
    """Runs the tasks of analyses in one service process."""

    def __init__(
        self,
        queue: AnalysisQueue,
        settings: Settings,
        executor: AnalysisExecutor,
        capacity: int,
        on_changed: Callable[[str], object],
        failures: FailureLog,
    ) -> None:
        """Start at once to work on a queue, with `capacity` tasks at a time, in the workers of an executor."""
        self.owner = new_identifier()
        """Name of this process in leases, new at every start."""
        self._queue = queue
        self._settings = settings
        self._executor = executor
        self._capacity = capacity
        self._on_changed = on_changed
        self._failures = failures
        self._wake_event = threading.Event()
        self._stopping = threading.Event()
        self._attempts: dict[tuple[str, int, int], tuple[TaskAttempt, threading.Thread]] = {}
        self._thread = threading.Thread(target=self._supervise_tasks, name="analysis-supervisor", daemon=True)
        self._thread.start()

    def wake_for_work(self) -> None:
        """Look for work at once."""
        self._wake_event.set()

    def signal_cancellation(self, analysis: str) -> None:
        """End the attempts at the tasks of an analysis that has ended; nothing happens if none runs here."""
        for attempt, _ in tuple(self._attempts.values()):
            if attempt.claim.analysis == analysis:
                attempt.signals.cancel_requested.set()
        self._executor.end_analysis(analysis)

    def stop(self) -> None:
        """Claim no more, and return the running tasks to the queue; the rows that they gave are kept."""
        self._stopping.set()
        self._wake_event.set()
        self._thread.join()
        running = tuple(self._attempts.values())
        for attempt, _ in running:
            attempt.signals.release_requested.set()
        for _, thread in running:
            thread.join()

    def _supervise_tasks(self) -> None:
        renewed = time.monotonic()
        while not self._stopping.is_set():
            self._wake_event.wait(min(_TICK_SECONDS, self._settings.poll_seconds))
            self._wake_event.clear()
            try:
                for analysis in self._queue.start_waiting():
                    self._on_changed(analysis)
                if self._attempts and time.monotonic() - renewed > self._settings.lease_seconds / 3:
                    self._renew_leases()
                    renewed = time.monotonic()
                self._claim_while_free()
                self._failures.report_success("analysis-supervisor")
            except WorkerLostError as error:
                if not self._stopping.is_set():
                    _log.warning("no worker for analyses; trying again", error=str(error))
                self._stopping.wait(_RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001 - the supervisor of all analyses must not end because of one
                self._failures.report_failure("analysis-supervisor", error)
                self._stopping.wait(_RETRY_SECONDS)

    def _renew_leases(self) -> None:
        attempts = dict(self._attempts)
        held = self._queue.renew_leases(self.owner)
        for key, (attempt, _) in attempts.items():
            if key not in held:
                attempt.signals.lease_lost.set()

    def _claim_while_free(self) -> None:
        while not self._stopping.is_set() and len(self._attempts) < self._capacity:
            running_here = {(analysis, number) for analysis, number, _ in tuple(self._attempts)}
            claim = self._queue.claim_next_task(self.owner, running_here)
            if claim is None:
                return
            self._start_attempt(claim)

    def _start_attempt(self, claim: TaskClaim) -> None:
        try:
            self._executor.ensure_ready()
        except WorkerLostError:
            self._queue.requeue_task(claim, "no worker could be started", count_attempt=False)
            raise
        read_payload = partial(self._queue.read_payload, claim.analysis)
        attempt = TaskAttempt(self._queue, self._executor, claim, read_payload, self._on_changed)
        name = f"task-{claim.analysis}-{claim.number}"
        thread = threading.Thread(target=self._run_attempt, args=(attempt,), name=name, daemon=True)
        self._attempts[claim.analysis, claim.number, claim.attempt] = (attempt, thread)
        thread.start()

    def _run_attempt(self, attempt: TaskAttempt) -> None:
        """Run an attempt. If it raises, its task is tried again, at the latest when its lease has expired."""
        claim = attempt.claim
        try:
            attempt.run_to_completion()
        except Exception as error:  # noqa: BLE001 - whatever failed, the task goes back to the queue with the reason
            self._failures.report_failure("task-attempt", error)
            self._requeue_after(claim, error)
        finally:
            del self._attempts[claim.analysis, claim.number, claim.attempt]
            self._wake_event.set()

    def _requeue_after(self, claim: TaskClaim, error: Exception) -> None:
        reason = f"its result could not be stored: {summarize_error(error)}"
        try:
            self._queue.requeue_task(claim, reason, count_attempt=True)
        except StorageError as failure:
            _log.warning("task not returned to the queue; its lease will expire", task=claim.number, error=str(failure))
