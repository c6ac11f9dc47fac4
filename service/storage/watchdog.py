"""Time limits on PostgreSQL connections that the server cannot keep: it may hang, or the network may lose its answers.

A thread that waits for such an answer waits in the driver. The watchdog shuts the socket down from outside, and the driver
reports a lost connection.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

_TICK_SECONDS = 0.25


class ConnectionWatchdog:
    """Shuts down the sockets of connections that are in use beyond their time."""

    def __init__(self) -> None:
        """Start without connections; its thread starts with the first one."""
        self._lock = threading.Lock()
        self._watched: dict[object, tuple[float, Any]] = {}
        self._has_work = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit_use(self, connection: Any, seconds: float) -> Iterator[None]:
        """Limit what the block does with a connection of psycopg to some seconds; others are not limited."""
        if not hasattr(connection, "pgconn"):
            yield
            return
        token = object()
        with self._lock:
            self._watched[token] = (time.monotonic() + seconds, connection)
            self._start_thread()
        self._has_work.set()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(token, None)

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch_forever, name="connection-watchdog", daemon=True)
            self._thread.start()

    def _watch_forever(self) -> None:
        while True:
            self._has_work.wait()
            time.sleep(_TICK_SECONDS)
            with self._lock:  # a connection that is returned meanwhile is no longer watched, and is not shut down
                now = time.monotonic()
                for token, (deadline, connection) in tuple(self._watched.items()):
                    if now >= deadline:
                        del self._watched[token]
                        _shut_down(connection)
                if not self._watched:
                    self._has_work.clear()


def _shut_down(connection: Any) -> None:
    """Shut down the socket of a connection of psycopg; its file descriptor stays with the driver."""
    with suppress(OSError), socket.socket(fileno=os.dup(connection.pgconn.socket)) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)
