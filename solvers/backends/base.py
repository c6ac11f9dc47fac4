"""The backend protocol: the arrays of a linear program in, a `Solution` out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic
from typing import Protocol

from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Basis, OnProgress, Progress, Solution

CANCEL_CHECK_SECONDS = 0.05
"""Minimum time between two calls of `SolveOptions.cancelled`, in seconds."""


class Feature(Enum):
    """A capability of a backend, known before a model is built."""

    DUALS = auto()
    """Returns dual values."""
    BASIS = auto()
    """Accepts and returns a simplex basis."""
    TIME_LIMIT = auto()
    """Respects a time limit."""
    CERTIFIES_INFEASIBLE = auto()
    """Distinguishes infeasible from unbounded reliably."""
    FIRST_ORDER = auto()
    """Converges to a tolerance instead of a vertex."""
    PROGRESS = auto()
    """Reports progress during the solve."""
    CANCEL = auto()
    """Stops during the solve when `SolveOptions.cancelled` returns true."""


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """Options common to all backends."""

    time_limit_seconds: float = 600.0
    """Time limit, in seconds."""
    tolerance: float = 1e-7
    """Feasibility and optimality tolerance of the solver."""
    should_cancel: Callable[[], bool] | None = None
    """Returns true to stop the solver. Called at most twenty times a second, perhaps from another thread; must not raise."""
    progress_seconds: float = 0.5
    """Minimum time between two progress reports, in seconds."""
    max_iterations: int | None = None
    """Simplex iterations after which simplex of HiGHS stops; other methods ignore it."""
    watch: "WatchProgress | None" = None
    """Called after each refactorization of simplex of HiGHS; other methods ignore it."""


WatchProgress = Callable[[Progress], bool]
"""Receives the iteration and the objective after each refactorization, and returns true to stop the solver.

Refactorizations depend on the program alone, so a decision that uses only these calls is the same on every machine and at every
load. They also measure work better than iterations: the denser the iterations, the fewer lie between two refactorizations."""


class Backend(Protocol):
    """A method to solve linear programs, given as arrays."""

    name: str
    """Name in `options.solver`."""
    features: frozenset[Feature]
    """Capabilities of the backend."""

    def solve_program(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        *,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,
    ) -> Solution:
        """Solve the program. Each status of the solver maps to a `Termination`; no exception of the library is raised."""
        ...


class ProgressReporter:
    """Limits the rate of progress reports and of cancellation checks, but not of calls of `watch`."""

    def __init__(
        self,
        on_progress: OnProgress | None,
        should_cancel: Callable[[], bool] | None,
        progress_seconds: float = 0.5,
        watch: WatchProgress | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._progress_seconds = progress_seconds
        self._should_cancel = should_cancel
        self._next_report = 0.0
        self._next_check = 0.0
        self._watch = watch
        self.was_cancelled = False
        """Whether a check returned true, or the watcher stopped the solve."""

    def report_progress(self, progress: Progress) -> None:
        """Forward a progress report, unless the last one is more recent than the minimum time."""
        now = monotonic()
        if self._on_progress is not None and now >= self._next_report:
            self._next_report = now + self._progress_seconds
            self._on_progress(progress)

    def watch_refactorization(self, progress: Progress) -> None:
        """Forward the progress to the watcher, which may stop the solve."""
        if self._watch is not None and self._watch(progress):
            self.was_cancelled = True

    def should_cancel(self) -> bool:
        """Check whether the solve must stop; once true, the result stays true."""
        now = monotonic()
        if self._should_cancel is not None and not self.was_cancelled and now >= self._next_check:
            self._next_check = now + CANCEL_CHECK_SECONDS
            self.was_cancelled = self._should_cancel()
        return self.was_cancelled
