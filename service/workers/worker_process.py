"""The service's side of the fork server: start it, let it fork worker processes, talk to them, terminate them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from service.workers.channel import Channel, ChannelClosedError, Message

MESSAGE_POLL_SECONDS = 0.1
"""Longest time for which a wait for a message is not interruptible."""

LIVENESS_CHECK_SECONDS = 1.0
"""How long a worker may be silent before the service checks that the worker is alive."""

_PROJECT_ROOT = Path(__file__).parents[2]
_EXIT_TIMEOUT_SECONDS = 2.0


class ForkServerLostError(Exception):
    """The fork server does not answer: it was killed, or could not load the solvers."""


class WorkerTimeoutError(Exception):
    """The worker sent no message before the deadline."""


class ForkServer:
    """A running fork server. Requests are answered one at a time; any thread may send one."""

    module = "service.workers.fork_server"
    """Module that it runs."""

    def __init__(self) -> None:
        """Start the process and return at once, while it loads the solvers."""
        ours, theirs = socket.socketpair()
        paths = [str(_PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", self.module, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # solvers print there whatever their options
                pass_fds=(theirs.fileno(),),
                env=environment,
                start_new_session=True,  # Ctrl-C in the terminal stops the service, which then ends its workers itself
            )
        self._control = ours
        self._lock = threading.Lock()
        self._replies = ours.makefile("rb")

    def wait_until_ready(self) -> None:
        """Wait until the solvers are loaded; raise ForkServerLostError if they cannot be."""
        with self._lock:
            if self._replies.readline() != b"ready\n":
                raise ForkServerLostError("the solvers could not be loaded; see the log above")

    def spawn_worker(self) -> "WorkerProcess":
        """Fork a worker process; raise ForkServerLostError if the fork server has gone."""
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
        """Return whether a worker still runs; raise ForkServerLostError if the fork server has gone."""
        return bool(self._send_request(f"is_alive {pid}\n".encode(), []))

    def terminate_worker(self, pid: int) -> int:
        """Kill and reap a worker and return its exit code; raise ForkServerLostError if the fork server has gone."""
        return self._send_request(f"terminate {pid}\n".encode(), [])

    def close(self) -> None:
        """Close the connection and wait for the end of the fork server. Its workers end when their channels close."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # wakes every thread that waits for a reply, and the fork server
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
            raise ForkServerLostError("the fork server closed the connection")
        return int(answer)


class WorkerProcess:
    """A worker process, running or ended."""

    def __init__(self, fork_server: ForkServer, pid: int, channel: Channel) -> None:
        """Know a worker by the fork server that reaps it, its process id and the channel to it."""
        self._fork_server = fork_server
        self.pid = pid
        self.channel = channel
        self._is_terminated = False
        self._exit_code: int | None = None

    def is_alive(self) -> bool:
        """Return whether the worker runs; True where the fork server is lost.

        The channel is no evidence: a process that the worker started may keep its end open.
        """
        try:
            return self._fork_server.is_worker_alive(self.pid)
        except ForkServerLostError:
            return True

    def receive_message(self, deadline: float, raise_if_interrupted: Callable[[], None]) -> Message:
        """Wait for the next message of the worker.

        Parameters
        ----------
        deadline
            When to give up, by `time.monotonic`.
        raise_if_interrupted
            Called at least every `MESSAGE_POLL_SECONDS`; its exception ends the wait.

        Raises
        ------
        WorkerTimeoutError
            At the deadline.
        ChannelClosedError
            If the worker has ended.
        """
        alive_at = time.monotonic()
        while True:
            raise_if_interrupted()
            if time.monotonic() > deadline:
                raise WorkerTimeoutError
            if self.channel.poll(MESSAGE_POLL_SECONDS):
                return self.channel.receive()
            if time.monotonic() - alive_at > LIVENESS_CHECK_SECONDS:
                if not self.is_alive():
                    raise ChannelClosedError
                alive_at = time.monotonic()

    def stop(self, grace_seconds: float) -> None:
        """Ask the worker to end, and kill it if it is still there after some seconds."""
        with suppress(ChannelClosedError):
            self.channel.send("stop", {})
            deadline = time.monotonic() + grace_seconds
            while (left := deadline - time.monotonic()) > 0:
                if self.channel.poll(left):
                    self.channel.receive()  # a message from before the end
        self.terminate()

    def terminate(self) -> int | None:
        """Kill the worker with all it started, unless it has ended, and close the channel. Repeated calls change nothing.

        Returns the exit code, minus a signal, or None if unknown. Without a fork server, closing the channel ends the worker.
        """
        if not self._is_terminated:
            self._is_terminated = True
            with suppress(ForkServerLostError):
                self._exit_code = self._fork_server.terminate_worker(self.pid)
            self.channel.close()
        return self._exit_code

    def describe_exit(self) -> str:
        """Terminate the worker and say how it ended."""
        code = self.terminate()
        if code is None:
            return "it ended, how is unknown"
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
