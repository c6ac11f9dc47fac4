"""Connections that do not say what they want are ended; those that do are not."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from service.api import http_protocol
from service.core.settings import Settings
from tests.service.api.conftest import serving

WHOLE = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HALF = WHOLE[:30]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a service that solves nothing."""
    with serving(Settings(data_dir=tmp_path_factory.mktemp("protocol"), solver_workers=0)) as address:
        yield urlsplit(address).port or 0


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        yield connection


def receive_answer(connection: socket.socket) -> None:
    """Receive the whole answer of a live service."""
    received = b""
    while not received.endswith(b'{"status":"ok"}'):
        received += connection.recv(10_000)
    assert received.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("sent", [b"", HALF])
def test_half_a_request_is_ended(port: int, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", 0.05)
    with connected(port) as connection:
        connection.sendall(sent)
        assert connection.recv(100) == b""


def test_half_of_a_second_request_is_ended(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(port) as connection:
        connection.sendall(WHOLE)
        receive_answer(connection)
        monkeypatch.setattr(http_protocol, "HEADER_SECONDS", 0.05)
        connection.sendall(HALF)
        assert connection.recv(100) == b""


def test_a_connection_with_an_answer_stays_open_between_requests(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", 3600.0)
    with connected(port) as connection:
        for _ in range(2):
            connection.sendall(HALF)
            connection.sendall(WHOLE[30:])
            receive_answer(connection)
