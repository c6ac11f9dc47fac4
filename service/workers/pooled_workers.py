"""The children that hold plans open: never more than there are places, kept for a while when they have nothing to do."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from service.core.errors import ServiceUnavailableError
from service.workers.query_errors import ClientDisconnectedError
from service.workers.worker_process import ForkServerLostError, WorkerProcess

CANCEL_CHECK_SECONDS = 0.1
"""How often one looks whether the caller is still there, or the service stops."""


@dataclass(slots=True, eq=False)
class PooledWorker:
    """A child that holds a plan open, or is about to."""

    plan: str
    """The plan."""
    process: WorkerProcess
    """The child."""
    is_fresh: bool = True
    """Whether the plan has not been sent to it yet."""
    idle_since: float = 0.0
    """Since when it has had nothing to do, as `time.monotonic` has it."""


class WorkerPool:
    """The children of one service process. Safe from several threads."""

    def __init__(self, spawn: Callable[[], WorkerProcess], capacity: int, idle_seconds: float) -> None:
        """Have at most so many children made by `spawn`; those that were idle for so long are ended."""
        self._spawn = spawn
        self._capacity = capacity
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._idle: list[PooledWorker] = []
        self._busy: list[PooledWorker] = []
        self._starting_count = 0
        self._waiters: deque[object] = deque()
        self.closed = threading.Event()
        """Set when the service stops."""
        self._sweeper = threading.Thread(target=self._evict_idle_workers, name="seats", daemon=True)
        self._sweeper.start()

    def list_worker_pids(self) -> tuple[int, ...]:
        """Process ids of the children, at work or not."""
        with self._changed:
            return tuple(seat.process.pid for seat in (*self._idle, *self._busy))

    def count_by_state(self) -> dict[str, int]:
        """Questions that are being answered and that wait, and children that wait for one."""
        with self._changed:
            return {
                "answered": len(self._busy) + self._starting_count,
                "waiting": len(self._waiters),
                "open": len(self._idle),
            }

    def acquire_worker(self, plan: str, cancelled: threading.Event) -> PooledWorker:
        """A child for a plan: one that holds it open, else a fresh one, waited for in line.

        The child that has been idle longest makes room for a fresh one. Raises CallerGone once `gone` is set, Unavailable when
        the service stops or its solvers are not loaded.
        """
        found, evicted = self._wait_for_turn(plan, cancelled)
        for seat in evicted:
            seat.process.terminate()
        if found is not None:
            return found
        try:
            made = PooledWorker(plan, self._spawn())
        except ForkServerLostError as error:
            with self._changed:
                self._starting_count -= 1
                self._changed.notify_all()
            detail = "The solvers are being loaded; ask again in a few seconds."
            raise ServiceUnavailableError(detail, headers={"Retry-After": "2"}) from error
        with self._changed:
            self._starting_count -= 1
            self._busy.append(made)
        return made

    def release_worker(self, worker: PooledWorker, *, keep: bool) -> None:
        """Give a child back, to be kept for the next question to its plan, or ended."""
        keep = keep and not self.closed.is_set()
        if not keep:
            worker.process.terminate()  # first, so that there are never more than there are places
        with self._changed:
            self._busy.remove(worker)
            if keep:
                worker.is_fresh, worker.idle_since = False, time.monotonic()
                self._idle.append(worker)
            self._changed.notify_all()

    def close(self) -> None:
        """End all children, and every conversation with one."""
        with self._changed:
            self.closed.set()
            idle, self._idle = self._idle, []
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._busy, timeout=2.0)
        for seat in idle:
            seat.process.terminate()
        self._sweeper.join()

    def _wait_for_turn(self, plan: str, cancelled: threading.Event) -> tuple[PooledWorker | None, list[PooledWorker]]:
        """Wait in line for a child or for room to make one; those that are to be ended first come with it."""
        me = object()
        with self._changed:
            self._waiters.append(me)
            try:
                while True:
                    if self.closed.is_set():
                        raise ServiceUnavailableError("The service is stopping.", headers={"Retry-After": "5"})
                    if cancelled.is_set():
                        raise ClientDisconnectedError
                    if self._waiters[0] is me and (self._idle or self._has_capacity()):
                        return self._choose_worker(plan)
                    self._changed.wait(CANCEL_CHECK_SECONDS)
            finally:
                self._waiters.remove(me)
                self._changed.notify_all()

    def _has_capacity(self) -> bool:
        return len(self._idle) + len(self._busy) + self._starting_count < self._capacity

    def _choose_worker(self, plan: str) -> tuple[PooledWorker | None, list[PooledWorker]]:
        """The child of a plan, if it lives; else room for one."""
        dead = [
            seat for seat in self._idle if seat.process.channel.poll(0)
        ]  # it has nothing to say but that it is gone
        self._idle = [seat for seat in self._idle if seat not in dead]
        found = next((seat for seat in self._idle if seat.plan == plan), None)
        if found is not None:
            self._idle.remove(found)
            self._busy.append(found)
            return found, dead
        if not self._has_capacity():
            oldest = min(self._idle, key=lambda seat: seat.idle_since)
            self._idle.remove(oldest)
            dead.append(oldest)
        self._starting_count += 1
        return None, dead

    def _evict_idle_workers(self) -> None:
        """End children that have been idle for long."""
        while not self.closed.is_set():
            with self._changed:
                now = time.monotonic()
                due = [seat for seat in self._idle if now - seat.idle_since >= self._idle_seconds]
                self._idle = [seat for seat in self._idle if seat not in due]
                ends = [seat.idle_since + self._idle_seconds for seat in self._idle]
                if not due:
                    self._changed.wait(min(ends) - now if ends else None)
            for seat in due:
                seat.process.terminate()
