"""Algorithm selection: solve one program to a certified optimum.

Small programs use one backend after another until a certificate passes. Large programs use a portfolio: a cold start
(`solvers.algorithms.cold_start`), primal simplex after a change of the objective, or dual simplex after a change of bounds.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

from models.options import PlanOptions
from solvers import backends
from solvers.algorithms.cold_start import solve_cold
from solvers.algorithms.portfolio import (
    CONCLUSIVE_REASONS,
    INTERIOR_POINT_DELAY_SECONDS,
    VERTEX_TOLERANCE,
    Algorithm,
    CancelCheck,
    CpuTimer,
    RefactorizationLimit,
    SolveRequest,
    append_step,
    build_interior_point_algorithm,
    is_proved_optimal,
    replace_last_outcome,
    run_portfolio,
)
from solvers.backends.base import Feature, SolveOptions
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, OnProgress, Progress, Solution, SolveStep, StepOutcome, Termination

LARGE_PROGRAM_COLUMNS = 20_000
"""Number of variables from which a portfolio solves the program: size and shape do not predict the fastest algorithm (decision 0017)."""

DEVEX_REFACTORIZATIONS = 8
"""Refactorizations of dual simplex with Devex weights; small changes need one or two."""


def solve_program(
    program: Program,
    options: PlanOptions,
    on_progress: OnProgress | None = None,
    start: Basis | None = None,
    *,
    is_start_feasible: bool = False,
    on_quick_path_left: Callable[[], None] | None = None,
) -> Solution:
    """Solve a program within the time limit of the options; a failure of a solver is a termination, not an exception.

    Parameters
    ----------
    program
        The program.
    options
        With `solver: auto`, this function selects the algorithms. It uses a named solver exclusively.
    on_progress
        Receives progress reports, from one thread at a time.
    start
        A basis of a program of the same shape.
    is_start_feasible
        Whether `start` is primal feasible and only the objective has changed.
    on_quick_path_left
        Called when the quick solve of a large program from `start` was given up, before a longer one starts; other algorithms go on
        meanwhile.

    Returns
    -------
    Solution
        The certified optimum, or the best solution found. Its `strategy` lists the steps.
    """
    if options.solver == "auto" and program.lp.column_count >= LARGE_PROGRAM_COLUMNS:
        request = SolveRequest(
            program, options, None if on_progress is None else _serialize_progress(on_progress), on_quick_path_left
        )
        return _solve_large(request, start, is_start_feasible=is_start_feasible)
    return _solve_sequentially(program.lp, options, on_progress, start)


def _solve_large(request: SolveRequest, start: Basis | None, *, is_start_feasible: bool = False) -> Solution:
    """Solve a large program by the portfolio that fits the start."""
    if start is None:
        return solve_cold(request)
    return _reoptimize_objective(request, start) if is_start_feasible else _reoptimize_bounds(request, start)


def _reoptimize_objective(request: SolveRequest, start: Basis) -> Solution:
    """Run primal simplex from a primal feasible basis; interior point joins after a delay."""
    timer, limit = CpuTimer(), RefactorizationLimit()

    def run_primal_simplex(should_cancel: CancelCheck) -> Solution:
        return request.run_backend(
            "highs-primal", start, lambda: _measure_and_check(timer, should_cancel), watch=limit.watch
        )

    return _run_with_interior_point(request, Algorithm("highs-primal", run_primal_simplex), timer, limit)


def _reoptimize_bounds(request: SolveRequest, start: Basis) -> Solution:
    """Run dual simplex with Devex weights, then restart with steepest-edge weights; interior point joins after a delay."""
    timer, quick_limit, limit = CpuTimer(), RefactorizationLimit(DEVEX_REFACTORIZATIONS), RefactorizationLimit()

    def run_dual_simplex(should_cancel: CancelCheck) -> Solution:
        def should_stop() -> bool:
            return _measure_and_check(timer, should_cancel)

        quick = request.run_backend("highs-dual-devex", start, should_stop, watch=quick_limit.watch)
        if should_cancel() or request.is_conclusive(quick) or quick.termination.reason == "limit":
            return quick
        if quick.termination.reason == "cancelled":
            quick = replace_last_outcome(quick, "limit")
        if request.on_quick_path_left is not None:
            request.on_quick_path_left()
        exact = request.run_backend("highs-dual-steepest-edge", start, should_stop, watch=limit.watch)
        return replace(exact, iterations=quick.iterations + exact.iterations, strategy=quick.strategy + exact.strategy)

    return _run_with_interior_point(request, Algorithm("highs-dual-devex", run_dual_simplex), timer, limit)


def _measure_and_check(timer: CpuTimer, should_cancel: CancelCheck) -> bool:
    timer.measure_seconds()
    return should_cancel()


def _run_with_interior_point(
    request: SolveRequest, simplex: Algorithm, timer: CpuTimer, limit: RefactorizationLimit
) -> Solution:
    interior_point = build_interior_point_algorithm(
        request, lambda: timer.seconds > INTERIOR_POINT_DELAY_SECONDS, has_idle_core=False
    )
    solution = run_portfolio((simplex, interior_point), request.is_conclusive)
    if not limit.was_reached or request.is_conclusive(solution) or request.is_out_of_time:
        return solution
    again = request.run_backend("highs", None, lambda: False)
    return replace(again, strategy=solution.strategy + again.strategy)


def _serialize_progress(on_progress: OnProgress) -> OnProgress:
    """Return a callback that forwards progress reports of several threads one at a time."""
    lock = Lock()

    def report_progress(progress: Progress) -> None:
        with lock:
            on_progress(progress)

    return report_progress


def _solve_sequentially(
    lp: LinearProgram, options: PlanOptions, on_progress: OnProgress | None, start: Basis | None
) -> Solution:
    """Try one backend after another until a solution is conclusive."""
    deadline = time.monotonic() + options.time_limit_seconds
    best: Solution | None = None
    strategy: tuple[SolveStep, ...] = ()
    for name, tolerance in _list_attempts(options):
        remaining = deadline - time.monotonic()
        if best is not None and remaining <= 0:
            break
        backend = backends.get_backend(name)
        limits = SolveOptions(time_limit_seconds=max(remaining, 1e-3), tolerance=tolerance)
        basis = start if Feature.BASIS in backend.features else None
        solution = backend.solve_program(lp, limits, start=basis, on_progress=on_progress)
        reason, is_proved = solution.termination.reason, is_proved_optimal(lp, solution, options.tolerance)
        outcome: StepOutcome = "uncertified" if reason == "optimal" and not is_proved else reason
        is_warm = basis is not None and "ipm" not in name  # interior point ignores the basis
        solution = append_step(replace(solution, strategy=strategy), name, outcome, warm_start=is_warm)
        strategy = solution.strategy
        if is_proved or reason in CONCLUSIVE_REASONS:
            return solution
        best = solution if best is None or best.values is None else best
    if best is None:
        return Solution(Termination("error", detail="no algorithm available"), None, None)
    return replace(best, strategy=strategy)


def _list_attempts(options: PlanOptions) -> Sequence[tuple[str, float]]:
    """Return the backends in the order of the attempts, each with its tolerance."""
    vertex = min(VERTEX_TOLERANCE, options.tolerance)
    if options.solver == "auto":
        return (("highs", vertex), ("highs-ipm", vertex))
    if Feature.FIRST_ORDER in backends.get_backend(options.solver).features:
        return ((options.solver, options.tolerance / 10), (options.solver, options.tolerance / 1000))
    return ((options.solver, vertex),)
