"""The laws: every rule worked out again from a returned plan, with plain loops that import nothing from `solvers`.

A law takes a `Reading` and returns what it finds broken, in words. `assert_plan_lawful` runs them all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from models.problem.population import StockLimits
from tests.invariants_of_value import law_bands, law_capacity, law_objective, law_whole_units
from tests.plan_reading import Key, Reading, Tables

Law = Callable[[Reading], Iterator[str]]


def law_demand(r: Reading) -> Iterator[str]:
    """Rule 1: the plan's needs are people × norms, and what is not short is served."""
    stated = {(row["county"], row["item"], row["period"]): row for row in r.rows["supply"]}
    for key in {*r.need, *stated}:
        row = stated.get(key, {"demand": 0.0, "served": 0.0, "shortage": 0.0})
        if r.apart(row["demand"], r.need[key]):
            yield f"demand {key}: {row['demand']} stated, {r.need[key]} needed"
        if r.apart(row["served"], row["demand"] - row["shortage"], row["demand"]):
            yield f"served {key}: {row['served']} of {row['demand']} with {row['shortage']} short"


def law_balance(r: Reading) -> Iterator[str]:
    """Rule 2: what comes to a place is what goes, stays, is served or is used up."""
    stocks = {county.id: county.stocks for county in r.problem.counties}
    for place in [*stocks, *[station.id for station in r.problem.stations]]:
        for item in r.items:
            for period in r.periods:
                key = (place, item, period)
                held = _carried(r, stocks[place], key) if place in stocks else 0.0
                terms = [r.flows[name][key] for name in ("made", "arrived", "taken")]
                terms += [r.central[key], held, r.short[key], -r.stock[key]]
                terms += [-r.flows[name][key] for name in ("used", "sent", "given")]
                if r.apart(sum(terms), r.need[key], sum(abs(term) for term in terms)):
                    yield f"balance {key}: {sum(terms)} for a need of {r.need[key]}"


def _carried(r: Reading, stocks: dict[str, StockLimits], key: Key) -> float:
    place, item, period = key
    before = r.before(period)
    held = stocks.get(item, StockLimits()).opening if before is None else r.stock[place, item, before]
    return (1 - r.items[item].loss) * held


def law_flows(r: Reading) -> Iterator[str]:
    """The columns of the supply table are the sums of the other tables."""
    counties = {county.id for county in r.problem.counties}
    stated = {(row["county"], row["item"], row["period"]): row for row in r.rows["supply"]}
    for column, found in r.flows.items():
        for key in {*found, *stated}:
            if key not in stated and key[0] not in counties:
                continue  # a station need not be listed where goods only pass through
            if r.apart(stated.get(key, {column: 0.0})[column], found[key]):
                yield f"supply {column} {key}: {stated.get(key)} where the tables give {found[key]}"


def law_bounds(r: Reading) -> Iterator[str]:
    """Nothing is negative; only what may be shipped, stored, handed over or swapped is; quotas keep least and most."""
    for name, amounts in (
        ("made", r.make),
        ("shipped", r.ship),
        ("kept", r.stock),
        ("central", r.central),
        ("short", r.short),
    ):
        yield from (f"{name} {key}: {units} is negative" for key, units in amounts.items() if r.over(-units, 0))
    arcs = {(link.id, link.from_place, link.to_place) for link in r.problem.links}
    arcs |= {(link.id, link.to_place, link.from_place) for link in r.problem.links if not link.one_way}
    for key, units in r.ship.items():
        if r.over(units, 0) and (key[:3] not in arcs or not r.items[key[3]].transportable):
            yield f"shipped {key}: no such way for it"
    for (place, item, period), units in r.central.items():
        if r.over(units, 0) and place not in r.problem.supply_shares.gateways:
            yield f"central {(place, item, period)}: not a gateway"
    lines = {(factory.id, line.item): line for factory in r.problem.factories for line in factory.lines}
    yield from (f"quota {key}: no such line" for key in r.make if key[:2] not in lines)
    for (factory_id, item), line in lines.items():
        for period in r.periods:
            units = r.make[factory_id, item, period]
            if r.over(r.at(line.least, period), units) or (
                line.most is not None and r.over(units, r.at(line.most, period))
            ):
                yield f"quota {(factory_id, item, period)}: {units} not between {line.least} and {line.most}"


