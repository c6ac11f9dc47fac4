"""The lines of a briefing: shortages, limits and due dates of the tables of a plan, merged over counties and periods."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from service.core.relevance import find_relevant_shortages
from service.domain.plan_columns import REQUIREMENT_COLUMNS, find_positions
from service.domain.schemas.briefing import HoldingLimit, HoldingRule, MissedDeadline, ShortGood

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SUPPLY_COLUMNS = ("county", "item", "period", "demand", "served", "shortage", "due", "in_time")
"""Columns of the table `supply` that a briefing reads."""

WHOLE_PLAN = ("", "plan")
"""How tables name the period of a limit of the whole plan."""

BOTTLENECK_COLUMNS = ("county", "item", "period", "rule", "id", "part", "limit_period")
"""Columns of the table `bottlenecks` that a briefing reads."""


@dataclass(frozen=True, slots=True)
class NeedArrays:
    """Needs of a plan by county, item and period; C counties, I items and requirements, T periods. Amounts are in units."""

    counties: tuple[str, ...]
    """Identifiers of the counties."""
    items: tuple[str, ...]
    """Identifiers of the items, then of the requirements."""
    periods: tuple[str, ...]
    """Identifiers of the periods."""
    demand: FloatArray
    """Demand, (C, I, T)."""
    served: FloatArray
    """Units served, also of the backlog, (C, I, T)."""
    shortage: FloatArray
    """Units of demand and backlog not served, (C, I, T)."""
    due: FloatArray
    """Units due before the period ends, (C, I, T)."""
    in_time: FloatArray
    """Units of these that are there in time, (C, I, T)."""
    due_by: FloatArray
    """Part of the period after which they are due, (I, T)."""
    value: FloatArray
    """Value of a unit as served shares count it, in won, (I,)."""
    is_whole: BoolArray
    """Whether an item is in whole units, (I,)."""

    @property
    def relevant_shortage(self) -> FloatArray:
        """`shortage` without what is too small to be told, (C, I, T)."""
        is_whole = np.broadcast_to(self.is_whole[None, :, None], self.shortage.shape)
        is_relevant = find_relevant_shortages(self.shortage, self.served + self.shortage, is_whole)
        return np.where(is_relevant, self.shortage, 0.0)


def read_needs(problem: PlanningProblem, supply: pa.Table) -> NeedArrays:
    """Read the needs of the counties from the table `supply`, with those of requirements; rows of stations, which need nothing, are
    left out."""
    counties = tuple(county.id for county in problem.counties)
    items = tuple(need.id for need in problem.needs)
    shape = (len(counties), len(items), len(problem.periods))
    position = [
        find_positions(supply, name, labels)
        for name, labels in (("county", counties), ("item", items), ("period", problem.periods))
    ]
    is_county = position[0] >= 0
    cell = tuple(one[is_county] for one in position)

    def spread(name: str) -> FloatArray:
        amounts = np.zeros(shape)
        if name in supply.column_names:  # tables of version 0.2.0 have no due dates
            amounts[cell] = np.nan_to_num(supply[name].to_numpy().astype(np.float64))[is_county]
        return amounts

    due_by = np.zeros(shape[1:])
    period_of = {period: t for t, period in enumerate(problem.periods)}
    for i, need in enumerate(problem.needs):
        for period, due in need.due.items():
            due_by[i, period_of[period]] = due.by
    return NeedArrays(
        counties,
        items,
        tuple(problem.periods),
        **{name: spread(name) for name in ("demand", "served", "shortage", "due", "in_time")},
        due_by=due_by,
        value=np.array([need.value if need.value > 0 else 1.0 for need in problem.needs]),
        is_whole=np.array([isinstance(need, Item) and need.whole_units for need in problem.needs], dtype=np.bool_),
    )


def append_requirements(supply: pa.Table, requirements: pa.Table) -> pa.Table:
    """Return the table `supply` with the rows of the table `requirements`, in those of `SUPPLY_COLUMNS` that both have."""
    renamed = requirements.rename_columns([REQUIREMENT_COLUMNS.get(name, name) for name in requirements.column_names])
    both = set(supply.column_names) & set(renamed.column_names)
    shared = [name for name in SUPPLY_COLUMNS if name in both]
    plain = [_decode_labels(table.select(shared)) for table in (supply, renamed)]
    return pa.concat_tables(plain)


def _decode_labels(table: pa.Table) -> pa.Table:
    """Return a table with plain texts, whose dictionaries would differ from those of another table."""
    fields = [
        pa.field(one.name, one.type.value_type if pa.types.is_dictionary(one.type) else one.type)
        for one in table.schema
    ]
    return table.cast(pa.schema(fields))


def list_short_goods(needs: NeedArrays) -> list[ShortGood]:
    """List the goods that are short over the whole plan, the greatest value first."""
    demand = needs.demand.sum(axis=2)
    unmet = np.maximum(demand - needs.served.sum(axis=2), 0.0)
    is_whole = np.broadcast_to(needs.is_whole, unmet.shape)
    unmet = np.where(find_relevant_shortages(unmet, demand, is_whole), unmet, 0.0)
    short, shares = unmet.sum(axis=0), compute_served_shares(needs)
    is_short = needs.relevant_shortage.max(axis=0, initial=0.0) > 0
    value = short * needs.value
    return [
        ShortGood(
            item=needs.items[i],
            demand=float(demand[:, i].sum()),
            short=float(short[i]),
            short_value=float(value[i]),
            served_share=shares[needs.items[i]],
            county=needs.counties[int(unmet[:, i].argmax())],
            counties=int(np.count_nonzero(unmet[:, i])),
            periods=tuple(needs.periods[t] for t in np.flatnonzero(is_short[i])),
        )
        for i in np.argsort(-value, kind="stable")
        if short[i] > 0
    ]


def compute_served_shares(needs: NeedArrays) -> dict[str, float]:
    """Compute the served share of each item that somebody needs, over counties and periods."""
    demand, served = needs.demand.sum(axis=(0, 2)), needs.served.sum(axis=(0, 2))
    return {needs.items[i]: float(served[i] / demand[i]) for i in np.flatnonzero(demand > 0)}


def list_missed_deadlines(needs: NeedArrays) -> list[MissedDeadline]:
    """List the due dates that are not kept, the greatest value first."""
    is_whole = np.broadcast_to(needs.is_whole[None, :, None], needs.due.shape)
    late = np.maximum(needs.due - needs.in_time, 0.0)
    late = np.where(find_relevant_shortages(late, needs.due, is_whole), late, 0.0)
    missed, due = late.sum(axis=0), needs.due.sum(axis=0)
    value = missed * needs.value[:, None]
    ranked = (np.unravel_index(rank, value.shape) for rank in np.argsort(-value, axis=None, kind="stable"))
    return [
        MissedDeadline(
            item=needs.items[i],
            period=needs.periods[t],
            by=float(needs.due_by[i, t]),
            due=float(due[i, t]),
            missed=float(missed[i, t]),
            county=needs.counties[int(late[:, i, t].argmax())],
            counties=int(np.count_nonzero(late[:, i, t])),
        )
        for i, t in ranked
        if missed[i, t] > 0
    ]


@dataclass(frozen=True, slots=True)
class HoldingArrays:
    """Rows of the table `bottlenecks` about shortages that are large enough to be told; R rows, L limits."""

    shortage: IntArray
    """Position of the shortage in an array of counties, items and periods, (R,)."""
    value: FloatArray
    """Value of the shortage, in won, (R,)."""
    limit: IntArray
    """Position of the limit in `limits`, (R,)."""
    period: IntArray
    """Position of the period of the limit in `periods`, (R,)."""
    limits: tuple[tuple[str, str, str], ...]
    """Rule, identifier and part of each limit."""
    periods: tuple[str, ...]
    """Periods and windows of limits, in order; empty for the whole plan."""
    total: float
    """Value of all shortages, in won."""

    def sum_shortages(self, group: IntArray, count: int) -> tuple[FloatArray, IntArray]:
        """Return value and number of the different shortages of each group of rows, (count,); `group` has shape (R,)."""
        pairs = np.stack([group, self.shortage])
        _, first = np.unique(pairs, axis=1, return_index=True)
        value = np.bincount(group[first], weights=self.value[first], minlength=count).astype(np.float64)
        return value, np.bincount(group[first], minlength=count).astype(np.int64)


def read_holding_limits(needs: NeedArrays, bottlenecks: pa.Table) -> HoldingArrays:
    """Read which limits cause which shortages."""
    value = needs.relevant_shortage * needs.value[None, :, None]
    labels = (("county", needs.counties), ("item", needs.items), ("period", needs.periods))
    cell = [find_positions(bottlenecks, name, known) for name, known in labels]
    is_known = np.logical_and.reduce([position >= 0 for position in cell])
    found = np.where(is_known, value[tuple(cell)], 0.0)
    kept = np.flatnonzero(found > 0)
    names = [_list_labels(bottlenecks, name) for name in ("rule", "id", "part", "limit_period")]
    rank = {period: position for position, period in enumerate(needs.periods)}
    names[3].sort(key=lambda period: (rank.get(period, len(rank)), period))
    rule, identifier, part, period = (
        find_positions(bottlenecks, name, known)[kept]
        for name, known in zip(("rule", "id", "part", "limit_period"), names, strict=True)
    )
    keys, limit = np.unique(np.stack([rule, identifier, part]), axis=1, return_inverse=True)
    return HoldingArrays(
        shortage=np.ravel_multi_index(tuple(position[kept] for position in cell), value.shape),
        value=found[kept],
        limit=limit.ravel(),
        period=period,
        limits=tuple((names[0][r], names[1][i], names[2][p]) for r, i, p in keys.T),
        periods=tuple(names[3]),
        total=float(value.sum()),
    )


def list_holding_limits(held: HoldingArrays) -> list[HoldingLimit]:
    """List the limits that cause shortages, merged over periods, the greatest value first; each shortage counts once."""
    value, count = held.sum_shortages(held.limit, len(held.limits))
    binds = np.zeros((len(held.limits), len(held.periods)), dtype=np.bool_)
    binds[held.limit, held.period] = True
    limits = [
        HoldingLimit(
            rule=rule,
            id=identifier,
            part=part,
            periods=tuple(held.periods[t] for t in np.flatnonzero(binds[k]) if held.periods[t] not in WHOLE_PLAN),
            shortages=int(count[k]),
            held_value=float(value[k]),
            held_share=float(value[k] / held.total),
        )
        for k, (rule, identifier, part) in enumerate(held.limits)
    ]
    return sorted(limits, key=lambda one: (-one.held_value, one.rule, one.id, one.part))


def list_holding_rules(held: HoldingArrays) -> list[HoldingRule]:
    """List the kinds of limits that cause shortages, the greatest share first; each shortage counts once for a kind.

    Of kinds with the same share in per cent, the one with fewer limits comes first: each of its limits holds more.
    """
    names = sorted({rule for rule, _, _ in held.limits})
    rule_of = np.array([names.index(rule) for rule, _, _ in held.limits], dtype=np.int64)
    value, _ = held.sum_shortages(rule_of[held.limit], len(names))
    rules = [
        HoldingRule(rule=name, limits=int(np.count_nonzero(rule_of == k)), held_share=float(value[k] / held.total))
        for k, name in enumerate(names)
    ]
    return sorted(rules, key=lambda one: (-round(one.held_share, 2), one.limits, one.rule))


def _list_labels(table: pa.Table, column: str) -> list[str]:
    """List the different labels of a column."""
    return sorted(table[column].unique().to_pylist())
