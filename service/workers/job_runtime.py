"""Jobs as the rest of the service sees them: submit, wait, follow, cancel; started and stopped with the service.

    runtime = JobRuntime(store, settings)
    runtime.start()
    submission = runtime.submit_plan(PlanRequest(problem, options, caller="planner"))
    plan = await runtime.wait_until_final(submission.plan.id, seconds=20)
    runtime.stop()

`submit_plan`, `cancel_plan`, `read_plan` and `read_events` wait for the database: call them in a worker thread.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager

from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest, Submission
from service.storage.records import JobEvent, PlanRecord
from service.storage.repositories import plan_events
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from service.workers.background import FailureLog, PeriodicThread
from service.workers.job_attempt import OnAttemptFinished
from service.workers.supervisor import Supervisor
from service.workers.worker_pool import WorkerPool, build_use_limits

UNNOTIFIED_SECONDS = 15.0
"""Seconds after which a subscriber looks at its plan although nobody said that it changed."""

WakeCallback = Callable[[], object]
"""Called, from any thread, when there is news; must return at once."""


class Notifier:
    """Wakes subscribers of a plan within one service process, so that they need not poll the database."""

    def __init__(self) -> None:
        """Start without subscribers."""
        self._lock = threading.Lock()
        self._subscribers: dict[str, list[WakeCallback]] = {}

    def notify_plan(self, plan: str) -> None:
        """Wake every subscriber of a plan."""
        with self._lock:
            subscribers = tuple(self._subscribers.get(plan, ()))
        for wake in subscribers:
            wake()

    def notify_all_plans(self) -> None:
        """Wake every subscriber."""
        with self._lock:
            subscribers = [wake for wakes in self._subscribers.values() for wake in wakes]
        for wake in subscribers:
            wake()

    def list_plans(self) -> tuple[str, ...]:
        """List the plans that have subscribers."""
        with self._lock:
            return tuple(self._subscribers)

    @contextmanager
    def subscribe_to_plan(self, plan: str, wake: WakeCallback) -> Iterator[None]:
        """Call `wake` at every notification about a plan, for as long as the block lasts."""
        with self._lock:
            self._subscribers.setdefault(plan, []).append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._subscribers[plan].remove(wake)
                if not self._subscribers[plan]:
                    del self._subscribers[plan]


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
        self._is_stopping = False
        self._watcher: PeriodicThread | None = None
        self._positions: dict[str, tuple[int, str]] = {}

    def start(self) -> None:
        """Begin to solve queued plans; return at once, while the solvers load. With `solver_workers=0`, other processes solve."""
        self._watcher = PeriodicThread(
            "plan-watcher", self._settings.poll_seconds, self._notify_changed_plans, self.failures
        )
        if self._settings.solver_workers > 0:
            self.workers.start_loading()
            self._supervisor = Supervisor(
                self.queue,
                self._settings,
                self.workers,
                self._notifier.notify_plan,
                self._on_attempt_finished,
                self.failures,
            )

    def stop(self) -> None:
        """Claim no more plans, give running ones `shutdown_grace_seconds`, and return the rest to the queue."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
        if self._supervisor is not None:
            self._supervisor.stop(self._settings.shutdown_grace_seconds)
            self._supervisor = None
        self.workers.close()

    def release_waiters(self) -> None:
        """Answer now everybody who waits for a plan or follows one, because the service stops. From any thread."""
        self._is_stopping = True
        self._notifier.notify_all_plans()

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
        self._notifier.notify_plan(plan)
        return self.read_plan(plan)

    def read_events(self, plan: str, after: int = 0, limit: int = 1000) -> tuple[JobEvent, ...]:
        """Read the events of a plan after a sequence number, in order. Raises RecordNotFoundError."""
        with self._store.read_transaction() as transaction:
            transaction.plans.get_plan(plan)
            return plan_events.read_events(transaction.connection, plan, after, limit)

    def _notify_changed_plans(self, _should_stop: Callable[[], bool]) -> None:
        """Notify the subscribers of plans that another process has changed: one query for all of them."""
        plans = self._notifier.list_plans()
        found: dict[str, tuple[int, str]] = {}
        if plans:
            with self._store.read_transaction() as transaction:
                found = plan_events.read_positions(transaction.connection, plans)
        changed = [plan for plan in plans if found.get(plan) != self._positions.get(plan)]
        self._positions = found
        for plan in changed:
            self._notifier.notify_plan(plan)

    def _get_recheck_seconds(self) -> float:
        """Return the seconds after which those who follow a plan look at it without a notification."""
        return self._settings.poll_seconds if self._watcher is None else UNNOTIFIED_SECONDS

    async def wait_until_final(self, plan: str, seconds: float) -> PlanRecord:
        """Wait until a plan is final, some seconds have passed or the service stops; return the plan. Raises RecordNotFoundError."""
        deadline = time.monotonic() + seconds
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        with self._notifier.subscribe_to_plan(plan, lambda: loop.call_soon_threadsafe(news.set)):
            while True:
                news.clear()
                record = await asyncio.to_thread(self.read_plan, plan)
                left = deadline - time.monotonic()
                if record.is_final or left <= 0 or self._is_stopping:
                    return record
                await _wait_for_news(news, min(left, self._get_recheck_seconds()))

    async def follow_events(self, plan: str, after: int = 0) -> AsyncGenerator[JobEvent]:
        """Yield the events of a plan after a sequence number, as they happen, until `finished` or until the service stops.

        Raises RecordNotFoundError, at the first step.
        """
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        with self._notifier.subscribe_to_plan(plan, lambda: loop.call_soon_threadsafe(news.set)):
            while True:
                news.clear()
                found = await asyncio.to_thread(self.read_events, plan, after)
                for event in found:
                    yield event
                    after = event.seq
                    if event.kind == "finished":
                        return
                if not found:
                    if self._is_stopping or (await asyncio.to_thread(self.read_plan, plan)).is_final:
                        for event in await asyncio.to_thread(self.read_events, plan, after):
                            yield event  # the plan finished after its events were read
                        return  # the client reconnects with its last event, or had seen `finished` before
                    await _wait_for_news(news, self._get_recheck_seconds())


async def _wait_for_news(news: asyncio.Event, seconds: float) -> None:
    """Return at the next notification, or after some seconds."""
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
