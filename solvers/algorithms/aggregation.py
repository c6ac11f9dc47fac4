"""The province as if all places were one: a small program whose optimum no plan can go below, solved in under a second.

Balances that shipments tie together are summed, so that shipments cancel; what shipments alone obey (links, handling) is left out.
Every plan keeps the summed rules, and costs no less than it does without its haulage. So the optimum is a lower bound of the
whole, in practice within some hundredths of it: a yardstick by which to see how far a solver has come, and a foretelling of what
is stored from period to period and what that is worth.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program
from solvers.lp.solution import Solution

MOVING = ("link", "handling")
"""Rules that speak of shipments alone."""


@dataclass(frozen=True, slots=True)
class AggregateSolution:
    """The best plan of the joined places, by the rows and columns of the whole. Shapes: n columns, m rows."""

    values: FloatArray
    """Value by column, (n,); 0 for shipments."""
    dual_values: FloatArray
    """Price by row, (m,): a balance has that of its group, rows about shipments alone have none."""
    group: IntArray
    """By row, (m,): the number of the group of balances that shipments tie together; −1 for other rows."""
    lower_bound: float
    """Its objective: no plan costs less."""


@dataclass(frozen=True, slots=True)
class AggregatedModel:
    """The program with places joined, and where its rows and columns come from. Shapes: n columns and m rows of the whole."""

    lp: LinearProgram
    """Groups of balances first, then the rows that stay."""
    kept_columns: npt.NDArray[np.bool_]
    """Whether a column of the whole stays, (n,)."""
    rows: npt.NDArray[np.bool_]
    """Whether a row of the whole stays as it is, (m,)."""
    group: IntArray
    """By row of the whole, (m,); see `Foretold.group`."""

    def predict_solution(self, solution: Solution) -> AggregateSolution | None:
        """What its optimum says of the whole; None where there is no optimum."""
        if solution.termination.reason != "optimal" or solution.values is None or solution.dual_values is None:
            return None
        values, prices = np.zeros(len(self.kept_columns)), np.zeros(len(self.rows))
        values[self.kept_columns] = solution.values
        prices[self.rows] = solution.dual_values[self.lp.row_count - int(self.rows.sum()) :]
        grouped = self.group >= 0
        prices[grouped] = solution.dual_values[self.group[grouped]]
        return AggregateSolution(values, prices, self.group, float(self.lp.cost @ solution.values) + self.lp.offset)


def aggregate_places(program: Program) -> AggregatedModel | None:
    """The program with places joined; None where there is nothing to join, or where shipping could loosen a rule or pay."""
    lp = program.lp
    ship, balance = program.variables.get("ship"), program.constraints.get("balance")
    if ship is None or balance is None or not ship.size:
        return None
    rows = np.ones(lp.row_count, dtype=bool)
    rows[balance.block_slice] = False
    for name in MOVING:
        if name in program.constraints:
            rows[program.constraints[name].block_slice] = False
    by_row = lp.matrix.tocsr()
    moved, rest = by_row[balance.block_slice][:, ship.block_slice], by_row[rows]
    groups, group = connected_components(moved @ moved.T, directed=False)
    total = sparse.csr_array((np.ones(balance.size), (group, np.arange(balance.size))), shape=(groups, balance.size))
    pays = (
        (lp.cost[ship.block_slice] < 0).any()
        or (lp.column_lower[ship.block_slice] < 0).any()
        or abs(total @ moved).sum() > 0
    )
    if pays or not _is_pure_load(rest[:, ship.block_slice], lp.row_lower[rows]):
        return None
    stays = np.ones(lp.column_count, dtype=bool)
    stays[ship.block_slice] = False
    matrix = sparse.vstack([total @ by_row[balance.block_slice], rest])[:, stays].tocsc()
    matrix.eliminate_zeros()
    smaller = replace(
        lp,
        cost=lp.cost[stays],
        column_lower=lp.column_lower[stays],
        column_upper=lp.column_upper[stays],
        row_lower=np.concatenate([total @ lp.row_lower[balance.block_slice], lp.row_lower[rows]]),
        row_upper=np.concatenate([total @ lp.row_upper[balance.block_slice], lp.row_upper[rows]]),
        matrix=sparse.csc_array(matrix),
    )
    by_group = np.full(lp.row_count, -1, dtype=np.int64)
    by_group[balance.block_slice] = group
    return AggregatedModel(smaller, stays, rows, by_group)


def _is_pure_load(terms: sparse.csr_array, lower: FloatArray) -> bool:
    """Whether shipping, not negative, only ever uses up what these rows allow: then a plan keeps them without it too."""
    touched = np.diff(terms.indptr) > 0
    return bool((terms.data >= 0).all() and np.isneginf(lower[touched]).all())
