"""One program, one optimum: chooses how to solve, checks the answer by the certificate and tries another way before giving up."""

import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from models.options import PlanOptions
from solvers import backends
from solvers.algorithms.cold_start import cold
from solvers.algorithms.portfolio import Cancelled, Way, race
from solvers.algorithms.progress_monitor import UNLIMITED, Spending
from solvers.algorithms.solve_request import FINAL, PATIENCE, VERTEX_TOLERANCE, WORDS, Asked, interior, proved, told
from solvers.backends.base import Feature, SolveOptions
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, OnProgress, Progress, Solution, Stop

LARGE = 20_000
"""Columns from which ways compete: no rule by size or shape foretells which is fastest (decision 0017)."""

NEAR_SECONDS = 0.6
"""Seconds of its thread that dual simplex has with quick edge weights; small changes need a fifth of one."""


def solve(
    program: Program,
    options: PlanOptions,
    on_progress: OnProgress | None = None,
    start: Basis | None = None,
    *,
    new_goal: bool = False,
) -> Solution:
    """Solve a program within `options.time_limit_seconds`; nothing is raised for a solver's failure.

    `start` is a basis of a program of the same shape; with `new_goal`, of one whose plan keeps all rules of this one. With `auto`, large programs are solved period by period, by simplex, by interior
    point, or by two of these at once, as their structure and progress suggest, and the first answer whose certificate passes is taken; small ones in one way, and
    in the next only where that fails. A solver asked for by name is the only one used. The best answer so far is returned when
    none passes. `Solution.strategy` says what was done.
    """
    if options.solver == "auto" and program.lp.columns >= LARGE:
        return _race(program, options, on_progress, start, new_goal=new_goal)
    return _one_by_one(program.lp, options, on_progress, start)


def _race(
    program: Program,
    options: PlanOptions,
    on_progress: OnProgress | None,
    start: Basis | None,
    *,
    new_goal: bool = False,
) -> Solution:
    """Several ways, each only as long as it is worth its time."""
    asked = Asked(program, options, None if on_progress is None else _one_at_a_time(on_progress))
    if start is None:
        return cold(asked)
    return _from_plan(asked, start) if new_goal else _from_basis(asked, start)


def _from_plan(asked: Asked, start: Basis) -> Solution:
    """Primal simplex, which goes from plan to better plan; if not done soon, interior point joins."""
    spending = Spending()

    def simplex(cancelled: Cancelled) -> Solution:
        return asked.run("highs-primal", start, lambda: spending.beyond(UNLIMITED) or cancelled())

    second = interior(asked, lambda: spending.seconds > PATIENCE, idle=False)
    finish = race((Way("highs-primal", simplex), second), asked.settles)
    return replace(finish.solution, strategy=told(finish, "primal simplex from the plan at hand"))


def _from_basis(asked: Asked, start: Basis) -> Solution:
    """Dual simplex with quick edge weights; if not done soon, from the basis again with exact ones; in the end interior point joins."""

    spending = Spending()

    def simplex(cancelled: Cancelled) -> Solution:
        near = asked.run("highs-near", start, lambda: spending.beyond(NEAR_SECONDS) or cancelled())
        if cancelled() or asked.settles(near) or near.stop.reason == "limit":
            return near
        further = asked.run("highs-steady", start, lambda: spending.beyond(UNLIMITED) or cancelled())
        return replace(further, iterations=near.iterations + further.iterations)

    second = interior(asked, lambda: spending.seconds > PATIENCE, idle=False)
    finish = race((Way("highs", simplex), second), asked.settles)
    return replace(finish.solution, strategy=told(finish, "dual simplex from a basis at hand"))


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
