"""Invariants of what factories, counties and links can do, recomputed in plain loops that import nothing from `solvers`."""

from collections import defaultdict
from collections.abc import Iterator

from models.problem.population import StockLimits
from tests.plan_reading import Key, Reading


def check_machine_invariant(r: Reading) -> Iterator[str]:
    """Machine hours are at most nominal hours × condition."""
    for factory in r.problem.factories:
        for group, hours in factory.machines.items():
            for period in r.periods:
                used = sum(
                    line.hours_per_unit.get(group, 0.0) * r.quota[factory.id, line.item, line.recipe, period]
                    for line in factory.lines
                )
                if r.over(used, factory.condition * r.at(hours, period)):
                    yield f"machine {(factory.id, group, period)}: {used} hours of {factory.condition} × {hours}"


def check_labour_invariant(r: Reading) -> Iterator[str]:
    """Labour hours in a county are at most its limit."""
    for county in r.problem.counties:
        if county.labour_hours is None:
            continue
        for period in r.periods:
            used = 0.0
            for factory in r.problem.factories:
                if factory.place == county.id:
                    used += sum(
                        line.labour_hours_per_unit * r.quota[factory.id, line.item, line.recipe, period]
                        for line in factory.lines
                    )
            if r.over(used, r.at(county.labour_hours, period)):
                yield f"labour {(county.id, period)}: {used} hours of {county.labour_hours}"


def check_power_invariant(r: Reading) -> Iterator[str]:
    """Electricity of an area is at most its limit, and the power table agrees."""
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
                    kwh = sum(
                        line.kwh_per_unit * r.quota[factory.id, line.item, line.recipe, period]
                        for line in factory.lines
                    )
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


def check_link_invariant(r: Reading) -> Iterator[str]:
    """Tonnes over a link are at most its capacity in each direction."""
    loaded: dict[Key, float] = defaultdict(float)
    for (link_id, start, end, item, period), units in r.ship.items():
        loaded[link_id, start, end, period] += r.tonnes(item, units)
    limits = {link.id: link.tonnes for link in r.problem.links}
    for key, tonnes in loaded.items():
        limit = limits[key[0]]
        if limit is not None and r.over(tonnes, r.at(limit, key[3])):
            yield f"link {key}: {tonnes} t of {limit}"


def check_handling_invariant(r: Reading) -> Iterator[str]:
    """Tonnes that enter a place over links are at most its limit, in the period of arrival."""
    limits = {county.id: county.handling_tonnes for county in r.problem.counties}
    limits |= {station.id: station.handling_tonnes for station in r.problem.stations}
    entered, before = (defaultdict[Key, float](float) for _ in range(2))
    for (place, item, period), units in r.flows["arrived"].items():
        entered[place, period] += r.tonnes(item, units)
        before[place, period] += r.tonnes(item, r.arriving[place, item, period])
    for (place, period), tonnes in entered.items():
        limit = limits[place]
        if limit is not None and r.over(tonnes, max(r.at(limit, period), before[place, period])):
            yield f"handling {(place, period)}: {tonnes} t of {limit}"


def check_store_invariant(r: Reading) -> Iterator[str]:
    """Stores keep their tonnage, the limits of each item and the closing stock."""
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
