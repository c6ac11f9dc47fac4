"""Constraints of the reference model on needs over time: due dates, least amounts served, and bands of needs with a backlog."""

from collections import defaultdict

import pulp

from solvers.reference_model.bands import list_bands
from solvers.reference_model.constraints import PlaceItemPeriod, collect_flow_terms, sum_arrivals_from_before
from solvers.reference_model.model import ReferenceModel
from solvers.reference_model.whole_numbers import get_step, round_least


def add_shortage_width_constraints(model: ReferenceModel) -> None:
    """Shortage width: a band is at most its share of the need, which includes the backlog of the period before."""
    bands = list_bands(model.problem.policy)
    for (county, item_id, t, k), units in model.short.items():
        if t == 0 or units.upBound is not None:
            continue
        before = [model.short[county, item_id, t - 1, j] for j in range(len(bands))]
        need = model.demand.get((county, item_id, t), 0.0) + model.items[item_id].carry_over * pulp.lpSum(before)
        model.add_constraint(
            units - bands[k].width * need <= 0, "shortage_width", county, item_id, model.problem.periods[t], str(k)
        )


def add_served_least_constraints(model: ReferenceModel) -> None:
    """Served least: of a need, which includes the backlog, at most the rest above the least amount is short."""
    bands = range(len(list_bands(model.problem.policy)))
    for row in model.problem.served_least:
        item = model.items[row.item]
        for t, quantity in enumerate(model.expand_to_periods(row.quantity)):
            demand = model.demand.get((row.county, row.item, t), 0.0)
            least = min(round_least(quantity, get_step(item)), demand)
            if least <= 0:
                continue
            now = pulp.lpSum(model.short[row.county, row.item, t, k] for k in bands)
            before = [model.short[key] for k in bands if (key := (row.county, row.item, t - 1, k)) in model.short]
            model.add_constraint(
                demand + item.carry_over * pulp.lpSum(before) - now >= least,
                "served_least",
                row.county,
                row.item,
                model.problem.periods[t],
            )


def add_due_constraints(model: ReferenceModel) -> None:
    """Due dates: the due share of a need is there by its date, from stock and even arrivals until then, or short."""
    flows, arriving = collect_flow_terms(model), sum_arrivals_from_before(model)
    short: dict[PlaceItemPeriod, list[pulp.LpVariable]] = defaultdict(list)
    for (county, item_id, t, _), units in model.short.items():
        short[county, item_id, t].append(units)
    stocks = {county.id: county.stocks for county in model.problem.counties}
    for key, need in model.demand.items():
        county, item_id, t = key
        item = model.items[item_id]
        due = item.due.get(model.problem.periods[t])
        if due is None or due.share == 0:
            continue
        there = due.by * (pulp.lpSum(flows.get(key, [])) + arriving.get(key, 0.0)) + pulp.lpSum(short.get(key, []))
        if t > 0 and (county, item_id, t - 1) in model.stock:
            there += (1 - item.loss) * model.stock[county, item_id, t - 1]
        if t == 0 and item_id in stocks[county]:
            there += (1 - item.loss) * stocks[county][item_id].opening
        units_due = round_least(due.share * need, get_step(item) if item.storable else 0.0)
        model.add_constraint(there >= units_due, "due", county, item_id, model.problem.periods[t])
