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

from service.jobs import events
from service.jobs.bell import Bell
from service.jobs.endings import OnEnding
from service.jobs.queue import JobQueue
from service.jobs.requests import PlanRequest, Submission
from service.jobs.supervisor import Supervisor
from service.settings import Settings
from service.solving.children import Child, SpareNursery
from service.storage import JobEvent, PlanRecord, Store


class JobRuntime:
    """The jobs of one service process, on a database that it may share with others."""

    def __init__(self, store: Store, settings: Settings, on_ending: OnEnding = lambda _: None) -> None:
        """Use a store; nothing runs before `start`. `on_ending` is called when a try at a plan is over."""
        self._on_ending = on_ending
        self.queue = JobQueue(store, settings)
        self._store = store
        self._settings = settings
        self._bell = Bell()
        self._supervisor: Supervisor | None = None
        self._spare = SpareNursery()
        self._leaving = False

    def start(self) -> None:
        """Begin to solve what waits; returns at once, while the solvers are loaded. With no `solver_children`, only others solve."""
        if self._settings.solver_children > 0:
            self._supervisor = Supervisor(self.queue, self._settings, self._bell.ring, self._on_ending)

    def stop(self) -> None:
        """Take no more plans, give running ones `shutdown_grace_seconds`, put the rest back into the queue."""
        if self._supervisor is not None:
            self._supervisor.stop(self._settings.shutdown_grace_seconds)
            self._supervisor = None
        self._spare.close()

    def leave(self) -> None:
        """The service is about to stop: whoever waits for a plan or follows one is answered now with what there is. From any thread."""
        self._leaving = True
        self._bell.ring_all()

    @property
    def ready(self) -> bool:
        """Whether plans can be solved here now (solvers are loaded), or this process only accepts them for others."""
        if self._settings.solver_children == 0:
            return True
        return self._supervisor is not None and self._supervisor.ready

    def children(self) -> tuple[int, ...]:
        """Process ids of the solves that run in this service process now."""
        return () if self._supervisor is None else self._supervisor.children()

    def spawn(self) -> Child:
        """A child for other work than plans; NurseryGoneError where none can be had now."""
        return self._spare.spawn() if self._supervisor is None else self._supervisor.spawn()

    def submit(self, request: PlanRequest) -> Submission:
        """Accept a plan for good; it is on disk when this returns. Raises IdempotencyConflict, QueueFull."""
        submission = self.queue.submit(request)
        if self._supervisor is not None:
            self._supervisor.wake()
        return submission

    def plan(self, plan: str) -> PlanRecord:
        """A plan as it is now; NotFound if there is none."""
        with self._store.read() as transaction:
            return transaction.plans.get(plan)

    def cancel(self, plan: str, caller: str) -> PlanRecord:
        """Ask for the end of a plan; a running one ends within a second, one that has ended stays. NotFound if there is none."""
        self.queue.cancel(plan, caller)
        if self._supervisor is not None:
            self._supervisor.cancel(plan)
        self._bell.ring(plan)
        return self.plan(plan)

    def events(self, plan: str, after: int = 0, limit: int = 1000) -> tuple[JobEvent, ...]:
        """Events of a plan after a sequence number, in order; NotFound if there is no such plan."""
        with self._store.read() as transaction:
            transaction.plans.get(plan)
            return events.read(transaction.connection, plan, after, limit)

    async def wait(self, plan: str, seconds: float) -> PlanRecord:
        """The plan when it has ended, or as it is after some seconds or when the service stops; NotFound if there is none. For the event loop."""
        deadline = time.monotonic() + seconds
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        with self._bell.listening(plan, lambda: loop.call_soon_threadsafe(news.set)):
            while True:
                news.clear()
                record = await asyncio.to_thread(self.plan, plan)
                left = deadline - time.monotonic()
                if record.final or left <= 0 or self._leaving:
                    return record
                await _heard(news, min(left, self._settings.poll_seconds))

    def wait_blocking(self, plan: str, seconds: float) -> PlanRecord:
        """The same for a thread of its own."""
        deadline = time.monotonic() + seconds
        news = threading.Event()
        with self._bell.listening(plan, news.set):
            while True:
                news.clear()
                record = self.plan(plan)
                left = deadline - time.monotonic()
                if record.final or left <= 0:
                    return record
                news.wait(min(left, self._settings.poll_seconds))

    async def follow(self, plan: str, after: int = 0) -> AsyncIterator[JobEvent]:
        """Events of a plan after a sequence number, as they happen; ends with the event `finished`, or when the service stops.

        NotFound (at the first step) if there is no such plan.
        """
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        with self._bell.listening(plan, lambda: loop.call_soon_threadsafe(news.set)):
            while True:
                news.clear()
                found = await asyncio.to_thread(self.events, plan, after)
                for event in found:
                    yield event
                    after = event.seq
                    if event.kind == "finished":
                        return
                if not found:
                    if self._leaving or (await asyncio.to_thread(self.plan, plan)).final:
                        return  # the reader comes back with the last event, or had seen it before
                    await _heard(news, self._settings.poll_seconds)


async def _heard(news: asyncio.Event, seconds: float) -> None:
    """Return at the next news, or after some seconds: other processes do not ring our bell."""
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
