"""Constraints of the reference model, one function each, as plain sums over variables.

Demand is in `demand`. Limits of a single variable (lines, stocks, offers, wants, bands) are bounds in `model`.
"""

from collections import defaultdict

import pulp

from models.problem.budgets import Budget
from models.problem.items import Item
from models.problem.network import Station
from models.problem.partners import Partner
from models.problem.population import County, StockLimits
from solvers.reference_model.model import CountyItemUnits, ReferenceModel
from solvers.reference_model.whole_numbers import get_step, round_least, round_most

PlaceItemPeriod = tuple[str, str, int]
"""Place, item and position of the period."""

PERIODS_PER_QUARTER = 3
"""Periods in a quarter, counted from the first."""


def add_balance_constraints(model: ReferenceModel) -> None:
    """Balance supply and use of each item at each place in each period."""
    net = collect_flow_terms(model)
    _add_store_terms(model, net)
    for (county, item, t, _), units in model.short.items():
        if item not in model.items:  # requirements have constraints of their own
            continue
        net[county, item, t].append(+units)
        if model.items[item].carry_over and t + 1 in model.get_period_positions():
            net[county, item, t + 1].append(-model.items[item].carry_over * units)
    for variables in (model.discard, model.extra):
        for key, units in variables.items():
            net[key].append(-units)
    opening = {
        (county.id, item, 0): (1 - model.items[item].loss) * limits.opening
        for county in model.problem.counties
        for item, limits in county.stocks.items()
    }
    arriving = sum_arrivals_from_before(model)
    demand = [key for key in model.demand if key[1] in model.items]
    for key in sorted({*net, *opening, *demand, *arriving}):
        need = model.demand.get(key, 0.0) - opening.get(key, 0.0) - arriving.get(key, 0.0)
        model.add_constraint(
            pulp.lpSum(net.get(key, [])) == need, "balance", key[0], key[1], model.problem.periods[key[2]]
        )


def collect_flow_terms(model: ReferenceModel) -> dict[PlaceItemPeriod, list[pulp.LpAffineExpression]]:
    """Return production, material use, shipments, central deliveries and swaps, with departures negative."""
    net: dict[PlaceItemPeriod, list[pulp.LpAffineExpression]] = defaultdict(list)
    _add_production_terms(model, net)
    partner_places = {partner.id: partner.at for partner in model.problem.partners}
    for ((link_id, start, end), item, t), sent in model.ship.items():
        net[start, item, t].append(-sent)
        if (arrival := t + model.links[link_id].transit_periods) in model.get_period_positions():
            net[end, item, arrival].append(+sent)
    for (gateway, item, t), delivered in model.central.items():
        net[gateway, item, t].append(+delivered)
    for (partner, item, t), units in model.take.items():
        net[partner_places[partner], item, t].append(+units)
    for (partner, item, t), units in model.give.items():
        net[partner_places[partner], item, t].append(-units)
    return net


def sum_arrivals_from_before(model: ReferenceModel) -> dict[PlaceItemPeriod, float]:
    """Return the units that left over links before the plan, by place, item and period of arrival."""
    arriving: dict[PlaceItemPeriod, float] = defaultdict(float)
    for one in model.problem.in_transit:
        for t, units in enumerate(model.expand_to_periods(one.quantity)):
            if units:
                arriving[one.to, one.item, t] += units
    return arriving


def _add_production_terms(model: ReferenceModel, net: dict[PlaceItemPeriod, list[pulp.LpAffineExpression]]) -> None:
    """Add production and material use at the place of the factory."""
    for factory, position, line in model.list_all_lines():
        for t in model.get_period_positions():
            made = model.make[factory.id, position, t]
            net[factory.place, line.item, t].append(+made)
            for material, use in line.materials.items():
                net[factory.place, material, t].append(-use * made)


def _add_store_terms(model: ReferenceModel, net: dict[PlaceItemPeriod, list[pulp.LpAffineExpression]]) -> None:
    """Add stock at the end of a period and the stock left one period later."""
    for (county, item, t), stored in model.stock.items():
        net[county, item, t].append(-stored)
        if t + 1 in model.get_period_positions():
            net[county, item, t + 1].append((1 - model.items[item].loss) * stored)


def add_machine_constraints(model: ReferenceModel) -> None:
    """Limit the hours of each machine group to nominal hours times the condition of the factory."""
    for factory in model.problem.factories:
        for group, hours in factory.machines.items():
            for t, nominal in enumerate(model.expand_to_periods(hours)):
                used = pulp.lpSum(
                    line.hours_per_unit.get(group, 0.0) * model.make[factory.id, position, t]
                    for position, line in enumerate(factory.lines)
                )
                model.add_constraint(
                    used <= factory.condition * nominal, "machine", factory.id, group, model.problem.periods[t]
                )


