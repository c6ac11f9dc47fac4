"""The desk: where questions to plans are answered, in child processes, a bounded number at a time.

A child holds one plan open and answers one question at a time; when it has nothing to do it is kept for a while, so that the next
question to the same plan need not read and build it again. A question whose caller has gone, or whose time is over, ends with
its child, which frees processor and memory at once.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from service.answers.errors import CallerGone, answer_of
from service.answers.seats import LOOK_SECONDS, Seat, Seats
from service.errors import TooMany, Unavailable
from service.settings import Settings
from service.solving.channel import ChannelClosed, Message
from service.solving.children import Child

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it travels to a child."""

    name: str
    """Which; see `service.solving.questions`."""
    arguments: Mapping[str, Any]
    """What it states, as JSON."""
    seconds: float
    """When it has taken so long it is ended."""
    other: tuple[int, bytes] | None = None
    """A second problem: how many bytes of JSON, and the same compressed."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A plan as it travels to a child."""

    options: Mapping[str, Any]
    """How it was solved."""
    size: int
    """Bytes of the problem's JSON."""
    bodies: tuple[bytes, ...]
    """The problem, and the basis where there is one."""


class Desk:
    """Answers the questions of one service process. Safe from several threads."""

    def __init__(self, spawn: Callable[[], Child], settings: Settings) -> None:
        """Have children made by `spawn`, which may raise NurseryGoneError."""
        self._settings = settings
        self._places = settings.question_children + settings.question_queue
        self._admitted = 0
        self._lock = threading.Lock()
        self.seats = Seats(spawn, settings.question_children, settings.question_idle_seconds)
        """Its children."""

    def close(self) -> None:
        """End all children; questions that are being answered end as Unavailable."""
        self.seats.close()

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Count a question from here to its answer; raises TooMany where as many as can wait do so already."""
        with self._lock:
            if self._admitted >= self._places:
                detail = f"{self._admitted} questions are being answered or wait already; ask again in a few seconds."
                raise TooMany(detail, headers={"Retry-After": "5"})
            self._admitted += 1
        try:
            yield
        finally:
            with self._lock:
                self._admitted -= 1

    def ask(self, plan: str, opening: Callable[[], Opening], question: Question, gone: threading.Event) -> bytes:
        """The answer, as JSON. `opening` reads the plan, where no child holds it open; `gone` is set when nobody waits any more.

        Raises the refusal that the answer is, Unavailable where there is none, CallerGone.
        """
        seat, told = self.seats.take(plan, gone), None
        try:
            told = self._talk(seat, opening, question, gone)
        except ChannelClosed as error:
            _log.warning("child lost", plan=plan, question=question.name, code=seat.child.end())
            detail = "The process that answered was lost, for want of memory perhaps. The next question starts afresh."
            raise Unavailable(detail, headers={"Retry-After": "1"}) from error
        finally:
            self.seats.leave(seat, keep=told is not None and told.kind != "failed")
        if told.kind == "failed":
            _log.warning("question failed", plan=plan, question=question.name, **told.head)
        return answer_of(told)

    def _talk(self, seat: Seat, opening: Callable[[], Opening], question: Question, gone: threading.Event) -> Message:
        """Put the question, and wait for the word that ends it."""
        until, channel = time.monotonic() + question.seconds, seat.child.channel
        if seat.fresh:
            plan = opening()
            channel.send("open", {**self._bounds(), "options": plan.options, "size": plan.size}, *plan.bodies)
        head: dict[str, Any] = {"question": question.name, "arguments": question.arguments}
        if question.other is None:
            channel.send("ask", head)
        else:
            channel.send("ask", head | {"size": question.other[0]}, question.other[1])
        while not channel.poll(LOOK_SECONDS):
            if gone.is_set():
                raise CallerGone
            if self.seats.closed.is_set():
                raise Unavailable("The service is stopping.", headers={"Retry-After": "5"})
            if time.monotonic() > until:
                raise Unavailable(
                    f"There was no answer within {question.seconds:g} s. Ask for less at a time, or have the changes planned: "
                    "POST /v1/plans with base_plan answers when it is done, however long it takes."
                )
        return channel.receive()

    def _bounds(self) -> dict[str, Any]:
        """What a child may take. Questions stand back behind requests, but not as far as solves: somebody waits for them."""
        return {
            "memory_bytes": self._settings.child_memory_bytes,
            "niceness": self._settings.child_niceness // 2,
        }
