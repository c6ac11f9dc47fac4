"""Cold start of a large program: decomposition by periods, dual simplex with stall detection, and interior point.

1. Solve the aggregated relaxation: its optimum is a lower bound, and its solution predicts terminal inventories.
2. If it predicts the cost of each period, solve period by period and merge the windows (decision 0019).
3. Else run dual simplex, and stop it when it stalls relative to the lower bound (decision 0017).

Interior point runs concurrently if a core is idle; else it starts when simplex stalls or takes long (decision 0018). Its result is
taken only where simplex has stopped, so the load decides nothing (decision 0095).

Stall detection compares the objective of dual simplex, which only increases, with the lower bound. On programs of equal shape,
dual simplex takes seconds or minutes, and the progress within the first refactorizations separates the two cases. In the
experiments of decision 0095, fast runs had covered 15 % to 65 % of the distance to the bound by the twentieth, and slow runs less
than 8 %.
"""

from dataclasses import dataclass, field, replace
from time import monotonic

from solvers import backends
from solvers.algorithms.aggregation import AggregateSolution, aggregate_places
from solvers.algorithms.parallel_columns import ParallelColumns
from solvers.algorithms.portfolio import (
    CONCLUSIVE_REASONS,
    INTERIOR_POINT,
    INTERIOR_POINT_DELAY_SECONDS,
    MOST_REFACTORIZATIONS,
    Algorithm,
    CancelCheck,
    CpuTimer,
    RefactorizationLimit,
    SolveRequest,
    build_interior_point_algorithm,
    has_idle_core,
    replace_last_outcome,
    run_portfolio,
)
from solvers.algorithms.rolling_horizon import PeriodDecomposition, run_forward_pass
from solvers.algorithms.window_merge import merge_windows
from solvers.backends.base import SolveOptions
from solvers.lp.solution import Progress, Solution, SolveStep, StepOutcome

AGGREGATE_REFACTORIZATIONS = 120
"""Refactorizations of the aggregated relaxation; without its bound, simplex and interior point start at once."""

RATE_CHANGE_REFACTORIZATIONS = 40
"""Refactorizations of the aggregated relaxation with changes of output, before it is solved without them."""

FIRST_PERIOD_ITERATIONS = 3_000
"""Iterations of the first period of the forward pass, or those of the aggregated relaxation if it took more."""

MERGE_ITERATIONS = (20_000, 10)
"""Iterations of each window: at least so many, and this multiple of the forward pass."""

PROGRESS_CHECKS = ((10, 0.01), (20, 0.1))
"""Refactorizations since the first objective, and the minimum share of the distance covered by then."""

CLOSE_SHARE, CLOSE_FACTOR = 0.8, 3
"""Share of the distance to the lower bound beyond which dual simplex is close to the optimum, and the factor on its work and on the
delay of interior point then: it would only take time from dual simplex."""

REFERENCE_COLUMNS = 150_000
"""Number of variables to which the delay of interior point applies; larger programs get more time in proportion."""


def solve_cold(request: SolveRequest) -> Solution:
    """Solve a program without a starting basis, by simplex and interior point as a portfolio."""
    simplex = _SimplexAlgorithm(request)
    interior_point = build_interior_point_algorithm(
        request,
        simplex.needs_interior_point,
        has_idle_core=has_idle_core(),
        size_factor=compute_size_factor(request.program.lp.column_count),
        is_unwanted=lambda: simplex.follows_forward_pass,
    )
    solution = run_portfolio((Algorithm("highs", simplex.solve_program), interior_point), request.is_conclusive)
    if (
        simplex.was_stopped
        and not request.is_conclusive(solution)
        and solution.termination.reason not in CONCLUSIVE_REASONS
    ):
        again = request.run_backend("highs", None, lambda: False)
        return replace(again, strategy=solution.strategy + again.strategy)
    return solution