def add_labour_constraints(model: ReferenceModel) -> None:
    """Limit the hours of labour of the factories in a county."""
    for county in model.problem.counties:
        hours = () if county.labour_hours is None else model.expand_to_periods(county.labour_hours)
        for t, limit in enumerate(hours):
            used = pulp.lpSum(
                line.labour_hours_per_unit * model.make[factory.id, position, t]
                for factory, position, line in model.list_all_lines()
                if factory.place == county.id
            )
            model.add_constraint(used <= limit, "labour", county.id, model.problem.periods[t])


def add_power_constraints(model: ReferenceModel) -> None:
    """Limit the electricity of an area to its allotment and own generation."""
    drawn: dict[tuple[str, int], list[pulp.LpAffineExpression]] = defaultdict(list)
    area_of = {county.id: county.power_area for county in model.problem.counties}
    for factory, position, line in model.list_all_lines():
        for t in model.get_period_positions() if factory.place in area_of else ():
            kwh = factory.power_overhead * line.kwh_per_unit
            drawn[area_of[factory.place], t].append(kwh * model.make[factory.id, position, t])
    for ((link_id, _, _), item, t), sent in model.ship.items():
        link = model.links[link_id]
        if link.power_area is not None:
            tonnes = model.items[item].kg_per_unit / 1000 * sent
            drawn[link.power_area, t].append(link.kwh_per_tonne_km * link.km * tonnes)
    for area in model.problem.power_areas:
        limit = () if area.limit_kwh is None else model.expand_to_periods(area.limit_kwh)
        own = model.expand_to_periods(area.own_generation_kwh)
        for t, kwh in enumerate(limit):
            model.add_constraint(
                pulp.lpSum(drawn[area.id, t]) <= kwh + own[t], "power", area.id, model.problem.periods[t]
            )


def add_link_constraints(model: ReferenceModel) -> None:
    """Limit the tonnes over a link in each direction."""
    loaded: dict[tuple[str, str, str, int], list[pulp.LpAffineExpression]] = defaultdict(list)
    for (arc, item, t), sent in model.ship.items():
        loaded[(*arc, t)].append(model.items[item].kg_per_unit / 1000 * sent)
    for (link_id, start, end, t), tonnes in loaded.items():
        limit = model.links[link_id].tonnes
        if limit is not None:
            model.add_constraint(
                pulp.lpSum(tonnes) <= model.expand_to_periods(limit)[t],
                "link",
                link_id,
                start,
                end,
                model.problem.periods[t],
            )


def add_handling_constraints(model: ReferenceModel) -> None:
    """Limit the tonnes that enter a place over links."""
    entering: dict[tuple[str, int], list[pulp.LpAffineExpression]] = defaultdict(list)
    for ((link_id, _, end), item, t), sent in model.ship.items():
        entering[end, t + model.links[link_id].transit_periods].append(model.items[item].kg_per_unit / 1000 * sent)
    arriving: dict[tuple[str, int], float] = defaultdict(float)
    for (end, item, t), units in sum_arrivals_from_before(model).items():
        arriving[end, t] += model.items[item].kg_per_unit / 1000 * units
    places: list[County | Station] = [*model.problem.counties, *model.problem.stations]
    for place in places:
        limit = () if place.handling_tonnes is None else model.expand_to_periods(place.handling_tonnes)
        for t, tonnes in enumerate(limit):
            model.add_constraint(
                pulp.lpSum(entering[place.id, t]) <= max(tonnes - arriving[place.id, t], 0.0),
                "handling",
                place.id,
                model.problem.periods[t],
            )


def add_central_share_constraints(model: ReferenceModel) -> None:
    """Limit central deliveries over all gateways to the share of demand, or to the allotment of a material.

    The share of what is due before a period ends is handed over in the period before, if it can be stored.
    """
    shares = model.problem.supply_shares
    delivered = model.expand_to_periods(shares.delivered)
    for item in model.problem.items:
        share = shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central))
        allotment = model.expand_to_periods(shares.materials.get(item.id, 0.0))
        for t in model.get_period_positions():
            need = sum(model.demand.get((county.id, item.id, t), 0.0) for county in model.problem.counties)
            need += _sum_early_need(model, item, t + 1) - (_sum_early_need(model, item, t) if t > 0 else 0)
            need += model.expand_to_periods(shares.promised.get(item.id, 0.0))[t]
            promised = delivered[t] * (allotment[t] if item.kind == "material" else share * need)
            limit = round_most(promised, get_step(item))
            total = pulp.lpSum(model.central[gateway, item.id, t] for gateway in dict.fromkeys(shares.gateways))
            model.add_constraint(total <= limit, "central_share", item.id, model.problem.periods[t])


