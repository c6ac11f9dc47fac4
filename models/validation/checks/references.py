"""Checks of names: everything that is named must be there."""

from collections.abc import Iterator

from models.validation.checks.context import View, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found


def items_of_counties(view: View) -> Iterator[Finding]:
    """Stocks and demand rows name items that there are."""
    for n, county in enumerate(view.problem.counties):
        for item in county.stocks:
            yield from view.unknown("item", item, ("counties", n, "stocks", item))
    for r, row in enumerate(view.problem.demand):
        yield from view.unknown("item", row.item, ("demand", r, "item"))


def items_of_factories(view: View) -> Iterator[Finding]:
    """Lines make and use items that there are."""
    known = view.items
    for f, factory in enumerate(view.problem.factories):
        for k, line in enumerate(factory.lines):
            if (
                line.item in known and known.keys() >= line.materials.keys()
            ):  # nearly always: quick, as there are many lines
                continue
            path = ("factories", f, "lines", k)
            yield from view.unknown("item", line.item, (*path, "item"))
            for material in line.materials:
                yield from view.unknown("item", material, (*path, "materials", material))


def items_from_outside(view: View) -> Iterator[Finding]:
    """The centre's shares and allotments and the partners' offers and wants name items that there are."""
    for item in view.problem.supply_shares.by_item:
        yield from view.unknown("item", item, ("supply_shares", "by_item", item))
    for item in view.problem.supply_shares.materials:
        yield from view.unknown("item", item, ("supply_shares", "materials", item))
    for p, partner in enumerate(view.problem.partners):
        for item in partner.offers:
            yield from view.unknown("item", item, ("partners", p, "offers", item))
        for item in partner.wants:
            yield from view.unknown("item", item, ("partners", p, "wants", item))


def places(view: View) -> Iterator[Finding]:
    """Factories, links, partners and gateways are at places that there are."""
    for f, factory in enumerate(view.problem.factories):
        yield from view.unknown("place", factory.place, ("factories", f, "place"))
    for a, link in enumerate(view.problem.links):
        yield from view.unknown("place", link.from_place, ("links", a, "from"))
        yield from view.unknown("place", link.to_place, ("links", a, "to"))
    for p, partner in enumerate(view.problem.partners):
        yield from view.unknown("place", partner.at, ("partners", p, "at"))
    for k, gateway in enumerate(view.problem.supply_shares.gateways):
        yield from view.unknown("place", gateway, ("supply_shares", "gateways", k))


def counties_of_demand(view: View) -> Iterator[Finding]:
    """Needs are stated of counties; stations have no people."""
    for r, row in enumerate(view.problem.demand):
        if row.county in view.places and row.county not in view.counties:
            message = f"{shown(row.county)} is a station, where nobody lives and nothing can be needed."
            yield found("unknown_county", ("demand", r, "county"), message, "Name a county.")
        else:
            yield from view.unknown("county", row.county, ("demand", r, "county"))


def power_areas(view: View) -> Iterator[Finding]:
    """Counties lie in, and electric links are metered by, power areas that there are."""
    for n, county in enumerate(view.problem.counties):
        yield from view.unknown("power area", county.power_area, ("counties", n, "power_area"))
    for a, link in enumerate(view.problem.links):
        if link.power_area is not None:
            yield from view.unknown("power area", link.power_area, ("links", a, "power_area"))


def calendars(view: View) -> Iterator[Finding]:
    """Items follow `even` or a calendar that there is."""
    for i, item in enumerate(view.problem.items):
        if item.calendar != "even":
            yield from view.unknown("calendar", item.calendar, ("items", i, "calendar"))


def machine_groups(view: View) -> Iterator[Finding]:
    """Lines take hours of machine groups that their factory has."""
    for f, factory in enumerate(view.problem.factories):
        if f"machines of {factory.id}" in view.gaps.kinds:
            continue
        for k, line in enumerate(factory.lines):
            for group in line.hours_per_unit:
                if group not in factory.machines:
                    path = ("factories", f, "lines", k, "hours_per_unit", group)
                    yield from view.stranger("machine group", group, path, factory.machines)


def categories_of_shares(view: View) -> Iterator[Finding]:
    """Shares by category name categories that items have; floors name categories or items."""
    shares = view.problem.supply_shares
    for category in shares.by_category:
        yield from view.unknown("category", category, ("supply_shares", "by_category", category))
    for key in shares.local_floor:
        if key not in view.items and key not in view.categories and not view.gaps.kinds & {"item", "category"}:
            path = ("supply_shares", "local_floor", key)
            yield from view.stranger("category", key, path, [*view.categories, *view.items])


CHECKS = (
    items_of_counties,
    items_of_factories,
    items_from_outside,
    places,
    counties_of_demand,
    power_areas,
    calendars,
    machine_groups,
    categories_of_shares,
)
