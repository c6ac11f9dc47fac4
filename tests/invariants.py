"""Invariants of a plan: every constraint recomputed in plain loops that import nothing from `solvers`.

An invariant takes a `Reading` and yields a sentence for each violation. `assert_plan_invariants` checks all of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from models.plan import Plan
from models.problem.factories import list_line_parts
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Policy
from tests.invariants_of_capacities import (
    check_handling_invariant,
    check_labour_invariant,
    check_link_invariant,
    check_machine_invariant,
    check_power_invariant,
    check_store_invariant,
)
from tests.invariants_of_deliveries import check_deliveries_invariant, check_quality_invariant
from tests.invariants_of_requirements import (
    check_basket_share_invariant,
    check_baskets_invariant,
    check_requirement_invariant,
    check_taken_invariant,
)
from tests.invariants_of_time import (
    check_bands_invariant,
    check_due_invariant,
    check_served_least_invariant,
    check_shortage_width_invariant,
    check_transit_invariant,
)
from tests.invariants_of_trade import (
    check_budget_invariant,
    check_central_share_invariant,
    check_own_surplus_invariant,
)
from tests.invariants_of_whole_units import check_lots_invariant, check_whole_units_invariant
from tests.level_costs import compute_level_costs
from tests.plan_reading import Key, Reading, Tables, list_bands

Invariant = Callable[[Reading], Iterator[str]]


def check_demand_invariant(r: Reading) -> Iterator[str]:
    """Demand is population × norms; a backlog was short before; what is served is demand and backlog minus shortage."""
    stated = r.read_needs()
    for key in {*r.need, *stated}:
        row = stated.get(key, {"demand": 0.0, "backlog": 0.0, "served": 0.0, "shortage": 0.0})
        if r.apart(row["demand"], r.need[key]):
            yield f"demand {key}: {row['demand']} stated, {r.need[key]} needed"
        if r.apart(row["backlog"], r.backlog(key)):
            yield f"backlog {key}: {row['backlog']} stated, {r.backlog(key)} left of the period before"
        if r.apart(row["served"], row["demand"] + row["backlog"] - row["shortage"], row["demand"]):
            yield f"served {key}: {row['served']} of {row['demand']} with {row['shortage']} short"


def check_balance_invariant(r: Reading) -> Iterator[str]:
    """Supply of an item at a place equals its use, stock, shipments and demand."""
    for place in [*(county.id for county in r.problem.counties), *(station.id for station in r.problem.stations)]:
        for item in r.items:
            for period in r.periods:
                key = (place, item, period)
                held = r.carried(key)
                terms = [r.flows[name][key] for name in ("made", "arrived", "taken")]
                terms += [r.central[key], held, r.short[key], -r.stock[key], -r.discarded[key], -r.extra[key]]
                terms += [-r.flows[name][key] for name in ("used", "sent", "given")]
                need = r.need[key] + r.backlog(key)
                if r.apart(sum(terms), need, sum(abs(term) for term in terms)):
                    yield f"balance {key}: {sum(terms)} for a need of {need}"


def check_flows_invariant(r: Reading) -> Iterator[str]:
    """The columns of the supply table are the sums of the other tables."""
    counties = {county.id for county in r.problem.counties}
    stated = {(row["county"], row["item"], row["period"]): row for row in r.rows["supply"]}
    for column, found in r.flows.items():
        for key in {*found, *stated}:
            if key not in stated and key[0] not in counties:
                continue  # a station need not be listed where goods only pass through
            if r.apart(stated.get(key, {column: 0.0})[column], found[key]):
                yield f"supply {column} {key}: {stated.get(key)} where the tables give {found[key]}"


def check_bounds_invariant(r: Reading) -> Iterator[str]:
    """No amount is negative; shipments use existing arcs; central deliveries use gateways; quotas keep their bounds."""
    for name, amounts in (
        ("made", r.quota),
        ("shipped", r.ship),
        ("kept", r.stock),
        ("central", r.central),
        ("short", r.short),
        ("extra", r.extra),
    ):
        yield from (f"{name} {key}: {units} is negative" for key, units in amounts.items() if r.over(-units, 0))
    arcs = {(link.id, link.from_place, link.to_place) for link in r.problem.links}
    arcs |= {(link.id, link.to_place, link.from_place) for link in r.problem.links if not link.one_way}
    for key, units in r.ship.items():
        if r.over(units, 0) and (key[:3] not in arcs or not r.items[key[3]].transportable):
            yield f"shipped {key}: no such arc, or the item cannot be shipped"
    for (place, item, period), units in r.central.items():
        if r.over(units, 0) and place not in r.problem.supply_shares.gateways:
            yield f"central {(place, item, period)}: not a gateway"
    lines = {(factory.id, line.item, line.recipe): line for factory in r.problem.factories for line in factory.lines}
    yield from (f"quota {key}: no such line" for key in r.quota if key[:3] not in lines)
    for key, line in lines.items():
        for period in r.periods:
            units = r.quota[(*key, period)]
            if r.over(r.at(line.least, period), units) or (
                line.most is not None and r.over(units, r.at(line.most, period))
            ):
                yield f"quota {(*key, period)}: {units} not between {line.least} and {line.most}"


def check_local_floor_invariant(r: Reading) -> Iterator[str]:
    """Local factories make the minimum share over the plan, by value."""
    for name, floor in r.problem.supply_shares.local_floor.items():
        weight = {i.id: 1.0 if i.id == name else i.value for i in r.problem.items if name in (i.id, i.category)}
        local = total = 0.0
        for factory in r.problem.factories:
            for line in factory.lines:
                made = sum(
                    weight.get(line.item, 0.0) * r.quota[factory.id, line.item, line.recipe, period]
                    for period in r.periods
                )
                total += made
                local += made if factory.level == "local" else 0.0
        total += sum(weight.get(item, 0.0) * units for (_, item, _), units in r.central.items())
        if r.over(floor * total, local):
            yield f"local_floor {name}: {local} of {total} made locally, {floor} required"


def check_swap_balance_invariant(r: Reading) -> Iterator[str]:
    """Swaps balance in every window at the rate and the credit, within offers and wants."""
    partners = {partner.id: partner for partner in r.problem.partners}
    for key in {*r.take, *r.give}:
        partner = partners[key[0]]
        if r.over(r.take[key], r.at(partner.offers.get(key[1], 0.0), key[2])):
            yield f"take {key}: {r.take[key]} of {partner.offers.get(key[1])} offered"
        if r.over(r.give[key], r.at(partner.wants.get(key[1], 0.0), key[2])):
            yield f"give {key}: {r.give[key]} of {partner.wants.get(key[1])} wanted"
        if r.over(-min(r.take[key], r.give[key]), 0):
            yield f"swap {key}: negative"
    for partner in r.problem.partners:
        for window in r.windows(partner.settlement):
            taken = sum(r.items[i].value * r.take[partner.id, i, period] for i in r.items for period in window)
            given = sum(r.items[i].value * r.give[partner.id, i, period] for i in r.items for period in window)
            if r.over(taken, partner.rate * given + partner.credit):
                yield f"swap_balance {(partner.id, window)}: {taken} taken for {given} given"


def check_objective_invariant(r: Reading) -> Iterator[str]:
    """The objective is the sum of its parts, and each part agrees with the tables."""
    assert r.plan.objective is not None
    parts = r.plan.objective.parts
    found = {"shortage": _shortage(r), "making": 0.0, "haulage": 0.0, "holding": 0.0, "quality": 0.0}
    found["rate_changes"], found["left_over"] = compute_level_costs(r)
    for factory in r.problem.factories:
        for line in factory.lines:
            made = sum(r.quota[factory.id, line.item, line.recipe, period] for period in r.periods)
            found["making"] += line.cost_per_unit * made
            missing = r.items[line.item].value * (1 - line.quality) * made
            found["quality"] += r.problem.policy.quality_weight * missing
    links = {link.id: link for link in r.problem.links}
    for key, units in r.ship.items():
        link = links[key[0]]
        found["haulage"] += (link.cost_per_tonne + link.cost_per_tonne_km * link.km) * r.tonnes(key[3], units)
    found["holding"] = sum(r.items[item].holding_cost * held for (_, item, _), held in r.stock.items())
    for name, won in found.items():
        stated = getattr(parts, name)
        if name == "shortage" and r.problem.policy.goals:
            if r.over(won, stated):
                yield f"objective shortage: {stated} stated, {won} if the cheapest bands fill first"
        elif r.apart(stated, won):
            yield f"objective {name}: {stated} stated, {won} by the tables"
    total = sum(parts.model_dump().values())
    if r.apart(r.plan.objective.value, total):
        yield f"objective: {r.plan.objective.value} stated, its parts are {total}"


def _shortage(r: Reading) -> float:
    """Return the weighted shortage with the bands of smallest weight filled first."""
    policy = r.problem.policy
    weights = {**Policy().priority_weights, **policy.priority_weights}
    by_priority = {1: weights["1"], 2: weights["2"], 3: weights["3"]}
    cheapest_first = sorted(list_bands(policy), key=lambda band: band[1])
    total = 0.0
    for key, units in r.short.items():
        need, remaining = r.find_need(key[1]), units
        for width, weight in cheapest_first:
            taken = min(remaining, width * (r.need[key] + r.backlog(key)))
            remaining -= taken
            total += taken * weight * by_priority[need.priority] * need.value * r.at(need.importance, key[2])
    return total


LEAST = ("due", "served_least", "local_floor", "line_least", "stock_least")
"""Limits from below."""


BY_QUOTAS = ("machine", "labour", "line_least", "line_most")
"""Limits whose use depends on the quotas alone."""


def check_capacity_invariant(r: Reading) -> Iterator[str]:
    """Use is within the limit, prices are not negative, and only a binding limit has a price (complementary slackness)."""
    for row in r.rows["capacity"]:
        is_least = row["rule"] in LEAST or (row["rule"] == "basket_share" and row["part"].endswith("/least"))
        used, limit = (row["limit"], row["used"]) if is_least else (row["used"], row["limit"])
        if r.over(used, limit):
            yield f"capacity {row}: above its limit"
        if r.over(-row["price"], 0):
            yield f"capacity {row}: negative price"
        rounded = r.plan.rounding_cost is not None or r.problem.policy.goals  # their prices are of another point
        if not rounded and row["price"] > r.tolerance and r.over(limit, used):
            yield f"capacity {row}: a price although the limit does not bind"
    used_by = _used_by_factories(r)
    for row in r.rows["capacity"]:
        key = (row["rule"], row["id"], row["part"], row["period"])
        if row["rule"] in BY_QUOTAS and r.apart(row["used"], used_by[key]):
            yield f"capacity {row}: {used_by[key]} used by the quotas"


def _used_by_factories(r: Reading) -> dict[Key, float]:
    """Return machine hours, labour and quotas by rule, id, part and period of the capacity table."""
    used: dict[Key, float] = defaultdict(float)
    for factory in r.problem.factories:
        for line, part in zip(factory.lines, list_line_parts(factory), strict=True):
            for period in r.periods:
                units = r.quota[factory.id, line.item, line.recipe, period]
                for group, hours in line.hours_per_unit.items():
                    used["machine", factory.id, group, period] += hours * units
                used["labour", factory.place, "", period] += line.labour_hours_per_unit * units
                used["line_least", factory.id, part, period] = units
                used["line_most", factory.id, part, period] = units
    return used


def check_own_needs_first_invariant(r: Reading, without_swaps: Reading) -> Iterator[str]:
    """With swaps, no shortage is larger than in the plan without swaps."""
    short: dict[Key, float] = defaultdict(float, r.short)
    for key in short:
        if r.over(short[key], without_swaps.short[key]):
            yield f"own_needs_first {key}: {short[key]} short, {without_swaps.short[key]} without swaps"


INVARIANTS: tuple[Invariant, ...] = (
    check_demand_invariant,
    check_balance_invariant,
    check_due_invariant,
    check_served_least_invariant,
    check_shortage_width_invariant,
    check_transit_invariant,
    check_flows_invariant,
    check_bounds_invariant,
    check_machine_invariant,
    check_labour_invariant,
    check_power_invariant,
    check_link_invariant,
    check_handling_invariant,
    check_central_share_invariant,
    check_local_floor_invariant,
    check_swap_balance_invariant,
    check_own_surplus_invariant,
    check_store_invariant,
    check_budget_invariant,
    check_bands_invariant,
    check_objective_invariant,
    check_whole_units_invariant,
    check_lots_invariant,
    check_capacity_invariant,
    check_deliveries_invariant,
    check_quality_invariant,
    check_requirement_invariant,
    check_taken_invariant,
    check_basket_share_invariant,
    check_baskets_invariant,
)
"""Invariants of a single plan."""


def assert_plan_invariants(problem: PlanningProblem, plan: Plan, tables: Tables, tolerance: float = 1e-6) -> None:
    """Fail with every violated invariant of a plan; tables are rows as dictionaries."""
    reading = Reading(problem, plan, tables, tolerance)
    violations = [f"{invariant.__name__}: {finding}" for invariant in INVARIANTS for finding in invariant(reading)]
    assert not violations, "\n".join(violations[:20])
