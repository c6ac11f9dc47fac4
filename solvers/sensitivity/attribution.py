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
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.flows import added
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.price_attribution import Marginal
from solvers.sensitivity.session import Standing
from solvers.sensitivity.shadow_prices import name_of, weights

By = Literal["all", "item", "county", "category", "period", "limit"]
"""What shortages are rolled up by."""

CAUSES = 20
"""Limits named for one group."""


def reasons(
    standing: Standing,
    by: By = "all",
    *,
    county: str | None = None,
    item: str | None = None,
    period: str | None = None,
    rule: str | None = None,
    limit: str | None = None,
    most: int = 100,
) -> ShortageAttribution:
    """Reasons of the shortages of a county, item and period (all by default), rolled up; `rule` and `limit` pick limits by rule and id.

    By `limit`, the groups are the shortages (`county/item/period`) and the causes the limits picked.
    """
    limits = standing.limits()
    binding = limits.priced()
    short = _shortages(standing, {"place": county, "item": item, "period": period})
    unit = Marginal.of(standing.program, standing.point.row_price, limits.position[binding])
    words = limits.words
    kept = np.array(
        [rule in (None, RULE_NAMES[limits.rule[k]]) and limit in (None, words[limits.id[k]]) for k in binding],
        dtype=bool,
    )
    group, keys = _groups(standing, by, *short.where)
    counted = standing.index.items.counted_value[short.where[1]]
    units = short.units * (1.0 if item is not None or by in ("item", "limit") else counted)
    summed = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(len(keys), len(group)))
    parts = _Parts.of(short, unit, limits.gain[binding], summed)
    sums = np.asarray(summed @ np.column_stack([units, *_worths(short, unit)]))
    of_kept = np.asarray(parts.won[:, np.flatnonzero(kept)].maximum(0).sum(axis=1)).ravel()
    ranked = sums[:, 1] if rule is None and limit is None else of_kept
    order = [int(g) for g in np.argsort(-ranked, kind="stable") if ranked[g] > 0][:most]
    held = [_held(limits, binding, kept, (keys[g], sums[g]), parts.row(g)) for g in order]
    return ShortageAttribution(group_by=by, groups=tuple(held))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What limits take part with, (groups, limits) each."""

    won: sparse.csr_array
    """Won."""
    amounts: sparse.csr_array
    """Units of the limit."""
    counts: sparse.csr_array
    """Shortages behind which it stands."""

    @classmethod
    def of(cls, short: "_Shortages", unit: Marginal, gain: FloatArray, summed: sparse.csr_array) -> "_Parts":
        """What missing units take of limits with these gains, added up by groups, (groups, shortages)."""
        amounts = sparse.csr_array(sparse.diags_array(short.units) @ unit.amounts[short.rows])
        won = sparse.csr_array(amounts @ sparse.diags_array(gain))
        each = (won, amounts, (won > 0).astype(np.float64))
        return cls(*(sparse.csr_array(summed @ part) for part in each))

    def row(self, g: int) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
        """Those of one group, by limit; a limit that takes no part is left out."""
        won, amounts, counts = (_entries(part, g) for part in (self.won, self.amounts, self.counts))
        return won, amounts, counts


def _entries(part: sparse.csr_array, row: int) -> dict[int, float]:
    start, end = part.indptr[row], part.indptr[row + 1]
    return dict(zip(part.indices[start:end].tolist(), part.data[start:end].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Shortages:
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


def _worths(short: "_Shortages", unit: Marginal) -> tuple[FloatArray, ...]:
    """Worth, weight in the objective, costs, what is dearer, and what nothing can bring; won by shortage."""
    costs, dearer = short.units * unit.costs[short.rows], short.units * unit.dearer[short.rows]
    return short.worth, short.objective, costs, dearer, np.where(unit.no_way[short.rows], short.worth, 0.0)


def _shortages(standing: Standing, chosen: Mapping[str, str | None]) -> _Shortages:
    """Shortages of the places, items and periods chosen; KeyError for one that is not there."""
    balance, labels = standing.program.rules["balance"], standing.index.labels
    where = tuple(balance.axes[axis] for axis in ("place", "item", "period"))
    flows = standing.flows()
    short, price = flows.short[where], flows.price[where]
    mine = short > 0
    for (axis, label), codes in zip(chosen.items(), where, strict=True):
        if label is not None:
            if label not in labels[axis]:
                raise KeyError(f"there is no {axis} {label}")
            mine &= codes == labels[axis].index(label)
    rows = np.flatnonzero(mine)
    shape = tuple(len(labels[axis]) for axis in ("place", "item", "period"))
    block, weighed = standing.program.decisions["short"], weights(standing)
    cells = np.ravel_multi_index([block.axes[axis] for axis in ("place", "item", "period")], shape)
    total = added(cells, (weighed * standing.point.values)[block.span], int(np.prod(shape))).reshape(shape)
    here = (where[0][rows], where[1][rows], where[2][rows])
    return _Shortages(rows, here, short[rows], short[rows] * price[rows], total[here])


def _groups(
    standing: Standing, by: By, place: IntArray, item: IntArray, period: IntArray
) -> tuple[IntArray, tuple[str, ...]]:
    """Group of each shortage, and the groups' names."""
    labels = standing.index.labels
    codes: dict[str, Callable[[], tuple[IntArray, tuple[str, ...]]]] = {
        "all": lambda: (np.zeros(len(place), dtype=np.int64), ("all",)),
        "item": lambda: (item, labels["item"]),
        "county": lambda: (place, labels["place"]),
        "category": lambda: (standing.index.items.category[item], labels["category"]),
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


def _held(
    limits: Limits,
    binding: IntArray,
    kept: BoolArray,
    group: tuple[str, FloatArray],
    parts: tuple[dict[int, float], dict[int, float], dict[int, float]],
) -> AttributionGroup:
    """One group, with the limits asked for that take part most."""
    won, amounts, counts = parts
    key, (shortage, worth, objective, costs, dearer, no_way) = group[0], group[1].tolist()
    named = sorted((k for k in won if kept[k] and won[k] > 0), key=lambda k: (-won[k], k))[:CAUSES]
    causes = tuple(
        BindingLimit(
            **name_of(limits, int(binding[k])),
            shadow_price=float(limits.gain[binding[k]]),
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
