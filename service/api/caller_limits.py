"""Shares of callers: of everything that requests wait for, one caller gets a part, and the others keep the rest.

    limiter = CallerLimiter(total=16, per_caller=4)
    async with limiter.hold_slot(caller):
        …

Who has fewest slots is served next, and equals in the order in which they came. Nobody waits for more than their own share
and for those who were there before.
"""

from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import anyio

from service.core.errors import TooManyRequestsError

MAX_WAITING = 100
"""Requests of one caller that may wait for a slot."""

UNKNOWN_CALLER = ""
"""Whoever is not known, or not yet: all of them are one caller."""

current_caller: ContextVar[str | None] = ContextVar("current_caller", default=UNKNOWN_CALLER)
"""The caller of the request; None is everybody, where authentication is off."""


class CallerLimiter:
    """Gives out slots, a share of them to each caller. For one event loop; nothing of it waits for a thread."""

    def __init__(self, total: int, per_caller: int, max_waiting: int = MAX_WAITING) -> None:
        """Give out `total` slots, `per_caller` of them to one caller; `max_waiting` requests of a caller may wait."""
        self._total = total
        self._per_caller = per_caller
        self._max_waiting = max_waiting
        self._held: Counter[str | None] = Counter()
        self._waiting: dict[str | None, deque[anyio.Event]] = {}

    @property
    def held_count(self) -> int:
        """Places that are taken."""
        return self._held.total()

    @property
    def waiting_count(self) -> int:
        """Requests that wait for a slot."""
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def hold_slot(self, caller: str | None) -> AsyncIterator[None]:
        """Hold a slot while the block runs; TooManyRequestsError if as many requests of the caller wait as may wait."""
        await self.acquire_slot(caller)
        try:
            yield
        finally:
            self.release_slot(caller)

    async def acquire_slot(self, caller: str | None) -> None:
        """Wait for a slot; None as caller is everybody, whom no share limits. Raises TooManyRequestsError."""
        if self.try_acquire_slot(caller):
            return
        waiting = self._waiting.setdefault(caller, deque())
        if caller is not None and len(waiting) >= self._max_waiting:
            raise TooManyRequestsError(
                f"{self._max_waiting} of your requests wait already. Repeat the request later, and send fewer at a time.",
                headers={"Retry-After": "5"},
            )
        granted = anyio.Event()
        waiting.append(granted)
        is_served = False
        try:
            await granted.wait()
            is_served = True
        finally:
            if not is_served:
                self._leave(caller, granted)

    def try_acquire_slot(self, caller: str | None) -> bool:
        """Take a slot if one is free now; return whether it was."""
        if caller in self._waiting or not self._has_slot(caller):
            return False
        self._held[caller] += 1
        return True

    def release_slot(self, caller: str | None) -> None:
        """Give a slot back to those who wait."""
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        while ready := [one for one in self._waiting if self._has_slot(one)]:
            self._grant_slot(min(ready, key=self._held.__getitem__))

    def _has_slot(self, caller: str | None) -> bool:
        share = self._total if caller is None else self._per_caller
        return self.held_count < self._total and self._held[caller] < share

    def _grant_slot(self, caller: str | None) -> None:
        waiting = self._waiting.pop(caller)
        self._held[caller] += 1
        waiting.popleft().set()
        if waiting:
            self._waiting[caller] = waiting  # behind the others

    def _leave(self, caller: str | None, granted: anyio.Event) -> None:
        """Leave the line, or give back a slot that came too late."""
        if granted.is_set():
            self.release_slot(caller)
            return
        self._waiting[caller].remove(granted)
        if not self._waiting[caller]:
            del self._waiting[caller]
