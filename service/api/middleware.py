"""Middleware of every request: identifier, security headers, log line and metrics; and the limit on the size of
bodies.
"""

import time
from collections.abc import Mapping
from typing import Any

import structlog
from opentelemetry import trace
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.admission import release_answer_slot
from service.api.caller_limits import UNKNOWN_CALLER, current_caller
from service.api.error_handlers import build_error_response
from service.api.request_context import REQUEST_ID_HEADER, assign_request_id
from service.core.errors import ContentTooLargeError, NotFoundError, UnprocessableContentError
from service.observability.metrics import Metrics

log = structlog.get_logger("allot.access")

API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Content-Security-Policy of every response that is not a page."""


_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": API_POLICY,
    "Cache-Control": "no-store",
}
"""Default headers of every response."""

_QUIET_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Paths that monitors poll; logged at debug level."""


class RequestContextMiddleware:
    """The outermost middleware; responses to unexpected errors pass through it too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap `app` and count its requests in `metrics`."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier, begun = assign_request_id(scope), time.perf_counter()
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            app: ASGIApp = _refuse_nul
        else:
            app = self._app
        status = 500
        current_caller.set(UNKNOWN_CALLER)  # a request may begin in the context of the one before it on its connection

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                _add_headers(MutableHeaders(scope=message), identifier, secure=scope["scheme"] == "https")
            await send(message)

        span = trace.get_current_span().get_span_context()
        traced = {"trace_id": trace.format_trace_id(span.trace_id)} if span.is_valid else {}
        structlog.contextvars.bind_contextvars(request_id=identifier, **traced)
        with self._metrics.in_flight.track_inprogress():
            try:
                await app(scope, receive, send_with_headers)
            except Exception:  # noqa: BLE001 - `handle_unexpected_error` has logged and answered it; the server would log it again
                status = 500
            finally:
                release_answer_slot(scope)
                self._record_request(scope, status, time.perf_counter() - begun)
                structlog.contextvars.unbind_contextvars("request_id", *traced)

    def _record_request(self, scope: Mapping[str, Any], status: int, seconds: float) -> None:
        self._metrics.count_request(scope["method"], get_route_path(scope), status, seconds)
        write = log.debug if scope["path"] in _QUIET_PATHS else log.info
        write("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))


async def _refuse_nul(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an address with the character NUL, which no name has and no database stores."""
    detail = "The address contains the character NUL (%00). Leave it out."
    error = NotFoundError(detail) if "\0" in scope["path"] else UnprocessableContentError(detail)
    await build_error_response(Request(scope), error)(scope, receive, send)


def _add_headers(headers: MutableHeaders, identifier: str, *, secure: bool) -> None:
    for name, value in _SAFE_HEADERS.items():
        headers.setdefault(name, value)
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    headers[REQUEST_ID_HEADER] = identifier


def get_route_path(scope: Mapping[str, Any]) -> str:
    """Return the path template of the operation, such as `/v1/plans/{plan}`; `none` without a match."""
    return str(getattr(scope.get("route"), "path", "none"))


class BodyLimitMiddleware:
    """Rejects bodies beyond a limit: at once if their length is stated, otherwise when the limit is passed."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """Pass bodies of up to `max_bytes` to `app`."""
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        if stated.isdecimal() and int(stated) > self._max_bytes:
            response = build_error_response(Request(scope), self._make_too_large_error())
            await response(scope, receive, send)
            return
        passed = 0

        async def receive_counted() -> Message:
            nonlocal passed
            message = await receive()
            passed += len(message.get("body", b""))
            if passed > self._max_bytes:
                raise self._make_too_large_error()
            return message

        await self._app(scope, receive_counted, send)

    def _make_too_large_error(self) -> ContentTooLargeError:
        return ContentTooLargeError(
            f"A request body may have {self._max_bytes:,} bytes; this one has more. "
            "Send less, or raise ALLOT_MAX_BODY_BYTES where the service runs.",
            headers={"Connection": "close"},
        )
