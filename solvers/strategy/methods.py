"""One program, one optimum: chooses a method, checks its answer by the certificate and tries another before giving up."""

import time

from models.options import PlanOptions
from solvers import backends
from solvers.backends.base import Feature, SolveOptions
from solvers.certificate import certify
from solvers.program import LinearProgram, Program
from solvers.solution import Basis, OnProgress, Solution, Stop

LARGE = 50_000
"""Columns from which interior point with crossover is tried before simplex when there is no basis to start from."""

VERTEX_TOLERANCE = 1e-7
"""What is asked of methods that end at a vertex; tighter than the certificate, so that scaling leaves room."""

FINAL = ("infeasible", "unbounded", "limit", "cancelled")
"""Reasons after which another method would not help."""


def solve(
    program: Program, options: PlanOptions, on_progress: OnProgress | None = None, start: Basis | None = None
) -> Solution:
    """Solve a program within `options.time_limit_seconds`; nothing is raised for a solver's failure.

    `start` is a basis of a program of the same shape. With `auto`, a method whose answer does not pass the certificate is
    followed by the next; a solver asked for by name is the only one used. The best answer so far is returned when none passes.
    """
    deadline = time.monotonic() + options.time_limit_seconds
    best: Solution | None = None
    for name, tolerance in _attempts(program.lp, options, start):
        left = deadline - time.monotonic()
        if best is not None and left <= 0:
            break
        backend = backends.get(name)
        asked = SolveOptions(time_limit_seconds=max(left, 1e-3), tolerance=tolerance)
        basis = start if Feature.BASIS in backend.features else None
        solution = backend.solve(program.lp, asked, start=basis, on_progress=on_progress)
        if solution.stop.reason in FINAL or proved(program.lp, solution, options.tolerance):
            return solution
        best = solution if best is None or best.values is None else best
    if best is None:
        return Solution(Stop("error", detail="no method to try"), None, None)
    return best


def proved(lp: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Whether a solution claims to be optimal and its certificate passes."""
    if solution.stop.reason != "optimal" or solution.values is None:
        return False
    return certify(lp, solution, tolerance).passed


def _attempts(lp: LinearProgram, options: PlanOptions, start: Basis | None) -> tuple[tuple[str, float], ...]:
    """Methods in the order in which they are tried, each with the tolerance asked of it."""
    vertex = min(VERTEX_TOLERANCE, options.tolerance)
    if options.solver != "auto":
        if Feature.FIRST_ORDER in backends.get(options.solver).features:
            return ((options.solver, options.tolerance / 10), (options.solver, options.tolerance / 1000))
        return ((options.solver, vertex),)
    names = ("highs-ipm", "highs") if start is None and lp.columns > LARGE else ("highs", "highs-ipm")
    return tuple((name, vertex) for name in names)
