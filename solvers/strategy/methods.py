"""One program, one optimum: chooses how to solve, checks the answer by the certificate and tries another way before giving up."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from threading import Lock

from models.options import PlanOptions
from solvers import backends
from solvers.backends.base import Feature, SolveOptions
from solvers.certificate import certify
from solvers.program import LinearProgram, Program
from solvers.solution import Basis, OnProgress, Progress, Solution, Stop
from solvers.strategy.race import Cancelled, Way, race

LARGE = 20_000
"""Columns from which simplex and interior point race: no rule by size or shape foretells which is faster (decision 0016)."""

PATIENCE = 6.0
"""Seconds that simplex has for itself when it starts from a basis; most changes are answered in less."""

VERTEX_TOLERANCE = 1e-7
"""What is asked of methods that end at a vertex; tighter than the certificate, so that scaling leaves room."""

FINAL = ("infeasible", "unbounded", "limit", "cancelled")
"""Reasons after which another method would not help."""

WORDS = {"highs": "dual simplex", "highs-ipm": "interior point"}
"""What methods are called in a plan."""


def solve(
    program: Program, options: PlanOptions, on_progress: OnProgress | None = None, start: Basis | None = None
) -> Solution:
    """Solve a program within `options.time_limit_seconds`; nothing is raised for a solver's failure.

    `start` is a basis of a program of the same shape. With `auto`, large programs are solved in two ways at once and the first
    answer whose certificate passes is taken; small ones in one way, and in the next only where that fails. A solver asked for
    by name is the only one used. The best answer so far is returned when none passes. `Solution.strategy` says what was done.
    """
    if options.solver == "auto" and program.lp.columns >= LARGE:
        return _race(program.lp, options, on_progress, start)
    return _one_by_one(program.lp, options, on_progress, start)


def proved(lp: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Whether a solution claims to be optimal and its certificate passes."""
    if solution.stop.reason != "optimal" or solution.values is None:
        return False
    return certify(lp, solution, tolerance).passed


def _race(lp: LinearProgram, options: PlanOptions, on_progress: OnProgress | None, start: Basis | None) -> Solution:
    """Dual simplex, from the basis if there is one, against interior point."""
    deadline = time.monotonic() + options.time_limit_seconds
    told = None if on_progress is None else _one_at_a_time(on_progress)
    tolerance = min(VERTEX_TOLERANCE, options.tolerance)

    def way(name: str, basis: Basis | None, cancelled: Cancelled) -> Solution:
        left = max(deadline - time.monotonic(), 1e-3)
        asked = SolveOptions(time_limit_seconds=left, tolerance=tolerance, cancelled=cancelled)
        return backends.get(name).solve(lp, asked, start=basis, on_progress=told)

    finish = race(
        (
            Way("highs", partial(way, "highs", start)),
            Way("highs-ipm", partial(way, "highs-ipm", None), after=0.0 if start is None else PATIENCE),
        ),
        lambda solution: _settles(lp, solution, options.tolerance),
    )
    return replace(finish.solution, strategy=_told(finish.way.name, finish.began, start))


def _settles(lp: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Whether another way need not be waited for: proved, or the arrays allow no optimum."""
    return solution.stop.reason in ("infeasible", "unbounded") or proved(lp, solution, tolerance)


def _told(winner: str, began: int, start: Basis | None) -> str:
    first = f"{WORDS['highs']} from a basis at hand" if start is not None else WORDS["highs"]
    if began == 1:
        return first
    return f"{first} against {WORDS['highs-ipm']}, {WORDS[winner]} first"


def _one_at_a_time(on_progress: OnProgress) -> OnProgress:
    """Ways tell of their progress from their own threads; whoever listens hears one at a time."""
    lock = Lock()

    def tell(progress: Progress) -> None:
        with lock:
            on_progress(progress)

    return tell


def _one_by_one(
    lp: LinearProgram, options: PlanOptions, on_progress: OnProgress | None, start: Basis | None
) -> Solution:
    deadline = time.monotonic() + options.time_limit_seconds
    best: Solution | None = None
    for name, tolerance in _attempts(options):
        left = deadline - time.monotonic()
        if best is not None and left <= 0:
            break
        backend = backends.get(name)
        asked = SolveOptions(time_limit_seconds=max(left, 1e-3), tolerance=tolerance)
        basis = start if Feature.BASIS in backend.features else None
        solution = backend.solve(lp, asked, start=basis, on_progress=on_progress)
        solution = replace(solution, strategy=_alone(name, basis))
        if solution.stop.reason in FINAL or proved(lp, solution, options.tolerance):
            return solution
        best = solution if best is None or best.values is None else best
    if best is None:
        return Solution(Stop("error", detail="no method to try"), None, None)
    return best


def _alone(name: str, start: Basis | None) -> str:
    words = WORDS.get(name, name)
    return words if start is None or name != "highs" else f"{words} from a basis at hand"


def _attempts(options: PlanOptions) -> Sequence[tuple[str, float]]:
    """Methods in the order in which they are tried, each with the tolerance asked of it."""
    vertex = min(VERTEX_TOLERANCE, options.tolerance)
    if options.solver == "auto":
        return (("highs", vertex), ("highs-ipm", vertex))
    if Feature.FIRST_ORDER in backends.get(options.solver).features:
        return ((options.solver, options.tolerance / 10), (options.solver, options.tolerance / 1000))
    return ((options.solver, vertex),)
