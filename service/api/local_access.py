"""The door of a service without authentication: who comes from this machine, and no page of another site, may enter.

A browser on this machine can be made to send requests: by a page of another site, and by a name of another site that is
resolved to 127.0.0.1 (DNS rebinding). The headers that a page cannot forge tell such requests.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.error_handlers import build_error_response
from service.api.routing import SAFE_METHODS
from service.core.errors import ApiError
from service.core.settings import Settings, is_loopback

FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers by which a proxy says for whom it asks."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class MisdirectedRequestError(ApiError):
    """The header `Host` names another machine."""

    status, code, title = 421, "misdirected-request", "Misdirected Request"


class ForeignOriginError(ApiError):
    """A page of another site sent the request."""

    status, code, title = 403, "foreign-origin", "Forbidden"


class ForwardedRequestError(ApiError):
    """A proxy forwarded the request, and no proxy is trusted."""

    status, code, title = 403, "forwarded", "Forbidden"


class LocalAccessMiddleware:
    """Refuses what does not come from this machine's own programs and pages; used where authentication is off.

    Health is open to monitors, whatever name they use.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Protect `app`; the settings name further hosts, trusted proxies, and whether the network may enter."""
        self._app = app
        self._hosts = frozenset({settings.host.lower(), *settings.list_trusted_hosts()})
        self._trusts_proxies = settings.trusted_proxies is not None
        self._allows_network = settings.allow_unauthenticated_network

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and not scope["path"].startswith("/health/"):
            error = self._find_reason(scope)
            if error is not None:
                await build_error_response(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _find_reason(self, scope: Mapping[str, Any]) -> ApiError | None:
        """Find why a request is refused; None if it is not."""
        headers = Headers(scope=dict(scope))
        if not self._allows_network:
            if not self._trusts_proxies and any(name in headers for name in FORWARDING_HEADERS):
                return ForwardedRequestError(
                    "A proxy forwarded this request, but authentication is off. Set ALLOT_AUTHENTICATION where the service "
                    "runs, or name the proxy in ALLOT_TRUSTED_PROXIES if everybody who reaches it may do everything."
                )
            if _is_of_network(scope) and not self._is_known_host(headers.get("host", "")):
                return MisdirectedRequestError(
                    "Authentication is off, so this service answers to names of its own machine only, such as localhost. "
                    "Name further hosts in ALLOT_TRUSTED_HOSTS where it runs."
                )
        return None if scope["method"] in SAFE_METHODS else _find_foreign_page(headers)

    def _is_known_host(self, host: str) -> bool:
        name = _split_host(f"//{host}")[0]
        return name is not None and (is_loopback(name) or name in self._hosts)


def _find_foreign_page(headers: Headers) -> ApiError | None:
    """Find whether a page of another site sent a request that changes something."""
    origin = headers.get("origin")
    if (origin is not None and not _is_own_origin(origin, headers)) or headers.get("sec-fetch-site") == "cross-site":
        return ForeignOriginError("A page of another site sent this request; only the page of this service may do so.")
    return None


def _is_own_origin(origin: str, headers: Headers) -> bool:
    host, port = _split_host(origin)
    return host is not None and (host, port) == _split_host(f"{urlsplit(origin).scheme}://{headers.get('host')}")


def _is_of_network(scope: Mapping[str, Any]) -> bool:
    """Return whether a request came by TCP; a socket file and a caller in this very process have no host to check."""
    try:
        ipaddress.ip_address((scope.get("server") or ("", 0))[0])
    except ValueError:
        return False
    return True


def _split_host(address: str) -> tuple[str | None, int | None]:
    """Return host and port of an address; (None, None) for one that has no host, such as `null`."""
    try:
        parts = urlsplit(address)
        return parts.hostname and parts.hostname.rstrip("."), parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None, None
