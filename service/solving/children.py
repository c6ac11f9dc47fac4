"""The service's side of the nursery: starting it, asking it for children, ending them."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from service.solving.channel import Channel

_ROOT = Path(__file__).parents[2]
_GOODBYE_SECONDS = 2.0


class NurseryGoneError(Exception):
    """The nursery does not answer: it was killed, or could not load the solvers."""


class Nursery:
    """A running nursery. Requests are answered one at a time; safe from several threads."""

    def __init__(self) -> None:
        """Start the process; returns at once, while it loads."""
        ours, theirs = socket.socketpair()
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "service.solving.nursery", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # solvers print there whatever one tells them
                pass_fds=(theirs.fileno(),),
                env=environment,
                start_new_session=True,  # a Ctrl-C in the terminal is for the service, which then ends its solves itself
            )
        self._control = ours
        self._lock = threading.Lock()
        self._answers = ours.makefile("rb")

    def wait_ready(self) -> None:
        """Wait until the solvers are loaded; NurseryGoneError if they cannot be."""
        with self._lock:
            if self._answers.readline() != b"ready\n":
                raise NurseryGoneError("the solvers could not be loaded; see the log above")

    def spawn(self) -> "Child":
        """Have a child forked; NurseryGoneError if the nursery is gone."""
        channel, other = Channel.pair()
        try:
            pid = self._ask(b"spawn\n", [other])
        except NurseryGoneError:
            channel.close()
            raise
        finally:
            os.close(other)
        return Child(self, pid, channel)

    def lives(self, pid: int) -> bool:
        """Whether a child still runs; NurseryGoneError if the nursery is gone."""
        return bool(self._ask(f"lives {pid}\n".encode(), []))

    def end(self, pid: int) -> int:
        """Make sure that a child is gone and say how it ended; NurseryGoneError if the nursery is gone."""
        return self._ask(f"end {pid}\n".encode(), [])

    def close(self) -> None:
        """Hang up, and see it go. Its children go when their channels close."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for an answer, and the nursery itself
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._lock:
            self._answers.close()
            self._control.close()

    def _ask(self, request: bytes, descriptors: list[int]) -> int:
        with self._lock:
            try:
                socket.send_fds(self._control, [request], descriptors)
                answer = self._answers.readline()
            except (OSError, ValueError) as error:
                raise NurseryGoneError(str(error)) from error
        if not answer:
            raise NurseryGoneError("the nursery hung up")
        return int(answer)


class SpareNursery:
    """A nursery of a process that solves no plans: started when its first child is asked for. Safe from several threads."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._nursery: Nursery | None = None

    def spawn(self) -> "Child":
        """Have a child forked; NurseryGoneError if that cannot be done now, in which case the next try starts another nursery."""
        with self._lock:
            try:
                if self._nursery is None:
                    self._nursery = Nursery()
                    self._nursery.wait_ready()
                return self._nursery.spawn()
            except NurseryGoneError:
                self._end()
                raise

    def close(self) -> None:
        """End it, if it runs."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None


class Child:
    """A child at work or done."""

    def __init__(self, nursery: Nursery, pid: int, channel: Channel) -> None:
        """Know a child by the nursery that reaps it, its process id and the channel to it."""
        self._nursery = nursery
        self.pid = pid
        self.channel = channel
        self._ended = False
        self._code: int | None = None

    def lives(self) -> bool:
        """Whether it still runs, as far as one knows: what it started may hold the channel open when it is gone."""
        try:
            return self._nursery.lives(self.pid)
        except NurseryGoneError:
            return True

    def end(self) -> int | None:
        """Kill it unless it has ended, with all it started, and hang up. Its exit code, minus a signal, or None if unknown.

        Without a nursery, hanging up is what ends it. Ending it again changes nothing.
        """
        if not self._ended:
            self._ended = True
            with suppress(NurseryGoneError):
                self._code = self._nursery.end(self.pid)
            self.channel.close()
        return self._code
