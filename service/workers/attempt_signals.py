"""Signals to the attempts at plans and at tasks of analyses, and how an attempt stores its end."""

import threading
from collections.abc import Callable
from typing import Any, Literal

from service.core.log_text import summarize_error
from service.storage.errors import StorageError, StorageUnavailableError

STORE_RETRY_SECONDS = 1.0
"""How long to wait before a write that failed is tried again."""

STORE_ATTEMPTS = 5
"""Attempts to store a result where something else fails than storage is away."""


class AttemptInterruptedError(Exception):
    """A signal ends the wait for the worker."""

    def __init__(self, signal: Literal["lease_lost", "cancel", "release"]) -> None:
        """Name the signal."""
        super().__init__(signal)
        self.signal = signal


class AttemptSignals:
    """Signals to a running attempt; any thread may set them."""

    def __init__(self) -> None:
        """Start with no signal set."""
        self.cancel_requested = threading.Event()
        """Somebody cancelled the plan or analysis."""
        self.lease_lost = threading.Event()
        """Another process holds the plan or task now: end the worker and write nothing."""
        self.release_requested = threading.Event()
        """The service stops: return the plan or task to the queue."""

    def raise_if_set(self) -> None:
        """Raise AttemptInterruptedError for the first signal that is set."""
        if self.lease_lost.is_set():
            raise AttemptInterruptedError("lease_lost")
        if self.cancel_requested.is_set():
            raise AttemptInterruptedError("cancel")
        if self.release_requested.is_set():
            raise AttemptInterruptedError("release")


def store_with_retries(write: Callable[[], bool], signals: AttemptSignals, log: Any) -> bool:
    """Store the end of an attempt and return what `write` returns: whether the claim was still held.

    An outage is waited for without end, and the lease is renewed meanwhile. Any other error is retried `STORE_ATTEMPTS`
    times and then raised. A write that succeeded although its confirmation was lost is not repeated: the claim is no
    longer held. Raises AttemptInterruptedError if the lease is lost, or the service stops, before a retry.
    """
    failures = 0
    while True:
        try:
            return write()
        except Exception as error:
            failures += not isinstance(error, StorageUnavailableError)
            if failures >= STORE_ATTEMPTS:
                raise
            reason = str(error) if isinstance(error, StorageError) else summarize_error(error)
            log.warning("result not stored; retrying", error=reason)
            if signals.lease_lost.is_set() or signals.release_requested.wait(STORE_RETRY_SECONDS):
                raise AttemptInterruptedError("lease_lost") from error
