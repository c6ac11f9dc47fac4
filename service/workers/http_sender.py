"""Sending a message to an address that somebody else chose, without being led anywhere it should not go.

The name is resolved once; every address behind it must be public; the connection goes to that very address, so that a name
that changes its mind between the look and the call gains nothing. Redirects are not followed, proxies of the environment not
used, the answer's body not read, and the whole takes no longer than its time limit, however slowly the other side drips.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class DeliveryError(Exception):
    """The message did not arrive, as far as one knows; the text says why."""


def is_public_address(text: str) -> bool:
    """Whether an IP address lies in the public internet, also where an IPv6 address hides one of IPv4."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    hidden = _extract_ipv4_addresses(address) if isinstance(address, ipaddress.IPv6Address) else ()
    return all(one.is_global and not one.is_multicast for one in (address, *hidden))


def _extract_ipv4_addresses(address: ipaddress.IPv6Address) -> tuple[Address, ...]:
    """IPv4 addresses that traffic to an IPv6 address may end at: mapped, 6to4, Teredo, NAT64."""
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
    """Send a body to an http(s) address and return the status of the answer.

    `seconds` is the time limit of the whole; `private` allows addresses that are not public. Raises Undeliverable.
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
    connection = _PinnedConnection(
        host, port, _resolve_host(host, port, allow_private=allow_private), deadline, secure=secure
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _resolve_host(host: str, port: int, *, allow_private: bool) -> str:
    """The first address of a host; Undeliverable if any of them is not public and that matters."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    inside = [] if allow_private else [address for address in found if not is_public_address(address)]
    if inside:
        raise DeliveryError(
            f"{host} is {inside[0]}, which is no public address (ALLOT_WEBHOOK_PRIVATE_ADDRESSES allows it)"
        )
    return found[0]


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to an address already looked at, cut at a deadline whatever goes on."""

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
        """End whatever goes on, from another thread."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # past the TLS layer, which is not for two threads

    def _compute_remaining_seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left