def _sum_early_need(model: ReferenceModel, item: Item, t: int) -> float:
    due = item.due.get(model.problem.periods[t]) if t < len(model.problem.periods) else None
    if due is None or not item.storable:
        return 0.0
    needs = [model.demand.get((county.id, item.id, t), 0.0) for county in model.problem.counties]
    return sum(round_least(due.share * need, get_step(item)) for need in needs)


def add_local_floor_constraints(model: ReferenceModel) -> None:
    """Require a minimum local share of production and central deliveries over the plan, by value."""
    for key, floor in model.problem.supply_shares.local_floor.items():
        weight = {i.id: i.value for i in model.problem.items if i.category == key}
        if key in model.items:
            weight[key] = 1.0
        local: list[pulp.LpAffineExpression] = []
        other: list[pulp.LpAffineExpression] = []
        for factory, position, line in model.list_all_lines():
            units = [
                weight.get(line.item, 0.0) * model.make[factory.id, position, t] for t in model.get_period_positions()
            ]
            (local if factory.level == "local" else other).extend(units)
        other += [weight.get(item, 0.0) * units for (_, item, _), units in model.central.items()]
        model.add_constraint((1 - floor) * pulp.lpSum(local) - floor * pulp.lpSum(other) >= 0, "local_floor", key)


def list_settlement_windows(model: ReferenceModel, partner: Partner) -> list[list[int]]:
    """Return the positions of the periods in each settlement window of a partner."""
    periods = list(model.get_period_positions())
    length = {"period": 1, "quarter": PERIODS_PER_QUARTER, "plan": len(periods)}[partner.settlement]
    return [periods[start : start + length] for start in range(0, len(periods), length)]


def add_swap_balance_constraints(model: ReferenceModel) -> None:
    """Limit the value taken in each settlement window by the value given at the rate, plus the credit."""
    for partner in model.problem.partners if model.give or model.take else ():
        for number, window in enumerate(list_settlement_windows(model, partner)):
            taken = pulp.lpSum(
                model.items[i].value * model.take[partner.id, i, t] for i in partner.offers for t in window
            )
            given = pulp.lpSum(
                model.items[i].value * model.give[partner.id, i, t] for i in partner.wants for t in window
            )
            model.add_constraint(
                taken - partner.rate * given <= partner.credit, "swap_balance", partner.id, str(number)
            )


def add_own_surplus_constraints(model: ReferenceModel) -> None:
    """Limit what swaps have given of an item so far to its opening stock and what local factories have made so far."""
    past_count = 0 if model.problem.past is None else len(model.problem.past.periods)
    wanted = dict.fromkeys(item for partner in model.problem.partners for item in partner.wants)
    for item in wanted if model.problem.policy.own_surplus else ():
        given = [(t, units) for (_, given_item, t), units in model.give.items() if given_item == item]
        made = [
            (t, model.make[factory.id, position, t])
            for factory, position, line in model.list_all_lines()
            for t in model.get_period_positions()
            if line.item == item and factory.level == "local"
        ]
        opening = sum(county.stocks.get(item, StockLimits()).opening for county in model.problem.counties)
        past_given, past_made = (
            sum(units.lowBound for t, units in series if t < past_count) for series in (given, made)
        )
        for last, period in enumerate(model.problem.periods):
            so_far = [pulp.lpSum(units for t, units in series if t <= last) for series in (given, made)]
            limit = max(opening, past_given - past_made)
            model.add_constraint(so_far[0] - so_far[1] <= limit, "own_surplus", item, period)


def add_budget_constraints(model: ReferenceModel) -> None:
    """Limit what each budget has to pay in a period, or so far where money carries over."""
    past_count = 0 if model.problem.past is None else len(model.problem.past.periods)
    for budget in model.problem.budgets:
        paid = _list_payments(model, budget)
        won = model.expand_to_periods(budget.won)
        past = sum(cost * units.lowBound for t, cost, units in paid if t < past_count)
        for last, period in enumerate(model.problem.periods):
            first = 0 if budget.carries_over else last
            limit = max(sum(won[: last + 1]), past) if budget.carries_over else won[last]
            spent = pulp.lpSum(cost * units for t, cost, units in paid if first <= t <= last)
            model.add_constraint(spent <= limit, "budget", budget.id, period)


