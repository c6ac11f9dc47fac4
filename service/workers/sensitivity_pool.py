"""Sensitivity queries: answered in worker processes that keep the solved model of a plan loaded.

A query whose client has disconnected, or whose time is over, ends with its worker, which frees processor and memory at once.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from models.plan import Outcome
from models.validation.checks import Finding, InvalidProblemError
from service.core.errors import (
    ApiError,
    ConflictError,
    NotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
)
from service.core.settings import Settings
from service.workers.channel import ChannelClosedError, Message
from service.workers.worker_pool import PooledWorker, WorkerPool, WorkersUnavailableError
from service.workers.worker_process import ForkServerLostError, WorkerTimeoutError

_log = structlog.get_logger(__name__)


class ClientDisconnectedError(Exception):
    """The client of a query does not wait for the answer any more."""


@dataclass(frozen=True, slots=True)
class SensitivityQuery:
    """A query as it is sent to a worker."""

    name: str
    """Name; see `service.workers.sensitivity_queries`."""
    arguments: Mapping[str, Any]
    """Arguments, as JSON."""
    timeout_seconds: float
    """Seconds after which it is ended."""
    attachment: tuple[int, bytes] | None = None
    """A second problem as JSON, or a table as Parquet: its size in bytes, and its compressed bytes."""


@dataclass(frozen=True, slots=True)
class SessionPayload:
    """A plan as it is sent to a worker."""

    options: Mapping[str, Any]
    """Options with which it was solved."""
    size: int
    """Size of the problem's JSON in bytes."""
    bodies: tuple[bytes, ...]
    """The compressed problem, and the basis if there is one."""
    outcome: Outcome = "optimal"
    """Outcome of the plan: `infeasible` has no session, and only its inputs can be compared."""
    order: Literal["open_session", "open_bounds"] = "open_session"
    """What the worker opens: the session of a plan, or the bounds of a study, whose state is the only body."""


