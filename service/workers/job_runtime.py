"""Jobs as the rest of the service sees them: submit, wait, follow, cancel; started and stopped with the service.

    runtime = JobRuntime(store, settings)
    runtime.start()
    submission = runtime.submit_plan(PlanRequest(problem, options, caller="planner"))
    plan = await runtime.wait_until_final(submission.plan.id, seconds=20)
    runtime.stop()

`submit_plan`, `cancel_plan`, `read_plan` and `read_events` wait for the database: call them in a worker thread.
"""

from collections.abc import AsyncGenerator

from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest, Submission
from service.storage.records import JobEvent, PlanRecord
from service.storage.repositories import plan_events
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from service.workers.background import FailureLog, PeriodicThread
from service.workers.following import UNNOTIFIED_SECONDS, Follower, Notifier
from service.workers.job_attempt import OnAttemptFinished
from service.workers.supervisor import Supervisor
from service.workers.worker_pool import WorkerPool, build_use_limits


class JobRuntime:
    """The jobs of one service process, on a database that it may share with other processes."""

    def __init__(
        self, store: Store, settings: Settings, on_attempt_finished: OnAttemptFinished = lambda _: None
    ) -> None:
        """Use a store; nothing runs before `start`."""
        self._on_attempt_finished = on_attempt_finished
        self.failures = FailureLog()
        """What failed in background threads."""
        self.queue = JobQueue(store, settings)
        self.workers = WorkerPool(build_use_limits(settings))
        """Worker processes, for solves and for sensitivity queries."""
        self._store = store
        self._settings = settings
        self._notifier = Notifier()
        self._supervisor: Supervisor | None = None
        self._watcher: PeriodicThread | None = None
        self._follower = Follower(self._notifier, self.read_plan, self.read_events, self._read_positions)
        self._follower.recheck_seconds = settings.poll_seconds

    def start(self) -> None:
        """Begin to solve queued plans; return at once, while the solvers load. With `solver_workers=0`, other processes solve."""
        self._watcher = PeriodicThread(
            "plan-watcher", self._settings.poll_seconds, self._follower.notify_changed, self.failures
        )
        self._follower.recheck_seconds = UNNOTIFIED_SECONDS
        if self._settings.solver_workers > 0:
            self.workers.start_loading()
            self._supervisor = Supervisor(
                self.queue,
                self._settings,
                self.workers,
                self._notifier.notify,
                self._on_attempt_finished,
                self.failures,
            )

    def stop(self) -> None:
        """Claim no more plans, give running ones `shutdown_grace_seconds`, and return the rest to the queue."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
            self._follower.recheck_seconds = self._settings.poll_seconds
        if self._supervisor is not None:
            self._supervisor.stop(self._settings.shutdown_grace_seconds)
            self._supervisor = None
        self.workers.close()

    def release_waiters(self) -> None:
        """Answer now everybody who waits for a plan or follows one, because the service stops. From any thread."""
        self._follower.release_waiters()

    @property
    def is_ready(self) -> bool:
        """Whether this process can solve plans now, or only accepts them for other processes."""
        if self._settings.solver_workers == 0:
            return True
        return self._supervisor is not None and self._supervisor.is_ready

    def list_worker_pids(self) -> tuple[int, ...]:
        """List the process ids of the solves that run in this service process."""
        return self.workers.list_worker_pids("solve")

    def submit_plan(self, request: PlanRequest) -> Submission:
        """Accept a plan; it is on disk when this returns. Raises IdempotencyConflictError, QueueFullError."""
        submission = self.queue.submit_plan(request)
        if self._supervisor is not None:
            self._supervisor.wake_for_work()
        return submission

    def read_plan(self, plan: str) -> PlanRecord:
        """Read a plan; raise RecordNotFoundError if there is none."""
        with self._store.read_transaction() as transaction:
            return transaction.plans.get_plan(plan)

    def cancel_plan(self, plan: str, caller: str) -> PlanRecord:
        """Cancel a plan: a running one ends within a second, a final one stays. Raises RecordNotFoundError."""
        self.queue.cancel_plan(plan, caller)
        if self._supervisor is not None:
            self._supervisor.signal_cancellation(plan)
        self._notifier.notify(plan)
        return self.read_plan(plan)

    def read_events(self, plan: str, after: int = 0, limit: int = 1000) -> tuple[JobEvent, ...]:
        """Read the events of a plan after a sequence number, in order. Raises RecordNotFoundError."""
        with self._store.read_transaction() as transaction:
            transaction.plans.get_plan(plan)
            return plan_events.read_events(transaction.connection, plan, after, limit)

    def _read_positions(self, plans: tuple[str, ...]) -> dict[str, tuple[int, str]]:
        with self._store.read_transaction() as transaction:
            return plan_events.read_positions(transaction.connection, plans)

    async def wait_until_final(self, plan: str, seconds: float) -> PlanRecord:
        """Wait until a plan is final, some seconds have passed or the service stops; return the plan. Raises RecordNotFoundError."""
        return await self._follower.wait_until_final(plan, seconds)

    def follow_events(self, plan: str, after: int = 0) -> AsyncGenerator[JobEvent]:
        """Yield the events of a plan after a sequence number, as they happen, until `finished` or until the service stops.

        Raises RecordNotFoundError, at the first step.
        """
        return self._follower.follow_events(plan, after)