def _list_payments(model: ReferenceModel, budget: Budget) -> list[tuple[int, float, pulp.LpVariable]]:
    """Return the period, the won per unit and the variable of everything that a budget pays for."""
    paid: list[tuple[str, str, int, float, pulp.LpVariable]] = []
    for factory, position, line in model.list_all_lines():
        paid += [
            ("making", line.item, t, line.cost_per_unit, model.make[factory.id, position, t])
            for t in model.get_period_positions()
        ]
    for ((link_id, _, _), item, t), sent in model.ship.items():
        link = model.links[link_id]
        per_tonne = link.cost_per_tonne + link.cost_per_tonne_km * link.km
        paid.append(("haulage", item, t, per_tonne * model.items[item].kg_per_unit / 1000, sent))
    for (_, item, t), delivered in model.central.items():
        kind = "central" if model.items[item].kind == "good" else "materials"
        paid.append((kind, item, t, budget.price_factor * model.items[item].value, delivered))
    for (partner, item, t), taken in model.take.items():
        if budget.partners is None or partner in budget.partners:
            paid.append(("swaps", item, t, budget.price_factor * model.items[item].value, taken))
    return [
        (t, cost, units)
        for kind, item, t, cost, units in paid
        if kind in budget.covers and (budget.categories is None or model.items[item].category in budget.categories)
    ]


def add_own_needs_first_constraints(model: ReferenceModel, shortage_without_swaps: CountyItemUnits) -> None:
    """Limit each shortage to that of the plan without swaps."""
    short: dict[tuple[str, str, int], list[pulp.LpVariable]] = defaultdict(list)
    for (county, item, t, _), units in model.short.items():
        short[county, item, t].append(units)
    for key, units in short.items():
        limit = shortage_without_swaps.get(key, 0.0)
        model.add_constraint(
            pulp.lpSum(units) <= limit, "own_needs_first", key[0], key[1], model.problem.periods[key[2]]
        )


def add_store_constraints(model: ReferenceModel) -> None:
    """Limit the tonnes in the stores of a county at the end of a period."""
    stored_tonnes: dict[tuple[str, int], list[pulp.LpAffineExpression]] = defaultdict(list)
    for (county, item, t), units in model.stock.items():
        stored_tonnes[county, t].append(model.items[item].kg_per_unit / 1000 * units)
    for place in model.problem.counties:
        limit = () if place.store_tonnes is None else model.expand_to_periods(place.store_tonnes)
        for t, tonnes in enumerate(limit):
            model.add_constraint(
                pulp.lpSum(stored_tonnes[place.id, t]) <= tonnes, "store", place.id, model.problem.periods[t]
            )


def add_rate_change_constraints(model: ReferenceModel) -> None:
    """Measure rises and falls of the output per day, in units per period of mean length."""
    if not counts_level(model):
        return
    stated = model.problem.period_days
    days = model.expand_to_periods(1.0 if stated is None else stated)
    mean = sum(days) / len(days)
    for factory, position, line in model.list_all_lines():
        for t in range(1, len(days)):
            if model.items[line.item].value > 0 and days[t] > 0 and days[t - 1] > 0:
                name = (factory.id, line.item, model.problem.periods[t])
                up, down = model.add_variable("rise", *name), model.add_variable("fall", *name)
                now = mean / days[t] * model.make[factory.id, position, t]
                before = mean / days[t - 1] * model.make[factory.id, position, t - 1]
                model.add_constraint(now - before <= up, "rate_change", *name)
                model.add_constraint(before - now <= down, "rate_change", *name)
                model.rate_change[factory.id, position, t] = up, down


def add_left_over_constraints(model: ReferenceModel) -> None:
    """Measure the stock above its minimum at the end of the last period."""
    last = len(model.problem.periods) - 1
    for (county, item, t), units in model.stock.items() if counts_level(model) else ():
        if t == last and model.items[item].value > 0:
            left = model.left_over[county, item] = model.add_variable("left_over", county, item)
            model.add_constraint(units - left <= units.lowBound, "left_over", county, item)


def add_given_away_constraints(model: ReferenceModel) -> None:
    """Measure the value given to a partner in a settlement window beyond what pays for the value taken."""
    for partner in model.problem.partners if model.give and counts_level(model) else ():
        for window in list_settlement_windows(model, partner):
            value = {item.id: item.value for item in model.problem.items}
            given = pulp.lpSum(value[i] * model.give[partner.id, i, t] for i in partner.wants for t in window)
            taken = pulp.lpSum(value[i] * model.take[partner.id, i, t] for i in partner.offers for t in window)
            surplus = model.add_variable("given_away", partner.id, str(window[-1]))
            paid = taken / partner.rate if partner.rate > 0 else 0
            model.add_constraint(given - paid <= surplus, "given_away", partner.id, str(window[-1]))
            model.given_away[partner.id, window[-1]] = surplus


def counts_level(model: ReferenceModel) -> bool:
    """Return whether changes of production and stock left over count: always with a weight, unless goals leave them out."""
    policy = model.problem.policy
    names = [goal.goal for goal in policy.expand_ordered_goals()]
    return policy.smoothing > 0 and ("level" in names or not names)
