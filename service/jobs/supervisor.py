"""The supervisor: one thread of a service process that claims plans, gives each a child, and renews their leases."""

import threading
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.jobs.endings import OnEnding
from service.jobs.identifiers import new_identifier
from service.jobs.queue import JobQueue
from service.jobs.requests import Claim
from service.jobs.worker import OnNews, Try
from service.settings import Settings
from service.solving.children import Child, Nursery, NurseryGoneError

_TICK_SECONDS = 0.25
_RETRY_SECONDS = 1.0
_LOADING_SECONDS = 20.0

_log = structlog.get_logger(__name__)


class Supervisor:
    """Runs the tries of one service process."""

    def __init__(self, queue: JobQueue, settings: Settings, on_news: OnNews, on_ending: OnEnding) -> None:
        """Serve a queue; `on_news` is called after every write about a plan, `on_ending` when a try is over."""
        self.owner = new_identifier()
        """Name of this process in leases, new at every start."""
        self._queue = queue
        self._settings = settings
        self._on_news = on_news
        self._on_ending = on_ending
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._nursery = Nursery()
        self._lost: Nursery | None = None
        self._tries: dict[tuple[str, int], tuple[Try, threading.Thread]] = {}
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether the solvers are loaded and somebody looks for work."""
        return self._ready.is_set() and self._thread.is_alive()

    def wake(self) -> None:
        """There is work: look at once."""
        self._wake.set()

    def cancel(self, plan: str) -> None:
        """The end of a plan was asked for; nothing happens if it does not run here."""
        for attempt, _ in tuple(self._tries.values()):
            if attempt.claim.plan == plan:
                attempt.orders.cancel.set()

    def spawn(self) -> Child:
        """A child for other work than plans; NurseryGoneError where none can be had now."""
        if not self._ready.wait(_LOADING_SECONDS):
            raise NurseryGoneError("the solvers are not loaded yet")
        nursery = self._nursery
        try:
            return nursery.spawn()
        except NurseryGoneError:
            self._lost = nursery
            self._wake.set()
            raise

    def children(self) -> tuple[int, ...]:
        """Process ids of the solves that run now."""
        return tuple(attempt.child_process for attempt, _ in tuple(self._tries.values()))

    def stop(self, grace_seconds: float) -> None:
        """Claim no more, let tries finish for some seconds, put the rest back into the queue, and end the nursery."""
        self._stopping.set()
        self._wake.set()
        if not self._ready.is_set():
            self._nursery.close()  # the supervisor waits for it
        self._thread.join()
        deadline = time.monotonic() + grace_seconds
        running = tuple(self._tries.values())
        for _, thread in running:
            thread.join(max(0.0, deadline - time.monotonic()))
        for attempt, _ in running:
            attempt.orders.release.set()
        for _, thread in running:
            thread.join()
        self._nursery.close()

    def _supervise(self) -> None:
        renewed = time.monotonic()
        while not self._stopping.is_set():
            self._wake.wait(min(_TICK_SECONDS, self._settings.poll_seconds))
            self._wake.clear()
            try:
                self._load()
                if self._tries and time.monotonic() - renewed > self._settings.lease_seconds / 3:
                    renewed = time.monotonic()
                    self._renew()
                self._pass_on_cancellations()
                self._fill()
            except SQLAlchemyError as error:
                _log.warning("database fails; trying again", error=str(error))
                self._stopping.wait(_RETRY_SECONDS)
            except NurseryGoneError as error:
                self._replace_nursery(error)

    def _load(self) -> None:
        if self._lost is self._nursery:
            raise NurseryGoneError("it did not answer")
        if not self._ready.is_set():
            self._nursery.wait_ready()
            self._ready.set()

    def _replace_nursery(self, error: NurseryGoneError) -> None:
        self._ready.clear()
        if self._stopping.is_set():
            return
        _log.warning("nursery lost; starting another", error=str(error))
        self._nursery.close()
        self._stopping.wait(_RETRY_SECONDS)
        self._nursery = Nursery()

    def _renew(self) -> None:
        tries = dict(self._tries)
        held = self._queue.beat(self.owner, {plan for plan, _ in tries})
        for key, (attempt, _) in tries.items():
            if key not in held:
                attempt.orders.lost.set()

    def _pass_on_cancellations(self) -> None:
        """Those asked for in other processes; our own reach `cancel` directly."""
        if self._tries:
            for plan in self._queue.cancellations(self.owner):
                self.cancel(plan)

    def _fill(self) -> None:
        """Claim plans as long as there are free places."""
        while len(self._tries) < self._settings.solver_children and not self._stopping.is_set():
            claim = self._queue.claim(self.owner)
            if claim is None:
                return
            self._begin(claim)

    def _begin(self, claim: Claim) -> None:
        try:
            child = self._nursery.spawn()
        except NurseryGoneError:
            self._queue.give_back(claim, "the solvers had to be loaded again", counts=False)
            raise
        attempt = Try(self._queue, self._settings, claim, child, self._on_news, self._on_ending)
        thread = threading.Thread(target=self._run, args=(attempt,), name=f"plan {claim.plan}", daemon=True)
        self._tries[claim.plan, claim.tries] = (attempt, thread)
        thread.start()
        self._on_news(claim.plan)

    def _run(self, attempt: Try) -> None:
        """See a try through. Should it break off, its lease is not renewed any more and the plan is tried again."""
        try:
            attempt.run()
        finally:
            del self._tries[attempt.claim.plan, attempt.claim.tries]
            self._wake.set()
