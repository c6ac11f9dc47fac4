"""Readiness: what a service process lacks to accept and solve plans now."""

import threading
import time

import anyio

from service.storage.errors import StorageError
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime

WRITE_CHECK_SECONDS = 10.0
"""How long a check that could write is not repeated: monitors ask often, and writers wait for each other."""

MAX_CHECKS = 2
"""Checks at a time, those that wait for a hung database included."""

_NEEDED = frozenset({"job-supervisor"})
"""Threads without which no plan is solved."""


class ReadinessChecker:
    """Checks what one service process needs."""

    def __init__(self, store: Store, jobs: JobRuntime) -> None:
        """Check a store, and the jobs of this process. Create it within the event loop that it serves."""
        self._store = store
        self._jobs = jobs
        self._lock = threading.Lock()
        self._checked_at = float("-inf")
        self._write_fault: str | None = None
        self.limiter = anyio.CapacityLimiter(MAX_CHECKS)
        """Limits the threads of checks."""

    def list_faults(self) -> tuple[str, ...]:
        """List everything that is amiss, in sentences; it waits for storage, so call it in a thread."""
        try:
            self._store.ping_database()
        except StorageError as error:
            return (str(error),)
        faults = [] if (fault := self._find_write_fault()) is None else [fault]
        if not self._jobs.is_ready:
            faults.append(
                "The solver processes are not running; this process accepts plans but does not solve them yet."
            )
        failing = self._jobs.failures.list_failing()
        faults += [f"The thread {thread} fails: {reason}" for thread, reason in failing.items() if thread in _NEEDED]
        return tuple(faults)

    def _find_write_fault(self) -> str | None:
        with self._lock:
            if time.monotonic() - self._checked_at < WRITE_CHECK_SECONDS and self._write_fault is None:
                return None
            try:
                self._store.check_writable()
            except StorageError as error:
                self._write_fault = str(error)
            else:
                self._write_fault = None
            self._checked_at = time.monotonic()
            return self._write_fault
