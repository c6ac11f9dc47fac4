"""Bottlenecks: the binding limits that cause a shortage.

Every balance constraint (place, item, period) has sources: variables that supply the item there (production, shipments, stock of
the period before, central deliveries, swaps). Its marginal sources have the smallest reduced cost per unit supplied. The reduced
cost is 0 for a source in use, and above 0 if even the cheapest source costs more than the shortage.

The bottlenecks of a balance constraint are

- the binding limits of its marginal sources: constraints with a dual value whose use grows with the source, and the bound of the
  source;
- the bottlenecks of every balance constraint from which its marginal sources draw (materials, the origin of a shipment, the
  period before). An item with zero shadow price is not a bottleneck.

The bottlenecks of a shortage are sorted by shadow price, and at most MAX_BOTTLENECKS are reported. Shadow prices are those of
the linear program before rounding to whole units.
"""

import numpy as np
import pyarrow as pa
from scipy import sparse

from models.tables import BottleneckRow
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.arrow_tables import build_compact_label_column, build_label_column, build_table
from solvers.results.flows import Flows
from solvers.results.limits import RULE_NAMES, Limits

SUPPLY_VARIABLES = ("make", "ship", "stock", "central", "take")
"""Variables that can supply an item at a place."""

MAX_BOTTLENECKS_PER_SHORTAGE = 10
"""Maximum number of bottlenecks of one shortage."""

REDUCED_COST_TOLERANCE = 1e-7
"""Relative tolerance for equal reduced costs, relative to 1 + the dual value of the balance."""


def build_bottleneck_table(
    arrays: ProblemArrays, program: Program, dual_values: FloatArray, flows: Flows, limits: Limits
) -> pa.Table:
    """Build the bottleneck table (BottleneckRow): shortages in the order of the supply table, largest shadow price first."""
    balance = program.constraints["balance"]
    place, item, period = (balance.axes[name] for name in ("place", "item", "period"))
    short_by_row = flows.shortage[place, item, period]
    short = np.flatnonzero(short_by_row > 0)
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
            "shortage": short_by_row[row],
            "rule": build_compact_label_column(limits.rule[limit], RULE_NAMES),
            "id": build_compact_label_column(limits.id[limit], names),
            "part": build_compact_label_column(limits.part[limit], names),
            "limit_period": build_compact_label_column(limits.period[limit], names),
            "gain": limits.shadow_price[limit],
            "unit": build_compact_label_column(limits.unit[limit], names),
        },
    )


def find_bottlenecks(program: Program, dual_values: FloatArray, binding: IntArray) -> sparse.csr_array:
    """Return the bottlenecks of each balance constraint as a pattern, (balances, q), for binding limits with positions (q,)."""
    lp = program.lp
    columns = np.concatenate([program.variables[name].positions for name in SUPPLY_VARIABLES])
    reduced = (lp.cost - lp.matrix.T @ dual_values)[columns]
    used = sparse.csc_array(lp.matrix[:, columns])
    balances = sparse.csr_array(used[program.constraints["balance"].block_slice])
    price = dual_values[program.constraints["balance"].block_slice]
    sources = find_marginal_sources(balances, reduced, price)
    onward = _to_pattern(sources @ _find_drawn_balances(balances, price))
    bottlenecks = _to_pattern(sources @ _find_used_limits(program, used, columns, dual_values, binding))
    while True:
        extended = _to_pattern(bottlenecks + onward @ bottlenecks)
        if extended.nnz == bottlenecks.nnz:
            return bottlenecks
        bottlenecks = extended


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
