"""A receiver of webhooks: a real server on this machine that remembers what came and answers as told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass
class Receiver:
    """What came, and what is answered."""

    url: str = ""
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    """Answered first, one each."""
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None
    """Where there is one, nothing is answered before it is set."""
    drip: float | None = None
    """Seconds between two bytes of the answer."""
    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def messages(self) -> list[str]:
        return [head["webhook-id"] for head in self.heads]

    @property
    def told(self) -> list[dict[str, Any]]:
        return [orjson.loads(body) for body in self.bodies]


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        receiver = self.receiver
        receiver.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        receiver.heads.append({name.lower(): value for name, value in self.headers.items()})
        if receiver.hold is not None:
            receiver.hold.wait(30)
        status = receiver.statuses.pop(0) if receiver.statuses else receiver.status
        try:
            if receiver.drip is not None:
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500:
                    self.wfile.write(bytes([byte]))
                    time.sleep(receiver.drip)
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
        except OSError:
            self.close_connection = True  # the other side has gone

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Keep still."""


@contextmanager
def receiving(**answers: Any) -> Iterator[Receiver]:
    """A running receiver."""
    receiver = Receiver(**answers)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"receiver": receiver}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        if receiver.hold is not None:
            receiver.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
