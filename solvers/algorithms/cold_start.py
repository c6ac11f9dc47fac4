"""A large program from nothing: period by period, by dual simplex or by interior point, as its structure and progress suggest.

The yardstick of the joined places comes first. Where it foretells each period to a few millionths the periods are chained and
merged (decision 0019); else dual simplex works as long as the yardstick shows that it comes on (decision 0017). Interior point
begins beside them on a core that idles, else where they do not get on (decision 0018).
"""

import time
from dataclasses import dataclass, field, replace

from solvers import backends
from solvers.algorithms.aggregation import AggregateSolution, aggregate_places
from solvers.algorithms.cpu_load import has_idle_core
from solvers.algorithms.period_decomposition import PeriodDecomposition
from solvers.algorithms.portfolio import Algorithm, Cancelled, PortfolioResult, run_portfolio
from solvers.algorithms.progress_monitor import UNLIMITED, BoundProgressMonitor, CpuTimer
from solvers.algorithms.rolling_horizon import forward_pass
from solvers.algorithms.solve_request import (
    CONCLUSIVE_REASONS,
    INTERIOR_POINT,
    INTERIOR_POINT_DELAY_SECONDS,
    SolveRequest,
    describe_portfolio,
    interior_point_algorithm,
)
from solvers.algorithms.window_merge import compute_window_lengths, merge_windows
from solvers.backends.base import SolveOptions
from solvers.lp.solution import Solution

AGGREGATE_SECONDS = 3.0
"""Seconds of its thread that the yardstick may take; without one both ways begin at once."""

TRIAL_SECONDS = 0.3
"""Seconds that the first period of a chain may take, or as long as the yardstick took."""

MERGING = (10.0, 40.0)
"""Seconds that merging may take at least, and how many times those of the chain: five to eight times are usual."""


def solve_cold(request: SolveRequest) -> Solution:
    """The optimum from nothing, by the first of two ways; `strategy` says what was done."""
    first = _SimplexAlgorithm(request)
    second = interior_point_algorithm(
        request, first.needs_interior_point, has_idle_core=has_idle_core(), is_unwanted=lambda: first.is_merging
    )
    finish = run_portfolio((Algorithm("highs", first.solve_program), second), request.is_conclusive)
    solution, words = finish.solution, first.describe_steps(finish)
    stuck = first.monitor is not None and first.monitor.was_stopped
    if stuck and not request.is_conclusive(solution) and solution.termination.reason not in CONCLUSIVE_REASONS:
        solution = request.run_backend("highs", None, lambda: False)
        words += "; dual simplex again"
    if first.monitor is not None or first.is_merging:
        words = f"{words} (bound of the joined places in {first.is_bounding:.1f} s)"
    return replace(solution, strategy=words)


@dataclass(slots=True)
class _SimplexAlgorithm:
    """Simplex from nothing: takes the yardstick first, then goes period by period, or is watched."""

    request: SolveRequest
    cpu_timer: CpuTimer = field(default_factory=CpuTimer)
    """What dual simplex on the whole has spent."""
    monitor: BoundProgressMonitor | None = None
    """None until dual simplex begins on the whole."""
    is_bounding: float = 0.0
    """Seconds that the yardstick took."""
    bounding_failed: bool = False
    """Whether no yardstick was found, so that nothing tells how far simplex has come."""
    is_merging: bool = False
    """Whether the periods came as foretold, so that nothing else need be tried."""
    merged_basis_used: tuple[int, ...] = ()
    """How many periods were solved at a time, once all are merged."""

    def solve_program(self, cancelled: Cancelled) -> Solution:
        """As a way of a race."""
        began = time.monotonic()
        aggregate = _solve_aggregate(self.request, cancelled)
        self.is_bounding = time.monotonic() - began
        if aggregate is None:
            self.bounding_failed = True
            return self.request.run_backend("highs", None, cancelled)
        found = self._solve_by_periods(aggregate, cancelled)
        if found is not None:
            return self.request.refactorize(found, cancelled)
        if self.is_merging:
            return self.request.run_backend(INTERIOR_POINT, None, cancelled)
        watch = BoundProgressMonitor(
            aggregate.lower_bound, self.request.program.lp.column_count, self.request.on_progress
        )
        self.monitor = watch

        def should_stop() -> bool:
            return self.cpu_timer.has_exceeded(UNLIMITED) or cancelled() or watch.is_stalled()

        return self.request.run_backend("highs", None, should_stop, watch.record_progress)

    def needs_interior_point(self) -> bool:
        """Whether interior point is to begin beside it."""
        return self.bounding_failed or self.cpu_timer.seconds > INTERIOR_POINT_DELAY_SECONDS

    def _solve_by_periods(self, aggregate: AggregateSolution, cancelled: Cancelled) -> Solution | None:
        """The periods chained and merged; None where they are not as foretold, or merging takes too long."""
        periods = PeriodDecomposition.decompose(self.request.program, aggregate.dual_values)
        if periods is None or periods.period_count == 1:
            return None
        began = time.monotonic()
        ends = began + self.request.remaining_seconds
        vertex = forward_pass(
            periods, aggregate, max(TRIAL_SECONDS, self.is_bounding), lambda: cancelled() or time.monotonic() > ends
        )
        if vertex is None:
            return None
        self.is_merging = True
        least, times = MERGING
        now = time.monotonic()
        ends = min(ends, now + max(least, times * (now - began)))
        found = merge_windows(periods, vertex, lambda: cancelled() or time.monotonic() > ends)
        if found is not None:
            self.merged_basis_used = (1, *compute_window_lengths(periods.period_count))
        return found

    def describe_steps(self, finish: PortfolioResult) -> str:
        """What was done, in words."""
        if self.merged_basis_used:
            return f"periods {', '.join(map(str, self.merged_basis_used[:-1]))} and {self.merged_basis_used[-1]} at a time, merged by simplex"
        if self.is_merging:
            return "interior point after merging periods took too long"
        if self.monitor is not None and self.monitor.was_stopped:
            return f"dual simplex given up after {self.monitor.spent:.1f} s, {self.monitor.share:.0%} of the way; interior point"
        return describe_portfolio(finish, "dual simplex")


def _solve_aggregate(request: SolveRequest, cancelled: Cancelled) -> AggregateSolution | None:
    """The best plan of the joined places, if it is found soon."""
    smaller = aggregate_places(request.program)
    if smaller is None:
        return None
    spending = CpuTimer()
    limits = SolveOptions(
        request.options.time_limit_seconds / 4,
        cancelled=lambda: spending.has_exceeded(AGGREGATE_SECONDS) or cancelled(),
        tolerance=1e-7,
    )
    return smaller.predict_solution(backends.get_backend("highs").solve_program(smaller.lp, limits))
