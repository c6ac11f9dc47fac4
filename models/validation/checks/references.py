"""Checks of references: every identifier that is used exists."""

from collections.abc import Iterator

from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding


def check_county_items(context: ProblemContext) -> Iterator[Finding]:
    """Stocks refer to existing items; stated needs and least served amounts to existing items or requirements."""
    for n, county in enumerate(context.problem.counties):
        for item in county.stocks:
            yield from context.check_reference("item", item, ("counties", n, "stocks", item))
    for r, row in enumerate(context.problem.demand):
        yield from context.check_need_reference(row.item, ("demand", r, "item"))
    for r, least in enumerate(context.problem.served_least):
        yield from context.check_need_reference(least.item, ("served_least", r, "item"))


def check_factory_items(context: ProblemContext) -> Iterator[Finding]:
    """Lines make and use existing items."""
    known = context.items_by_id
    for f, factory in enumerate(context.problem.factories):
        for k, line in enumerate(factory.lines):
            # Fast path: nearly all lines are valid, and there are many.
            if line.item in known and known.keys() >= line.materials.keys():
                continue
            path = ("factories", f, "lines", k)
            yield from context.check_reference("item", line.item, (*path, "item"))
            for material in line.materials:
                yield from context.check_reference("item", material, (*path, "materials", material))


def check_supply_items(context: ProblemContext) -> Iterator[Finding]:
    """Central shares, promised units, allotments, offers and wants refer to existing items."""
    for item in context.problem.supply_shares.by_item:
        yield from context.check_reference("item", item, ("supply_shares", "by_item", item))
    for item in context.problem.supply_shares.promised:
        yield from context.check_reference("item", item, ("supply_shares", "promised", item))
    for item in context.problem.supply_shares.materials:
        yield from context.check_reference("item", item, ("supply_shares", "materials", item))
    for p, partner in enumerate(context.problem.partners):
        for item in partner.offers:
            yield from context.check_reference("item", item, ("partners", p, "offers", item))
        for item in partner.wants:
            yield from context.check_reference("item", item, ("partners", p, "wants", item))


def check_place_references(context: ProblemContext) -> Iterator[Finding]:
    """Factories, links, partners and gateways are at existing places."""
    for f, factory in enumerate(context.problem.factories):
        yield from context.check_reference("place", factory.place, ("factories", f, "place"))
    for a, link in enumerate(context.problem.links):
        yield from context.check_reference("place", link.from_place, ("links", a, "from"))
        yield from context.check_reference("place", link.to_place, ("links", a, "to"))
    for p, partner in enumerate(context.problem.partners):
        yield from context.check_reference("place", partner.at, ("partners", p, "at"))
    for k, gateway in enumerate(context.problem.supply_shares.gateways):
        yield from context.check_reference("place", gateway, ("supply_shares", "gateways", k))


def check_demand_counties(context: ProblemContext) -> Iterator[Finding]:
    """Stated needs and least served amounts refer to counties, because stations have no people."""
    for name in ("demand", "served_least"):
        for r, row in enumerate(getattr(context.problem, name)):
            if row.county in context.place_ids and row.county not in context.county_ids:
                message = f"{quote_name(row.county)} is a station, which has no people and no needs."
                yield make_finding("unknown_county", (name, r, "county"), message, "Use a county.")
            else:
                yield from context.check_reference("county", row.county, (name, r, "county"))


def check_power_area_references(context: ProblemContext) -> Iterator[Finding]:
    """Counties and electric links refer to existing power areas."""
    for n, county in enumerate(context.problem.counties):
        yield from context.check_reference("power area", county.power_area, ("counties", n, "power_area"))
    for a, link in enumerate(context.problem.links):
        if link.power_area is not None:
            yield from context.check_reference("power area", link.power_area, ("links", a, "power_area"))


def check_calendar_references(context: ProblemContext) -> Iterator[Finding]:
    """Items use `even` or an existing calendar."""
    for i, item in enumerate(context.problem.items):
        if item.calendar != "even":
            yield from context.check_reference("calendar", item.calendar, ("items", i, "calendar"))


def check_due_periods(context: ProblemContext) -> Iterator[Finding]:
    """Due dates are in existing periods."""
    for i, item in enumerate(context.problem.items):
        for period in item.due:
            yield from context.check_reference("period", period, ("items", i, "due", period))


def check_machine_groups(context: ProblemContext) -> Iterator[Finding]:
    """Lines use machine groups of their factory."""
    for f, factory in enumerate(context.problem.factories):
        if f"machines of {factory.id}" in context.omissions.kinds:
            continue
        for k, line in enumerate(factory.lines):
            for group in line.hours_per_unit:
                if group not in factory.machines:
                    path = ("factories", f, "lines", k, "hours_per_unit", group)
                    yield from context.report_unknown_reference("machine group", group, path, factory.machines)


def check_share_categories(context: ProblemContext) -> Iterator[Finding]:
    """Shares by category refer to existing categories; floors refer to existing categories or items."""
    shares = context.problem.supply_shares
    for category in shares.by_category:
        yield from context.check_reference("category", category, ("supply_shares", "by_category", category))
    for key in shares.local_floor:
        if (
            key not in context.items_by_id
            and key not in context.categories
            and not context.omissions.kinds & {"item", "category"}
        ):
            path = ("supply_shares", "local_floor", key)
            yield from context.report_unknown_reference(
                "category", key, path, [*context.categories, *context.items_by_id]
            )


def check_goal_selections(context: ProblemContext) -> Iterator[Finding]:
    """The needs that a goal selects have existing categories, items or requirements, and counties."""
    for k, goal in enumerate(context.problem.policy.expand_ordered_goals()):
        if goal.of is None:
            continue
        for kind in ("category", "item", "county"):
            for position, name in enumerate(getattr(goal.of, kind) or ()):
                path = ("policy", "goals", k, "of", kind, position)
                if kind == "item":
                    yield from context.check_need_reference(name, path)
                else:
                    yield from context.check_reference(kind, name, path)


CHECKS = (
    check_county_items,
    check_factory_items,
    check_supply_items,
    check_place_references,
    check_demand_counties,
    check_power_area_references,
    check_calendar_references,
    check_due_periods,
    check_machine_groups,
    check_share_categories,
    check_goal_selections,
)
