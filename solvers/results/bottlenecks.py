"""Bottlenecks: the binding limits that cause a shortage.

Every balance constraint (place, item, period) has sources: variables that supply the item there (production, shipments, stock of
the period before, central deliveries, swaps). Its marginal sources have the smallest reduced cost per unit supplied. The reduced
cost is 0 for a source in use, and above 0 if even the cheapest source costs more than the shortage.

The bottlenecks of a balance constraint are

- the binding limits of its marginal sources: constraints with a dual value whose use grows with the source, and the bound of the
  source;
- the bottlenecks of every balance constraint from which its marginal sources draw (materials, the origin of a shipment, the
  period before). An item with zero shadow price is not a bottleneck.

A requirement is supplied by what is handed out beyond own needs, which draws from the balance of its item.

A need with a due date has a second constraint, `due`: a source then supplies the two in proportion to their prices, and a
binding due date is itself a bottleneck of its balance.

The bottlenecks of a shortage are sorted by shadow price, and at most MAX_BOTTLENECKS are reported. Shadow prices are those of
the linear program before rounding to whole units.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
from scipy import sparse

from models.tables import BottleneckRow
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.balance_rows import CELL_AXES, BalanceRows, find_rows_of_greatest_amounts
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program
from solvers.results.arrow_tables import build_compact_label_column, build_label_column, build_table
from solvers.results.flows import Flows
from solvers.results.limits import RULE_NAMES, Limits
from solvers.results.serving import ServingTerms

SUPPLY_VARIABLES = ("make", "ship", "stock", "central", "take", "extra")
"""Variables that can supply an item at a place, or a requirement."""

MAX_BOTTLENECKS_PER_SHORTAGE = 10
"""Maximum number of bottlenecks of one shortage."""

REDUCED_COST_TOLERANCE = 1e-7
"""Relative tolerance for equal reduced costs, relative to 1 + the dual value of the balance."""


def build_bottleneck_table(
    arrays: ProblemArrays, program: Program, dual_values: FloatArray, flows: Flows, limits: Limits
) -> pa.Table:
    """Build the bottleneck table (BottleneckRow): shortages in the order of the supply table, largest shadow price first.

    Shortages that only whole units cause have no bottleneck.
    """
    place, item, period = BalanceRows.from_program(program).cells
    shortage, rounding = (amount[place, item, period] for amount in (flows.shortage, flows.rounding))
    short = np.flatnonzero(shortage - rounding > 0)
    binding = np.flatnonzero(limits.shadow_price > 0)
    bottlenecks = find_bottlenecks(program, dual_values, limits.position[binding])[short]
    rows, found = bottlenecks.nonzero()
    shadow_price = limits.shadow_price[binding][found]
    order = np.lexsort((-shadow_price, rows))
    rows, found = rows[order], found[order]
    is_reported = np.arange(len(rows)) - np.searchsorted(rows, rows) < MAX_BOTTLENECKS_PER_SHORTAGE
    row, limit = short[rows[is_reported]], binding[found[is_reported]]
    labels, names = arrays.labels, limits.labels
    return build_table(
        BottleneckRow,
        {
            "county": build_label_column(place[row], labels["place"]),
            "item": build_label_column(item[row], labels["item"]),
            "period": build_label_column(period[row], labels["period"]),
            "shortage": shortage[row],
            "rule": build_compact_label_column(limits.rule[limit], RULE_NAMES),
            "id": build_compact_label_column(limits.id[limit], names),
            "part": build_compact_label_column(limits.part[limit], names),
            "limit_period": build_compact_label_column(limits.period[limit], names),
            "gain": limits.shadow_price[limit],
            "unit": build_compact_label_column(limits.unit[limit], names),
        },
    )


def find_bottlenecks(program: Program, dual_values: FloatArray, binding: IntArray) -> sparse.csr_array:
    """Return the bottlenecks of each balance or requirement constraint as a pattern, (b, q), for binding limits with positions (q,)."""
    lp, binding = program.lp, find_rows_of_greatest_amounts(program, binding)
    columns = np.concatenate([program.variables[name].positions for name in SUPPLY_VARIABLES])
    reduced = (lp.cost - lp.matrix.T @ dual_values)[columns]
    used = sparse.csc_array(lp.matrix[:, columns])
    prices = SupplyPrices.from_dual_values(program, used, dual_values)
    sources = find_marginal_sources(prices.balances, reduced, prices.price)
    onward = _to_pattern(sources @ _find_drawn_balances(prices.balances, prices.price))
    is_other = ~np.isin(binding, prices.due_rows)  # a due date counts through its balance
    used_limits = _find_used_limits(program, used, columns, dual_values, binding) @ sparse.diags_array(is_other * 1.0)
    bottlenecks = _to_pattern(sparse.csr_array(sources @ used_limits + prices.find_own_due_dates(binding)))
    serving = ServingTerms.from_dual_values(program, dual_values, binding).limit_use
    while True:
        extended = _to_pattern(bottlenecks + onward @ bottlenecks)
        if extended.nnz == bottlenecks.nnz:
            return _to_pattern(bottlenecks + serving.multiply(serving > 0))
        bottlenecks = extended


@dataclass(frozen=True, slots=True)
class SupplyPrices:
    """Balance and requirement constraints with the due dates of their needs, as one constraint each; b balances, c columns.

    With the dual values y of the balance and μ of its due date, a unit is worth y + μ, and a source with the coefficients
    a and r supplies (y·a + μ·r) / (y + μ) units of it.

    What people take may meet several requirements at once. A source then supplies each of them in proportion to its price, as if it
    had the coefficient (Σ_r y_r·a_r) / y_r, so that the parts of its cost add up.
    """

    balances: sparse.csr_array
    """Coefficients of variables in balance constraints, (b, c)."""
    price: FloatArray
    """Won per unit, (b,)."""
    residual: FloatArray
    """Won per unit of a variable that the prices of combined constraints count beyond `balances`, (c,): where the balance has
    a negative price, coefficients would change their sign and are left out."""
    due_rows: IntArray
    """Rows of the program with a due date that is part of a balance, (d,)."""
    due_balances: IntArray
    """Position of the balance of each of these rows, (d,)."""

    @classmethod
    def from_dual_values(cls, program: Program, columns_used: sparse.csc_array, dual_values: FloatArray) -> Self:
        """Combine the rows of some columns, (m, c), by dual values, (m,)."""
        rows, due = BalanceRows.from_program(program), program.constraints["due"]
        balances, price = (
            sparse.csr_array(sparse.csr_array(columns_used)[rows.positions]),
            dual_values[rows.positions].copy(),
        )
        balances = _share_joint_supply(balances, price, program.constraints["balance"].size)
        due_price, row = dual_values[due.block_slice], _find_balances_of(program, rows, due)
        is_priced = (row >= 0) & (due_price > REDUCED_COST_TOLERANCE)
        is_priced &= price[row] + due_price > REDUCED_COST_TOLERANCE
        row, added, due_rows = row[is_priced], due_price[is_priced], due.positions[is_priced]
        weight = np.ones(len(price))
        weight[row] = price[row] / (price[row] + added)
        price[row] += added
        due_weight = sparse.csr_array((added / price[row], (row, np.arange(len(row)))), shape=(len(price), len(row)))
        combined = sparse.diags_array(weight) @ balances + due_weight @ sparse.csr_array(columns_used)[due_rows]
        combined = sparse.csr_array(combined)
        kept = sparse.csr_array(combined.multiply(combined.multiply(balances.sign()) > 0))
        return cls(kept, price, np.asarray((combined - kept).T @ price), due_rows, row)

    def find_own_due_dates(self, binding: IntArray) -> sparse.csr_array:
        """Return 1 where a binding limit, (q,), is the due date of a balance, (b, q)."""
        order = np.argsort(self.due_rows)
        here = np.flatnonzero(np.isin(binding, self.due_rows))
        balance = self.due_balances[order][np.searchsorted(self.due_rows[order], binding[here])]
        return sparse.csr_array((np.ones(len(here)), (balance, here)), shape=(len(self.price), len(binding)))


def _find_balances_of(program: Program, rows: BalanceRows, block: Block) -> IntArray:
    """Return the position of the balance of each row of a block by place, item and period; −1 without one."""
    position = np.full(tuple(len(program.labels[axis]) for axis in CELL_AXES), -1, dtype=np.int64)
    position[rows.cells] = np.arange(len(rows.positions))
    return position[tuple(block.axes[axis] for axis in CELL_AXES)]


def _share_joint_supply(balances: sparse.csr_array, price: FloatArray, balance_count: int) -> sparse.csr_array:
    """Return balances in which a source of several requirements supplies each in proportion to its price, (b, c)."""
    if balance_count == len(price):
        return balances
    entries = balances.tocoo()
    row, column = entries.coords
    is_joint = (row >= balance_count) & (entries.data > 0) & (price[row] > REDUCED_COST_TOLERANCE)
    worth = np.bincount(column[is_joint], (entries.data * price[row])[is_joint], minlength=balances.shape[1])
    data = entries.data.copy()
    data[is_joint] = worth[column[is_joint]] / price[row[is_joint]]
    return sparse.csr_array((data, (row, column)), shape=balances.shape)


def find_marginal_sources(
    balances: sparse.csr_array, reduced_costs: FloatArray, balance_price: FloatArray
) -> sparse.csr_array:
    """Return 1 where a variable is a marginal source of a balance constraint, (balances, columns)."""
    entries = balances.tocoo()
    supplies = entries.data > 0
    row, column = entries.row[supplies], entries.col[supplies]
    unit_cost = np.maximum(reduced_costs[column], 0.0) / entries.data[supplies]
    least = np.full(balances.shape[0], np.inf)
    np.minimum.at(least, row, unit_cost)
    marginal = unit_cost <= least[row] + REDUCED_COST_TOLERANCE * (1 + np.abs(balance_price[row]))
    ones = np.ones(int(marginal.sum()))
    return sparse.csr_array((ones, (row[marginal], column[marginal])), shape=balances.shape)


def _find_drawn_balances(balances: sparse.csr_array, balance_price: FloatArray) -> sparse.csr_array:
    """Return 1 where a variable draws from a balance constraint with a nonzero dual value, (columns, balances)."""
    entries = balances.tocoo()
    draws = (entries.data < 0) & (balance_price[entries.row] > REDUCED_COST_TOLERANCE)
    row, column = entries.row[draws], entries.col[draws]
    return sparse.csr_array((np.ones(len(row)), (column, row)), shape=balances.shape[::-1])


def _find_used_limits(
    program: Program, used: sparse.csc_array, columns: IntArray, dual_values: FloatArray, binding: IntArray
) -> sparse.csr_array:
    """Return 1 where one more unit of a variable uses a binding limit, (columns, q)."""
    rows = program.lp.row_count
    of_row = np.flatnonzero(binding < rows)
    entries = sparse.csr_array(used)[binding[of_row]].tocoo()
    is_used = entries.data * dual_values[binding[of_row]][entries.row] < 0
    own = np.flatnonzero(binding >= rows)
    position = np.full(program.lp.column_count, -1)
    position[columns] = np.arange(len(columns))
    bounded = position[binding[own] - rows]
    upper = (bounded >= 0) & (program.lp.column_upper[binding[own] - rows] < np.inf)
    column = np.concatenate([entries.col[is_used], bounded[upper]])
    limit = np.concatenate([of_row[entries.row[is_used]], own[upper]])
    return sparse.csr_array((np.ones(len(column)), (column, limit)), shape=(len(columns), len(binding)))


def _to_pattern(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the same sparsity pattern with ones."""
    return sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
