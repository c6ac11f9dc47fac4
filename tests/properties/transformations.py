"""Ways to turn one problem's JSON into another whose objective is known from the first."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.builders import Json

Owner = tuple[dict[str, Any], str]
"""A limit: the object that holds it and its name there."""


def limits(problem: Json) -> Iterator[Owner]:
    """Every stated limit that helps when it grows."""
    for county in problem["counties"]:
        yield from ((county, name) for name in ("labour_hours", "store_tonnes", "handling_tonnes") if name in county)
        for stock in county["stocks"].values():
            yield from ((stock, name) for name in ("most", "closing_most") if name in stock)
    for factory in problem["factories"]:
        yield from ((factory["machines"], group) for group in factory.get("machines", {}))
        yield from ((line, "most") for line in factory["lines"] if "most" in line)
    yield from ((station, "handling_tonnes") for station in problem["stations"] if "handling_tonnes" in station)
    yield from (
        (area, name) for area in problem["power_areas"] for name in ("limit_kwh", "own_generation_kwh") if name in area
    )
    yield from ((link, "tonnes") for link in problem["links"] if "tonnes" in link)
    for kind in ("materials", "promised"):
        units = problem["supply_shares"][kind]
        yield from ((units, item) for item in units)
    for partner in problem["partners"]:
        yield from ((partner[kind], item) for kind in ("offers", "wants") for item in partner[kind])
        yield partner, "credit"
    yield from ((budget, "won") for budget in problem["budgets"])


def limits_per_head(problem: Json) -> Iterator[Owner]:
    """Every limit on what a head takes; like the other limits, it helps when it grows, but not with the people."""
    for name, stated in (("items", "most_per_head"), ("requirements", "most")):
        for holder in (need[stated] for need in problem[name] if stated in need):
            yield from ((holder, group) for group in holder)


def amounts(problem: Json) -> Iterator[Owner]:
    """Everything that must double when a region doubles: its people, needs, limits and stocks."""
    yield from limits(problem)
    for county in problem["counties"]:
        yield from ((county["population"], group) for group in county["population"])
        yield from ((counted, "heads") for counted in county.get("census", {}).values())
        for stock in county["stocks"].values():
            yield from ((stock, name) for name in ("opening", "least", "closing_least") if name in stock)
    yield from ((row, "quantity") for name in ("demand", "in_transit") for row in problem[name])
    for factory in problem["factories"]:
        yield from ((line, "least") for line in factory["lines"] if "least" in line)


def change(owner: Owner, by: Callable[[float], float]) -> None:
    """Change a number, or each number of a list, where it stands."""
    holder, name = owner
    value = holder[name]
    holder[name] = [by(v) for v in value] if isinstance(value, list) else by(value)


def doubled(problem: Json) -> Json:
    """Twice the people, with twice of everything."""
    twice = deepcopy(problem)
    for owner in list(amounts(twice)):
        change(owner, lambda v: 2 * v)
    return twice


IDENTIFIERS = {"id", "place", "from", "to", "at", "county", "item", "power_area"}
KEYED = {"stocks", "materials", "by_item", "offers", "wants", "local_floor", "provides", "shares", "promised"}
REFERENCES = {"gateways", "partners"}
LISTED = {
    "counties",
    "stations",
    "items",
    "requirements",
    "factories",
    "lines",
    "links",
    "partners",
    "budgets",
    "power_areas",
    "demand",
    "gateways",
}


def renamed(part: Any, key: str = "") -> Any:
    """Every identifier reversed, and every list of things in the opposite order."""
    if isinstance(part, dict):
        names = {name: _reverse(name) if key in KEYED else name for name in part}
        return {names[name]: renamed(value, name) for name, value in reversed(part.items())}
    if isinstance(part, list):
        values = [_reverse(v) if key in REFERENCES and isinstance(v, str) else renamed(v) for v in part]
        return values[::-1] if key in LISTED else values
    return _reverse(part) if key in IDENTIFIERS else part


def _reverse(name: str) -> str:
    """`county-1` becomes `x1-ytnuoc`; categories, which keep their names, have no digit."""
    return f"x{name[::-1]}" if any(letter.isdigit() for letter in name) else name
