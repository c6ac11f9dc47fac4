"""What every backend needs around its solver: refuse bad arrays, settle what needs no solver, tell infeasible from unbounded."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np
from scipy import sparse

from solvers.backends.base import Backend, Feature, SolveOptions
from solvers.errors import MalformedProgram, UnsupportedRequest
from solvers.program import LinearProgram
from solvers.solution import Basis, OnProgress, Progress, Solution, Stop

AT_LOWER, BASIC, AT_UPPER, FREE_AT_ZERO = 0, 1, 2, 3
"""Codes of a basis; see `solvers.solution.BasisStatus`."""


class ProgressGate:
    """Lets a hint through at most twice a second, and asks at most twenty times a second whether to stop."""

    def __init__(self, on_progress: OnProgress | None, cancelled: Callable[[], bool] | None) -> None:
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._next_hint = 0.0
        self._next_question = 0.0
        self._stop = False

    def tell(self, progress: Progress) -> None:
        """Pass a hint on, unless the last one is less than half a second old."""
        now = monotonic()
        if self._on_progress is not None and now >= self._next_hint:
            self._next_hint = now + 0.5
            self._on_progress(progress)

    def must_stop(self) -> bool:
        """Whether solving is to stop; once true it stays true."""
        now = monotonic()
        if self._cancelled is not None and not self._stop and now >= self._next_question:
            self._next_question = now + 0.05
            self._stop = self._cancelled()
        return self._stop


def check(lp: LinearProgram) -> None:
    """Raise MalformedProgram if lengths do not fit, an entry is not a number, or a cost or coefficient is infinite."""
    m, n = lp.rows, lp.columns
    if lp.matrix.shape != (m, n) or len(lp.row_upper) != m or len(lp.column_lower) != n or len(lp.column_upper) != n:
        raise MalformedProgram(
            f"lengths do not fit a matrix of {lp.matrix.shape[0]} rows and {lp.matrix.shape[1]} columns"
        )
    for what, array in (("costs", lp.cost), ("coefficients", lp.matrix.data)):
        if not np.isfinite(array).all():
            raise MalformedProgram(f"{what} must be finite")
    for what, array in (
        ("column bounds", lp.column_lower),
        ("column bounds", lp.column_upper),
        ("row bounds", lp.row_lower),
        ("row bounds", lp.row_upper),
    ):
        if np.isnan(array).any():
            raise MalformedProgram(f"{what} must be numbers")


def require(backend: Backend, start: Basis | None) -> None:
    """Raise UnsupportedRequest if a start is given to a backend that takes no basis."""
    if start is not None and Feature.BASIS not in backend.features:
        raise UnsupportedRequest(f"{backend.name} cannot start from a basis")


def bounds_cross(lp: LinearProgram) -> bool:
    """Whether some row or column has a lower bound above its upper bound, or a bound at the wrong infinity."""
    return any(
        bool(((lower > upper) | (lower == np.inf) | (upper == -np.inf)).any())
        for lower, upper in ((lp.column_lower, lp.column_upper), (lp.row_lower, lp.row_upper))
    )


def settle(lp: LinearProgram, tolerance: float, solver: str) -> Solution | None:
    """Solve what needs no solver: crossed bounds, and programs without a nonzero coefficient; None for all others."""
    check(lp)
    if bounds_cross(lp):
        return Solution(
            Stop("infeasible", detail="a lower bound lies above its upper bound"), None, None, solver=solver
        )
    if lp.matrix.nnz > 0:
        return None
    if (lp.row_lower > tolerance).any() or (lp.row_upper < -tolerance).any():
        return Solution(Stop("infeasible", detail="a row without terms excludes zero"), None, None, solver=solver)
    lower, upper = lp.column_lower, lp.column_upper
    nearest_zero = np.clip(0.0, lower, upper)
    values = np.where(lp.cost > 0, lower, np.where(lp.cost < 0, upper, nearest_zero))
    if not np.isfinite(values).all():
        return Solution(Stop("unbounded", detail="a column without terms falls for ever"), None, None, solver=solver)
    status = np.where(values == lower, AT_LOWER, np.where(values == upper, AT_UPPER, FREE_AT_ZERO)).astype(np.int8)
    basis = Basis(status, np.full(lp.rows, BASIC, dtype=np.int8))
    return Solution(Stop("optimal", detail="no coefficients"), values, np.zeros(lp.rows), basis, solver=solver)


def tell_apart(
    solution: Solution,
    lp: LinearProgram,
    options: SolveOptions,
    again: Callable[[LinearProgram, SolveOptions], Solution],
) -> Solution:
    """Check a claim of infeasible or unbounded by solving once more without costs, in the time that is left.

    Several solvers say one where the other is true, or cannot say which: what has a point is unbounded, what has none infeasible.
    """
    left = options.time_limit_seconds - solution.seconds
    if left <= 0:
        return replace(solution, stop=Stop("limit", "time", "no time left to tell infeasible from unbounded"))
    second = again(replace(lp, cost=np.zeros(lp.columns), offset=0.0), replace(options, time_limit_seconds=left))
    stop = second.stop
    if stop.reason == "optimal":
        stop = Stop("unbounded", detail=solution.stop.detail)
    elif stop.reason == "unbounded":
        stop = Stop("numerical", detail="called unbounded without costs")
    return replace(
        solution,
        stop=stop,
        values=None,
        row_price=None,
        basis=None,
        iterations=solution.iterations + second.iterations,
        seconds=solution.seconds + second.seconds,
    )


def empty_rows(count: int, columns: int) -> sparse.csr_array:
    """A matrix of `count` rows without terms."""
    return sparse.csr_array((count, columns), dtype=np.float64)
