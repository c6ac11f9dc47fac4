"""How many refusals of one caller the audit log keeps: its lines can never be removed, so a caller must not fill it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

BURST = 60
"""Refusals of one caller that are kept at once."""

REFILL_SECONDS = 60.0
"""Seconds after which one more is kept."""


@dataclass(slots=True)
class _Account:
    left: float
    at: float
    unrecorded: int = 0


class DenialBudget:
    """Counts the refusals of each caller in one service process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with a full budget for every caller."""
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: dict[str, _Account] = {}

    def spend(self, caller: str) -> int | None:
        """Count one refusal: return how many before it were not kept, or None if this one is not to be kept either."""
        with self._lock:
            now = self._clock()
            account = self._accounts.setdefault(caller, _Account(BURST, now))
            account.left = min(BURST, account.left + (now - account.at) / REFILL_SECONDS)
            account.at = now
            if account.left < 1:
                account.unrecorded += 1
                return None
            account.left -= 1
            unrecorded, account.unrecorded = account.unrecorded, 0
            return unrecorded
