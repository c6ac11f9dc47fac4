"""What every backend needs around its solver: refuse bad arrays, settle what needs no solver, tell infeasible from unbounded."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np

from solvers.backends.base import Backend, Feature, SolveOptions
from solvers.errors import InvalidProgramError, UnsupportedRequestError
from solvers.lp.linear_program import FloatArray, LinearProgram
from solvers.lp.solution import Basis, OnProgress, Progress, Solution, Termination

AT_LOWER, BASIC, AT_UPPER, FREE_AT_ZERO = 0, 1, 2, 3
"""Codes of a basis; see `solvers.lp.solution.BasisStatus`."""


class ProgressReporter:
    """Lets a hint through every `hint_seconds` at most, and asks at most twenty times a second whether to stop."""

    def __init__(
        self, on_progress: OnProgress | None, cancelled: Callable[[], bool] | None, hint_seconds: float = 0.5
    ) -> None:
        self._on_progress = on_progress
        self._hint_seconds = hint_seconds
        self._cancelled = cancelled
        self._next_hint = 0.0
        self._next_question = 0.0
        self.stopped = False
        """Whether it has been told to stop."""

    def report_progress(self, progress: Progress) -> None:
        """Pass a hint on, unless the last one is too young."""
        now = monotonic()
        if self._on_progress is not None and now >= self._next_hint:
            self._next_hint = now + self._hint_seconds
            self._on_progress(progress)

    def should_cancel(self) -> bool:
        """Whether solving is to stop; once true it stays true."""
        now = monotonic()
        if self._cancelled is not None and not self.stopped and now >= self._next_question:
            self._next_question = now + 0.05
            self.stopped = self._cancelled()
        return self.stopped


def validate_program(lp: LinearProgram) -> None:
    """Raise MalformedProgram if lengths do not fit, an entry is not a number, or a cost or coefficient is infinite."""
    m, n = lp.row_count, lp.column_count
    if lp.matrix.shape != (m, n) or len(lp.row_upper) != m or len(lp.column_lower) != n or len(lp.column_upper) != n:
        raise InvalidProgramError(
            f"lengths do not fit a matrix of {lp.matrix.shape[0]} rows and {lp.matrix.shape[1]} columns"
        )
    for what, array in (("costs", lp.cost), ("coefficients", lp.matrix.data)):
        if not np.isfinite(array).all():
            raise InvalidProgramError(f"{what} must be finite")
    for what, array in (
        ("column bounds", lp.column_lower),
        ("column bounds", lp.column_upper),
        ("row bounds", lp.row_lower),
        ("row bounds", lp.row_upper),
    ):
        if np.isnan(array).any():
            raise InvalidProgramError(f"{what} must be numbers")


def require_features(backend: Backend, start: Basis | None) -> None:
    """Raise UnsupportedRequest if a start is given to a backend that takes no basis."""
    if start is not None and Feature.BASIS not in backend.features:
        raise UnsupportedRequestError(f"{backend.name} cannot start from a basis")


def has_crossed_bounds(lp: LinearProgram) -> bool:
    """Whether some row or column has a lower bound above its upper bound, or a bound at the wrong infinity."""
    return any(
        bool(((lower > upper) | (lower == np.inf) | (upper == -np.inf)).any())
        for lower, upper in ((lp.column_lower, lp.column_upper), (lp.row_lower, lp.row_upper))
    )


def presolve_trivial(lp: LinearProgram, tolerance: float, solver: str) -> Solution | None:
    """Solve what needs no solver: crossed bounds, and programs without a nonzero coefficient; None for all others."""
    validate_program(lp)
    if has_crossed_bounds(lp):
        return Solution(
            Termination("infeasible", detail="a lower bound lies above its upper bound"), None, None, solver=solver
        )
    if lp.matrix.nnz > 0:
        return None
    if (lp.row_lower > tolerance).any() or (lp.row_upper < -tolerance).any():
        return Solution(
            Termination("infeasible", detail="a row without terms excludes zero"), None, None, solver=solver
        )
    lower, upper = lp.column_lower, lp.column_upper
    nearest_zero = np.clip(0.0, lower, upper)
    values = np.where(lp.cost > 0, lower, np.where(lp.cost < 0, upper, nearest_zero))
    if not np.isfinite(values).all():
        return Solution(
            Termination("unbounded", detail="a column without terms falls for ever"), None, None, solver=solver
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
    """Settle a claim of infeasible or unbounded by solving again, in the time that is left.

    Several solvers say one where the other is true, or cannot say which. So: without costs there must be a point, or it is
    infeasible; and among the directions in which one may go for ever one must get cheaper, or it is not unbounded.
    """
    solution = replace(solution, values=None, dual_values=None, basis=None)
    said = solution.termination
    for question in (replace(lp, cost=np.zeros(lp.column_count), offset=0.0), _build_ray_program(lp)):
        left = options.time_limit_seconds - solution.seconds
        if left <= 0:
            return replace(
                solution, termination=Termination("limit", "time", "no time left to tell infeasible from unbounded")
            )
        answer = solve_again(question, replace(options, time_limit_seconds=left))
        solution = replace(
            solution,
            iterations=solution.iterations + answer.iterations,
            seconds=solution.seconds + answer.seconds,
        )
        if answer.termination.reason != "optimal" or answer.values is None:
            stop = (
                Termination("numerical", detail=f"{said.detail}; undecided")
                if answer.termination.reason == "unbounded"
                else answer.termination
            )
            return replace(solution, termination=stop)
        falls = float(question.cost @ answer.values) < -1e-6
    return replace(
        solution,
        termination=Termination("unbounded", detail=said.detail)
        if falls
        else Termination("numerical", detail=said.detail),
    )


def _build_ray_program(lp: LinearProgram) -> LinearProgram:
    """The directions d, |d| ≤ 1, in which a feasible point may go for ever, with the costs scaled to at most 1."""
    size = float(np.abs(lp.cost).max(initial=0.0)) or 1.0

    def bound_direction(bound: FloatArray, otherwise: float) -> FloatArray:
        return np.where(np.isfinite(bound), 0.0, otherwise)

    return LinearProgram(
        lp.cost / size,
        bound_direction(lp.column_lower, -1.0),
        bound_direction(lp.column_upper, 1.0),
        bound_direction(lp.row_lower, -np.inf),
        bound_direction(lp.row_upper, np.inf),
        lp.matrix,
    )
