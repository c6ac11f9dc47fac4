"""Jobs as the rest of the service sees them: submit, wait, follow, cancel; started and stopped with the service.

    runtime = JobRuntime(store, settings)
    runtime.start()
    submission = runtime.submit(PlanRequest(problem, options, caller="planner"))
    plan = await runtime.wait(submission.plan.id, seconds=20)
    runtime.stop()

`submit`, `cancel`, `plan` and `events` talk to the database: call them in a worker thread (an endpoint that is not `async`).
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest, Submission
from service.storage.records import JobEvent, PlanRecord
from service.storage.repositories import plan_events
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from service.workers.attempt_results import OnAttemptFinished
from service.workers.notifier import Notifier
from service.workers.supervisor import Supervisor
from service.workers.worker_process import LazyForkServer, WorkerProcess


class JobRuntime:
    """The jobs of one service process, on a database that it may share with others."""

    def __init__(
        self, store: Store, settings: Settings, on_attempt_finished: OnAttemptFinished = lambda _: None
    ) -> None:
        """Use a store; nothing runs before `start`. `on_ending` is called when a try at a plan is over."""
        self._on_attempt_finished = on_attempt_finished
        self.queue = JobQueue(store, settings)
        self._store = store
        self._settings = settings
        self._notifier = Notifier()
        self._supervisor: Supervisor | None = None
        self._lazy_fork_server = LazyForkServer()
        self._is_stopping = False

    def start(self) -> None:
        """Begin to solve what waits; returns at once, while the solvers are loaded. With no `solver_children`, only others solve."""
        if self._settings.solver_workers > 0:
            self._supervisor = Supervisor(
                self.queue, self._settings, self._notifier.notify_plan, self._on_attempt_finished
            )

    def stop(self) -> None:
        """Take no more plans, give running ones `shutdown_grace_seconds`, put the rest back into the queue."""
        if self._supervisor is not None:
            self._supervisor.stop(self._settings.shutdown_grace_seconds)
            self._supervisor = None
        self._lazy_fork_server.close()

    def release_waiters(self) -> None:
        """The service is about to stop: whoever waits for a plan or follows one is answered now with what there is. From any thread."""
        self._is_stopping = True
        self._notifier.notify_all_plans()

    @property
    def is_ready(self) -> bool:
        """Whether plans can be solved here now (solvers are loaded), or this process only accepts them for others."""
        if self._settings.solver_workers == 0:
            return True
        return self._supervisor is not None and self._supervisor.is_ready

    def list_worker_pids(self) -> tuple[int, ...]:
        """Process ids of the solves that run in this service process now."""
        return () if self._supervisor is None else self._supervisor.list_worker_pids()

    def spawn_worker(self) -> WorkerProcess:
        """A child for other work than plans; NurseryGoneError where none can be had now."""
        return self._lazy_fork_server.spawn_worker() if self._supervisor is None else self._supervisor.spawn_worker()

    def submit_plan(self, request: PlanRequest) -> Submission:
        """Accept a plan for good; it is on disk when this returns. Raises IdempotencyConflict, QueueFull."""
        submission = self.queue.submit_plan(request)
        if self._supervisor is not None:
            self._supervisor.wake_for_work()
        return submission

    def read_plan(self, plan: str) -> PlanRecord:
        """A plan as it is now; NotFound if there is none."""
        with self._store.read_transaction() as transaction:
            return transaction.plans.get_plan(plan)

    def cancel_plan(self, plan: str, caller: str) -> PlanRecord:
        """Ask for the end of a plan; a running one ends within a second, one that has ended stays. NotFound if there is none."""
        self.queue.cancel_plan(plan, caller)
        if self._supervisor is not None:
            self._supervisor.signal_cancellation(plan)
        self._notifier.notify_plan(plan)
        return self.read_plan(plan)

    def read_events(self, plan: str, after: int = 0, limit: int = 1000) -> tuple[JobEvent, ...]:
        """Events of a plan after a sequence number, in order; NotFound if there is no such plan."""
        with self._store.read_transaction() as transaction:
            transaction.plans.get_plan(plan)
            return plan_events.read_events(transaction.connection, plan, after, limit)

    async def wait_until_final(self, plan: str, seconds: float) -> PlanRecord:
        """The plan when it has ended, or as it is after some seconds or when the service stops; NotFound if there is none. For the event loop."""
        deadline = time.monotonic() + seconds
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        with self._notifier.subscribe_to_plan(plan, lambda: loop.call_soon_threadsafe(news.set)):
            while True:
                news.clear()
                record = await asyncio.to_thread(self.read_plan, plan)
                left = deadline - time.monotonic()
                if record.is_final or left <= 0 or self._is_stopping:
                    return record
                await _wait_for_news(news, min(left, self._settings.poll_seconds))

    def wait_until_final_blocking(self, plan: str, seconds: float) -> PlanRecord:
        """The same for a thread of its own."""
        deadline = time.monotonic() + seconds
        news = threading.Event()
        with self._notifier.subscribe_to_plan(plan, news.set):
            while True:
                news.clear()
                record = self.read_plan(plan)
                left = deadline - time.monotonic()
                if record.is_final or left <= 0:
                    return record
                news.wait(min(left, self._settings.poll_seconds))

    async def follow_events(self, plan: str, after: int = 0) -> AsyncIterator[JobEvent]:
        """Events of a plan after a sequence number, as they happen; ends with the event `finished`, or when the service stops.

        NotFound (at the first step) if there is no such plan.
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
                        return  # the reader comes back with the last event, or had seen it before
                    await _wait_for_news(news, self._settings.poll_seconds)


async def _wait_for_news(news: asyncio.Event, seconds: float) -> None:
    """Return at the next news, or after some seconds: other processes do not ring our bell."""
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