@dataclass(slots=True)
class _SimplexAlgorithm:
    """The simplex member of the portfolio: aggregated relaxation, then decomposition or monitored dual simplex."""

    request: SolveRequest
    cpu_timer: CpuTimer = field(default_factory=CpuTimer)
    """CPU time of dual simplex on the whole program."""
    monitor: "BoundProgressMonitor | None" = None
    """Stall detection; None until dual simplex starts on the whole program."""
    limit: RefactorizationLimit = field(default_factory=RefactorizationLimit)
    """Work of simplex where no bound is known, and after parallel variables were split."""
    has_no_bound: bool = False
    """Whether the aggregated relaxation gave no bound, so that stalls cannot be detected."""
    follows_forward_pass: bool = False
    """Whether the forward pass succeeded, so that interior point is not needed."""
    steps: list[SolveStep] = field(default_factory=list)
    """Steps before the last solve."""

    def solve_program(self, should_cancel: CancelCheck) -> Solution:
        """Solve the program as a member of the portfolio."""
        solution = self._run_steps(should_cancel)
        strategy = (*self.steps, *solution.strategy)
        return replace(solution, strategy=strategy, iterations=sum(step.iterations for step in strategy))

    @property
    def was_stopped(self) -> bool:
        """Whether dual simplex on the whole program stalled or took too much work."""
        return self.limit.was_reached or (self.monitor is not None and self.monitor.was_stopped)

    def needs_interior_point(self) -> bool:
        """Check whether interior point may start: no bound is available, or dual simplex takes long."""
        is_close = self.monitor is not None and self.monitor.share_of_gap_closed > CLOSE_SHARE
        delay = INTERIOR_POINT_DELAY_SECONDS * self._size_factor * (CLOSE_FACTOR if is_close else 1)
        return self.has_no_bound or self.cpu_timer.seconds > delay

    @property
    def _size_factor(self) -> float:
        """Number of variables relative to `REFERENCE_COLUMNS`, at least 1."""
        return compute_size_factor(self.request.program.lp.column_count)

    def _run_steps(self, should_cancel: CancelCheck) -> Solution:
        has_rate_changes = "rate_change" in self.request.program.constraints
        most = RATE_CHANGE_REFACTORIZATIONS if has_rate_changes else AGGREGATE_REFACTORIZATIONS
        aggregate, merged = self._solve_aggregate(most, should_cancel), None
        if aggregate is not None:
            merged = self._solve_by_periods(aggregate, self.steps[-1].iterations, should_cancel)
        elif has_rate_changes:
            aggregate = self._solve_aggregate(AGGREGATE_REFACTORIZATIONS, should_cancel, drops_rate_changes=True)
        if aggregate is None:
            self.has_no_bound = True
            return self.request.run_backend("highs", None, should_cancel, watch=self.limit.watch)
        if merged is not None:
            return self.request.verify_solution("window-merge", merged, should_cancel, warm_start=True)
        if self.follows_forward_pass:
            return self.request.run_backend(INTERIOR_POINT, None, should_cancel)
        return self._run_monitored_simplex(aggregate, should_cancel)

    def _run_monitored_simplex(self, aggregate: AggregateSolution, should_cancel: CancelCheck) -> Solution:
        """Run dual simplex with stall detection; with parallel variables relaxed first, if few shortages are deep."""
        lp = self.request.program.lp
        monitor = self.monitor = BoundProgressMonitor(aggregate.lower_bound)
        parallel = ParallelColumns.from_program(lp)
        is_relaxed = parallel.is_rarely_deep(aggregate.values)
        solved = parallel.relax_program(lp) if is_relaxed else lp
        request = replace(self.request, program=replace(self.request.program, lp=solved))

        def should_stop() -> bool:
            self.cpu_timer.measure_seconds()
            return should_cancel()

        solution = request.run_backend("highs", None, should_stop, watch=monitor.watch)
        if monitor.was_stopped and solution.termination.reason == "cancelled":
            return replace_last_outcome(solution, "stalled")
        if not is_relaxed or not request.is_conclusive(solution) or solution.values is None or solution.basis is None:
            return solution
        start = parallel.split_basis(lp, solution.values, solution.basis)
        if start is None:
            return solution
        exact = self.request.run_backend("highs-primal", start, should_stop, watch=self.limit.watch)
        return replace(exact, strategy=solution.strategy + exact.strategy)

    def _solve_aggregate(
        self, most_refactorizations: int, should_cancel: CancelCheck, *, drops_rate_changes: bool = False
    ) -> AggregateSolution | None:
        """Solve the aggregated relaxation; None if it does not exist or takes more refactorizations."""
        model = aggregate_places(self.request.program, drops_rate_changes=drops_rate_changes)
        if model is None:
            return None
        limit = RefactorizationLimit(most_refactorizations)
        limits = SolveOptions(
            self.request.remaining_seconds, should_cancel=should_cancel, tolerance=1e-7, watch=limit.watch
        )
        solution = backends.get_backend("highs").solve_program(model.lp, limits)
        outcome: StepOutcome = "limit" if limit.was_reached else solution.termination.reason
        self.steps.append(SolveStep("aggregated-relaxation", solution.seconds, solution.iterations, outcome))
        return model.disaggregate_solution(solution)

    def _solve_by_periods(
        self, aggregate: AggregateSolution, aggregate_iterations: int, should_cancel: CancelCheck
    ) -> Solution | None:
        """Run the forward pass and merge its windows; None if the prediction is wrong or merging takes too many iterations."""
        decomposition = PeriodDecomposition.decompose_program(self.request.program, aggregate.dual_values)
        if decomposition is None or decomposition.period_count == 1:
            return None
        started = monotonic()
        deadline = started + self.request.remaining_seconds
        trial_iterations = max(FIRST_PERIOD_ITERATIONS, aggregate_iterations)

        def should_stop() -> bool:
            return should_cancel() or monotonic() > deadline

        crash_basis = run_forward_pass(decomposition, aggregate, trial_iterations, should_stop)
        now = monotonic()
        if crash_basis is None:
            self._add_failed_step("rolling-horizon", now - started, "cancelled" if should_cancel() else "rejected")
            return None
        self.steps.append(SolveStep("rolling-horizon", now - started, crash_basis.iterations, "optimal"))
        self.follows_forward_pass = True
        least, multiple = MERGE_ITERATIONS
        merged = merge_windows(decomposition, crash_basis, should_stop, max(least, multiple * crash_basis.iterations))
        if merged is None:
            self._add_failed_step("window-merge", monotonic() - now, "cancelled" if should_cancel() else "limit")
            return None
        return replace(merged, seconds=monotonic() - now)

    def _add_failed_step(self, algorithm: str, seconds: float, outcome: StepOutcome) -> None:
        self.steps.append(SolveStep(algorithm, seconds, 0, outcome))


