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

from solvers.algorithms.period_decomposition import Part, Periods
from solvers.algorithms.portfolio import Cancelled
from solvers.algorithms.rolling_horizon import Vertex
from solvers.backends.highs_session import HighsSession
from solvers.backends.trivial_cases import AT_LOWER, AT_UPPER, BASIC
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.lp.solution import Basis, BasisStatus, Solution

THREADS = 2
"""Stretches solved at once."""


def lengths(count: int) -> tuple[int, ...]:
    """How many periods the stretches of each level have: a quarter of all, twice that, all; no level cuts one of the level before."""
    quarter = -(-count // 4)
    return tuple(sorted({length for length in (quarter, 2 * quarter, count) if 1 < length <= count}))


def merged(periods: Periods, vertex: Vertex, stops: Cancelled) -> Solution | None:
    """The optimum of the whole from a vertex, which is used up; None where a stretch was not solved to its optimum."""
    solution = None
    for length in lengths(periods.count):
        stretches = [
            _Stretch.of(periods, vertex, first, min(first + length, periods.count) - 1)
            for first in range(0, periods.count, length)
        ]
        with ThreadPoolExecutor(THREADS, thread_name_prefix="stretch") as pool:
            reached = list(pool.map(lambda stretch: stretch.solve(stops), stretches))
        for stretch, solution in zip(stretches, reached, strict=True):
            if solution is None:
                return None
            stretch.settle(vertex, solution)
    return solution if solution is None else replace(solution, iterations=vertex.iterations)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Some periods in a row, with the basis at hand. Shapes: n columns and m rows of the part."""

    part: Part
    """What is solved."""
    basis: Basis
    """Where it begins."""
    lower: FloatArray
    """Least value by column, (n,): its own, but for stock at the end of the stretch, which stays."""
    upper: FloatArray
    """Greatest value by column, (n,)."""
    kept: FloatArray
    """Where stock rests, by column, (n,)."""
    held: npt.NDArray[np.bool_]
    """Whether a column is stock to be set free, (n,)."""
    ends: npt.NDArray[np.bool_]
    """Whether a column is stock at the end of the stretch, (n,)."""

    @classmethod
    def of(cls, periods: Periods, vertex: Vertex, first: int, last: int) -> "_Stretch":
        whole = first == 0 and last == periods.count - 1
        part = periods.whole() if whole else periods.part(first, last, vertex.values)
        columns = part.columns
        ends = periods.stock[columns] & (periods.column[columns] == last) & (last < periods.count - 1)
        kept, status = vertex.values[columns], vertex.columns[columns]
        lower, upper = part.lp.column_lower.copy(), part.lp.column_upper.copy()
        lower[ends] = upper[ends] = kept[ends]
        held = vertex.held[columns] & ~ends & (status != BASIC)
        begins = np.where(held, np.int8(AT_LOWER), status)  # where it was fixed, it may have been at either bound
        return cls(part, Basis(begins, vertex.rows[part.rows]), lower, upper, kept, held, ends)

    def solve(self, stops: Cancelled) -> Solution | None:
        """The optimum of the stretch; None where a step did not reach its own."""
        floor = np.where(self.held, self.kept, self.lower)
        session = HighsSession(replace(self.part.lp, column_lower=floor, column_upper=self.upper))
        session.set_basis(self.basis)
        no_less = session.run("primal", cancelled=stops)
        if no_less.stop.reason != "optimal" or no_less.basis is None:
            return None
        rests = self.held & (no_less.basis.columns != BASIC)
        status = np.where(rests, np.int8(AT_UPPER), no_less.basis.columns)
        self._move(session, self.held, np.where(rests, self.kept, self.upper), Basis(status, no_less.basis.rows))
        no_more = session.run("primal", cancelled=stops)
        if no_more.stop.reason != "optimal" or no_more.basis is None:
            return None
        status = _released(no_more.basis.columns, rests & (self.kept < self.upper))
        self._move(session, rests, self.upper, Basis(status, no_more.basis.rows))
        free = session.run("near", cancelled=stops)
        if free.stop.reason != "optimal" or free.basis is None:
            return None
        return replace(free, iterations=no_less.iterations + no_more.iterations + free.iterations)

    def _move(self, session: HighsSession, which: npt.NDArray[np.bool_], upper: FloatArray, basis: Basis) -> None:
        """Give columns their own lower and new upper bounds, and stand on a basis there."""
        columns: IntArray = np.flatnonzero(which)
        session.change_column_bounds(columns, self.lower[columns], upper[columns])
        session.set_basis(basis)

    def settle(self, vertex: Vertex, solution: Solution) -> None:
        """Write down in the vertex of the whole what was reached."""
        if solution.basis is None:
            raise ValueError("a stretch is settled by an optimum with its basis")
        vertex.columns[self.part.columns], vertex.rows[self.part.rows] = solution.basis.columns, solution.basis.rows
        vertex.held[self.part.columns[~self.ends]] = False
        vertex.iterations += solution.iterations


def _released(status: BasisStatus, which: npt.NDArray[np.bool_]) -> BasisStatus:
    """Columns that rested at a bound which is no more go to their lower one."""
    return np.where(which & (status == AT_UPPER), np.int8(AT_LOWER), status)
