"""From a plan of single periods to the best plan: stretches of periods, each twice as long as those before, set free step by step.

Stock rests where the chain of periods left it (`solvers.algorithms.rolling_horizon`). A stretch is solved thrice from the basis at hand: with
no less stock than that (primal simplex: the plan at hand keeps all rules), then with no more where it still rests there (primal
again), then with all of it free (dual simplex: prices already fit). Each of the first two brings the plan so near to the best
one that little is left to mend; set free at once, the same stock is a detour of thousands of iterations.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from solvers.algorithms.period_decomposition import PeriodDecomposition, Subproblem
from solvers.algorithms.portfolio import Cancelled
from solvers.algorithms.rolling_horizon import CrashBasis
from solvers.backends.highs_session import HighsSession
from solvers.backends.trivial_cases import AT_LOWER, AT_UPPER, BASIC
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.lp.solution import Basis, BasisStatus, Solution

MERGE_THREADS = 2
"""Stretches solved at once."""


def compute_window_lengths(count: int) -> tuple[int, ...]:
    """How many periods the stretches of each level have: a quarter of all, twice that, all; no level cuts one of the level before."""
    quarter = -(-count // 4)
    return tuple(sorted({length for length in (quarter, 2 * quarter, count) if 1 < length <= count}))


def merge_windows(periods: PeriodDecomposition, crash_basis: CrashBasis, should_stop: Cancelled) -> Solution | None:
    """The optimum of the whole from a vertex, which is used up; None where a stretch was not solved to its optimum."""
    solution = None
    for length in compute_window_lengths(periods.period_count):
        stretches = [
            _Window.from_crash_basis(periods, crash_basis, first, min(first + length, periods.period_count) - 1)
            for first in range(0, periods.period_count, length)
        ]
        with ThreadPoolExecutor(MERGE_THREADS, thread_name_prefix="stretch") as pool:
            reached = list(pool.map(lambda stretch: stretch.solve_window(should_stop), stretches))
        for stretch, solution in zip(stretches, reached, strict=True):
            if solution is None:
                return None
            stretch.write_solution(crash_basis, solution)
    return solution if solution is None else replace(solution, iterations=crash_basis.iterations)


@dataclass(frozen=True, slots=True)
class _Window:
    """Some periods in a row, with the basis at hand. Shapes: n columns and m rows of the part."""

    subproblem: Subproblem
    """What is solved."""
    basis: Basis
    """Where it begins."""
    lower: FloatArray
    """Least value by column, (n,): its own, but for stock at the end of the stretch, which stays."""
    upper: FloatArray
    """Greatest value by column, (n,)."""
    inner_stock: FloatArray
    """Where stock rests, by column, (n,)."""
    fixed_stock: npt.NDArray[np.bool_]
    """Whether a column is stock to be set free, (n,)."""
    end_stock: npt.NDArray[np.bool_]
    """Whether a column is stock at the end of the stretch, (n,)."""

    @classmethod
    def from_crash_basis(
        cls, periods: PeriodDecomposition, crash_basis: CrashBasis, first: int, last: int
    ) -> "_Window":
        whole = first == 0 and last == periods.period_count - 1
        part = periods.build_whole_program() if whole else periods.build_subproblem(first, last, crash_basis.values)
        columns = part.columns
        ends = (
            periods.stock_columns[columns]
            & (periods.column_period[columns] == last)
            & (last < periods.period_count - 1)
        )
        kept, status = crash_basis.values[columns], crash_basis.columns[columns]
        lower, upper = part.lp.column_lower.copy(), part.lp.column_upper.copy()
        lower[ends] = upper[ends] = kept[ends]
        held = crash_basis.fixed_stock[columns] & ~ends & (status != BASIC)
        begins = np.where(held, np.int8(AT_LOWER), status)  # where it was fixed, it may have been at either bound
        return cls(part, Basis(begins, crash_basis.rows[part.rows]), lower, upper, kept, held, ends)

    def solve_window(self, should_stop: Cancelled) -> Solution | None:
        """The optimum of the stretch; None where a step did not reach its own."""
        floor = np.where(self.fixed_stock, self.inner_stock, self.lower)
        session = HighsSession(replace(self.subproblem.lp, column_lower=floor, column_upper=self.upper))
        session.set_basis(self.basis)
        no_less = session.solve_program("primal", should_cancel=should_stop)
        if no_less.termination.reason != "optimal" or no_less.basis is None:
            return None
        rests = self.fixed_stock & (no_less.basis.columns != BASIC)
        status = np.where(rests, np.int8(AT_UPPER), no_less.basis.columns)
        self._change_bounds(
            session, self.fixed_stock, np.where(rests, self.inner_stock, self.upper), Basis(status, no_less.basis.rows)
        )
        no_more = session.solve_program("primal", should_cancel=should_stop)
        if no_more.termination.reason != "optimal" or no_more.basis is None:
            return None
        status = _unfix_statuses(no_more.basis.columns, rests & (self.inner_stock < self.upper))
        self._change_bounds(session, rests, self.upper, Basis(status, no_more.basis.rows))
        free = session.solve_program("near", should_cancel=should_stop)
        if free.termination.reason != "optimal" or free.basis is None:
            return None
        return replace(free, iterations=no_less.iterations + no_more.iterations + free.iterations)

    def _change_bounds(
        self, session: HighsSession, which: npt.NDArray[np.bool_], upper: FloatArray, basis: Basis
    ) -> None:
        """Give columns their own lower and new upper bounds, and stand on a basis there."""
        columns: IntArray = np.flatnonzero(which)
        session.change_column_bounds(columns, self.lower[columns], upper[columns])
        session.set_basis(basis)

    def write_solution(self, crash_basis: CrashBasis, solution: Solution) -> None:
        """Write down in the vertex of the whole what was reached."""
        if solution.basis is None:
            raise ValueError("a stretch is settled by an optimum with its basis")
        crash_basis.columns[self.subproblem.columns], crash_basis.rows[self.subproblem.rows] = (
            solution.basis.columns,
            solution.basis.rows,
        )
        crash_basis.fixed_stock[self.subproblem.columns[~self.end_stock]] = False
        crash_basis.iterations += solution.iterations


def _unfix_statuses(status: BasisStatus, which: npt.NDArray[np.bool_]) -> BasisStatus:
    """Columns that rested at a bound which is no more go to their lower one."""
    return np.where(which & (status == AT_UPPER), np.int8(AT_LOWER), status)
