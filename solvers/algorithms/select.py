"""One program, one optimum: chooses how to solve, checks the answer by the certificate and tries another way before giving up."""

import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from models.options import PlanOptions
from solvers import backends
from solvers.algorithms.cold_start import solve_cold
from solvers.algorithms.portfolio import Algorithm, Cancelled, run_portfolio
from solvers.algorithms.progress_monitor import UNLIMITED, CpuTimer
from solvers.algorithms.solve_request import (
    ALGORITHM_NAMES,
    CONCLUSIVE_REASONS,
    INTERIOR_POINT_DELAY_SECONDS,
    VERTEX_TOLERANCE,
    SolveRequest,
    describe_portfolio,
    interior_point_algorithm,
    is_proved_optimal,
)
from solvers.backends.base import Feature, SolveOptions
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, OnProgress, Progress, Solution, Termination

LARGE_PROGRAM_COLUMNS = 20_000
"""Columns from which ways compete: no rule by size or shape foretells which is fastest (decision 0017)."""

WARM_START_SECONDS = 0.6
"""Seconds of its thread that dual simplex has with quick edge weights; small changes need a fifth of one."""


def solve_program(
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
    if options.solver == "auto" and program.lp.column_count >= LARGE_PROGRAM_COLUMNS:
        return _solve_large(program, options, on_progress, start, new_goal=new_goal)
    return _solve_sequentially(program.lp, options, on_progress, start)


def _solve_large(
    program: Program,
    options: PlanOptions,
    on_progress: OnProgress | None,
    start: Basis | None,
    *,
    new_goal: bool = False,
) -> Solution:
    """Several ways, each only as long as it is worth its time."""
    request = SolveRequest(program, options, None if on_progress is None else _serialize_progress(on_progress))
    if start is None:
        return solve_cold(request)
    return _solve_from_plan(request, start) if new_goal else _solve_from_basis(request, start)


def _solve_from_plan(request: SolveRequest, start: Basis) -> Solution:
    """Primal simplex, which goes from plan to better plan; if not done soon, interior point joins."""
    spending = CpuTimer()

    def run_primal_simplex(cancelled: Cancelled) -> Solution:
        return request.run_backend("highs-primal", start, lambda: spending.has_exceeded(UNLIMITED) or cancelled())

    second = interior_point_algorithm(
        request, lambda: spending.seconds > INTERIOR_POINT_DELAY_SECONDS, has_idle_core=False
    )
    finish = run_portfolio((Algorithm("highs-primal", run_primal_simplex), second), request.is_conclusive)
    return replace(finish.solution, strategy=describe_portfolio(finish, "primal simplex from the plan at hand"))


def _solve_from_basis(request: SolveRequest, start: Basis) -> Solution:
    """Dual simplex with quick edge weights; if not done soon, from the basis again with exact ones; in the end interior point joins."""

    spending = CpuTimer()

    def run_dual_simplex(cancelled: Cancelled) -> Solution:
        near = request.run_backend(
            "highs-near", start, lambda: spending.has_exceeded(WARM_START_SECONDS) or cancelled()
        )
        if cancelled() or request.is_conclusive(near) or near.termination.reason == "limit":
            return near
        further = request.run_backend("highs-steady", start, lambda: spending.has_exceeded(UNLIMITED) or cancelled())
        return replace(further, iterations=near.iterations + further.iterations)

    second = interior_point_algorithm(
        request, lambda: spending.seconds > INTERIOR_POINT_DELAY_SECONDS, has_idle_core=False
    )
    finish = run_portfolio((Algorithm("highs", run_dual_simplex), second), request.is_conclusive)
    return replace(finish.solution, strategy=describe_portfolio(finish, "dual simplex from a basis at hand"))


def _serialize_progress(on_progress: OnProgress) -> OnProgress:
    """Ways tell of their progress from their own threads; whoever listens hears one at a time."""
    lock = Lock()

    def report_progress(progress: Progress) -> None:
        with lock:
            on_progress(progress)

    return report_progress


def _solve_sequentially(
    lp: LinearProgram, options: PlanOptions, on_progress: OnProgress | None, start: Basis | None
) -> Solution:
    deadline = time.monotonic() + options.time_limit_seconds
    best: Solution | None = None
    for name, tolerance in _list_attempts(options):
        left = deadline - time.monotonic()
        if best is not None and left <= 0:
            break
        backend = backends.get_backend(name)
        request = SolveOptions(time_limit_seconds=max(left, 1e-3), tolerance=tolerance)
        basis = start if Feature.BASIS in backend.features else None
        solution = backend.solve_program(lp, request, start=basis, on_progress=on_progress)
        solution = replace(solution, strategy=_run_single_backend(name, basis))
        if solution.termination.reason in CONCLUSIVE_REASONS or is_proved_optimal(lp, solution, options.tolerance):
            return solution
        best = solution if best is None or best.values is None else best
    if best is None:
        return Solution(Termination("error", detail="no method to try"), None, None)
    return best


def _run_single_backend(name: str, start: Basis | None) -> str:
    words = ALGORITHM_NAMES.get(name, name)
    return words if start is None or name != "highs" else f"{words} from a basis at hand"


def _list_attempts(options: PlanOptions) -> Sequence[tuple[str, float]]:
    """Methods in the order in which they are tried, each with the tolerance asked of it."""
    vertex = min(VERTEX_TOLERANCE, options.tolerance)
    if options.solver == "auto":
        return (("highs", vertex), ("highs-ipm", vertex))
    if Feature.FIRST_ORDER in backends.get_backend(options.solver).features:
        return ((options.solver, options.tolerance / 10), (options.solver, options.tolerance / 1000))
    return ((options.solver, vertex),)
