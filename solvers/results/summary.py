"""Summary of a plan: served shares, inequality, origin of supply, electricity and haulage."""

from collections.abc import Sequence

import numpy as np

from models.plan import PlanSummary, RequirementsSummary, ServedShare, WorstServedDemand
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.flows import Flows, find_arrival_periods, sum_by_cell
from solvers.results.inequality import compute_gini, find_greatest_spread
from solvers.results.need_values import NeedValues
from solvers.results.tables import sum_electricity, sum_swapped_units

MAX_WORST_SERVED = 10
"""Number of worst served demands in the summary."""


def build_summary(arrays: ProblemArrays, program: Program, values: FloatArray, flows: Flows) -> PlanSummary:
    """Build the summary of a plan from clean values, (n,); served shares are weighted by value, or by 1 without a value."""
    goods = slice(flows.item_count)
    item_value = np.where(arrays.items.is_requirement, 0.0, arrays.items.counted_value)[:, None]
    values_of_needs = NeedValues.from_flows(arrays, flows)
    needed, served = values_of_needs.needed[:, goods], values_of_needs.served[:, goods]
    drawn = sum_electricity(arrays, program, values)
    limit = float(arrays.power_limits.sum())
    given, taken = (
        float((units * arrays.items.value[:, None]).sum()) for units in sum_swapped_units(arrays, program, values)
    )
    tonnes, tonne_km = _sum_haulage(arrays, program, values)
    under_way = _sum_units_under_way(arrays, program, values)
    local, central = _compute_origin_shares(arrays, program, values)
    by_item = (needed.sum(axis=(0, 2)), served.sum(axis=(0, 2)))
    priority = np.array([item.priority for item in arrays.problem.items], dtype=np.int64)
    return PlanSummary(
        demand_value=float(needed.sum()),
        served_share=_compute_served_share(float(needed.sum()), float(served.sum())),
        by_category=_group_served_shares(arrays.labels["category"], arrays.items.category[goods], *by_item),
        by_county=_list_served_shares(arrays.labels["county"], needed.sum(axis=(1, 2)), served.sum(axis=(1, 2))),
        by_priority=_group_served_shares(("1", "2", "3"), priority - 1, *by_item),
        by_period=_list_period_shares(arrays, values_of_needs, goods),
        worst_served=_find_worst_served(arrays, flows, goods),
        in_time_share=_compute_in_time_share(flows, item_value),
        local_share=local,
        central_share=central,
        power_used_kwh=float(drawn[0].sum() + drawn[1].sum()),
        power_limit_kwh=limit if np.isfinite(limit) else None,
        tonnes=tonnes,
        tonne_km=tonne_km,
        tonnes_under_way=float(under_way @ arrays.items.tonnes_per_unit),
        value_under_way=float(under_way @ arrays.items.value),
        swapped_given=given,
        swapped_taken=taken,
        gini=compute_gini(arrays, flows.unmet[: arrays.places.county_count]),
        greatest_spread=find_greatest_spread(arrays, flows.unmet[: arrays.places.county_count]),
        requirements=_summarize_requirements(arrays, flows),
    )


def _summarize_requirements(arrays: ProblemArrays, flows: Flows) -> RequirementsSummary | None:
    """Summarize how far requirements are met; None without requirements."""
    if not arrays.problem.requirements:
        return None
    chosen = (slice(arrays.places.county_count), slice(flows.item_count, None))
    value = arrays.items.counted_value[chosen[1], None]
    needed, unmet = (amounts[chosen] * value for amounts in (flows.demand, flows.unmet))
    served = needed - unmet
    labels = arrays.labels
    return RequirementsSummary(
        demand_value=float(needed.sum()),
        served_share=_compute_served_share(float(needed.sum()), float(served.sum())),
        by_requirement=_list_served_shares(labels["requirement"], needed.sum(axis=(0, 2)), served.sum(axis=(0, 2))),
        by_county=_list_served_shares(labels["county"], needed.sum(axis=(1, 2)), served.sum(axis=(1, 2))),
        least_met=next(iter(_find_worst_served(arrays, flows, chosen[1])), None),
    )


