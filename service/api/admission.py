"""Admission of requests: what one caller may have at a time of slots, threads, memory and streams.

The limits belong to one event loop, which serves one application.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from starlette.requests import ClientDisconnect, Request

from service.api.caller_limits import CallerLimiter, current_caller
from service.core.errors import ServiceUnavailableError, TooManyRequestsError

Result = TypeVar("Result")

CHANGE_WAIT_SECONDS = 20.0
"""How long a request that changes something may wait for a thread."""

_SLOT_KEY = "allot.slot"


class Admission:
    """The limits of one event loop."""

    def __init__(self) -> None:
        """Start with all slots free."""
        self.answers = CallerLimiter(total=1_000, per_caller=8)
        """Reads from their start until their answers are sent: a slow reader keeps its answers in memory."""
        self.reads = CallerLimiter(total=24, per_caller=2)
        """Threads of reads."""
        self.changes = CallerLimiter(total=16, per_caller=2)
        """Threads of requests that change something, or send a body; others keep all other threads."""
        self.heavy = CallerLimiter(total=2, per_caller=1)
        """Threads that decode large bodies, and write workbooks and exports."""
        self.bodies = CallerLimiter(total=200, per_caller=8)
        """Bodies that are read or processed."""
        self.large_bodies = CallerLimiter(total=4, per_caller=2)
        """Large bodies in memory."""
        self.streams = CallerLimiter(total=1_000, per_caller=16)
        """Event streams, and requests that wait for a plan."""


_admission: RunVar[Admission] = RunVar("admission")


def get_admission() -> Admission:
    """Return the limits of the running event loop."""
    found = _admission.get(None)
    if found is None:
        found = Admission()
        _admission.set(found)
    return found


async def hold_answer_slot(request: Request, caller: str) -> None:
    """Wait for a slot of the caller and hold it until `release_answer_slot`; a request has one slot at most.

    Raises TooManyRequestsError, and ClientDisconnect if the client of a request without a body goes meanwhile.
    """
    if _SLOT_KEY in request.scope:
        return
    answers = get_admission().answers
    if not answers.try_acquire_slot(caller):
        await run_while_connected(request, partial(answers.acquire_slot, caller))
    request.scope[_SLOT_KEY] = caller


def release_answer_slot(scope: MutableMapping[str, Any]) -> None:
    """Give the slot of a request back, if it has one, after its answer is sent."""
    if _SLOT_KEY in scope:
        get_admission().answers.release_slot(scope.pop(_SLOT_KEY))


async def hold_stream_slot(request: Request) -> AsyncIterator[None]:
    """Hold a slot for an event stream instead of one for a read; TooManyRequestsError if the caller has as many as may be."""
    release_answer_slot(request.scope)
    streams, caller = get_admission().streams, current_caller.get()
    if not streams.try_acquire_slot(caller):
        raise TooManyRequestsError(
            "You follow as many plans as one caller may. End a stream first.", headers={"Retry-After": "5"}
        )
    try:
        yield
    finally:
        streams.release_slot(caller)


async def run_in_read_thread(work: Callable[[], Result]) -> Result:
    """Run work that reads in a thread, when the caller's share allows it."""
    return await _run_in_thread(get_admission().reads, work)


async def run_in_heavy_thread(work: Callable[[], Result]) -> Result:
    """Run heavy work in a thread, when the caller's share allows it."""
    return await _run_in_thread(get_admission().heavy, work)


async def run_in_change_thread(work: Callable[[], Result]) -> Result:
    """Run work that may wait for the database's writers in one of a few threads; ServiceUnavailableError if none is free."""
    limiter, caller = get_admission().changes, current_caller.get()
    try:
        with anyio.fail_after(CHANGE_WAIT_SECONDS):
            await limiter.acquire_slot(caller)
    except TimeoutError as error:
        raise ServiceUnavailableError(
            "Many changes wait for storage. Repeat the request later.", headers={"Retry-After": "5"}
        ) from error
    try:
        return await _run_now(work)
    finally:
        limiter.release_slot(caller)


async def stream_in_threads(chunks: Iterator[bytes], *, is_heavy: bool = False) -> AsyncIterator[bytes]:
    """Yield chunks that are made in threads, one at a time; a slow reader holds no thread."""
    run = run_in_heavy_thread if is_heavy else run_in_read_thread
    while (chunk := await run(partial(next, chunks, None))) is not None:
        yield chunk


async def run_while_connected(request: Request, work: Callable[[], Awaitable[Result]]) -> Result:
    """Await work, and give up what has not begun when the client disconnects; then ClientDisconnect.

    The body of the request must have been read.
    """
    with anyio.CancelScope() as scope:
        watching = asyncio.create_task(_cancel_on_disconnect(request, scope))
        try:
            return await work()
        finally:
            watching.cancel()
    raise ClientDisconnect


async def _cancel_on_disconnect(request: Request, scope: anyio.CancelScope) -> None:
    message = await request.receive()
    if message["type"] == "http.request":  # the empty body of a request whose body nobody read
        message = await request.receive()
    if message["type"] == "http.disconnect":
        scope.cancel()


async def _run_in_thread(limiter: CallerLimiter, work: Callable[[], Result]) -> Result:
    async with limiter.hold_slot(current_caller.get()):
        return await _run_now(work)


async def _run_now(work: Callable[[], Result]) -> Result:
    return await anyio.to_thread.run_sync(work, limiter=anyio.CapacityLimiter(1))
