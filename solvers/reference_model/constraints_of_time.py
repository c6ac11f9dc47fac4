"""Constraints of the reference model on needs over time: due dates, least amounts served, and bands of needs with a backlog."""

import pulp

from models.problem.items import Item
from solvers.reference_model.bands import list_bands
from solvers.reference_model.constraints import collect_flow_terms, sum_arrivals_from_before
from solvers.reference_model.model import ReferenceModel, find_need_key
from solvers.reference_model.whole_numbers import get_step, round_least


def add_shortage_width_constraints(model: ReferenceModel) -> None:
    """Shortage width: a band is at most its share of the need, which includes the backlog of the period before."""
    bands = list_bands(model.problem.policy)
    for (county, item_id, t, k), units in model.short.items():
        if t == 0 or units.upBound is not None:
            continue
        before = [model.short[county, item_id, t - 1, j] for j in range(len(bands))]
        need = model.demand.get((county, item_id, t), 0.0) + model.needs[item_id].carry_over * pulp.lpSum(before)
        model.add_constraint(
            units - bands[k].width * need <= 0, "shortage_width", county, item_id, model.problem.periods[t], str(k)
        )


def add_served_least_constraints(model: ReferenceModel) -> None:
    """Served least: of a need, which includes the backlog, at most the rest above the least amount is short."""
    bands = range(len(list_bands(model.problem.policy)))
    for row in model.problem.served_least:
        name = find_need_key(model.problem, row.item)
        need = model.needs[name]
        for t, quantity in enumerate(model.expand_to_periods(row.quantity)):
            demand = model.demand.get((row.county, name, t), 0.0)
            step = get_step(model.items[name]) if name in model.items else 0.0
            least = min(round_least(quantity, step), demand)
            if least <= 0:
                continue
            now = pulp.lpSum(model.short[row.county, name, t, k] for k in bands)
            before = [model.short[key] for k in bands if (key := (row.county, name, t - 1, k)) in model.short]
            model.add_constraint(
                demand + need.carry_over * pulp.lpSum(before) - now >= least,
                "served_least",
                row.county,
                row.item,
                model.problem.periods[t],
            )


def add_due_constraints(model: ReferenceModel) -> None:
    """Due dates: the due share of a need is there by its date, from stock and even arrivals until then, or short."""
    flows, arriving = collect_flow_terms(model), sum_arrivals_from_before(model)
    stocks = {county.id: county.stocks for county in model.problem.counties}

    def sum_there(county: str, item: Item, t: int, by: float) -> pulp.LpAffineExpression:
        key = (county, item.id, t)
        there = by * (pulp.lpSum(flows.get(key, [])) + arriving.get(key, 0.0))
        if t > 0 and (county, item.id, t - 1) in model.stock:
            there += (1 - item.loss) * model.stock[county, item.id, t - 1]
        if t == 0 and item.id in stocks[county]:
            there += (1 - item.loss) * stocks[county][item.id].opening
        return there

    bands = range(len(list_bands(model.problem.policy)))
    for (county, name, t), need in model.demand.items():
        due = model.needs[name].due.get(model.problem.periods[t])
        if due is None or due.share == 0:
            continue
        short = pulp.lpSum(model.short[county, name, t, k] for k in bands)
        if name in model.items:
            item = model.items[name]
            there = sum_there(county, item, t, due.by)
            units_due = round_least(due.share * need, get_step(item) if item.storable else 0.0)
        else:
            provided = [(item, item.provides.get(model.needs[name].id, 0.0)) for item in model.problem.items]
            there = pulp.lpSum(amount * sum_there(county, item, t, due.by) for item, amount in provided if amount)
            units_due = due.share * need
        model.add_constraint(there + short >= units_due, "due", county, name, model.problem.periods[t])
