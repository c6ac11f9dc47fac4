"""News within one service process: whoever waits for a plan is woken at once, without asking the database."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WakeCallback = Callable[[], object]
"""Called, from any thread, when there is news; must return at once."""


class Notifier:
    """Rings for those who listen to a plan."""

    def __init__(self) -> None:
        """Start with nobody listening."""
        self._lock = threading.Lock()
        self._listeners: dict[str, list[WakeCallback]] = {}

    def notify_plan(self, plan: str) -> None:
        """Wake everybody who listens to a plan."""
        with self._lock:
            listeners = tuple(self._listeners.get(plan, ()))
        for wake in listeners:
            wake()

    def notify_all_plans(self) -> None:
        """Wake everybody."""
        with self._lock:
            listeners = [wake for wakes in self._listeners.values() for wake in wakes]
        for wake in listeners:
            wake()

    @contextmanager
    def subscribe_to_plan(self, plan: str, wake: WakeCallback) -> Iterator[None]:
        """Have `wake` called at every ring for a plan, as long as the block lasts."""
        with self._lock:
            self._listeners.setdefault(plan, []).append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._listeners[plan].remove(wake)
                if not self._listeners[plan]:
                    del self._listeners[plan]
