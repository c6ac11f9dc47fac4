"""Routes that stay available while storage is slow: reads and changes have threads of their own, and reads are tried once more."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from service.api.admission import run_in_change_thread, run_in_read_thread
from service.storage.errors import StorageUnavailableError

Result = TypeVar("Result")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

log = structlog.get_logger("allot.service")


class ApiRoute(APIRoute):
    """A route of the API."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Create a route; a function that is not async gets the threads of reads, or of changes if it changes something."""
        if not (inspect.iscoroutinefunction(endpoint) or inspect.isasyncgenfunction(endpoint)):
            is_read = set(options.get("methods") or {"GET"}) <= SAFE_METHODS
            endpoint = _run_in_threads(endpoint, run_in_read_thread if is_read else run_in_change_thread)
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


def _run_in_threads(
    endpoint: Callable[..., Result], run_in_thread: Callable[[Callable[[], Result]], Coroutine[Any, Any, Result]]
) -> Callable[..., Coroutine[Any, Any, Result]]:
    @functools.wraps(endpoint)
    async def run_endpoint(*arguments: Any, **named: Any) -> Result:
        return await run_in_thread(functools.partial(endpoint, *arguments, **named))

    return run_endpoint


class ApiRouter(APIRouter):
    """A router of the API."""

    def __init__(self, **options: Any) -> None:
        """Create a router of `ApiRoute`."""
        super().__init__(route_class=ApiRoute, **options)
