"""Waiting for, and following, what is worked on: a plan or an analysis, in any service process."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

UNNOTIFIED_SECONDS = 15.0
"""Seconds after which a subscriber looks at its plan or analysis although nobody said that it changed."""

WakeCallback = Callable[[], object]
"""Called, from any thread, when there is news; must return at once."""


class Notifier:
    """Wakes subscribers of a plan or an analysis within one service process, so that they need not poll the database."""

    def __init__(self) -> None:
        """Start without subscribers."""
        self._lock = threading.Lock()
        self._subscribers: dict[str, list[WakeCallback]] = {}

    def notify(self, name: str) -> None:
        """Wake every subscriber of a plan or an analysis."""
        with self._lock:
            subscribers = tuple(self._subscribers.get(name, ()))
        for wake in subscribers:
            wake()

    def notify_all(self) -> None:
        """Wake every subscriber."""
        with self._lock:
            subscribers = [wake for wakes in self._subscribers.values() for wake in wakes]
        for wake in subscribers:
            wake()

    def list_names(self) -> tuple[str, ...]:
        """List the plans, or the analyses, that have subscribers."""
        with self._lock:
            return tuple(self._subscribers)

    @contextmanager
    def subscribe(self, name: str, wake: WakeCallback) -> Iterator[None]:
        """Call `wake` at every notification about a plan or an analysis, for as long as the block lasts."""
        with self._lock:
            self._subscribers.setdefault(name, []).append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._subscribers[name].remove(wake)
                if not self._subscribers[name]:
                    del self._subscribers[name]


class FollowedRecord(Protocol):
    """A plan or an analysis."""

    @property
    def is_final(self) -> bool:
        """Whether its state is final."""
        ...


class FollowedEvent(Protocol):
    """An event of it."""

    @property
    def seq(self) -> int:
        """Its number."""
        ...

    @property
    def kind(self) -> str:
        """Its kind; the last one is `finished`."""
        ...


Record = TypeVar("Record", bound=FollowedRecord)
Event = TypeVar("Event", bound=FollowedEvent)


class Follower(Generic[Record, Event]):
    """Waits for, and follows, plans or analyses of any service process on one database."""

    def __init__(
        self,
        notifier: Notifier,
        read_record: Callable[[str], Record],
        read_events: Callable[[str, int], tuple[Event, ...]],
        read_positions: Callable[[tuple[str, ...]], dict[str, tuple[int, str]]],
    ) -> None:
        """Read with these functions, which wait for the database."""
        self._notifier = notifier
        self._read_record = read_record
        self._read_events = read_events
        self._read_positions = read_positions
        self._positions: dict[str, tuple[int, str]] = {}
        self._is_stopping = False
        self.recheck_seconds = UNNOTIFIED_SECONDS
        """Seconds after which those who wait look without a notification."""

    def release_waiters(self) -> None:
        """Answer now everybody who waits or follows, because the service stops. From any thread."""
        self._is_stopping = True
        self._notifier.notify_all()

    def notify_changed(self, _should_stop: Callable[[], bool]) -> None:
        """Notify the subscribers of what another process has changed: one query for all of them."""
        names = self._notifier.list_names()
        found = self._read_positions(names) if names else {}
        changed = [name for name in names if found.get(name) != self._positions.get(name)]
        self._positions = found
        for name in changed:
            self._notifier.notify(name)

    async def wait_until_final(self, name: str, seconds: float) -> Record:
        """Wait until it is final, some seconds have passed or the service stops; return it. Raises RecordNotFoundError."""
        deadline = time.monotonic() + seconds
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        with self._notifier.subscribe(name, lambda: loop.call_soon_threadsafe(news.set)):
            while True:
                news.clear()
                record = await asyncio.to_thread(self._read_record, name)
                left = deadline - time.monotonic()
                if record.is_final or left <= 0 or self._is_stopping:
                    return record
                await _wait_for_news(news, min(left, self.recheck_seconds))

    async def follow_events(self, name: str, after: int = 0) -> AsyncGenerator[Event]:
        """Yield the events after a sequence number, as they happen, until `finished` or until the service stops.

        Raises RecordNotFoundError, at the first step.
        """
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        with self._notifier.subscribe(name, lambda: loop.call_soon_threadsafe(news.set)):
            while True:
                news.clear()
                found = await asyncio.to_thread(self._read_events, name, after)
                for event in found:
                    yield event
                    after = event.seq
                    if event.kind == "finished":
                        return
                if not found:
                    if self._is_stopping or (await asyncio.to_thread(self._read_record, name)).is_final:
                        for event in await asyncio.to_thread(self._read_events, name, after):
                            yield event  # it finished after its events were read
                        return  # the client reconnects with its last event, or had seen `finished` before
                    await _wait_for_news(news, self.recheck_seconds)


async def _wait_for_news(news: asyncio.Event, seconds: float) -> None:
    """Return at the next notification, or after some seconds."""
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
