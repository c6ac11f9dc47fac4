"""Checks of supply: what is needed has a source, and the source reaches those who need it."""

from collections.abc import Iterator

from models.validation.checks.context import View, listed, shown
from models.validation.checks.reachable_places import Reach
from models.validation.finding import Finding
from models.validation.finding_codes import found


def sources(view: View) -> Iterator[Finding]:
    """Every item that people need or lines use is made, given, allotted or in stock somewhere."""
    available = _sources(view)
    users: dict[str, list[str]] = {}
    for factory in view.problem.factories:
        for line in factory.lines:
            for material, amount in line.materials.items():
                if amount > 0:
                    users.setdefault(material, []).append(factory.id)
    for i, item in enumerate(view.problem.items):
        if available.get(item.id):
            continue
        if item.id in view.needs:
            message = (
                f"{shown(item.id)} is needed, but nobody makes it, gives it or has it; all of its need will go unmet."
            )
        elif item.id in users:
            used = listed(dict.fromkeys(users[item.id]), word="and")
            message = (
                f"{shown(item.id)} is used by {used}, but nobody makes it, gives it or has it; those lines stand still."
            )
        else:
            continue
        remedy = "Add a line, a central share or allotment, a partner's offer or an opening stock."
        yield found("no_source", ("items", i), message, remedy)


def cut_off_counties(view: View) -> Iterator[Finding]:
    """What a county needs can come to it from where it is."""
    available = _sources(view)
    reach = Reach.of(view.problem)
    lacking: dict[str, list[str]] = {}
    for item in view.problem.items:
        origins = available.get(item.id, frozenset())
        needing = view.needs.get(item.id, frozenset())
        if origins and needing - origins:
            served = reach.from_any(origins) if item.transportable else origins
            for name in needing - served:
                lacking.setdefault(name, []).append(item.id)
    for n, county in enumerate(view.problem.counties):
        if county.id in lacking:
            message = f"{shown(county.id)} needs {listed(lacking[county.id], word='and')}, but no link brings them from where they are."
            remedy = "Add a link with tonnes, a factory or a gateway, or make the items `transportable`."
            yield found("cut_off", ("counties", n), message, remedy)


def _sources(view: View) -> dict[str, frozenset[str]]:
    """Places where each item can come from: lines, gateways, partners and opening stocks."""
    places: dict[str, set[str]] = {item.id: set() for item in view.problem.items}
    for item, place in _origins(view):
        if item in places:
            places[item].add(place)
    return {item: frozenset(names) for item, names in places.items()}


def _origins(view: View) -> Iterator[tuple[str, str]]:
    """Every item with every place where some of it can come from."""
    for factory in view.problem.factories:
        for line in factory.lines:
            if _any(line.most):
                yield line.item, factory.place
    for partner in view.problem.partners:
        for item, units in partner.offers.items():
            if _any(units):
                yield item, partner.at
    for county in view.problem.counties:
        for item, stock in county.stocks.items():
            if stock.opening:
                yield item, county.id
    yield from ((item, gateway) for item in _from_centre(view) for gateway in view.problem.supply_shares.gateways)


def _from_centre(view: View) -> Iterator[str]:
    """Items of which the centre promises any: goods by share, materials by allotment."""
    shares = view.problem.supply_shares
    for item in view.problem.items:
        if item.kind == "material":
            promised = _any(shares.materials.get(item.id, 0.0))
        else:
            promised = bool(shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central)))
        if promised and _any(shares.delivered):
            yield item.id


def _any(value: float | tuple[float, ...] | None) -> bool:
    """Whether a limit leaves room in any period; an absent one does."""
    return value is None or (any(value) if isinstance(value, tuple) else value > 0)


CHECKS = (sources, cut_off_counties)
