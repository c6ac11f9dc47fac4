"""Period aggregation: add up the constraints of several periods, which gives a small program and a lower bound of the optimum.

Every plan that satisfies the constraints of single periods satisfies their sums (surrogate constraints), and costs the same. So the
optimum of the sums is at most the optimum of the program. Stock at the end of an inner period cancels, and variables that differ in
their period only become equal, so that one variable stands for all of them, with their bounds added up; this loses nothing.

Duals of the sums, given to each of their constraints, have the same reduced costs and the same dual objective in the program
itself. So the lower bound is proved in the arrays of the program by weak duality, without trust in the aggregation or the solver.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Block, FloatArray, IntArray, LinearProgram, Program
from solvers.lp.solution import Solution, Termination

DROPPED_CONSTRAINTS = ("rate_change", "due")
"""Constraints that are left out, unless all their periods stay single: changes of output from period to period, and due dates within
periods."""

CLOSING_CONSTRAINTS = ("store",)
"""Constraints on stock, of which only that of the last period of a group is kept, since stock of inner periods cancels elsewhere."""

CUMULATIVE_CONSTRAINTS = ("own_surplus", "budget")
"""Constraints that may add up all periods until their own; then the last one of a group stands for the group."""

DROPPED, FIXED = -1, -1
"""Marks of a constraint that is left out, and of a variable that is fixed at its lower bound."""


@dataclass(frozen=True, slots=True)
class CertifiedLowerBound:
    """Duals of the aggregated program in the program itself, with what they prove. The program has m rows."""

    dual_values: FloatArray
    """Dual value of each constraint, (m,)."""
    lower_bound: float
    """Lower bound of the optimum by weak duality, in the unit of the objective."""
    dual_residual: float
    """Largest reduced cost or dual value whose bound is infinite, relative; the bound is proved up to it."""


@dataclass(frozen=True, slots=True)
class PeriodAggregation:
    """How constraints and variables of a program are aggregated. The program has n columns and m rows, the aggregated one fewer.

    It depends on coefficients and costs only, so it serves every program with the same ones and other bounds.
    """

    row_group: IntArray
    """Row of the aggregated program by constraint, (m,); −1 for one that is left out."""
    column_class: IntArray
    """Column of the aggregated program by variable, (n,); −1 for one that is fixed at its lower bound."""
    cost: FloatArray
    """Cost of each column of the aggregated program."""
    matrix: sparse.csc_array
    """Coefficients of the aggregated program."""

    def aggregate_bounds(self, lp: LinearProgram) -> LinearProgram:
        """Return the aggregated program for the bounds of a program with the coefficients and costs that this was built from."""
        rows, columns = self.matrix.shape
        fixed = self.column_class == FIXED
        return LinearProgram(
            self.cost,
            _sum_by_group(self.column_class, lp.column_lower, columns),
            _sum_by_group(self.column_class, lp.column_upper, columns),
            _sum_by_group(self.row_group, lp.row_lower, rows),
            _sum_by_group(self.row_group, lp.row_upper, rows),
            self.matrix,
            lp.offset + float(lp.cost[fixed] @ lp.column_lower[fixed]),
        )

    def disaggregate_values(self, lp: LinearProgram, values: FloatArray) -> FloatArray:
        """Split values of the aggregated program over the variables, (n,), in proportion to the widths of their bounds.

        Equal parts go to variables without an upper bound, as soon as a class has one. All values are within their bounds,
        but the constraints hold for the groups of periods only.
        """
        members = np.flatnonzero(self.column_class != FIXED)
        of = self.column_class[members]
        split = lp.column_lower.copy()
        lower, width = lp.column_lower[members], (lp.column_upper - lp.column_lower)[members]
        unbounded = np.isinf(width)
        has_unbounded = np.bincount(of, weights=unbounded, minlength=len(values)) > 0
        weight = np.where(has_unbounded[of], unbounded.astype(np.float64), np.where(unbounded, 0.0, width))
        lower = np.where(np.isfinite(lower), lower, 0.0)
        total = np.bincount(of, weights=weight, minlength=len(values))
        above = values - np.bincount(of, weights=lower, minlength=len(values))
        share = np.divide(above, total, out=np.zeros(len(values)), where=total > 0)
        split[members] = lower + share[of] * weight
        return split

    def certify_lower_bound(self, lp: LinearProgram, dual_values: FloatArray) -> CertifiedLowerBound:
        """Carry duals of the aggregated program to the program, and compute the lower bound that they prove there."""
        kept = self.row_group != DROPPED
        carried = np.zeros(len(self.row_group))
        carried[kept] = dual_values[self.row_group[kept]]
        certificate = certify_solution(lp, Solution(Termination("optimal"), np.zeros(lp.column_count), carried))
        return CertifiedLowerBound(carried, certificate.dual_objective, certificate.dual_residual)


def build_period_groups(period_count: int, group_size: int) -> IntArray:
    """Return the group of each period, (T,), in runs of `group_size` periods; the last group may be shorter."""
    return np.arange(period_count, dtype=np.int64) // group_size


def aggregate_periods(program: Program, period_group: IntArray) -> PeriodAggregation:
    """Build the aggregation of a program over groups of periods, given the group of each period, (T,), not falling."""
    lp = program.lp
    row_group = group_rows(program, period_group)
    kept = np.flatnonzero(row_group != DROPPED)
    rows = int(row_group.max(initial=-1)) + 1
    total = sparse.csr_array((np.ones(len(kept)), (row_group[kept], kept)), shape=(rows, lp.row_count))
    summed = sparse.csc_array(total @ lp.matrix)
    summed.eliminate_zeros()
    summed.sort_indices()
    column_class, first = _find_equal_columns(summed, lp)
    return PeriodAggregation(row_group, column_class, lp.cost[first], sparse.csc_array(summed[:, first]))


def group_rows(program: Program, period_group: IntArray) -> IntArray:
    """Return the row of the aggregated program by constraint, (m,); −1 for one that is left out."""
    groups = np.full(program.lp.row_count, DROPPED, dtype=np.int64)
    first, last = find_period_spans(program)
    count = 0
    for name, block in program.constraints.items():
        rows = block.block_slice
        if name in DROPPED_CONSTRAINTS:
            kept = block.positions[_lie_in_single_periods(period_group, first[rows], last[rows])]
            groups[kept] = count + np.arange(len(kept))
            count += len(kept)
            continue
        if not block.size:
            continue
        time = _find_group_of_rows(block, period_group, first[rows], last[rows])
        keys = np.column_stack(
            [time, *(codes for axis, codes in block.axes.items() if axis not in ("period", "window"))]
        )
        _, group = np.unique(keys, axis=0, return_inverse=True)
        group = group.reshape(-1)
        groups[rows] = count + group
        is_superseded = _find_superseded_rows(name, block, group, first[rows])
        groups[rows][is_superseded] = DROPPED
        count += int(group.max()) + 1
    return groups


def _lie_in_single_periods(period_group: IntArray, first: IntArray, last: IntArray) -> npt.NDArray[np.bool_]:
    """Return which spans of periods, (k,), are of periods that are groups of their own only; a row without a period is none."""
    joined = np.concatenate([[0], np.cumsum(np.bincount(period_group)[period_group] > 1)])
    return np.asarray((last >= 0) & (joined[last + 1] == joined[np.maximum(first, 0)]))


def _find_group_of_rows(block: Block, period_group: IntArray, first: IntArray, last: IntArray) -> IntArray:
    """Return the group of periods of each row, (block.size,): numbers below 0 for rows that stay single.

    A row of a settlement window belongs to the group that contains all its variables. Rows of the whole plan stay single.
    """
    single = -1 - np.arange(block.size, dtype=np.int64)
    if "period" in block.axes:
        return period_group[block.axes["period"]]
    if "window" not in block.axes:
        return single
    has_variables = last >= 0
    start, end = period_group[np.where(has_variables, first, 0)], period_group[np.where(has_variables, last, 0)]
    return np.where(has_variables & (start == end), start, single)


def _find_superseded_rows(name: str, block: Block, group: IntArray, first: IntArray) -> npt.NDArray[np.bool_]:
    """Return which rows of a block are left out because that of the last period of their group stands for them."""
    if name not in (*CLOSING_CONSTRAINTS, *CUMULATIVE_CONSTRAINTS) or "period" not in block.axes:
        return np.zeros(block.size, dtype=bool)
    period = block.axes["period"]
    latest = np.zeros(int(group.max()) + 1, dtype=np.int64)
    np.maximum.at(latest, group, period)
    is_before = period < latest[group]
    if name in CLOSING_CONSTRAINTS:
        return is_before
    reaches_back = np.zeros(len(latest), dtype=bool)
    np.logical_or.at(reaches_back, group, (first < period) & (first >= 0))
    return is_before & reaches_back[group]


def find_period_spans(program: Program) -> tuple[IntArray, IntArray]:
    """Return the first and last period of the variables of each constraint, (m,) each; −1 without variables of a period."""
    period = np.full(program.lp.column_count, -1, dtype=np.int64)
    for block in program.variables.values():
        if "period" in block.axes:
            period[block.block_slice] = block.axes["period"]
    by_row = program.lp.matrix.tocoo()
    of_entry = period[by_row.col]
    stated = of_entry >= 0
    first = np.full(program.lp.row_count, np.iinfo(np.int64).max)
    last = np.full(program.lp.row_count, -1, dtype=np.int64)
    np.minimum.at(first, by_row.row[stated], of_entry[stated])
    np.maximum.at(last, by_row.row[stated], of_entry[stated])
    return np.where(last >= 0, first, -1), last


def _find_equal_columns(summed: sparse.csc_array, lp: LinearProgram) -> tuple[IntArray, IntArray]:
    """Return the class of each column, (n,), and a column of each class: equal columns have equal coefficients and cost.

    Columns without coefficients and with a cost of at least 0 are best at their lower bound, and are fixed there if it is finite.
    """
    sizes = np.diff(summed.indptr)
    fixed = (sizes == 0) & (lp.cost >= 0) & np.isfinite(lp.column_lower)
    free = np.flatnonzero(~fixed)
    # equal columns have equal weighted sums; columns with equal sums are compared below, so chance changes no result
    weights = np.random.default_rng(0).standard_normal((summed.shape[0], 2))
    keys = np.column_stack([sizes, lp.cost, summed.T @ weights])[free]
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    is_equal = _have_equal_entries(summed, free, free[first][inverse])
    alone = np.flatnonzero(~is_equal)
    column_class = np.full(lp.column_count, FIXED, dtype=np.int64)
    column_class[free] = inverse
    column_class[free[alone]] = len(first) + np.arange(len(alone))
    return column_class, np.concatenate([free[first], free[alone]])


def _have_equal_entries(matrix: sparse.csc_array, columns: IntArray, others: IntArray) -> npt.NDArray[np.bool_]:
    """Return whether columns have the same entries as other columns of the same number of entries, (k,)."""
    sizes = np.diff(matrix.indptr)[columns]
    offset = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    here = np.repeat(matrix.indptr[columns], sizes) + offset
    there = np.repeat(matrix.indptr[others], sizes) + offset
    differs = (matrix.indices[here] != matrix.indices[there]) | (matrix.data[here] != matrix.data[there])
    count = np.bincount(np.repeat(np.arange(len(columns)), sizes), weights=differs, minlength=len(columns))
    return np.asarray(count == 0)


def _sum_by_group(group: IntArray, amounts: FloatArray, count: int) -> FloatArray:
    """Return the sum of the amounts of each group, (count,); amounts of group −1 count nowhere. An infinite amount makes the sum infinite."""
    counted = group >= 0
    return np.bincount(group[counted], weights=amounts[counted], minlength=count).astype(np.float64)
