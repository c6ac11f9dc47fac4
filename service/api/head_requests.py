"""HEAD requests: answered as GET, without the body (RFC 9110)."""

import anyio
import anyio.lowlevel
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_EVENT_STREAM = "text/event-stream"


class HeadMiddleware:
    """Answers HEAD by the operation of GET, whose body it drops. A stream of events has no end, so it is stopped."""

    def __init__(self, app: ASGIApp) -> None:
        """Pass requests to `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        is_started = False
        with anyio.CancelScope() as operation:

            async def send_headers(message: Message) -> None:
                nonlocal is_started
                if message["type"] == "http.response.start":
                    await send(message)
                    is_started = True
                    if Headers(raw=message["headers"]).get("content-type", "").startswith(_EVENT_STREAM):
                        operation.cancel()
                await anyio.lowlevel.checkpoint()

            scope["method"] = "GET"
            try:
                await self._app(scope, receive, send_headers)
            finally:
                scope["method"] = "HEAD"
        if is_started:
            await send({"type": "http.response.body"})
