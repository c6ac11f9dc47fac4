"""Background threads of a service process: an action that is repeated until the service stops."""

import threading
from collections.abc import Callable


class PeriodicThread:
    """Calls an action at once and then at an interval, in a thread of its own, until it is stopped."""

    def __init__(self, name: str, interval_seconds: float, action: Callable[[Callable[[], bool]], object]) -> None:
        """Start at once. The action gets a function that says whether to stop; it must not raise."""
        self._interval_seconds = interval_seconds
        self._action = action
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run_until_stopped, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the action under way, and wait for its end."""
        self._stopping.set()
        self._thread.join()

    def _run_until_stopped(self) -> None:
        while True:
            self._action(self._stopping.is_set)
            if self._stopping.wait(self._interval_seconds):
                return
