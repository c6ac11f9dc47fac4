"""Aggregated relaxation: merge all places into one, which gives a small program and a lower bound of the optimum.

Balance constraints that shipments connect are added up, so that the shipment variables cancel. Constraints on shipments alone
(links, handling) and due dates are dropped. Every feasible plan satisfies the aggregated constraints, and without its haulage costs it is not
more expensive. So the optimum of the relaxation is a lower bound of the optimum, in practice within a few percent.

The relaxation solves in under a second. Its bound serves stall detection, and its solution predicts the inventory at the end of
each period and the value of that inventory.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program
from solvers.lp.solution import Solution

DROPPED_CONSTRAINTS = ("link", "handling", "due", "served_least")
"""Constraints that the relaxation drops: on shipments alone; due dates, in which shipments have both signs; and least served amounts of
single counties."""

RELAXED_CONSTRAINTS = ("rate_change",)
"""Constraints that the relaxation drops, because they make it thirty times slower and hardly raise its bound."""


@dataclass(frozen=True, slots=True)
class AggregateSolution:
    """Optimum of the aggregated relaxation, by variable and constraint of the original program. Shapes: n columns, m rows."""

    values: FloatArray
    """Value of each variable, (n,); 0 for shipments."""
    dual_values: FloatArray
    """Dual value of each constraint, (m,): a balance has the value of its group, a dropped constraint has 0."""
    group: IntArray
    """By constraint, (m,): the group of balances that shipments connect; −1 for other constraints."""
    lower_bound: float
    """Objective of the relaxation: a lower bound of the optimum."""


@dataclass(frozen=True, slots=True)
class AggregatedModel:
    """The aggregated program and its mapping to the original program, which has n columns and m rows."""

    lp: LinearProgram
    """The aggregated program: groups of balances, then the kept constraints."""
    kept_columns: npt.NDArray[np.bool_]
    """Whether a variable of the original program is kept, (n,)."""
    kept_rows: npt.NDArray[np.bool_]
    """Whether a constraint of the original program is kept unchanged, (m,)."""
    group: IntArray
    """By constraint of the original program, (m,); see `AggregateSolution.group`."""

    def disaggregate_solution(self, solution: Solution) -> AggregateSolution | None:
        """Map an optimum of the aggregated program to the original program; None without an optimum."""
        if solution.termination.reason != "optimal" or solution.values is None or solution.dual_values is None:
            return None
        values, dual_values = np.zeros(len(self.kept_columns)), np.zeros(len(self.kept_rows))
        values[self.kept_columns] = solution.values
        dual_values[self.kept_rows] = solution.dual_values[self.lp.row_count - int(self.kept_rows.sum()) :]
        grouped = self.group >= 0
        dual_values[grouped] = solution.dual_values[self.group[grouped]]
        return AggregateSolution(
            values, dual_values, self.group, float(self.lp.cost @ solution.values) + self.lp.offset
        )


def aggregate_places(program: Program, *, drops_rate_changes: bool = False) -> AggregatedModel | None:
    """Build the aggregated relaxation; None without shipments, or if a shipment could relax a constraint or reduce the cost.

    Without changes of output, the relaxation of the crisis year takes 2 s instead of 20, and its bound falls by a thousandth.
    """
    lp = program.lp
    ship, balance = program.variables.get("ship"), program.constraints.get("balance")
    if ship is None or balance is None or not ship.size:
        return None
    rows = np.ones(lp.row_count, dtype=bool)
    rows[balance.block_slice] = False
    for name in (*DROPPED_CONSTRAINTS, *(("rate_change",) if drops_rate_changes else ())):
        if name in program.constraints:
            rows[program.constraints[name].block_slice] = False
    by_row = lp.matrix.tocsr()
    shipped, others = by_row[balance.block_slice][:, ship.block_slice], by_row[rows]
    groups, group = connected_components(shipped @ shipped.T, directed=False)
    total = sparse.csr_array((np.ones(balance.size), (group, np.arange(balance.size))), shape=(groups, balance.size))
    can_reduce_cost = (
        (lp.cost[ship.block_slice] < 0).any()
        or (lp.column_lower[ship.block_slice] < 0).any()
        or abs(total @ shipped).sum() > 0
    )
    if can_reduce_cost or not _is_pure_load(others[:, ship.block_slice], lp.row_lower[rows]):
        return None
    kept_columns = np.ones(lp.column_count, dtype=bool)
    kept_columns[ship.block_slice] = False
    matrix = sparse.vstack([total @ by_row[balance.block_slice], others])[:, kept_columns].tocsc()
    matrix.eliminate_zeros()
    aggregated = replace(
        lp,
        cost=lp.cost[kept_columns],
        column_lower=lp.column_lower[kept_columns],
        column_upper=lp.column_upper[kept_columns],
        row_lower=np.concatenate([total @ lp.row_lower[balance.block_slice], lp.row_lower[rows]]),
        row_upper=np.concatenate([total @ lp.row_upper[balance.block_slice], lp.row_upper[rows]]),
        matrix=sparse.csc_array(matrix),
    )
    by_group = np.full(lp.row_count, -1, dtype=np.int64)
    by_group[balance.block_slice] = group
    return AggregatedModel(aggregated, kept_columns, rows, by_group)


def _is_pure_load(coefficients: sparse.csr_array, lower: FloatArray) -> bool:
    """Check that shipments only consume capacity in these constraints, so that a plan satisfies them without shipments too."""
    touched = np.diff(coefficients.indptr) > 0
    return bool((coefficients.data >= 0).all() and np.isneginf(lower[touched]).all())