def law_machine(r: Reading) -> Iterator[str]:
    """Rule 3: machine hours × condition."""
    for factory in r.problem.factories:
        for group, hours in factory.machines.items():
            for period in r.periods:
                used = sum(
                    line.hours_per_unit.get(group, 0.0) * r.make[factory.id, line.item, period]
                    for line in factory.lines
                )
                if r.over(used, factory.condition * r.at(hours, period)):
                    yield f"machine {(factory.id, group, period)}: {used} hours of {factory.condition} × {hours}"


def law_labour(r: Reading) -> Iterator[str]:
    """Rule 4: hours of labour of a county."""
    for county in r.problem.counties:
        if county.labour_hours is None:
            continue
        for period in r.periods:
            used = 0.0
            for factory in r.problem.factories:
                if factory.place == county.id:
                    used += sum(
                        line.labour_hours_per_unit * r.make[factory.id, line.item, period] for line in factory.lines
                    )
            if r.over(used, r.at(county.labour_hours, period)):
                yield f"labour {(county.id, period)}: {used} hours of {county.labour_hours}"


def law_power(r: Reading) -> Iterator[str]:
    """Rule 5: electricity of an area, and the table that tells of it."""
    area_of = {county.id: county.power_area for county in r.problem.counties}
    stated = {(row["area"], row["period"]): row for row in r.rows["power"]}
    moved: dict[Key, float] = defaultdict(float)
    for (link_id, _, _, item, period), units in r.ship.items():
        moved[link_id, period] += r.tonnes(item, units)
    for area in r.problem.power_areas:
        for period in r.periods:
            factories = rail = 0.0
            for factory in r.problem.factories:
                if area_of.get(factory.place) == area.id:
                    kwh = sum(line.kwh_per_unit * r.make[factory.id, line.item, period] for line in factory.lines)
                    factories += factory.power_overhead * kwh
            for link in r.problem.links:
                if link.power_area == area.id:
                    rail += link.kwh_per_tonne_km * link.km * moved[link.id, period]
            if area.limit_kwh is not None:
                limit = r.at(area.limit_kwh, period) + r.at(area.own_generation_kwh, period)
                if r.over(factories + rail, limit):
                    yield f"power {(area.id, period)}: {factories + rail} kWh of {limit}"
            row = stated.get((area.id, period), {"used_by_factories": 0.0, "used_by_rail": 0.0})
            if r.apart(row["used_by_factories"], factories) or r.apart(row["used_by_rail"], rail):
                yield f"power table {(area.id, period)}: {row} where it is {factories} and {rail}"


def law_link(r: Reading) -> Iterator[str]:
    """Rule 6: tonnes of a link in each direction."""
    loaded: dict[Key, float] = defaultdict(float)
    for (link_id, start, end, item, period), units in r.ship.items():
        loaded[link_id, start, end, period] += r.tonnes(item, units)
    limits = {link.id: link.tonnes for link in r.problem.links}
    for key, tonnes in loaded.items():
        limit = limits[key[0]]
        if limit is not None and r.over(tonnes, r.at(limit, key[3])):
            yield f"link {key}: {tonnes} t of {limit}"


def law_handling(r: Reading) -> Iterator[str]:
    """Rule 6: tonnes entering a place over links."""
    limits = {county.id: county.handling_tonnes for county in r.problem.counties}
    limits |= {station.id: station.handling_tonnes for station in r.problem.stations}
    entered: dict[Key, float] = defaultdict(float)
    for (_, _, end, item, period), units in r.ship.items():
        entered[end, period] += r.tonnes(item, units)
    for (place, period), tonnes in entered.items():
        limit = limits[place]
        if limit is not None and r.over(tonnes, r.at(limit, period)):
            yield f"handling {(place, period)}: {tonnes} t of {limit}"


