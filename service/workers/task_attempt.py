"""One attempt at one task of an analysis: a worker runs it while this thread listens and stores the rows as they come.

Every attempt ends in one of five ways: its result is stored; the analysis ends as `failed`; the task returns to the queue; or
nothing more is written, because the analysis has ended or another process holds the task.
"""

import time
from collections.abc import Callable

import structlog

from service.core.analysis_messages import AnalysisPayload, EncodedConclusion
from service.storage.analysis_requests import TaskClaim
from service.storage.errors import DamagedRecordError
from service.storage.repositories.analysis_queue import AnalysisQueue
from service.workers.analysis_executors import (
    AnalysisExecutor,
    AnalysisFailedError,
    AnalysisWorker,
    WorkerLostError,
)
from service.workers.attempt_signals import AttemptInterruptedError, AttemptSignals, store_with_retries

FLUSH_SECONDS = 0.5
"""Seconds for which a row waits for others to be stored together with it."""

FLUSH_ROWS = 50
"""Rows that are stored together at most."""

REPORT_SECONDS = 1.0
"""Least seconds between two events of progress by one attempt, beside the one at its end."""

_log = structlog.get_logger(__name__)


class TaskAttempt:
    """One attempt at one task."""

    def __init__(
        self,
        queue: AnalysisQueue,
        executor: AnalysisExecutor,
        claim: TaskClaim,
        read_payload: Callable[[], AnalysisPayload],
        on_changed: Callable[[str], object],
    ) -> None:
        """Hold a claim; `on_changed` is called after every write about the analysis."""
        self.claim = claim
        self.signals = AttemptSignals()
        self.is_last = False
        """Whether the analysis ended with this attempt."""
        self._queue = queue
        self._executor = executor
        self._read_payload = read_payload
        self._on_changed = on_changed
        self._rows: dict[int, bytes] = {}
        self._stored_at = self._reported_at = time.monotonic()

    def run_to_completion(self) -> None:
        """Run the task in a worker and store how the attempt ends."""
        worker: AnalysisWorker | None = None
        keep = False
        try:
            worker = self._executor.acquire_worker(self.claim.analysis, self._read_payload)
            self._run_in(worker)
            keep = not self.is_last
        except AttemptInterruptedError as interruption:
            self._handle_interruption(interruption)
        except WorkerLostError as error:
            _log.warning(
                "worker of an analysis lost", analysis=self.claim.analysis, task=self.claim.number, how=str(error)
            )
            self._requeue(str(error), count_attempt=error.is_fault)
        except AnalysisFailedError as error:
            if error.trace is not None:
                _log.error("analysis failed", analysis=self.claim.analysis, exception=error.trace)
            self._fail(str(error))
        except DamagedRecordError as error:
            self._fail(f"{error}")
        finally:
            if worker is not None:
                self._executor.release_worker(worker, keep=keep)
            if self.is_last:
                self._executor.end_analysis(self.claim.analysis)
            self._on_changed(self.claim.analysis)

    def _run_in(self, worker: AnalysisWorker) -> None:
        claim = self.claim
        if claim.kind == "run":
            worker.run_task(claim.rows, claim.body, self._take_row, self._check)
            self._flush()
            self._store(lambda: self._queue.complete_run(claim))
            return
        advance = worker.advance(self._queue.read_rows(claim.analysis), self._check)
        if isinstance(advance, EncodedConclusion):
            self.is_last = True
            self._store(lambda: self._queue.store_conclusion(claim, advance))
        else:
            self._store(lambda: self._queue.store_round(claim, advance))

    def _take_row(self, row: int, body: bytes) -> None:
        self._rows[row] = body
        if len(self._rows) >= FLUSH_ROWS:
            self._flush()

    def _check(self) -> None:
        """Store rows that have waited long enough, and raise AttemptInterruptedError for a signal."""
        if self._rows and time.monotonic() - self._stored_at >= FLUSH_SECONDS:
            self._flush()
        self.signals.raise_if_set()

    def _flush(self) -> None:
        """Store the rows that came since the last time."""
        rows, self._rows = self._rows, {}
        if rows:
            self._stored_at = time.monotonic()
            is_due = self._stored_at - self._reported_at >= REPORT_SECONDS
            self._reported_at = self._stored_at if is_due else self._reported_at
            self._store(lambda: self._queue.store_rows(self.claim, rows, report=is_due))
            self._on_changed(self.claim.analysis)

    def _requeue(self, reason: str, *, count_attempt: bool) -> None:
        self._flush()
        self._store(lambda: self._queue.requeue_task(self.claim, reason, count_attempt=count_attempt))

    def _fail(self, reason: str) -> None:
        self._flush()
        self.is_last = True
        self._store(lambda: self._queue.store_failure(self.claim, reason))

    def _handle_interruption(self, interruption: AttemptInterruptedError) -> None:
        """Return the task to the queue if the service stops; an analysis that has ended needs nothing."""
        if interruption.signal == "release":
            self._requeue("the service stopped", count_attempt=False)
        elif interruption.signal == "cancel":
            self.is_last = True

    def _store(self, write: Callable[[], bool]) -> None:
        """Write. Raises AttemptInterruptedError if the claim was lost, or the service stops, before a retry."""
        if not store_with_retries(write, self.signals, _log.bind(analysis=self.claim.analysis)):
            self.signals.lease_lost.set()
