"""Stall detection for dual simplex: compare the progress of its objective with a lower bound of the optimum.

The objective of dual simplex only increases, and the aggregated relaxation gives a lower bound close to the optimum. On programs
of equal shape, dual simplex takes seconds or minutes, and the progress within the first second separates the two cases. In the
experiments of decision 0017, fast runs had covered 5 % to 33 % of the distance by then, and slow runs less than 1 %.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from solvers.lp.solution import OnProgress, Progress

PROGRESS_CHECKS = ((0.4, 0.01), (1.2, 0.2))
"""CPU seconds of the solver thread since its first objective, and the minimum share of the distance covered by then."""

REFERENCE_COLUMNS = 150_000
"""Number of variables to which the seconds of `PROGRESS_CHECKS` apply; larger programs get more time in proportion."""


@dataclass(slots=True)
class BoundProgressMonitor:
    """Monitors one run of dual simplex; all calls come from the solver thread."""

    lower_bound: float
    """Lower bound of the optimum, close to the optimum."""
    columns: int
    """Number of variables of the program."""
    listener: OnProgress | None = None
    """Receives progress reports, at most twice a second."""
    clock: Callable[[], float] = time.thread_time
    """Returns the CPU time of the solver thread, in seconds."""
    was_stopped: bool = False
    """Whether the run stalled and must stop."""
    share: float = 0.0
    """Share of the distance from the first objective to the lower bound that the run has covered."""
    _first: tuple[float, float] | None = field(default=None, init=False)
    _next_report: float = field(default=0.0, init=False)

    def record_progress(self, progress: Progress) -> None:
        """Record an objective, and forward the progress report."""
        now = time.monotonic()
        if self.listener is not None and now >= self._next_report:
            self._next_report = now + 0.5
            self.listener(progress)
        if progress.objective is None:
            return
        if self._first is None:
            self._first = (self.clock(), progress.objective)
        distance = self.lower_bound - self._first[1]
        self.share = (progress.objective - self._first[1]) / distance if distance > 0 else 1.0

    def is_stalled(self) -> bool:
        """Check whether the run has covered too little of the distance for its CPU time; once true, the result stays true."""
        if self._first is not None and not self.was_stopped:
            seconds = self.clock() - self._first[0]
            scale = max(1.0, self.columns / REFERENCE_COLUMNS)
            self.was_stopped = any(
                seconds > after * scale and self.share < minimum for after, minimum in PROGRESS_CHECKS
            )
        return self.was_stopped