def _compute_served_share(needed: float, served: float) -> float:
    return served / needed if needed > 0 else 1.0


def _compute_in_time_share(flows: Flows, item_value: FloatArray) -> float | None:
    due = float((flows.due * item_value).sum())
    return float((flows.in_time * item_value).sum()) / due if due > 0 else None


def _list_served_shares(keys: Sequence[str], needed: FloatArray, served: FloatArray) -> tuple[ServedShare, ...]:
    """Return served shares by key, without keys that have no demand."""
    return tuple(
        ServedShare(key=key, demand=float(n), served=float(s), share=_compute_served_share(float(n), float(s)))
        for key, n, s in zip(keys, needed, served, strict=True)
        if n > 0
    )


def _list_period_shares(arrays: ProblemArrays, values_of_needs: NeedValues, goods: slice) -> tuple[ServedShare, ...]:
    """Return served shares by period, in which the backlog of the period before counts as demand."""
    needed, served = (
        amounts[:, goods].sum(axis=(0, 1))
        for amounts in (values_of_needs.needed_in_period, values_of_needs.served_in_period)
    )
    return _list_served_shares(arrays.labels["period"], needed, served)


def _group_served_shares(
    keys: Sequence[str], group: IntArray, needed: FloatArray, served: FloatArray
) -> tuple[ServedShare, ...]:
    """Return served shares by group of items; each array has shape (I,)."""
    return _list_served_shares(keys, *(sum_by_cell(group, by_item, len(keys)) for by_item in (needed, served)))


def _find_worst_served(arrays: ProblemArrays, flows: Flows, needs: slice) -> tuple[WorstServedDemand, ...]:
    """Return the counties and needs with the smallest served shares in ascending order, without those served in full."""
    counties, labels = arrays.places.county_count, arrays.labels["item"][needs]
    needed, short = (amounts[:counties, needs].sum(axis=2) for amounts in (flows.demand, flows.unmet))
    share = np.where(needed > 0, 1.0 - short / np.where(needed > 0, needed, 1.0), 1.0)
    ranked = np.argsort(share, axis=None, kind="stable")[:MAX_WORST_SERVED]
    found = [tuple(int(k) for k in np.unravel_index(rank, share.shape)) for rank in ranked]
    return tuple(
        WorstServedDemand(
            county=arrays.labels["county"][c],
            item=labels[i],
            demand=float(needed[c, i]),
            served=float(needed[c, i] - short[c, i]),
            share=float(share[c, i]),
        )
        for c, i in found
        if short[c, i] > 0
    )


def _sum_haulage(arrays: ProblemArrays, program: Program, values: FloatArray) -> tuple[float, float]:
    """Return tonnes, summed over links, and tonne-kilometres."""
    ship = program.variables["ship"]
    tonnes = arrays.items.tonnes_per_unit[ship.axes["item"]] * values[ship.block_slice]
    return float(tonnes.sum()), float(tonnes @ arrays.arcs.km[ship.axes["arc"]])


def _sum_units_under_way(arrays: ProblemArrays, program: Program, values: FloatArray) -> FloatArray:
    """Return the units of each item that are under way when the plan ends, (I,)."""
    ship = program.variables["ship"]
    late = find_arrival_periods(arrays, ship) >= arrays.period_count
    return sum_by_cell(ship.axes["item"][late], values[ship.block_slice][late], len(arrays.items.value))


def _compute_origin_shares(arrays: ProblemArrays, program: Program, values: FloatArray) -> tuple[float, float]:
    """Return the shares of local factories and of central deliveries in the supply of goods, by value."""
    make, central = program.variables["make"], program.variables["central"]
    item_value = arrays.items.value * arrays.items.is_good
    line = make.axes["line"]
    made = item_value[arrays.lines.item[line]] * values[make.block_slice]
    local = float(made[arrays.lines.is_local[line]].sum())
    delivered = float(item_value[central.axes["item"]] @ values[central.block_slice])
    total = float(made.sum()) + delivered
    return (local / total, delivered / total) if total > 0 else (0.0, 0.0)
