"""What the ways of solving a large program share: the program, the time that is left, and when an answer settles the matter."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from models.options import PlanOptions
from solvers import backends
from solvers.algorithms.portfolio import Cancelled, Finish, Way
from solvers.backends.base import SolveOptions
from solvers.lp.certificate import certify
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, OnProgress, Solution

VERTEX_TOLERANCE = 1e-7
"""What is asked of methods that end at a vertex; tighter than the certificate, so that scaling leaves room."""

HINT_SECONDS = 0.1
"""How often a run that is watched tells of its progress."""

PATIENCE = 6.0
"""Seconds of its thread that simplex has for itself when it starts from a basis or comes on well; most are done in less."""

FINAL = ("infeasible", "unbounded", "limit", "cancelled")
"""Reasons after which another method would not help."""

INTERIOR = "highs-ipm-finished"
"""The interior point method of large programs."""

WORDS = {
    "highs": "dual simplex",
    "highs-primal": "primal simplex",
    "highs-ipm": "interior point",
    INTERIOR: "interior point",
}
"""What methods are called in a plan."""


def proved(lp: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Whether a solution claims to be optimal and its certificate passes."""
    if solution.stop.reason != "optimal" or solution.values is None:
        return False
    return certify(lp, solution, tolerance).passed


@dataclass(frozen=True, slots=True)
class Asked:
    """A large program to solve, and how much time is left."""

    program: Program
    """What is to be solved."""
    options: PlanOptions
    """How exactly, and in what time."""
    told: OnProgress | None
    """Told how far solving has come; by one thread at a time."""
    began: float = field(default_factory=time.monotonic)
    """When it was asked."""

    @property
    def left(self) -> float:
        """Seconds that are left, a thousandth at least."""
        return max(self.began + self.options.time_limit_seconds - time.monotonic(), 1e-3)

    def run(self, name: str, start: Basis | None, cancelled: Cancelled, told: OnProgress | None = None) -> Solution:
        """Solve by one method in the time that is left; what does not pass its certificate is computed anew from its basis."""
        limits = self._limits(cancelled, 0.5 if told is None else HINT_SECONDS)
        solution = backends.get(name).solve(self.program.lp, limits, start=start, on_progress=told or self.told)
        return self.steadied(solution, cancelled)

    def steadied(self, solution: Solution, cancelled: Cancelled) -> Solution:
        """A solution that proves its optimum, if its basis does.

        Values carried along through many pivots drift; those computed anew from the same basis (0.2 s for a year) seldom fail.
        """
        if solution.stop.reason != "optimal" or solution.basis is None or self.settles(solution):
            return solution
        anew = backends.get("highs-near").solve(self.program.lp, self._limits(cancelled), start=solution.basis)
        return replace(anew, iterations=solution.iterations + anew.iterations) if self.settles(anew) else solution

    def settles(self, solution: Solution) -> bool:
        """Whether another way need not be waited for: proved, or the arrays allow no optimum."""
        if solution.stop.reason in ("infeasible", "unbounded"):
            return True
        return proved(self.program.lp, solution, self.options.tolerance)

    def _limits(self, cancelled: Cancelled, hint_seconds: float = 0.5) -> SolveOptions:
        return SolveOptions(self.left, min(VERTEX_TOLERANCE, self.options.tolerance), cancelled, hint_seconds)


def interior(
    asked: Asked, ready: Callable[[], bool], *, idle: bool, unwanted: Callable[[], bool] = lambda: False
) -> Way:
    """Interior point: at once where a core idles, else when `ready`, on a busy machine no later than a minute; never when `unwanted`."""

    def run(cancelled: Cancelled) -> Solution:
        return asked.run(INTERIOR, None, lambda: cancelled() or unwanted())

    return Way(INTERIOR, run, after=0.0 if idle else 10 * PATIENCE, ready=ready)


def told(finish: Finish, first: str) -> str:
    """What a race did, in words; `first` is what its first way is called."""
    return first if finish.began == 1 else f"{first} against interior point, {WORDS[finish.way.name]} first"
