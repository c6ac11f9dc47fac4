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
from solvers.results.flows import sum_by_cell
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.price_attribution import MarginalAttribution
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
        cls, short: "_ChosenShortages", unit: MarginalAttribution, gain: FloatArray, summed: sparse.csr_array
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


def _split_shortage_values(short: "_ChosenShortages", unit: MarginalAttribution) -> tuple[FloatArray, ...]:
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
