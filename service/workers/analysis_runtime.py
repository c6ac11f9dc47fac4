"""Analyses as the rest of the service sees them: submit, wait, follow, cancel; started and stopped with the service.

`submit_analysis`, `cancel_analysis`, `read_analysis` and `read_events` wait for the database: call them in a worker thread.
"""

from collections.abc import AsyncGenerator

from service.core.settings import Settings
from service.storage.analysis_requests import AnalysisRequest, AnalysisSubmission
from service.storage.records import AnalysisEventRecord, AnalysisRecord
from service.storage.repositories.analysis_queue import AnalysisQueue
from service.storage.store import Store
from service.workers.analysis_executors import AnalysisExecutor
from service.workers.analysis_supervisor import AnalysisSupervisor
from service.workers.background import FailureLog, PeriodicThread
from service.workers.following import UNNOTIFIED_SECONDS, Follower, Notifier


class AnalysisRuntime:
    """The analyses of one service process, on a database that it may share with other processes."""

    def __init__(self, store: Store, settings: Settings, executor: AnalysisExecutor, failures: FailureLog) -> None:
        """Use a store, and the workers of an executor; nothing runs before `start`."""
        self.queue = AnalysisQueue(store, settings)
        """The queue of all service processes."""
        self._store = store
        self._settings = settings
        self._executor = executor
        self._failures = failures
        self._notifier = Notifier()
        self._supervisor: AnalysisSupervisor | None = None
        self._watcher: PeriodicThread | None = None
        self._follower = Follower(self._notifier, self.read_analysis, self.read_events, self._read_positions)
        self._follower.recheck_seconds = settings.poll_seconds

    def start(self) -> None:
        """Begin to work on analyses. With `analysis_workers=0`, other processes do."""
        notify, interval = self._follower.notify_changed, self._settings.poll_seconds
        self._watcher = PeriodicThread("analysis-watcher", interval, notify, self._failures)
        self._follower.recheck_seconds = UNNOTIFIED_SECONDS
        capacity = self._settings.count_analysis_workers()
        if capacity > 0:
            self._supervisor = AnalysisSupervisor(
                self.queue, self._settings, self._executor, capacity, self._notifier.notify, self._failures
            )

    def stop(self) -> None:
        """Claim no more tasks, and return the running ones to the queue."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        self._executor.close()

    def release_waiters(self) -> None:
        """Answer now everybody who waits for an analysis or follows one, because the service stops. From any thread."""
        self._follower.release_waiters()

    def submit_analysis(self, request: AnalysisRequest) -> AnalysisSubmission:
        """Accept an analysis; it is on disk when this returns. Raises as `AnalysisQueue.submit_analysis`."""
        submission = self.queue.submit_analysis(request)
        if self._supervisor is not None:
            self._supervisor.wake_for_work()
        return submission

    def read_analysis(self, analysis: str) -> AnalysisRecord:
        """Read an analysis; raise RecordNotFoundError if there is none."""
        with self._store.read_transaction() as transaction:
            return transaction.analyses.get_analysis(analysis)

    def cancel_analysis(self, analysis: str, caller: str) -> AnalysisRecord:
        """Cancel an analysis: its workers end within a second; a final one stays. Raises RecordNotFoundError."""
        self.queue.cancel_analysis(analysis, caller)
        if self._supervisor is not None:
            self._supervisor.signal_cancellation(analysis)
        self._notifier.notify(analysis)
        return self.read_analysis(analysis)

    def read_events(self, analysis: str, after: int = 0, limit: int = 1000) -> tuple[AnalysisEventRecord, ...]:
        """Read the events of an analysis after a sequence number, in order. Raises RecordNotFoundError."""
        with self._store.read_transaction() as transaction:
            transaction.analyses.read_ownership(analysis)
            return transaction.analyses.read_events(analysis, after, limit)

    def _read_positions(self, names: tuple[str, ...]) -> dict[str, tuple[int, str]]:
        with self._store.read_transaction() as transaction:
            return transaction.analyses.read_positions(names)

    async def wait_until_final(self, analysis: str, seconds: float) -> AnalysisRecord:
        """Wait until an analysis is final, some seconds have passed or the service stops; return it. Raises RecordNotFoundError."""
        return await self._follower.wait_until_final(analysis, seconds)

    def follow_events(self, analysis: str, after: int = 0) -> AsyncGenerator[AnalysisEventRecord]:
        """Yield the events of an analysis after a number, as they happen, until `finished` or until the service stops.

        Raises RecordNotFoundError, at the first step.
        """
        return self._follower.follow_events(analysis, after)
