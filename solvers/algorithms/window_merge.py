"""Window merging with warm starts: from the solution of single periods to the optimum of the whole program.

A window is a sequence of periods. The first windows have a quarter of all periods, the next windows have twice as many, and the
last window is the whole program. Stock within a window is fixed at the values of the forward pass
(`solvers.algorithms.rolling_horizon`) and freed in three steps, each with a warm start from the current basis:

1. Stock may increase: primal simplex, because the current point is feasible.
2. Stock that did not increase may decrease to its lower bound, but not increase: primal simplex.
3. All stock is free: dual simplex, because the basis is almost dual feasible.

The first two steps approach the optimum closely. Freeing all stock in one step takes thousands of additional iterations.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from solvers.algorithms.portfolio import CancelCheck
from solvers.algorithms.rolling_horizon import CrashBasis, PeriodDecomposition, Subproblem
from solvers.backends.highs_session import HighsSession
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.lp.solution import AT_LOWER, AT_UPPER, BASIC, Basis, BasisStatus, Solution

MERGE_THREADS = 2
"""Number of windows solved concurrently."""


def compute_window_lengths(period_count: int) -> tuple[int, ...]:
    """Return the number of periods per window, by level: a quarter, a half, all. Each window contains whole windows of the last level."""
    quarter = -(-period_count // 4)
    return tuple(sorted({length for length in (quarter, 2 * quarter, period_count) if 1 < length <= period_count}))


def merge_windows(
    periods: PeriodDecomposition, crash_basis: CrashBasis, should_stop: CancelCheck, max_iterations: int | None = None
) -> Solution | None:
    """Solve the whole program from a crash basis, which changes in place; None if a step of a window has no optimum, or takes more
    than `max_iterations`."""
    solution: Solution | None = None
    iterations = 0
    for length in compute_window_lengths(periods.period_count):
        windows = [
            _Window.from_crash_basis(periods, crash_basis, first, min(first + length, periods.period_count) - 1)
            for first in range(0, periods.period_count, length)
        ]
        with ThreadPoolExecutor(MERGE_THREADS, thread_name_prefix="window") as pool:
            solutions = list(pool.map(lambda window: window.solve_window(should_stop, max_iterations), windows))
        for window, solution in zip(windows, solutions, strict=True):
            if solution is None:
                return None
            window.write_solution(periods, crash_basis, solution)
            iterations += solution.iterations
    return None if solution is None else replace(solution, iterations=iterations)


@dataclass(frozen=True, slots=True)
class _Window:
    """Consecutive periods with their current basis. Shapes: n variables and m constraints of the subproblem."""

    subproblem: Subproblem
    """The program of the periods."""
    basis: Basis
    """Basis for the first step."""
    lower: FloatArray
    """Lower bound of each variable, (n,); stock at the end of the window is fixed."""
    upper: FloatArray
    """Upper bound of each variable, (n,); stock at the end of the window is fixed."""
    stock_values: FloatArray
    """Values at which stock is fixed, by variable, (n,)."""
    fixed_stock: npt.NDArray[np.bool_]
    """Whether a variable is stock that this window frees, (n,)."""
    end_stock: npt.NDArray[np.bool_]
    """Whether a variable is stock at the end of the window, (n,)."""

    @classmethod
    def from_crash_basis(
        cls, periods: PeriodDecomposition, crash_basis: CrashBasis, first_period: int, last_period: int
    ) -> "_Window":
        is_whole = first_period == 0 and last_period == periods.period_count - 1
        subproblem = (
            periods.build_whole_program()
            if is_whole
            else periods.build_subproblem(first_period, last_period, crash_basis.values)
        )
        columns = subproblem.columns
        crash_basis.enter_rate_changes(periods, subproblem)
        is_end_stock = (
            periods.stock_columns[columns]
            & (periods.column_period[columns] == last_period)
            & (last_period < periods.period_count - 1)
        )
        values, status = crash_basis.values[columns], crash_basis.columns[columns]
        lower, upper = subproblem.lp.column_lower.copy(), subproblem.lp.column_upper.copy()
        lower[is_end_stock] = upper[is_end_stock] = values[is_end_stock]
        is_fixed = crash_basis.fixed_stock[columns] & ~is_end_stock & (status != BASIC)
        start = np.where(is_fixed, np.int8(AT_LOWER), status)  # a fixed variable may be nonbasic at either bound
        return cls(
            subproblem, Basis(start, crash_basis.rows[subproblem.rows]), lower, upper, values, is_fixed, is_end_stock
        )

    def solve_window(self, should_stop: CancelCheck, max_iterations: int | None) -> Solution | None:
        """Solve the window in three steps; None if a step has no optimum."""
        lower = np.where(self.fixed_stock, self.stock_values, self.lower)
        session = HighsSession(replace(self.subproblem.lp, column_lower=lower, column_upper=self.upper))
        session.set_basis(self.basis)
        increased = session.solve_program("primal", should_cancel=should_stop, max_iterations=max_iterations)
        if increased.termination.reason != "optimal" or increased.basis is None:
            return None
        still_fixed = self.fixed_stock & (increased.basis.columns != BASIC)
        status = np.where(still_fixed, np.int8(AT_UPPER), increased.basis.columns)
        self._change_bounds(
            session,
            self.fixed_stock,
            np.where(still_fixed, self.stock_values, self.upper),
            Basis(status, increased.basis.rows),
        )
        decreased = session.solve_program("primal", should_cancel=should_stop, max_iterations=max_iterations)
        if decreased.termination.reason != "optimal" or decreased.basis is None:
            return None
        status = _unfix_statuses(decreased.basis.columns, still_fixed & (self.stock_values < self.upper))
        self._change_bounds(session, still_fixed, self.upper, Basis(status, decreased.basis.rows))
        solution = session.solve_program("dual-devex", should_cancel=should_stop, max_iterations=max_iterations)
        if solution.termination.reason != "optimal" or solution.basis is None:
            return None
        return replace(solution, iterations=increased.iterations + decreased.iterations + solution.iterations)

    def _change_bounds(
        self, session: HighsSession, mask: npt.NDArray[np.bool_], upper: FloatArray, basis: Basis
    ) -> None:
        """Set the lower bounds of the window and new upper bounds for some variables, and set the basis."""
        columns: IntArray = np.flatnonzero(mask)
        session.change_column_bounds(columns, self.lower[columns], upper[columns])
        session.set_basis(basis)

    def write_solution(self, periods: PeriodDecomposition, crash_basis: CrashBasis, solution: Solution) -> None:
        """Copy the basis and the output of the window into the crash basis, and mark its stock as free."""
        if solution.basis is None:
            raise ValueError("the solution of a window must have a basis")
        crash_basis.columns[self.subproblem.columns], crash_basis.rows[self.subproblem.rows] = (
            solution.basis.columns,
            solution.basis.rows,
        )
        crash_basis.write_output(periods, self.subproblem, solution)
        crash_basis.fixed_stock[self.subproblem.columns[~self.end_stock]] = False


def _unfix_statuses(status: BasisStatus, mask: npt.NDArray[np.bool_]) -> BasisStatus:
    """Move variables at a removed upper bound to their lower bound."""
    return np.where(mask & (status == AT_UPPER), np.int8(AT_LOWER), status)
