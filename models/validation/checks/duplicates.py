"""Checks of uniqueness: every name stands for one thing."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from models.problem.factories import Factory
from models.problem.items import Item
from models.problem.network import Link, Station
from models.problem.partners import Partner
from models.problem.population import County
from models.problem.power import PowerArea
from models.validation.checks.context import View, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found

Path = tuple[str | int, ...]
Name = TypeVar("Name", bound=Hashable)
Identified = Item | County | Station | Factory | PowerArea | Link | Partner


def _repeats(named: Iterable[tuple[Name, Path]]) -> Iterator[tuple[Name, Path, Path]]:
    """Each name that has come before, with its path and the path of the first."""
    first: dict[Name, Path] = {}
    for name, path in named:
        if name in first:
            yield name, path, first[name]
        else:
            first[name] = path


def _at(path: Path) -> str:
    return "/" + "/".join(str(part) for part in path)


def identifiers(view: View) -> Iterator[Finding]:
    """Items, places, factories, power areas, links and partners have identifiers of their own."""
    problem = view.problem
    kinds: dict[str, list[tuple[str, Sequence[Identified]]]] = {
        "item": [("items", problem.items)],
        "place": [("counties", problem.counties), ("stations", problem.stations)],
        "factory": [("factories", problem.factories)],
        "power area": [("power_areas", problem.power_areas)],
        "link": [("links", problem.links)],
        "partner": [("partners", problem.partners)],
    }
    for kind, lists in kinds.items():
        named = [(one.id, (part, k, "id")) for part, members in lists for k, one in enumerate(members)]
        for name, path, first in _repeats(named):
            message = f"Another {kind}, at {_at(first)}, is already called {shown(name)}."
            yield found("duplicate_id", path, message, f"Give one {kind} another identifier, or take it out.")


def periods(view: View) -> Iterator[Finding]:
    """Periods have identifiers of their own."""
    for name, path, first in _repeats((period, ("periods", t)) for t, period in enumerate(view.problem.periods)):
        message = f"The period {shown(name)} is already at {_at(first)}."
        yield found("duplicate_period", path, message, "Give every period an identifier of its own.")


def gateways(view: View) -> Iterator[Finding]:
    """A gateway is listed once."""
    named = [(place, ("supply_shares", "gateways", k)) for k, place in enumerate(view.problem.supply_shares.gateways)]
    for name, path, first in _repeats(named):
        message = f"The gateway {shown(name)} is already at {_at(first)}."
        yield found("duplicate_gateway", path, message, "Take one of the two out.")


def lines(view: View) -> Iterator[Finding]:
    """A factory has one line for an item."""
    for f, factory in enumerate(view.problem.factories):
        if len({line.item for line in factory.lines}) == len(factory.lines):
            continue
        named = [(line.item, ("factories", f, "lines", k, "item")) for k, line in enumerate(factory.lines)]
        for name, path, first in _repeats(named):
            message = f"The factory {shown(factory.id)} already has a line for {shown(name)}, at {_at(first[:-1])}."
            remedy = "Merge the two lines, or make the second way of making it a factory of its own."
            yield found("duplicate_line", path, message, remedy)


def demand(view: View) -> Iterator[Finding]:
    """The need of a county for an item is stated once."""
    named = [((row.county, row.item), ("demand", r)) for r, row in enumerate(view.problem.demand)]
    for _, path, first in _repeats(named):
        row = view.problem.demand[int(path[1])]
        message = f"The need of {shown(row.county)} for {shown(row.item)} is already stated at {_at(first)}."
        yield found("duplicate_demand", path, message, "Add the two up in one row, or take one out.")


def goals(view: View) -> Iterator[Finding]:
    """A goal is listed once; `worst_fulfilment` may come once over each of its kinds."""
    goals = view.problem.policy.ordered_goals()
    for goal, path, first in _repeats(((goal.goal, goal.over), ("policy", "goals", k)) for k, goal in enumerate(goals)):
        message = f"The goal {shown(str(goal[0]))} is already at {_at(first)}; its second place changes nothing."
        yield found("duplicate_goal", path, message, "List each goal once, the most important first.")


CHECKS = (identifiers, periods, gateways, lines, demand, goals)
