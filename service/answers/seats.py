"""The children that hold plans open: never more than there are places, kept for a while when they have nothing to do."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from service.answers.errors import CallerGone
from service.errors import Unavailable
from service.solving.children import Child, NurseryGoneError

LOOK_SECONDS = 0.1
"""How often one looks whether the caller is still there, or the service stops."""


@dataclass(slots=True, eq=False)
class Seat:
    """A child that holds a plan open, or is about to."""

    plan: str
    """The plan."""
    child: Child
    """The child."""
    fresh: bool = True
    """Whether the plan has not been sent to it yet."""
    since: float = 0.0
    """Since when it has had nothing to do, as `time.monotonic` has it."""


class Seats:
    """The children of one service process. Safe from several threads."""

    def __init__(self, spawn: Callable[[], Child], places: int, idle_seconds: float) -> None:
        """Have at most so many children made by `spawn`; those that were idle for so long are ended."""
        self._spawn = spawn
        self._places = places
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._idle: list[Seat] = []
        self._busy: list[Seat] = []
        self._making = 0
        self._line: deque[object] = deque()
        self.closed = threading.Event()
        """Set when the service stops."""
        self._sweeper = threading.Thread(target=self._sweep, name="seats", daemon=True)
        self._sweeper.start()

    def children(self) -> tuple[int, ...]:
        """Process ids of the children, at work or not."""
        with self._changed:
            return tuple(seat.child.pid for seat in (*self._idle, *self._busy))

    def counts(self) -> dict[str, int]:
        """Questions that are being answered and that wait, and children that wait for one."""
        with self._changed:
            return {"answered": len(self._busy) + self._making, "waiting": len(self._line), "open": len(self._idle)}

    def take(self, plan: str, gone: threading.Event) -> Seat:
        """A child for a plan: one that holds it open, else a fresh one, waited for in line.

        The child that has been idle longest makes room for a fresh one. Raises CallerGone once `gone` is set, Unavailable when
        the service stops or its solvers are not loaded.
        """
        found, evicted = self._wait(plan, gone)
        for seat in evicted:
            seat.child.end()
        if found is not None:
            return found
        try:
            made = Seat(plan, self._spawn())
        except NurseryGoneError as error:
            with self._changed:
                self._making -= 1
                self._changed.notify_all()
            detail = "The solvers are being loaded; ask again in a few seconds."
            raise Unavailable(detail, headers={"Retry-After": "2"}) from error
        with self._changed:
            self._making -= 1
            self._busy.append(made)
        return made

    def leave(self, seat: Seat, *, keep: bool) -> None:
        """Give a child back, to be kept for the next question to its plan, or ended."""
        keep = keep and not self.closed.is_set()
        if not keep:
            seat.child.end()  # first, so that there are never more than there are places
        with self._changed:
            self._busy.remove(seat)
            if keep:
                seat.fresh, seat.since = False, time.monotonic()
                self._idle.append(seat)
            self._changed.notify_all()

    def close(self) -> None:
        """End all children, and every conversation with one."""
        with self._changed:
            self.closed.set()
            idle, self._idle = self._idle, []
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._busy, timeout=2.0)
        for seat in idle:
            seat.child.end()
        self._sweeper.join()

    def _wait(self, plan: str, gone: threading.Event) -> tuple[Seat | None, list[Seat]]:
        """Wait in line for a child or for room to make one; those that are to be ended first come with it."""
        me = object()
        with self._changed:
            self._line.append(me)
            try:
                while True:
                    if self.closed.is_set():
                        raise Unavailable("The service is stopping.", headers={"Retry-After": "5"})
                    if gone.is_set():
                        raise CallerGone
                    if self._line[0] is me and (self._idle or self._room()):
                        return self._choose(plan)
                    self._changed.wait(LOOK_SECONDS)
            finally:
                self._line.remove(me)
                self._changed.notify_all()

    def _room(self) -> bool:
        return len(self._idle) + len(self._busy) + self._making < self._places

    def _choose(self, plan: str) -> tuple[Seat | None, list[Seat]]:
        """The child of a plan, if it lives; else room for one."""
        dead = [seat for seat in self._idle if seat.child.channel.poll(0)]  # it has nothing to say but that it is gone
        self._idle = [seat for seat in self._idle if seat not in dead]
        found = next((seat for seat in self._idle if seat.plan == plan), None)
        if found is not None:
            self._idle.remove(found)
            self._busy.append(found)
            return found, dead
        if not self._room():
            oldest = min(self._idle, key=lambda seat: seat.since)
            self._idle.remove(oldest)
            dead.append(oldest)
        self._making += 1
        return None, dead

    def _sweep(self) -> None:
        """End children that have been idle for long."""
        while not self.closed.is_set():
            with self._changed:
                now = time.monotonic()
                due = [seat for seat in self._idle if now - seat.since >= self._idle_seconds]
                self._idle = [seat for seat in self._idle if seat not in due]
                ends = [seat.since + self._idle_seconds for seat in self._idle]
                if not due:
                    self._changed.wait(min(ends) - now if ends else None)
            for seat in due:
                seat.child.end()
