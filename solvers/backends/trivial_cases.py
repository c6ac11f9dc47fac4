"""Steps common to all backends: validate the arrays, solve trivial programs, and resolve infeasible or unbounded claims."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solvers.backends.base import Backend, Feature, SolveOptions
from solvers.errors import InvalidProgramError, UnsupportedRequestError
from solvers.lp.linear_program import FloatArray, LinearProgram
from solvers.lp.solution import AT_LOWER, AT_UPPER, BASIC, FREE_AT_ZERO, Basis, Solution, Termination


def validate_program(lp: LinearProgram) -> None:
    """Raise `InvalidProgramError` if array lengths differ, an entry is NaN, or a cost or coefficient is infinite."""
    m, n = lp.row_count, lp.column_count
    if lp.matrix.shape != (m, n) or len(lp.row_upper) != m or len(lp.column_lower) != n or len(lp.column_upper) != n:
        raise InvalidProgramError(
            f"array lengths do not match a matrix of {lp.matrix.shape[0]} rows and {lp.matrix.shape[1]} columns"
        )
    for name, array in (("costs", lp.cost), ("coefficients", lp.matrix.data)):
        if not np.isfinite(array).all():
            raise InvalidProgramError(f"{name} must be finite")
    for name, array in (
        ("column bounds", lp.column_lower),
        ("column bounds", lp.column_upper),
        ("row bounds", lp.row_lower),
        ("row bounds", lp.row_upper),
    ):
        if np.isnan(array).any():
            raise InvalidProgramError(f"{name} must not be NaN")


def require_features(backend: Backend, start: Basis | None) -> None:
    """Raise `UnsupportedRequestError` if the backend does not accept a starting basis."""
    if start is not None and Feature.BASIS not in backend.features:
        raise UnsupportedRequestError(f"{backend.name} cannot start from a basis")


def has_crossed_bounds(lp: LinearProgram) -> bool:
    """Check whether a constraint or variable has an empty interval: lower bound above upper bound, or at +∞, or upper at −∞."""
    return any(
        bool(((lower > upper) | (lower == np.inf) | (upper == -np.inf)).any())
        for lower, upper in ((lp.column_lower, lp.column_upper), (lp.row_lower, lp.row_upper))
    )


def presolve_trivial(lp: LinearProgram, tolerance: float, solver: str) -> Solution | None:
    """Solve a program with crossed bounds or without nonzero coefficients; None for all other programs."""
    validate_program(lp)
    if has_crossed_bounds(lp):
        return Solution(
            Termination("infeasible", detail="a lower bound exceeds its upper bound"), None, None, solver=solver
        )
    if lp.matrix.nnz > 0:
        return None
    if (lp.row_lower > tolerance).any() or (lp.row_upper < -tolerance).any():
        return Solution(
            Termination("infeasible", detail="a constraint without coefficients excludes zero"),
            None,
            None,
            solver=solver,
        )
    lower, upper = lp.column_lower, lp.column_upper
    nearest_zero = np.clip(0.0, lower, upper)
    values = np.where(lp.cost > 0, lower, np.where(lp.cost < 0, upper, nearest_zero))
    if not np.isfinite(values).all():
        return Solution(
            Termination("unbounded", detail="a variable without coefficients improves the objective without limit"),
            None,
            None,
            solver=solver,
        )
    status = np.where(values == lower, AT_LOWER, np.where(values == upper, AT_UPPER, FREE_AT_ZERO)).astype(np.int8)
    basis = Basis(status, np.full(lp.row_count, BASIC, dtype=np.int8))
    return Solution(
        Termination("optimal", detail="no coefficients"), values, np.zeros(lp.row_count), basis, solver=solver
    )


def resolve_infeasible_or_unbounded(
    solution: Solution,
    lp: LinearProgram,
    options: SolveOptions,
    solve_again: Callable[[LinearProgram, SolveOptions], Solution],
) -> Solution:
    """Verify a claim of infeasible or unbounded by two further solves in the remaining time.

    Several solvers confuse the two, or report that the program is one of them. The first solve, with zero costs, finds whether
    the program is feasible. The second solve searches the recession cone for a ray that reduces the objective.
    """
    solution = replace(solution, values=None, dual_values=None, basis=None)
    claimed = solution.termination
    for subproblem in (replace(lp, cost=np.zeros(lp.column_count), offset=0.0), _build_ray_program(lp)):
        remaining = options.time_limit_seconds - solution.seconds
        if remaining <= 0:
            return replace(
                solution,
                termination=Termination("limit", "time", "no time left to distinguish infeasible from unbounded"),
            )
        result = solve_again(subproblem, replace(options, time_limit_seconds=remaining))
        solution = replace(
            solution,
            iterations=solution.iterations + result.iterations,
            seconds=solution.seconds + result.seconds,
        )
        if result.termination.reason != "optimal" or result.values is None:
            stop = (
                Termination("numerical", detail=f"{claimed.detail}; undecided")
                if result.termination.reason == "unbounded"
                else result.termination
            )
            return replace(solution, termination=stop)
        has_ray = float(subproblem.cost @ result.values) < -1e-6
    return replace(
        solution,
        termination=Termination("unbounded", detail=claimed.detail)
        if has_ray
        else Termination("numerical", detail=claimed.detail),
    )


def _build_ray_program(lp: LinearProgram) -> LinearProgram:
    """Build the program over the recession cone, with |d| ≤ 1 for each component and costs scaled to at most 1."""
    scale = float(np.abs(lp.cost).max(initial=0.0)) or 1.0

    def bound_direction(bound: FloatArray, infinite_value: float) -> FloatArray:
        return np.where(np.isfinite(bound), 0.0, infinite_value)

    return LinearProgram(
        lp.cost / scale,
        bound_direction(lp.column_lower, -1.0),
        bound_direction(lp.column_upper, 1.0),
        bound_direction(lp.row_lower, -np.inf),
        bound_direction(lp.row_upper, np.inf),
        lp.matrix,
    )
