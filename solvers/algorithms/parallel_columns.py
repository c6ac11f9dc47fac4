"""Parallel variables: pieces of one shortage differ in cost and bounds only, so one variable can stand for all of them.

A relaxation lets the cheapest variable of each group take the whole range of its group, and fixes the others. Where no shortage
is deep, its optimum is the optimum of the program, and a year needs a third less time. Else the amounts are split over the group in
the order of their cost, which gives a feasible vertex of the program.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.lp.solution import AT_LOWER, AT_UPPER, BASIC, Basis

MAX_DEEP_SHARE = 0.01
"""Largest share of groups that may need more than their cheapest variable for the relaxation to be worthwhile."""


@dataclass(frozen=True, slots=True)
class ParallelColumns:
    """Groups of variables with the same single coefficient, a lower bound of 0 and a finite upper bound, by rising cost.

    Shapes: n variables of the program, k variables in groups of at least two.
    """

    columns: IntArray
    """Positions of the variables, group after group, (k,)."""
    first: IntArray
    """Position in `columns` of the cheapest variable of the group, by variable, (k,)."""

    @classmethod
    def from_program(cls, lp: LinearProgram) -> "ParallelColumns":
        """Find the groups of a program."""
        starts = lp.matrix.indptr
        is_single = (
            (np.diff(starts) == 1) & (lp.column_lower == 0) & (lp.column_upper > 0) & np.isfinite(lp.column_upper)
        )
        single = np.flatnonzero(is_single)
        row, coefficient = lp.matrix.indices[starts[single]], lp.matrix.data[starts[single]]
        order = np.lexsort((lp.cost[single], coefficient, row))
        row, coefficient = row[order], coefficient[order]
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = (row[1:] != row[:-1]) | (coefficient[1:] != coefficient[:-1])
        group = np.cumsum(is_first) - 1
        is_grouped = np.bincount(group)[group] > 1 if len(group) else is_first
        starts_of_groups = np.flatnonzero(is_first[is_grouped])
        sizes = np.diff(np.append(starts_of_groups, int(is_grouped.sum())))
        return cls(single[order][is_grouped].astype(np.int64), np.repeat(starts_of_groups, sizes))

    @property
    def is_first(self) -> npt.NDArray[np.bool_]:
        """Whether a variable is the cheapest of its group, (k,)."""
        return np.asarray(self.first == np.arange(len(self.columns)))

    def is_rarely_deep(self, values: FloatArray) -> bool:
        """Check that at most a small share of the groups uses more than its cheapest variable at these values, (n,)."""
        is_first = self.is_first
        deep = np.unique(self.first[~is_first & (values[self.columns] > 0)])
        return len(self.columns) > 0 and len(deep) <= MAX_DEEP_SHARE * int(is_first.sum())

    def relax_program(self, lp: LinearProgram) -> LinearProgram:
        """Return the program of the same shape in which the cheapest variable of each group takes the range of its group."""
        upper = lp.column_upper.copy()
        upper[self.columns] = 0.0
        is_first = self.is_first
        upper[self.columns[is_first]] = self._sum_by_group(lp.column_upper)[is_first]
        return replace(lp, column_upper=upper)

    def split_basis(self, lp: LinearProgram, values: FloatArray, basis: Basis) -> Basis | None:
        """Return the basis of the program at the values, (n,), of the relaxation; None if the values are within the program's bounds."""
        amount, upper = self._sum_by_group(values), lp.column_upper[self.columns]
        if not (amount > upper)[self.is_first].any():
            return None
        filled_before = np.cumsum(upper) - upper
        filled_before -= filled_before[self.first]
        is_full = amount > filled_before + upper
        is_last_used = ~is_full & ((amount > filled_before) | self.is_first)
        is_basic = is_last_used & (basis.columns[self.columns[self.first]] == BASIC)
        columns = basis.columns.copy()
        columns[self.columns] = np.where(is_basic, BASIC, np.where(is_full, AT_UPPER, AT_LOWER))
        return Basis(columns, basis.rows)

    def _sum_by_group(self, values: FloatArray) -> FloatArray:
        """Return the sum of the group of each variable, (k,), from values by variable, (n,)."""
        sums = np.bincount(self.first, weights=values[self.columns], minlength=len(self.columns))
        return np.asarray(sums[self.first])