class SensitivityPool:
    """Answers the sensitivity queries of one service process. Any thread may use it."""

    def __init__(self, workers: WorkerPool, settings: Settings) -> None:
        """Use the sessions of a worker pool; the settings bound the queries that run and wait."""
        self._workers = workers
        self._capacity = settings.sensitivity_workers + settings.sensitivity_queue_size
        self._capacity_per_caller = max(1, self._capacity // 2)
        self._admitted: Counter[str | None] = Counter()
        self._lock = threading.Lock()

    def close(self) -> None:
        """End all sessions; queries that run or wait end with ServiceUnavailableError."""
        self._workers.close_use("session")

    def count_by_state(self) -> dict[str, int]:
        """Count queries that run (`answered`) and wait, and idle sessions (`open`)."""
        counts = self._workers.count_by_state("session")
        return {"answered": counts["busy"], "waiting": counts["waiting"], "open": counts["idle"]}

    @contextmanager
    def admit_query(self, caller: str | None = None) -> Iterator[None]:
        """Count a query until its answer; raise TooManyRequestsError where the queue, or the caller's half of it, is full.

        None as caller is everybody, whom no share limits.
        """
        with self._lock:
            total, own = self._admitted.total(), self._admitted[caller]
            if total >= self._capacity or (caller is not None and own >= self._capacity_per_caller):
                whose = f"{total} queries" if total >= self._capacity else f"{own} of your queries"
                detail = f"{whose} run or wait already; try again in a few seconds."
                raise TooManyRequestsError(detail, headers={"Retry-After": "5"})
            self._admitted[caller] += 1
        try:
            yield
        finally:
            with self._lock:
                self._admitted[caller] -= 1
                if not self._admitted[caller]:
                    del self._admitted[caller]

    def answer_query(
        self,
        plan: str,
        read_payload: Callable[[], SessionPayload],
        query: SensitivityQuery,
        cancelled: threading.Event,
        caller: str | None = None,
    ) -> bytes:
        """Answer a query about a plan.

        Parameters
        ----------
        plan
            The plan.
        read_payload
            Reads the plan, where no worker has it loaded.
        query
            The query.
        cancelled
            Set when the client has disconnected.
        caller
            Who asks; None is everybody.

        Returns
        -------
        bytes
            The answer, as JSON.

        Raises
        ------
        ClientDisconnectedError
            Once `cancelled` is set.
        ServiceUnavailableError
            If the query times out, its worker is lost, or the service stops.
        ApiError, InvalidProblemError
            If the worker rejects the query.
        """

        def raise_if_interrupted() -> None:
            if cancelled.is_set():
                raise ClientDisconnectedError
            if self._workers.is_closed("session"):
                raise WorkersUnavailableError

        worker = self._acquire_session(plan, raise_if_interrupted, caller)
        answer: Message | None = None
        try:
            with _convert_worker_errors(worker, plan, query):
                deadline = time.monotonic() + query.timeout_seconds
                _send_query(worker, read_payload, query)
                answer = worker.process.receive_message(deadline, raise_if_interrupted)
        finally:
            self._workers.release_worker(worker, keep=answer is not None and answer.kind != "failed")
        if answer.kind == "failed":
            _log.warning("sensitivity query failed", plan=plan, query=query.name, **answer.head)
        return _extract_answer(answer)

    def _acquire_session(self, plan: str, raise_if_interrupted: Callable[[], None], caller: str | None) -> PooledWorker:
        """Wait for a worker that may answer queries about a plan."""
        try:
            return self._workers.acquire_worker("session", plan, raise_if_interrupted, caller)
        except WorkersUnavailableError as error:
            raise _build_stopping_error() from error
        except ForkServerLostError as error:
            detail = "The solvers are being loaded; try again in a few seconds."
            raise ServiceUnavailableError(detail, headers={"Retry-After": "2"}) from error


@contextmanager
def _convert_worker_errors(worker: PooledWorker, plan: str, query: SensitivityQuery) -> Iterator[None]:
    """Convert the errors of a worker that gives no answer to ServiceUnavailableError."""
    try:
        yield
    except ChannelClosedError as error:
        _log.warning("worker process lost", plan=plan, query=query.name, code=worker.process.terminate())
        detail = "The worker process was lost, perhaps for lack of memory. The next query starts a new one."
        raise ServiceUnavailableError(detail, headers={"Retry-After": "1"}) from error
    except WorkersUnavailableError as error:
        raise _build_stopping_error() from error
    except WorkerTimeoutError as error:
        raise ServiceUnavailableError(
            f"There was no answer within {query.timeout_seconds:g} s. Request less at a time, or plan the changes: "
            "POST /v1/plans with base_plan has no such limit."
        ) from error


def _send_query(worker: PooledWorker, read_payload: Callable[[], SessionPayload], query: SensitivityQuery) -> None:
    """Send the plan to a fresh worker, then the query."""
    if worker.is_fresh:
        payload = read_payload()
        opening = {"options": payload.options, "size": payload.size, "outcome": payload.outcome}
        worker.send_order(payload.order, opening, *payload.bodies)
    head: dict[str, Any] = {"query": query.name, "arguments": query.arguments}
    if query.attachment is None:
        worker.process.channel.send("query", head)
    else:
        size, body = query.attachment
        worker.process.channel.send("query", head | {"size": size}, body)


def _build_stopping_error() -> ServiceUnavailableError:
    return ServiceUnavailableError("The service is stopping.", headers={"Retry-After": "5"})


def _extract_answer(message: Message) -> bytes:
    """Return the JSON of an answer; raise the rejection, or ServiceUnavailableError where the worker failed."""
    if message.kind == "answer":
        return message.bodies[0]
    if message.kind == "rejected":
        raise _build_rejection(message.head)
    if message.head["limit"] == "memory":
        raise ServiceUnavailableError(
            "The query needs more memory than a worker process may use. "
            "Request less at a time, or raise ALLOT_WORKER_MEMORY_LIMIT_BYTES."
        )
    raise ServiceUnavailableError(
        "The query failed; the log of the service has the cause. The next query starts a new worker process.",
        headers={"Retry-After": "1"},
    )


def _build_rejection(head: Mapping[str, Any]) -> ApiError | InvalidProblemError:
    if head["reason"] == "invalid":
        return InvalidProblemError(tuple(Finding.model_validate(raw) for raw in head["findings"]))
    return {"conflict": ConflictError, "not_found": NotFoundError}[head["reason"]](head["detail"])
