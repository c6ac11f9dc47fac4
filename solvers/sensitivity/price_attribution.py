"""What one more unit of an item takes, there and then, along the cheapest way: an exact account of its price.

Every balance (place, item, period) has marginal sources (see `solvers.results.bottlenecks`): those with the least reduced cost per unit
brought. For a source j of a balance with the price y, optimality says

    y · a = cost(j) − reduced cost(j) + Σ over limits: gain · use(j) + Σ over other balances: price · draw(j)

so the price of a unit falls into what its limits are worth, what it costs, and the prices of what it is made of or shipped from,
which fall into parts in turn. Of a balance's marginal sources those are taken from which a way without a circle leads back
to where things come from, in the fewest steps; where several are equal, each brings the same part. Parts add up to the price
exactly, whichever are taken: how much of each limit one more unit takes may differ where ways tie.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from solvers.data.item_arrays import BoolArray
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.bottlenecks import MAX_SOURCES, RELATIVE_TOLERANCE, find_marginal_sources


@dataclass(frozen=True, slots=True)
class MarginalAttribution:
    """What one more unit takes at each balance. Shapes: b balances, q limits."""

    amounts: sparse.csr_array
    """Units of each limit, (b, q); negative where the way makes more of it."""
    costs: FloatArray
    """Won that are paid on the way, (b,): costs of columns, what the policy's own rules take, and draws on what has no price."""
    above_shortage_cost: FloatArray
    """Won by which the way is dearer than the need weighs, (b,)."""
    unreachable: BoolArray
    """Whether nothing can bring it, (b,)."""

    @classmethod
    def from_prices(cls, program: Program, row_price: FloatArray, limits: IntArray) -> "MarginalAttribution":
        """At an optimum with these prices, (m,), for binding limits: rows, or the number of rows plus a column, (q,)."""
        lp = program.lp
        columns = np.concatenate([program.variables[name].positions for name in MAX_SOURCES])
        used = sparse.csc_array(lp.matrix[:, columns])
        reduced = np.asarray(lp.cost - lp.matrix.T @ row_price)[columns]
        balances = sparse.csr_array(used[program.constraints["balance"].block_slice])
        price = row_price[program.constraints["balance"].block_slice]
        onward = _drawn_units(balances, price)
        level, chosen = _acyclic_sources(find_marginal_sources(balances, reduced, price), onward)
        share = sparse.csr_array(chosen.multiply(_invert_positive(balances)))
        direct = _direct_limit_use(used, columns, reduced, row_price, limits)
        # what is neither followed further nor a limit is paid: y·a of the other rows, and of balances without a price
        other = row_price.copy()
        other[limits[limits < lp.row_count]] = 0.0
        other[program.constraints["balance"].block_slice] = 0.0
        draws = sparse.csr_array((np.maximum(-balances.data, 0.0), balances.indices, balances.indptr), balances.shape)
        paid = lp.cost[columns] - used.T @ other + draws.T @ np.where(price > RELATIVE_TOLERANCE, 0.0, price)
        bound = np.isin(columns + lp.row_count, limits)
        paid = paid - np.where(bound, 0.0, np.minimum(reduced, 0.0))
        depth, steps = int(level.max(initial=0)), sparse.csr_array(share @ onward)
        amounts = first = sparse.csr_array(share @ direct)
        costs = first_costs = share @ paid
        dearer = first_dearer = share @ np.maximum(reduced, 0.0)
        for _ in range(depth):
            amounts = sparse.csr_array(first + steps @ amounts)
            costs, dearer = first_costs + steps @ costs, first_dearer + steps @ dearer
        return cls(amounts, np.asarray(costs), np.asarray(dearer), level < 0)


def _direct_limit_use(
    used: sparse.csc_array, columns: IntArray, reduced: FloatArray, row_price: FloatArray, limits: IntArray
) -> sparse.csr_array:
    """Units of each limit that one unit of a column takes by itself, (c, q); a least amount is taken by what lies below it."""
    rows = used.shape[0]
    of_row, own = np.flatnonzero(limits < rows), np.flatnonzero(limits >= rows)
    entries = sparse.csr_array(used)[limits[of_row]].tocoo()
    position = np.full(int(max(columns.max(initial=0), limits.max(initial=0))) + 1, -1)
    position[columns] = np.arange(len(columns))
    bounded = position[limits[own] - rows]
    here = (bounded >= 0) & (reduced[np.maximum(bounded, 0)] < 0)
    where = (np.concatenate([entries.col, bounded[here]]), np.concatenate([of_row[entries.row], own[here]]))
    signs = -np.sign(row_price[limits[of_row]])[entries.row]
    units = np.concatenate([entries.data * signs, np.ones(int(here.sum()))])
    return sparse.csr_array((units, where), shape=(len(columns), len(limits)))


def _drawn_units(balances: sparse.csr_array, price: FloatArray) -> sparse.csr_array:
    """Units that a column draws from balances that have a price, (c, b)."""
    entries = balances.tocoo()
    draws = (entries.data < 0) & (price[entries.row] > RELATIVE_TOLERANCE)
    return sparse.csr_array(
        (-entries.data[draws], (entries.col[draws], entries.row[draws])), shape=balances.shape[::-1]
    )


def _invert_positive(balances: sparse.csr_array) -> sparse.csr_array:
    """Units of a column that bring one unit, where it brings any."""
    data = np.where(balances.data > 0, 1.0 / np.where(balances.data > 0, balances.data, 1.0), 0.0)
    return sparse.csr_array((data, balances.indices, balances.indptr), shape=balances.shape)


def _acyclic_sources(sources: sparse.csr_array, onward: sparse.csr_array) -> tuple[IntArray, sparse.csr_array]:
    """Steps of each balance from where things come from, (b,), and the sources taken, rows of which add up to 1, (b, c)."""
    level = np.full(sources.shape[0], -1, dtype=np.int64)
    flags = sparse.csr_array((np.ones(onward.nnz), onward.indices, onward.indptr), shape=onward.shape)
    needs: FloatArray = np.asarray(flags.sum(axis=1)).ravel()
    entries = sources.tocoo()
    kept = np.zeros(entries.nnz, dtype=bool)
    step = 0
    while True:
        met = flags @ (level >= 0).astype(np.float64)
        ready = met >= needs
        now = ready[entries.col] & (level[entries.row] < 0)
        if not now.any():
            break
        kept |= now
        level[entries.row[now]] = step
        step += 1
    row, column = entries.row[kept], entries.col[kept]
    count = np.bincount(row, minlength=len(level))
    chosen = sparse.csr_array((1.0 / count[row], (row, column)), shape=sources.shape)
    return level, chosen
