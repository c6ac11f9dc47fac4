"""Routes that stay available while storage is slow: changes have threads of their own, and reads are tried once more."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import structlog
from anyio.lowlevel import RunVar
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from service.core.errors import ServiceUnavailableError
from service.storage.errors import StorageUnavailableError

Result = TypeVar("Result")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

MAX_CHANGES = 16
"""Requests that change something, or send a body, and run in a thread at a time; others keep all other threads."""

CHANGE_WAIT_SECONDS = 20.0
"""How long such a request may wait for a thread."""

_change_limiter: RunVar[anyio.CapacityLimiter] = RunVar("change_limiter")

log = structlog.get_logger("allot.service")


async def run_in_change_thread(work: Callable[[], Result]) -> Result:
    """Run work that may wait for the database's writers in one of a few threads; ServiceUnavailableError if none is free."""
    limiter = _change_limiter.get(None)
    if limiter is None:
        limiter = anyio.CapacityLimiter(MAX_CHANGES)
        _change_limiter.set(limiter)
    borrower = object()
    try:
        with anyio.fail_after(CHANGE_WAIT_SECONDS):
            await limiter.acquire_on_behalf_of(borrower)
    except TimeoutError as error:
        raise ServiceUnavailableError(
            "Many changes wait for storage. Repeat the request later.", headers={"Retry-After": "5"}
        ) from error
    try:
        return await anyio.to_thread.run_sync(work, limiter=anyio.CapacityLimiter(1))
    finally:
        limiter.release_on_behalf_of(borrower)


class ApiRoute(APIRoute):
    """A route of the API."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Create a route; a function that is not async and changes something gets the threads of changes."""
        methods = set(options.get("methods") or {"GET"})
        if not methods <= SAFE_METHODS and not inspect.iscoroutinefunction(endpoint):
            endpoint = _make_change(endpoint)
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return a handler that tries a read once more whose connection was lost before there was an answer."""
        handle = super().get_route_handler()

        async def handle_twice(request: Request) -> Response:
            try:
                return await handle(request)
            except StorageUnavailableError as error:
                if request.method not in SAFE_METHODS or not error.is_connection_lost:
                    raise
                log.warning("connection lost; read again", path=request.url.path)
            return await handle(request)

        return handle_twice


def _make_change(endpoint: Callable[..., Result]) -> Callable[..., Coroutine[Any, Any, Result]]:
    @functools.wraps(endpoint)
    async def run_change(*arguments: Any, **named: Any) -> Result:
        return await run_in_change_thread(functools.partial(endpoint, *arguments, **named))

    return run_change


class ApiRouter(APIRouter):
    """A router of the API."""

    def __init__(self, **options: Any) -> None:
        """Create a router of `ApiRoute`."""
        super().__init__(route_class=ApiRoute, **options)
