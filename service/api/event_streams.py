"""Event streams that end when their reader may no longer read: the key was revoked, or the token expired."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

import structlog
from starlette.requests import Request

from service.api.dependencies import authenticate_request
from service.api.permissions import PermissionGuard
from service.core.errors import ApiError
from service.domain.container import Services
from service.storage.errors import StorageError

RECHECK_SECONDS = 2.0
"""Seconds after which an open stream checks again whether its reader may read."""

Event = TypeVar("Event")

_log = structlog.get_logger(__name__)


async def is_still_permitted(request: Request, services: Services) -> bool:
    """Return whether the request would be permitted to read if it came now; also False if nobody can tell."""
    if not services.authenticator.is_enabled:
        return True
    try:
        await PermissionGuard("read")(request, services, await authenticate_request(request))
    except (ApiError, StorageError) as error:
        _log.info("event stream ended", path=request.url.path, reason=type(error).__name__)
        return False
    return True


async def end_when_refused(
    events: AsyncGenerator[Event], is_permitted: Callable[[], Awaitable[bool]]
) -> AsyncIterator[Event]:
    """Yield events for as long as they are permitted, checked every `RECHECK_SECONDS`, whether or not events come."""
    checked = time.monotonic()
    following = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            await asyncio.wait({following}, timeout=max(0.0, checked + RECHECK_SECONDS - time.monotonic()))
            if time.monotonic() >= checked + RECHECK_SECONDS:
                if not await is_permitted():
                    return
                checked = time.monotonic()
            if following.done():
                event = following.result()
                if event is None:
                    return
                yield event
                following = asyncio.ensure_future(anext(events, None))
    finally:
        following.cancel()
        await asyncio.wait({following})
        await events.aclose()
