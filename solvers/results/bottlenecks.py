"""Why something is short: the binding limits on the cheapest ways by which one unit more could come.

Definition. Every balance (a place, an item, a period) has sources: columns that bring the item there (making, shipping in,
the store of the period before, the centre, a swap). Its marginal sources are those with the least reduced cost per unit
brought: 0 where something comes that way already; above 0 where even the cheapest way costs more than the shortage weighs.
The limits behind a balance are

- the binding limits that its marginal sources press upon: rows with a price in which the source stands on the pressing
  side, and the source's own bound;
- the limits behind every balance that its marginal sources draw from (materials used up, the place shipped from, the period
  stored from), unless that balance has no price: what is plentiful holds nothing up.

A shortage's reasons are the limits behind its balance, each with what one more unit of it would save, largest first; at most
MOST of them. Prices are those of the LP before rounding to whole units.
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

MAX_SOURCES = ("make", "ship", "stock", "central", "take")
"""Decisions that can bring an item to a place."""

MAX_BOTTLENECKS = 10
"""Reasons named for one shortage."""

RELATIVE_TOLERANCE = 1e-7
"""Reduced costs this close, relative to 1 + the balance's price, count as equal."""


def build_bottleneck_table(
    arrays: ProblemArrays, program: Program, row_price: FloatArray, flows: Flows, limits: Limits
) -> pa.Table:
    """The reasons of every shortage, (ReasonRow): shortages in the order of the supply table, largest gain first."""
    balance = program.constraints["balance"]
    place, item, period = (balance.axes[name] for name in ("place", "item", "period"))
    short_by_row = flows.short[place, item, period]
    short = np.flatnonzero(short_by_row > 0)
    binding = np.flatnonzero(limits.shadow_price > 0)
    behind = find_limits_behind(program, row_price, limits.position[binding])[short]
    rows, found = behind.nonzero()
    gain = limits.shadow_price[binding][found]
    order = np.lexsort((-gain, rows))
    rows, found = rows[order], found[order]
    kept = np.arange(len(rows)) - np.searchsorted(rows, rows) < MAX_BOTTLENECKS
    row, limit = short[rows[kept]], binding[found[kept]]
    labels, words = arrays.labels, limits.label_table
    return build_table(
        BottleneckRow,
        {
            "county": build_label_column(place[row], labels["place"]),
            "item": build_label_column(item[row], labels["item"]),
            "period": build_label_column(period[row], labels["period"]),
            "shortage": short_by_row[row],
            "rule": build_compact_label_column(limits.rule[limit], RULE_NAMES),
            "id": build_compact_label_column(limits.id[limit], words),
            "part": build_compact_label_column(limits.part[limit], words),
            "limit_period": build_compact_label_column(limits.period[limit], words),
            "gain": limits.shadow_price[limit],
            "unit": build_compact_label_column(limits.unit[limit], words),
        },
    )


def find_limits_behind(program: Program, row_price: FloatArray, binding: IntArray) -> sparse.csr_array:
    """Which of the binding limits (positions as in Limits, (q,)) stand behind each balance, (balances, q), nonzero where so."""
    lp = program.lp
    columns = np.concatenate([program.variables[name].positions for name in MAX_SOURCES])
    reduced = (lp.cost - lp.matrix.T @ row_price)[columns]
    used = sparse.csc_array(lp.matrix[:, columns])
    balances = sparse.csr_array(used[program.constraints["balance"].block_slice])
    price = row_price[program.constraints["balance"].block_slice]
    sources = find_marginal_sources(balances, reduced, price)
    onward = _to_pattern(sources @ _find_drawn_balances(balances, price))
    behind = _to_pattern(sources @ _find_pressed_limits(program, used, columns, row_price, binding))
    while True:
        further = _to_pattern(behind + onward @ behind)
        if further.nnz == behind.nnz:
            return behind
        behind = further


def find_marginal_sources(balances: sparse.csr_array, reduced: FloatArray, price: FloatArray) -> sparse.csr_array:
    """1 where a column is a marginal source of a balance, (balances, columns)."""
    entries = balances.tocoo()
    brings = entries.data > 0
    row, column = entries.row[brings], entries.col[brings]
    dear = np.maximum(reduced[column], 0.0) / entries.data[brings]
    least = np.full(balances.shape[0], np.inf)
    np.minimum.at(least, row, dear)
    marginal = dear <= least[row] + RELATIVE_TOLERANCE * (1 + np.abs(price[row]))
    ones = np.ones(int(marginal.sum()))
    return sparse.csr_array((ones, (row[marginal], column[marginal])), shape=balances.shape)


def _find_drawn_balances(balances: sparse.csr_array, price: FloatArray) -> sparse.csr_array:
    """1 where a column draws from a balance that has a price, (columns, balances)."""
    entries = balances.tocoo()
    draws = (entries.data < 0) & (price[entries.row] > RELATIVE_TOLERANCE)
    row, column = entries.row[draws], entries.col[draws]
    return sparse.csr_array((np.ones(len(row)), (column, row)), shape=balances.shape[::-1])


def _find_pressed_limits(
    program: Program, used: sparse.csc_array, columns: IntArray, row_price: FloatArray, binding: IntArray
) -> sparse.csr_array:
    """1 where one unit more of a column presses on a binding limit, (columns, q)."""
    rows = program.lp.row_count
    of_row = np.flatnonzero(binding < rows)
    entries = sparse.csr_array(used)[binding[of_row]].tocoo()
    presses = entries.data * row_price[binding[of_row]][entries.row] < 0
    own = np.flatnonzero(binding >= rows)
    position = np.full(program.lp.column_count, -1)
    position[columns] = np.arange(len(columns))
    bounded = position[binding[own] - rows]
    upper = (bounded >= 0) & (program.lp.column_upper[binding[own] - rows] < np.inf)
    column = np.concatenate([entries.col[presses], bounded[upper]])
    limit = np.concatenate([of_row[entries.row[presses]], own[upper]])
    return sparse.csr_array((np.ones(len(column)), (column, limit)), shape=(len(columns), len(binding)))


def _to_pattern(matrix: sparse.csr_array) -> sparse.csr_array:
    """The same pattern with ones."""
    return sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
