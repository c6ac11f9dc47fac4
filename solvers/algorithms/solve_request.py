"""What the ways of solving a large program share: the program, the time that is left, and when an answer settles the matter."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from models.options import PlanOptions
from solvers import backends
from solvers.algorithms.portfolio import Algorithm, Cancelled, PortfolioResult
from solvers.backends.base import SolveOptions
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, OnProgress, Solution

VERTEX_TOLERANCE = 1e-7
"""What is asked of methods that end at a vertex; tighter than the certificate, so that scaling leaves room."""

PROGRESS_SECONDS = 0.1
"""How often a run that is watched tells of its progress."""

INTERIOR_POINT_DELAY_SECONDS = 6.0
"""Seconds of its thread that simplex has for itself when it starts from a basis or comes on well; most are done in less."""

CONCLUSIVE_REASONS = ("infeasible", "unbounded", "limit", "cancelled")
"""Reasons after which another method would not help."""

INTERIOR_POINT = "highs-ipm-finished"
"""The interior point method of large programs."""

ALGORITHM_NAMES = {
    "highs": "dual simplex",
    "highs-primal": "primal simplex",
    "highs-ipm": "interior point",
    INTERIOR_POINT: "interior point",
}
"""What methods are called in a plan."""


def is_proved_optimal(lp: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Whether a solution claims to be optimal and its certificate passes."""
    if solution.termination.reason != "optimal" or solution.values is None:
        return False
    return certify_solution(lp, solution, tolerance).passed


@dataclass(frozen=True, slots=True)
class SolveRequest:
    """A large program to solve, and how much time is left."""

    program: Program
    """What is to be solved."""
    options: PlanOptions
    """How exactly, and in what time."""
    on_progress: OnProgress | None
    """Told how far solving has come; by one thread at a time."""
    started: float = field(default_factory=time.monotonic)
    """When it was asked."""

    @property
    def remaining_seconds(self) -> float:
        """Seconds that are left, a thousandth at least."""
        return max(self.started + self.options.time_limit_seconds - time.monotonic(), 1e-3)

    def run_backend(
        self, name: str, start: Basis | None, cancelled: Cancelled, on_progress: OnProgress | None = None
    ) -> Solution:
        """Solve by one method in the time that is left; what does not pass its certificate is computed anew from its basis."""
        limits = self._build_solve_options(cancelled, 0.5 if on_progress is None else PROGRESS_SECONDS)
        solution = backends.get_backend(name).solve_program(
            self.program.lp, limits, start=start, on_progress=on_progress or self.on_progress
        )
        return self.refactorize(solution, cancelled)

    def refactorize(self, solution: Solution, cancelled: Cancelled) -> Solution:
        """A solution that proves its optimum, if its basis does.

        Values carried along through many pivots drift; those computed anew from the same basis (0.2 s for a year) seldom fail.
        """
        if solution.termination.reason != "optimal" or solution.basis is None or self.is_conclusive(solution):
            return solution
        anew = backends.get_backend("highs-near").solve_program(
            self.program.lp, self._build_solve_options(cancelled), start=solution.basis
        )
        return replace(anew, iterations=solution.iterations + anew.iterations) if self.is_conclusive(anew) else solution

    def is_conclusive(self, solution: Solution) -> bool:
        """Whether another way need not be waited for: proved, or the arrays allow no optimum."""
        if solution.termination.reason in ("infeasible", "unbounded"):
            return True
        return is_proved_optimal(self.program.lp, solution, self.options.tolerance)

    def _build_solve_options(self, cancelled: Cancelled, hint_seconds: float = 0.5) -> SolveOptions:
        return SolveOptions(
            self.remaining_seconds, min(VERTEX_TOLERANCE, self.options.tolerance), cancelled, hint_seconds
        )


def interior_point_algorithm(
    request: SolveRequest,
    may_start: Callable[[], bool],
    *,
    has_idle_core: bool,
    is_unwanted: Callable[[], bool] = lambda: False,
) -> Algorithm:
    """Interior point: at once where a core idles, else when `ready`, on a busy machine no later than a minute; never when `unwanted`."""

    def run_interior_point(cancelled: Cancelled) -> Solution:
        return request.run_backend(INTERIOR_POINT, None, lambda: cancelled() or is_unwanted())

    return Algorithm(
        INTERIOR_POINT,
        run_interior_point,
        start_after_seconds=0.0 if has_idle_core else 10 * INTERIOR_POINT_DELAY_SECONDS,
        may_start=may_start,
    )


def describe_portfolio(result: PortfolioResult, first_name: str) -> str:
    """What a race did, in words; `first` is what its first way is called."""
    return (
        first_name
        if result.started == 1
        else f"{first_name} against interior point, {ALGORITHM_NAMES[result.algorithm.name]} first"
    )