def law_central_share(r: Reading) -> Iterator[str]:
    """Rule 7: the centre's share of the need, and its allotments of materials, as far as delivered."""
    shares = r.problem.supply_shares
    for item in r.problem.items:
        share = shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central))
        for period in r.periods:
            handed = sum(units for key, units in r.central.items() if key[1:] == (item.id, period))
            promise = share * sum(r.need[county.id, item.id, period] for county in r.problem.counties)
            if item.kind == "material":
                promise = r.at(shares.materials.get(item.id, 0.0), period)
            if r.over(handed, promise * r.at(shares.delivered, period)):
                yield f"central_share {(item.id, period)}: {handed} handed over of {promise} × {shares.delivered}"


def law_local_floor(r: Reading) -> Iterator[str]:
    """Rule 7: the least share made locally, over the plan, by value."""
    for name, floor in r.problem.supply_shares.local_floor.items():
        weight = {i.id: 1.0 if i.id == name else i.value for i in r.problem.items if name in (i.id, i.category)}
        local = total = 0.0
        for factory in r.problem.factories:
            for line in factory.lines:
                made = sum(weight.get(line.item, 0.0) * r.make[factory.id, line.item, period] for period in r.periods)
                total += made
                local += made if factory.level == "local" else 0.0
        total += sum(weight.get(item, 0.0) * units for (_, item, _), units in r.central.items())
        if r.over(floor * total, local):
            yield f"local_floor {name}: {local} of {total} made locally, {floor} asked"


def law_swap_balance(r: Reading) -> Iterator[str]:
    """Rule 8: swaps balance in every window at the rate and the credit, within offers and wants."""
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


def law_store(r: Reading) -> Iterator[str]:
    """Rule 10: stores hold what they can, of what can be stored, between the limits of each item, and close as asked."""
    for county in r.problem.counties:
        for period in r.periods:
            tonnes = sum(r.tonnes(item, r.stock[county.id, item, period]) for item in r.items)
            if county.store_tonnes is not None and r.over(tonnes, r.at(county.store_tonnes, period)):
                yield f"store {(county.id, period)}: {tonnes} t of {county.store_tonnes}"
            for item in r.problem.items:
                limits = county.stocks.get(item.id, StockLimits())
                held = r.stock[county.id, item.id, period]
                most = r.at(limits.most, period) if limits.most is not None else float("inf")
                least = r.at(limits.least, period)
                if period == r.periods[-1]:
                    least = max(least, limits.closing_least)
                    most = most if limits.closing_most is None else min(most, limits.closing_most)
                if not item.storable:
                    most = least = 0.0
                if r.over(held, most) or r.over(least, held):
                    yield f"stock {(county.id, item.id, period)}: {held} not between {least} and {most}"
    places = {county.id for county in r.problem.counties}
    yield from (
        f"stock {key}: not a county" for key, held in r.stock.items() if r.over(held, 0) and key[0] not in places
    )


LAWS: tuple[Law, ...] = (
    law_demand,
    law_balance,
    law_flows,
    law_bounds,
    law_machine,
    law_labour,
    law_power,
    law_link,
    law_handling,
    law_central_share,
    law_local_floor,
    law_swap_balance,
    law_store,
    law_bands,
    law_objective,
    law_whole_units,
    law_capacity,
)
"""Every law that needs one plan alone."""


def assert_plan_lawful(problem: PlanningProblem, plan: Plan, tables: Tables, tolerance: float = 1e-6) -> None:
    """Fail with everything that a plan breaks; tables are rows as dictionaries."""
    reading = Reading(problem, plan, tables, tolerance)
    broken = [f"{law.__name__}: {finding}" for law in LAWS for finding in law(reading)]
    assert not broken, "\n".join(broken[:20])
