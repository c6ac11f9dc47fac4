"""How a service process and its children talk: framed messages over a socket pair, a JSON head and byte bodies.

Standard output is no way to talk: solvers print to it. The end of either side closes the pair, which is how a child learns
that its service died, and a service that its child did.
"""

import socket
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import orjson


class ChannelClosedError(Exception):
    """The other side is gone."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    kind: str
    """What it is. To a child: `plan`, `open`, `ask`, `stop`; from one: `progress`, `result`, `answer`, `refused`, `failed`."""
    head: dict[str, Any]
    """Its particulars, a JSON object."""
    bodies: tuple[bytes, ...] = ()
    """Its bytes."""


class Channel:
    """One end of a socket pair. Sending is safe from several threads, receiving is for one."""

    def __init__(self, descriptor: int) -> None:
        """Own an end by its file descriptor."""
        self._connection = Connection(descriptor)
        self._lock = threading.Lock()

    @classmethod
    def create_pair(cls) -> tuple["Channel", int]:
        """A new channel, and the descriptor of its other end, to be given to a child and closed here."""
        ours, theirs = socket.socketpair()
        return cls(ours.detach()), theirs.detach()

    def send(self, kind: str, head: dict[str, Any], *bodies: bytes) -> None:
        """Send a message; ChannelClosed if nobody is there."""
        try:
            with self._lock:
                self._connection.send_bytes(orjson.dumps([kind, head, len(bodies)]))
                for body in bodies:
                    self._connection.send_bytes(body)
        except OSError as error:
            raise ChannelClosedError from error

    def receive(self) -> Message:
        """The next message, waited for; ChannelClosed if nobody is there."""
        try:
            kind, head, count = orjson.loads(self._connection.recv_bytes())
            return Message(kind, head, tuple(self._connection.recv_bytes() for _ in range(count)))
        except (EOFError, OSError) as error:
            raise ChannelClosedError from error

    def poll(self, seconds: float) -> bool:
        """Whether `receive` will return or raise at once, waited for at most some seconds."""
        return self._connection.poll(seconds)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
