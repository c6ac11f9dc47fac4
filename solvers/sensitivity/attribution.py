"""Why things are short, rolled up: what the missing units would take of each limit; and from a limit all shortages behind which it stands.

What is short is worth its units times the price of a unit there and then. That worth is split exactly: into what the cheapest way
to bring the missing units takes of each limit, at the limit's price, and what it costs; less the won by which the way is
dearer than the need weighs; and what nothing can bring (see `solvers.sensitivity.price_attribution`). Where bands are full, a unit's price lies
above what most of the shortage weighs; `objective` is what it weighs in all, so that the objectives of all groups and the
plan's costs add up to the plan's objective.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from models.answers import AttributionGroup, BindingLimit, ShortageAttribution
from solvers.data.item_arrays import BoolArray
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.bottlenecks import MAX_SOURCES, RELATIVE_TOLERANCE, find_marginal_sources
from solvers.results.flows import sum_by_cell
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import list_shortage_weights, name_limit

GroupBy = Literal["all", "item", "county", "category", "period", "limit"]
"""What shortages are rolled up by."""

MAX_BINDING_LIMITS = 20
"""Limits named for one group."""


def attribute_shortages(
    session: SensitivitySession,
    group_by: GroupBy = "all",
    *,
    county: str | None = None,
    item: str | None = None,
    period: str | None = None,
    rule: str | None = None,
    limit: str | None = None,
    max_results: int = 100,
) -> ShortageAttribution:
    """Reasons of the shortages of a county, item and period (all by default), rolled up; `rule` and `limit` pick limits by rule and id.

    By `limit`, the groups are the shortages (`county/item/period`) and the causes the limits picked.
    """
    limits = session.list_limits()
    binding = limits.find_priced()
    short = _select_shortages(session, {"place": county, "item": item, "period": period})
    unit = MarginalAttribution.from_prices(session.program, session.point.dual_values, limits.position[binding])
    words = limits.label_table
    kept = np.array(
        [rule in (None, RULE_NAMES[limits.rule[k]]) and limit in (None, words[limits.id[k]]) for k in binding],
        dtype=bool,
    )
    group, keys = _group_shortages(session, group_by, *short.where)
    counted = session.arrays.items.counted_value[short.where[1]]
    units = short.units * (1.0 if item is not None or group_by in ("item", "limit") else counted)
    summed = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(len(keys), len(group)))
    parts = _AttributionParts.sum_by_group(short, unit, limits.shadow_price[binding], summed)
    sums = np.asarray(summed @ np.column_stack([units, *_split_shortage_values(short, unit)]))
    of_kept = np.asarray(parts.values[:, np.flatnonzero(kept)].maximum(0).sum(axis=1)).ravel()
    ranked = sums[:, 1] if rule is None and limit is None else of_kept
    order = [int(g) for g in np.argsort(-ranked, kind="stable") if ranked[g] > 0][:max_results]
    held = [
        _build_attribution_group(limits, binding, kept, (keys[g], sums[g]), parts.list_group_parts(g)) for g in order
    ]
    return ShortageAttribution(group_by=group_by, groups=tuple(held))


@dataclass(frozen=True, slots=True)
class _AttributionParts:
    """What limits take part with, (groups, limits) each."""

    values: sparse.csr_array
    """Won."""
    amounts: sparse.csr_array
    """Units of the limit."""
    counts: sparse.csr_array
    """Shortages behind which it stands."""

    @classmethod
    def sum_by_group(
        cls, short: "_ChosenShortages", unit: "MarginalAttribution", gain: FloatArray, summed: sparse.csr_array
    ) -> "_AttributionParts":
        """What missing units take of limits with these gains, added up by groups, (groups, shortages)."""
        amounts = sparse.csr_array(sparse.diags_array(short.units) @ unit.amounts[short.rows])
        won = sparse.csr_array(amounts @ sparse.diags_array(gain))
        each = (won, amounts, (won > 0).astype(np.float64))
        return cls(*(sparse.csr_array(summed @ part) for part in each))

    def list_group_parts(self, g: int) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
        """Those of one group, by limit; a limit that takes no part is left out."""
        won, amounts, counts = (_iterate_entries(part, g) for part in (self.values, self.amounts, self.counts))
        return won, amounts, counts


def _iterate_entries(part: sparse.csr_array, row: int) -> dict[int, float]:
    start, end = part.indptr[row], part.indptr[row + 1]
    return dict(zip(part.indices[start:end].tolist(), part.data[start:end].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _ChosenShortages:
    """Shortages chosen, arrays of one length."""

    rows: IntArray
    """Position of the balance in its rule."""
    where: tuple[IntArray, IntArray, IntArray]
    """Place, item, period."""
    units: FloatArray
    """Units short."""
    worth: FloatArray
    """Units short × price, won."""
    objective: FloatArray
    """What they weigh in the objective, won."""


def _split_shortage_values(short: "_ChosenShortages", unit: "MarginalAttribution") -> tuple[FloatArray, ...]:
    """Worth, weight in the objective, costs, what is dearer, and what nothing can bring; won by shortage."""
    costs, dearer = short.units * unit.costs[short.rows], short.units * unit.above_shortage_cost[short.rows]
    return short.worth, short.objective, costs, dearer, np.where(unit.unreachable[short.rows], short.worth, 0.0)


def _select_shortages(session: SensitivitySession, chosen: Mapping[str, str | None]) -> _ChosenShortages:
    """Shortages of the places, items and periods chosen; KeyError for one that is not there."""
    balance, labels = session.program.constraints["balance"], session.arrays.labels
    where = tuple(balance.axes[axis] for axis in ("place", "item", "period"))
    flows = session.compute_flows()
    short, price = flows.short[where], flows.price[where]
    mine = short > 0
    for (axis, label), codes in zip(chosen.items(), where, strict=True):
        if label is not None:
            if label not in labels[axis]:
                raise KeyError(f"there is no {axis} {label}")
            mine &= codes == labels[axis].index(label)
    rows = np.flatnonzero(mine)
    shape = tuple(len(labels[axis]) for axis in ("place", "item", "period"))
    block, weighed = session.program.variables["short"], list_shortage_weights(session)
    cells = np.ravel_multi_index([block.axes[axis] for axis in ("place", "item", "period")], shape)
    total = sum_by_cell(cells, (weighed * session.point.values)[block.block_slice], int(np.prod(shape))).reshape(shape)
    here = (where[0][rows], where[1][rows], where[2][rows])
    return _ChosenShortages(rows, here, short[rows], short[rows] * price[rows], total[here])


def _group_shortages(
    session: SensitivitySession, by: GroupBy, place: IntArray, item: IntArray, period: IntArray
) -> tuple[IntArray, tuple[str, ...]]:
    """Group of each shortage, and the groups' names."""
    labels = session.arrays.labels
    codes: dict[str, Callable[[], tuple[IntArray, tuple[str, ...]]]] = {
        "all": lambda: (np.zeros(len(place), dtype=np.int64), ("all",)),
        "item": lambda: (item, labels["item"]),
        "county": lambda: (place, labels["place"]),
        "category": lambda: (session.arrays.items.category[item], labels["category"]),
        "period": lambda: (period, labels["period"]),
        "limit": lambda: (
            np.arange(len(place)),
            tuple(
                f"{labels['place'][n]}/{labels['item'][i]}/{labels['period'][t]}"
                for n, i, t in zip(place.tolist(), item.tolist(), period.tolist(), strict=True)
            ),
        ),
    }
    return codes[by]()


def _build_attribution_group(
    limits: Limits,
    binding: IntArray,
    kept: BoolArray,
    group: tuple[str, FloatArray],
    parts: tuple[dict[int, float], dict[int, float], dict[int, float]],
) -> AttributionGroup:
    """One group, with the limits asked for that take part most."""
    won, amounts, counts = parts
    key, (shortage, worth, objective, costs, dearer, no_way) = group[0], group[1].tolist()
    named = sorted((k for k in won if kept[k] and won[k] > 0), key=lambda k: (-won[k], k))[:MAX_BINDING_LIMITS]
    causes = tuple(
        BindingLimit(
            **name_limit(limits, int(binding[k])),
            shadow_price=float(limits.shadow_price[binding[k]]),
            shortage_count=int(counts[k]),
            amount=amounts[k],
            value=won[k],
            share=won[k] / worth if worth > 0 else 0.0,
        )
        for k in named
    )
    return AttributionGroup(
        key=key,
        shortage=shortage,
        objective=objective,
        value=worth,
        binding_limits=causes,
        other_limits=sum(won.values()) - sum(won[k] for k in named),
        costs=costs,
        above_shortage_cost=dearer,
        unreachable=no_way,
    )


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