def compute_size_factor(column_count: int) -> float:
    """Return the number of variables relative to `REFERENCE_COLUMNS`, at least 1."""
    return max(1.0, column_count / REFERENCE_COLUMNS)


@dataclass(slots=True)
class BoundProgressMonitor:
    """Monitors one run of dual simplex; all calls come from the solver thread."""

    lower_bound: float
    """Lower bound of the optimum, close to the optimum."""
    was_stopped: bool = False
    """Whether the run stalled or took too much work, and must stop."""
    share_of_gap_closed: float = 0.0
    """Share of the distance from the first objective to the lower bound that the run has covered."""
    _first_objective: float | None = field(default=None, init=False)
    _count: int = field(default=0, init=False)

    def watch(self, progress: Progress) -> bool:
        """Record a refactorization; return whether the run must stop: it has covered too little of the distance, or takes too many."""
        self._count += self._first_objective is not None
        if progress.objective is not None:
            if self._first_objective is None:
                self._first_objective = progress.objective
            distance = self.lower_bound - self._first_objective
            self.share_of_gap_closed = (progress.objective - self._first_objective) / distance if distance > 0 else 1.0
        most = MOST_REFACTORIZATIONS * (CLOSE_FACTOR if self.share_of_gap_closed > CLOSE_SHARE else 1)
        self.was_stopped |= self._count > most or any(
            self._count >= after and self.share_of_gap_closed < minimum for after, minimum in PROGRESS_CHECKS
        )
        return self.was_stopped
