"""Checks of supply: what is needed has a source, and the source reaches those who need it."""

from collections.abc import Iterator

from models.validation.checks.context import ProblemContext, format_name_list, quote_name
from models.validation.checks.reachable_places import LinkGraph
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding


def check_item_sources(context: ProblemContext) -> Iterator[Finding]:
    """Every item that people need or lines use is made, given, allotted or in stock somewhere."""
    available = _collect_source_places(context)
    users: dict[str, list[str]] = {}
    for factory in context.problem.factories:
        for line in factory.lines:
            for material, amount in line.materials.items():
                if amount > 0:
                    users.setdefault(material, []).append(factory.id)
    for i, item in enumerate(context.problem.items):
        if available.get(item.id):
            continue
        if item.id in context.needing_counties:
            message = f"{quote_name(item.id)} is needed, but nobody makes it, gives it or has it; all of its need will go unmet."
        elif item.id in users:
            used = format_name_list(dict.fromkeys(users[item.id]), conjunction="and")
            message = f"{quote_name(item.id)} is used by {used}, but nobody makes it, gives it or has it; those lines stand still."
        else:
            continue
        remedy = "Add a line, a central share or allotment, a partner's offer or an opening stock."
        yield make_finding("no_source", ("items", i), message, remedy)


def check_unreachable_counties(context: ProblemContext) -> Iterator[Finding]:
    """What a county needs can come to it from where it is."""
    available = _collect_source_places(context)
    reach = LinkGraph.from_problem(context.problem)
    lacking: dict[str, list[str]] = {}
    for item in context.problem.items:
        origins = available.get(item.id, frozenset())
        needing = context.needing_counties.get(item.id, frozenset())
        if origins and needing - origins:
            served = reach.find_reachable_from_any(origins) if item.transportable else origins
            for name in needing - served:
                lacking.setdefault(name, []).append(item.id)
    for n, county in enumerate(context.problem.counties):
        if county.id in lacking:
            message = f"{quote_name(county.id)} needs {format_name_list(lacking[county.id], conjunction='and')}, but no link brings them from where they are."
            remedy = "Add a link with tonnes, a factory or a gateway, or make the items `transportable`."
            yield make_finding("cut_off", ("counties", n), message, remedy)


def _collect_source_places(context: ProblemContext) -> dict[str, frozenset[str]]:
    """Places where each item can come from: lines, gateways, partners and opening stocks."""
    places: dict[str, set[str]] = {item.id: set() for item in context.problem.items}
    for item, place in _iterate_item_sources(context):
        if item in places:
            places[item].add(place)
    return {item: frozenset(names) for item, names in places.items()}


def _iterate_item_sources(context: ProblemContext) -> Iterator[tuple[str, str]]:
    """Every item with every place where some of it can come from."""
    for factory in context.problem.factories:
        for line in factory.lines:
            if _has_positive_limit(line.most):
                yield line.item, factory.place
    for partner in context.problem.partners:
        for item, units in partner.offers.items():
            if _has_positive_limit(units):
                yield item, partner.at
    for county in context.problem.counties:
        for item, stock in county.stocks.items():
            if stock.opening:
                yield item, county.id
    yield from (
        (item, gateway)
        for item in _iterate_central_items(context)
        for gateway in context.problem.supply_shares.gateways
    )


def _iterate_central_items(context: ProblemContext) -> Iterator[str]:
    """Items of which the centre promises any: goods by share, materials by allotment."""
    shares = context.problem.supply_shares
    for item in context.problem.items:
        if item.kind == "material":
            promised = _has_positive_limit(shares.materials.get(item.id, 0.0))
        else:
            promised = bool(shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central)))
        if promised and _has_positive_limit(shares.delivered):
            yield item.id


def _has_positive_limit(value: float | tuple[float, ...] | None) -> bool:
    """Whether a limit leaves room in any period; an absent one does."""
    return value is None or (any(value) if isinstance(value, tuple) else value > 0)


CHECKS = (check_item_sources, check_unreachable_counties)
