"""Framed messages between a service process and a worker process: a JSON head and byte bodies over a socket pair.

Standard output is not available for this: solvers print to it.
When one side ends, the socket pair closes, so each side notices the end of the other.
"""

import socket
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import orjson


class ChannelClosedError(Exception):
    """The process at the other end has gone."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    kind: str
    """To a worker: `solve`, `open_session`, `open_bounds`, `query`, `open_analysis`, `run_task`, `advance`, `stop`. From a worker: `progress`,
    `estimate`, `result`, `answer`, `rejected`, `row`, `task_done`, `round`, `conclusion`, `failed`."""
    head: dict[str, Any]
    """Particulars, a JSON object."""
    bodies: tuple[bytes, ...] = ()
    """Byte bodies."""


class Channel:
    """One end of a socket pair. Several threads may send; one may receive."""

    def __init__(self, descriptor: int) -> None:
        """Own the end that a file descriptor names."""
        self._connection = Connection(descriptor)
        self._lock = threading.Lock()

    @classmethod
    def create_pair(cls) -> tuple["Channel", int]:
        """Create a channel and the descriptor of its other end, which a worker process gets and this process closes."""
        ours, theirs = socket.socketpair()
        return cls(ours.detach()), theirs.detach()

    def send(self, kind: str, head: dict[str, Any], *bodies: bytes) -> None:
        """Send a message; raise ChannelClosedError if the other end is closed."""
        try:
            with self._lock:
                self._connection.send_bytes(orjson.dumps([kind, head, len(bodies)]))
                for body in bodies:
                    self._connection.send_bytes(body)
        except OSError as error:
            raise ChannelClosedError from error

    def receive(self) -> Message:
        """Wait for the next message; raise ChannelClosedError if the other end is closed."""
        try:
            kind, head, count = orjson.loads(self._connection.recv_bytes())
            return Message(kind, head, tuple(self._connection.recv_bytes() for _ in range(count)))
        except (EOFError, OSError) as error:
            raise ChannelClosedError from error

    def poll(self, seconds: float) -> bool:
        """Wait at most some seconds until `receive` would return or raise at once; return whether it would."""
        return self._connection.poll(seconds)

    def close(self) -> None:
        """Close this end."""
        self._connection.close()
