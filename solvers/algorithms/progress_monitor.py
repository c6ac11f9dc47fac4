"""Watches dual simplex by a yardstick: its objective only rises, and a lower bound of the optimum says how far it has to go.

On programs of one shape dual simplex needs seconds or minutes, and within a second its objective tells which: in the years and
synthetic provinces of decision 0017 it had come a twentieth to a third of the way, or less than a hundredth.
"""

import time
from dataclasses import dataclass, field

from solvers.lp.solution import OnProgress, Progress

PROGRESS_CHECKS = ((0.4, 0.01), (1.2, 0.2))
"""Seconds of the solver's own thread since its first objective, and the least share of the way to have come by then."""

REFERENCE_COLUMNS = 150_000
"""Columns for which the seconds of CHECKS hold; larger programs have more time in proportion."""

UNLIMITED = float("inf")
"""Seconds are counted, not limited."""


@dataclass(slots=True)
class CpuTimer:
    """Seconds of the processor that a run has spent, for other threads to read: on a busy machine a clock says little."""

    seconds: float = 0.0
    """As of the last time the run was asked."""
    _started: float | None = field(default=None, init=False)

    def has_exceeded(self, limit: float) -> bool:
        """Count on; whether more than `limit` seconds were spent since the first call. From the thread of the run."""
        now = time.thread_time()
        self._started = now if self._started is None else self._started
        self.seconds = now - self._started
        return self.seconds > limit


@dataclass(slots=True)
class BoundProgressMonitor:
    """Judges one run; told of progress, and asked, from the thread that solves."""

    lower_bound: float
    """A lower bound of the optimum, near it."""
    columns: int
    """Columns of the program."""
    listener: OnProgress | None = None
    """Told of progress, at most twice a second."""
    was_stopped: bool = False
    """Whether the run was told to stop."""
    share: float = 0.0
    """Share of the way from its first objective to the bound that it has come."""
    spent: float = 0.0
    """Seconds of its thread since its first objective."""
    _first: tuple[float, float] | None = field(default=None, init=False)
    _next_hint: float = field(default=0.0, init=False)

    def record_progress(self, progress: Progress) -> None:
        """Take note of an objective, and pass the hint on."""
        now = time.monotonic()
        if self.listener is not None and now >= self._next_hint:
            self._next_hint = now + 0.5
            self.listener(progress)
        if progress.objective is None:
            return
        if self._first is None:
            self._first = (time.thread_time(), progress.objective)
        way = self.lower_bound - self._first[1]
        self.share = (progress.objective - self._first[1]) / way if way > 0 else 1.0

    def is_stalled(self) -> bool:
        """Whether the run has come too little of the way for the time it took; once true it stays true."""
        if self._first is not None and not self.was_stopped:
            self.spent = time.thread_time() - self._first[0]
            slower = max(1.0, self.columns / REFERENCE_COLUMNS)
            self.was_stopped = any(
                self.spent > after * slower and self.share < least for after, least in PROGRESS_CHECKS
            )
        return self.was_stopped
