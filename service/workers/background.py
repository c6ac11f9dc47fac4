"""Background threads of a service process: an action that is repeated until the service stops, whatever fails."""

import threading
from collections import Counter
from collections.abc import Callable

import structlog

from service.core.log_text import summarize_error
from service.storage.errors import StorageUnavailableError

_log = structlog.get_logger(__name__)


class FailureLog:
    """Logs and counts what fails in background threads."""

    def __init__(self) -> None:
        """Start without failures."""
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._failing: dict[str, str] = {}

    def report_failure(self, thread: str, error: Exception) -> None:
        """Log and count an error that a thread survived; an outage is a warning in one line."""
        with self._lock:
            self._counts[thread] += 1
            if not isinstance(error, StorageUnavailableError):
                self._failing[thread] = summarize_error(error)
        if isinstance(error, StorageUnavailableError):
            _log.warning("storage not available; retrying", thread=thread, error=str(error))
        else:
            _log.error("background thread failed; retrying", thread=thread, exc_info=error)

    def report_success(self, thread: str) -> None:
        """Note that a thread did its work after all."""
        if self._failing:
            with self._lock:
                self._failing.pop(thread, None)

    def list_failing(self) -> dict[str, str]:
        """List the threads whose last action failed, with the reason; outages of storage are left out."""
        with self._lock:
            return dict(self._failing)

    def count_failures(self) -> dict[str, int]:
        """Count the failures by thread."""
        with self._lock:
            return dict(self._counts)


class PeriodicThread:
    """Calls an action at once and then at an interval, in a thread of its own, until it is stopped."""

    def __init__(
        self, name: str, interval_seconds: float, action: Callable[[Callable[[], bool]], object], failures: FailureLog
    ) -> None:
        """Start at once. The action gets a function that says whether to stop; if it raises, it is called again later."""
        self._name = name
        self._interval_seconds = interval_seconds
        self._action = action
        self._failures = failures
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run_until_stopped, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the action under way, and wait for its end."""
        self._stopping.set()
        self._thread.join()

    def _run_until_stopped(self) -> None:
        while True:
            try:
                self._action(self._stopping.is_set)
                self._failures.report_success(self._name)
            except Exception as error:  # noqa: BLE001 - one bad row must not end the thread for all others
                self._failures.report_failure(self._name, error)
            if self._stopping.wait(self._interval_seconds):
                return
