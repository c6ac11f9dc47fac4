"""The service's side of the nursery: starting it, asking it for children, ending them."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from service.workers.channel import Channel

_PROJECT_ROOT = Path(__file__).parents[2]
_EXIT_TIMEOUT_SECONDS = 2.0


class ForkServerLostError(Exception):
    """The nursery does not answer: it was killed, or could not load the solvers."""


class ForkServer:
    """A running nursery. Requests are answered one at a time; safe from several threads."""

    def __init__(self) -> None:
        """Start the process; returns at once, while it loads."""
        ours, theirs = socket.socketpair()
        paths = [str(_PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "service.workers.fork_server", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # solvers print there whatever one tells them
                pass_fds=(theirs.fileno(),),
                env=environment,
                start_new_session=True,  # a Ctrl-C in the terminal is for the service, which then ends its solves itself
            )
        self._control = ours
        self._lock = threading.Lock()
        self._replies = ours.makefile("rb")

    def wait_until_ready(self) -> None:
        """Wait until the solvers are loaded; NurseryGoneError if they cannot be."""
        with self._lock:
            if self._replies.readline() != b"ready\n":
                raise ForkServerLostError("the solvers could not be loaded; see the log above")

    def spawn_worker(self) -> "WorkerProcess":
        """Have a child forked; NurseryGoneError if the nursery is gone."""
        channel, other = Channel.create_pair()
        try:
            pid = self._send_request(b"spawn\n", [other])
        except ForkServerLostError:
            channel.close()
            raise
        finally:
            os.close(other)
        return WorkerProcess(self, pid, channel)

    def is_worker_alive(self, pid: int) -> bool:
        """Whether a child still runs; NurseryGoneError if the nursery is gone."""
        return bool(self._send_request(f"lives {pid}\n".encode(), []))

    def terminate_worker(self, pid: int) -> int:
        """Make sure that a child is gone and say how it ended; NurseryGoneError if the nursery is gone."""
        return self._send_request(f"end {pid}\n".encode(), [])

    def close(self) -> None:
        """Hang up, and see it go. Its children go when their channels close."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for an answer, and the nursery itself
        try:
            self._process.wait(_EXIT_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._lock:
            self._replies.close()
            self._control.close()

    def _send_request(self, request: bytes, descriptors: list[int]) -> int:
        with self._lock:
            try:
                socket.send_fds(self._control, [request], descriptors)
                answer = self._replies.readline()
            except (OSError, ValueError) as error:
                raise ForkServerLostError(str(error)) from error
        if not answer:
            raise ForkServerLostError("the nursery hung up")
        return int(answer)


class LazyForkServer:
    """A nursery of a process that solves no plans: started when its first child is asked for. Safe from several threads."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._fork_server: ForkServer | None = None

    def spawn_worker(self) -> "WorkerProcess":
        """Have a child forked; NurseryGoneError if that cannot be done now, in which case the next try starts another nursery."""
        with self._lock:
            try:
                if self._fork_server is None:
                    self._fork_server = ForkServer()
                    self._fork_server.wait_until_ready()
                return self._fork_server.spawn_worker()
            except ForkServerLostError:
                self._close_fork_server()
                raise

    def close(self) -> None:
        """End it, if it runs."""
        with self._lock:
            self._close_fork_server()

    def _close_fork_server(self) -> None:
        if self._fork_server is not None:
            self._fork_server.close()
            self._fork_server = None


class WorkerProcess:
    """A child at work or done."""

    def __init__(self, fork_server: ForkServer, pid: int, channel: Channel) -> None:
        """Know a child by the nursery that reaps it, its process id and the channel to it."""
        self._fork_server = fork_server
        self.pid = pid
        self.channel = channel
        self._is_terminated = False
        self._exit_code: int | None = None

    def is_alive(self) -> bool:
        """Whether it still runs, as far as one knows: what it started may hold the channel open when it is gone."""
        try:
            return self._fork_server.is_worker_alive(self.pid)
        except ForkServerLostError:
            return True

    def terminate(self) -> int | None:
        """Kill it unless it has ended, with all it started, and hang up. Its exit code, minus a signal, or None if unknown.

        Without a nursery, hanging up is what ends it. Ending it again changes nothing.
        """
        if not self._is_terminated:
            self._is_terminated = True
            with suppress(ForkServerLostError):
                self._exit_code = self._fork_server.terminate_worker(self.pid)
            self.channel.close()
        return self._exit_code
