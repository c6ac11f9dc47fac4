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

from service.core.errors import ServiceUnavailableError, TooManyRequestsError
from service.core.settings import Settings
from service.workers.channel import ChannelClosedError, Message
from service.workers.pooled_workers import CANCEL_CHECK_SECONDS, PooledWorker, WorkerPool
from service.workers.query_errors import ClientDisconnectedError, extract_answer
from service.workers.worker_process import WorkerProcess

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SensitivityQuery:
    """A question as it travels to a child."""

    name: str
    """Which; see `service.workers.sensitivity_queries`."""
    arguments: Mapping[str, Any]
    """What it states, as JSON."""
    timeout_seconds: float
    """When it has taken so long it is ended."""
    second_problem: tuple[int, bytes] | None = None
    """A second problem: how many bytes of JSON, and the same compressed."""


@dataclass(frozen=True, slots=True)
class SessionPayload:
    """A plan as it travels to a child."""

    options: Mapping[str, Any]
    """How it was solved."""
    size: int
    """Bytes of the problem's JSON."""
    bodies: tuple[bytes, ...]
    """The problem, and the basis where there is one."""


class SensitivityPool:
    """Answers the questions of one service process. Safe from several threads."""

    def __init__(self, spawn: Callable[[], WorkerProcess], settings: Settings) -> None:
        """Have children made by `spawn`, which may raise NurseryGoneError."""
        self._settings = settings
        self._capacity = settings.sensitivity_workers + settings.sensitivity_queue_size
        self._admitted_count = 0
        self._lock = threading.Lock()
        self.workers = WorkerPool(spawn, settings.sensitivity_workers, settings.sensitivity_idle_timeout_seconds)
        """Its children."""

    def close(self) -> None:
        """End all children; questions that are being answered end as Unavailable."""
        self.workers.close()

    @contextmanager
    def admit_query(self) -> Iterator[None]:
        """Count a question from here to its answer; raises TooMany where as many as can wait do so already."""
        with self._lock:
            if self._admitted_count >= self._capacity:
                detail = (
                    f"{self._admitted_count} questions are being answered or wait already; ask again in a few seconds."
                )
                raise TooManyRequestsError(detail, headers={"Retry-After": "5"})
            self._admitted_count += 1
        try:
            yield
        finally:
            with self._lock:
                self._admitted_count -= 1

    def answer_query(
        self, plan: str, read_payload: Callable[[], SessionPayload], query: SensitivityQuery, cancelled: threading.Event
    ) -> bytes:
        """The answer, as JSON. `opening` reads the plan, where no child holds it open; `gone` is set when nobody waits any more.

        Raises the refusal that the answer is, Unavailable where there is none, CallerGone.
        """
        seat, reported = self.workers.acquire_worker(plan, cancelled), None
        try:
            reported = self._exchange_messages(seat, read_payload, query, cancelled)
        except ChannelClosedError as error:
            _log.warning("child lost", plan=plan, question=query.name, code=seat.process.terminate())
            detail = "The process that answered was lost, for want of memory perhaps. The next question starts afresh."
            raise ServiceUnavailableError(detail, headers={"Retry-After": "1"}) from error
        finally:
            self.workers.release_worker(seat, keep=reported is not None and reported.kind != "failed")
        if reported.kind == "failed":
            _log.warning("question failed", plan=plan, question=query.name, **reported.head)
        return extract_answer(reported)

    def _exchange_messages(
        self,
        worker: PooledWorker,
        read_payload: Callable[[], SessionPayload],
        query: SensitivityQuery,
        cancelled: threading.Event,
    ) -> Message:
        """Put the question, and wait for the word that ends it."""
        until, channel = time.monotonic() + query.timeout_seconds, worker.process.channel
        if worker.is_fresh:
            plan = read_payload()
            channel.send(
                "open", {**self._build_worker_limits(), "options": plan.options, "size": plan.size}, *plan.bodies
            )
        head: dict[str, Any] = {"question": query.name, "arguments": query.arguments}
        if query.second_problem is None:
            channel.send("ask", head)
        else:
            channel.send("ask", head | {"size": query.second_problem[0]}, query.second_problem[1])
        while not channel.poll(CANCEL_CHECK_SECONDS):
            if cancelled.is_set():
                raise ClientDisconnectedError
            if self.workers.closed.is_set():
                raise ServiceUnavailableError("The service is stopping.", headers={"Retry-After": "5"})
            if time.monotonic() > until:
                raise ServiceUnavailableError(
                    f"There was no answer within {query.timeout_seconds:g} s. Ask for less at a time, or have the changes planned: "
                    "POST /v1/plans with base_plan answers when it is done, however long it takes."
                )
        return channel.receive()

    def _build_worker_limits(self) -> dict[str, Any]:
        """What a child may take. Questions stand back behind requests, but not as far as solves: somebody waits for them."""
        return {
            "memory_bytes": self._settings.worker_memory_limit_bytes,
            "niceness": self._settings.worker_nice // 2,
        }
