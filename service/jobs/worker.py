"""One try at one plan: a child solves it while this thread listens, and what comes of it is stored.

Whatever happens to the child has one of five ends: its result is stored; the plan ends as `failed`; it goes back into the
queue; it ends as `cancelled`; or nothing is written, because the plan is no longer ours.
"""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.plan import Plan
from service.jobs.endings import Ending, OnEnding, Stage
from service.jobs.queue import JobQueue, failed_head
from service.jobs.requests import Claim
from service.settings import Settings
from service.solving.channel import ChannelClosed, Message
from service.solving.children import Child
from service.storage import EncodedTable, PlanOutcome

LISTEN_SECONDS = 0.1
"""How long a thread listens before it looks whether the plan was cancelled or taken away."""

SILENT_SECONDS = 1.0
"""How long a child may be silent before one looks whether it lives."""

RETRY_SECONDS = 1.0
"""How long to wait before writing again to a database that failed."""

_log = structlog.get_logger(__name__)


class Orders:
    """What others tell a running try; set from any thread."""

    def __init__(self) -> None:
        """Start with nothing told."""
        self.cancel = threading.Event()
        """The plan's end was asked for."""
        self.lost = threading.Event()
        """Another process holds the plan now: end the child and write nothing."""
        self.release = threading.Event()
        """The service stops: put the plan back into the queue."""


class OnNews(Protocol):
    """Called after every write about a plan."""

    def __call__(self, plan: str) -> object:
        """Take notice of news about a plan."""
        ...


class Try:
    """One try at one plan."""

    def __init__(
        self,
        queue: JobQueue,
        settings: Settings,
        claim: Claim,
        child: Child,
        on_news: OnNews,
        on_ending: OnEnding,
    ) -> None:
        """Hold a claim and a fresh child for it; `run` does the rest."""
        self._ending = Ending(claim, time.time())
        self._on_ending = on_ending
        self.claim = claim
        self.orders = Orders()
        self._queue = queue
        self._settings = settings
        self._child = child
        self._on_news = on_news

    def run(self) -> None:
        """Send the plan to the child and see it through."""
        deadline = time.monotonic() + self.claim.options.time_limit_seconds + self._settings.overtime_seconds
        try:
            try:
                self._send()
                self._listen(deadline)
            except ChannelClosed:
                self._crashed()
        finally:
            self._child.end()
            self._on_news(self.claim.plan)
            self._ending.ended = time.time()
            self._on_ending(self._ending)

    @property
    def child_process(self) -> int:
        """Process id of the child."""
        return self._child.pid

    def _send(self) -> None:
        claim, start = self.claim, self.claim.start
        head = {
            "memory_bytes": self._settings.child_memory_bytes,
            "niceness": self._settings.child_niceness,
            "size": claim.problem.size,
            "options": claim.options.model_dump(mode="json"),
        }
        if start is None:
            self._child.channel.send("plan", head, claim.problem.body)
        else:
            head["start_size"] = start.problem.size
            self._child.channel.send("plan", head, claim.problem.body, start.problem.body, start.basis)

    def _listen(self, deadline: float) -> None:
        """Take messages until one ends the try; ChannelClosed if the child ends without a word."""
        silent_since = time.monotonic()
        while True:
            if self.orders.lost.is_set():
                return
            if self.orders.cancel.is_set():
                self._end_gently()
                self._store("cancelled", lambda: self._queue.finish_cancelled(self.claim))
                return
            if self.orders.release.is_set():
                self._child.end()
                self._store("released", lambda: self._queue.give_back(self.claim, "the service stopped", counts=False))
                return
            if time.monotonic() > deadline:
                self._child.end()
                self._fail("the solver did not stop at its time limit", "time")
                return
            if self._child.channel.poll(LISTEN_SECONDS):
                if self._take(self._child.channel.receive()):
                    return
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since > SILENT_SECONDS:
                if not self._child.lives():
                    raise ChannelClosed
                silent_since = time.monotonic()

    def _take(self, message: Message) -> bool:
        """Store what the child says; whether it was its last word."""
        if message.kind == "progress":
            self._tell_progress(message.head)
            return False
        if message.kind == "failed":
            self._fail(message.head["detail"], message.head["limit"])
            return True
        head, basis, *tables = message.bodies
        names = message.head["tables"]
        outcome = PlanOutcome(
            Plan.model_validate_json(head),
            {name: EncodedTable(rows, body) for (name, rows), body in zip(names, tables, strict=True)},
            basis or None,
        )
        self._ending.peak_bytes = message.head["peak_bytes"]
        self._ending.stages = tuple(Stage(*stage) for stage in message.head["stages"])
        self._store(outcome.head.outcome, lambda: self._queue.finish(self.claim, outcome))
        return True

    def _tell_progress(self, data: dict[str, Any]) -> None:
        """Progress is a hint: what the database does not take is left out."""
        try:
            if not self._queue.progress(self.claim, data):
                self.orders.lost.set()
        except SQLAlchemyError as error:
            _log.warning("progress not stored", plan=self.claim.plan, error=str(error))
        self._on_news(self.claim.plan)

    def _fail(self, detail: str, limit: str | None) -> None:
        outcome = PlanOutcome(failed_head(self.claim.options.solver, detail, limit))
        self._store("failed", lambda: self._queue.finish(self.claim, outcome))

    def _store(self, ending: str, write: Callable[[], bool]) -> None:
        """Write the end of the try, which is such an `ending`, again and again while the database fails, until it is written or not ours to write.

        A write that came through although its answer was lost is not made twice: the claim does not hold any more.
        """
        while True:
            try:
                written = write()
            except SQLAlchemyError as error:
                _log.warning("database fails; trying again", plan=self.claim.plan, error=str(error))
                if self.orders.lost.is_set() or self.orders.release.wait(RETRY_SECONDS):
                    return
            else:
                if written:
                    self._ending.outcome = ending
                else:
                    _log.warning("a plan was not ours any more", plan=self.claim.plan, tries=self.claim.tries)
                return

    def _end_gently(self) -> None:
        """Ask the child to end, and kill it if it does not."""
        try:
            self._child.channel.send("stop", {})
            until = time.monotonic() + self._settings.cancel_grace_seconds
            while (left := until - time.monotonic()) > 0:
                if self._child.channel.poll(left):
                    self._child.channel.receive()  # words on its way out
        except ChannelClosed:
            pass
        self._child.end()

    def _crashed(self) -> None:
        """The child ended without a word: try again, or give up after `max_tries`."""
        code = self._child.end()
        how = _how_it_ended(code)
        _log.warning("child lost", plan=self.claim.plan, tries=self.claim.tries, how=how)
        if self.orders.cancel.is_set():
            self._store("cancelled", lambda: self._queue.finish_cancelled(self.claim))
        elif self.claim.tries >= self._settings.max_tries:
            self._fail(f"its solver was lost {self.claim.tries} times, at last: {how}", None)
        else:
            self._store("crashed", lambda: self._queue.give_back(self.claim, how, counts=True))


def _how_it_ended(code: int | None) -> str:
    if code is None:
        return "it ended, how is unknown"
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
