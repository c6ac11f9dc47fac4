"""Send signed messages to webhook addresses that users chose, without reaching private networks.

The host name is resolved once; every address must be public; the connection goes to that address, so a later change of the
name has no effect (DNS rebinding). Redirects are not followed, proxies of the environment are not used, and the body of the
answer is not read. The time limit holds for the whole exchange, however slowly the receiver answers.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import structlog

_SECRET_PREFIX = "whsec_"  # noqa: S105 - not a secret itself
_SECRET_BYTES = 32
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The only addresses of IPv6 that are given out; versions of Python differ about all others."""
_SPECIAL_IPV6 = tuple(map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_SPECIAL_IPV4 = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
"""Networks for protocols, and an address inside of a cloud that looks public."""

PUBLIC_PORTS = frozenset({80, 443})
"""Ports to which messages go, unless addresses in private networks are allowed: no other service listens there."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


_log = structlog.get_logger(__name__)


class DeliveryError(Exception):
    """The message was not delivered, or delivery is unknown; the text says why."""


def generate_secret() -> str:
    """Generate a key of 32 random bytes, as `whsec_` and base64."""
    return _SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def build_signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Build the headers of Standard Webhooks 1.0: identifier, time of this attempt (seconds since 1970), and the signature of both and the body."""
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}


def is_public_address(text: str) -> bool:
    """Return whether an IP address is public, also where an IPv6 address embeds one of IPv4."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return _is_public_ipv4(address)
    hidden = _extract_ipv4_addresses(address)
    is_unicast = address in _GLOBAL_UNICAST and not any(address in network for network in _SPECIAL_IPV6)
    return (is_unicast or address in _NAT64) and all(_is_public_ipv4(one) for one in hidden)


def _is_public_ipv4(address: Address) -> bool:
    is_special = isinstance(address, ipaddress.IPv4Address) and any(address in network for network in _SPECIAL_IPV4)
    return address.is_global and not address.is_multicast and not is_special


def _extract_ipv4_addresses(address: ipaddress.IPv6Address) -> tuple[Address, ...]:
    """Extract the IPv4 addresses that an IPv6 address embeds: mapped, 6to4, Teredo, NAT64."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def post_message(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float, allow_private: bool
) -> int:
    """Send a body to an http(s) address and return the status of the answer; raise DeliveryError.

    The time limit holds for the whole exchange; `allow_private` permits addresses that are not public, and
    ports other than 80 and 443.
    """
    deadline = time.monotonic() + timeout_seconds
    try:
        return _post_until_deadline(url, body, headers, deadline, allow_private=allow_private)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        late = time.monotonic() >= deadline
        raise DeliveryError(
            f"no answer in {timeout_seconds:g} s" if late else f"{type(error).__name__}: {error}"[:400]
        ) from error


def _post_until_deadline(
    url: str, body: bytes, headers: Mapping[str, str], deadline: float, *, allow_private: bool
) -> int:
    parts = urlsplit(url)
    secure, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or (443 if secure else 80)
    address = _resolve_host(host, port, allow_private=allow_private)
    if not allow_private and port not in PUBLIC_PORTS:
        raise DeliveryError(f"port {port} is neither 80 nor 443 (ALLOT_WEBHOOK_PRIVATE_ADDRESSES allows it)")
    connection = _PinnedConnection(host, port, address, deadline, secure=secure)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _resolve_host(host: str, port: int, *, allow_private: bool) -> str:
    """Resolve a host to its first address; raise DeliveryError if an address is not public and must be."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    inside = [] if allow_private else [address for address in found if not is_public_address(address)]
    if inside:
        _log.warning("webhook address not public", host=host, address=inside[0])
        raise DeliveryError(f"{host} is no public address (ALLOT_WEBHOOK_PRIVATE_ADDRESSES allows it)")
    return found[0]


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to a checked address, closed at a deadline whatever its state."""

    def __init__(self, host: str, port: int, address: str, deadline: float, *, secure: bool) -> None:
        super().__init__(host, port)
        self._address = address
        self._deadline = deadline
        self._tls = ssl.create_default_context() if secure else None
        self._timeout_timer: threading.Timer | None = None
        self.default_port = 443 if secure else 80  # the Host header names other ports only

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self._compute_remaining_seconds())
        self._timeout_timer = threading.Timer(self._compute_remaining_seconds(), self._shut_down_socket)
        self._timeout_timer.start()
        if self._tls is not None:
            secured = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secured
            secured.do_handshake()

    def close(self) -> None:
        if self._timeout_timer is not None:
            self._timeout_timer.cancel()
        super().close()

    def _shut_down_socket(self) -> None:
        """Shut the socket down from the timer's thread."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # past the TLS layer, which is not for two threads

    def _compute_remaining_seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left
