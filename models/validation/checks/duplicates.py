"""Checks of uniqueness: identifiers and list entries occur once."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from models.problem.budgets import Budget
from models.problem.factories import Factory
from models.problem.items import Item
from models.problem.network import Link, Station
from models.problem.partners import Partner
from models.problem.policy import NeedSelection
from models.problem.population import County
from models.problem.power import PowerArea
from models.problem.requirements import Requirement
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding

RepeatedName = TypeVar("RepeatedName", bound=Hashable)
Identified = Item | Requirement | County | Station | Factory | PowerArea | Link | Partner | Budget


def _find_repeated_names(
    occurrences: Iterable[tuple[RepeatedName, JsonPath]],
) -> Iterator[tuple[RepeatedName, JsonPath, JsonPath]]:
    """Yield each repeated name with its path and the path of its first occurrence."""
    first: dict[RepeatedName, JsonPath] = {}
    for name, path in occurrences:
        if name in first:
            yield name, path, first[name]
        else:
            first[name] = path


def _format_path(path: JsonPath) -> str:
    return "/" + "/".join(str(part) for part in path)


def check_duplicate_identifiers(context: ProblemContext) -> Iterator[Finding]:
    """Items, requirements, places, factories, power areas, links, partners and budgets have unique identifiers."""
    problem = context.problem
    kinds: dict[str, list[tuple[str, Sequence[Identified]]]] = {
        "item": [("items", problem.items)],
        "requirement": [("requirements", problem.requirements)],
        "place": [("counties", problem.counties), ("stations", problem.stations)],
        "factory": [("factories", problem.factories)],
        "power area": [("power_areas", problem.power_areas)],
        "link": [("links", problem.links)],
        "partner": [("partners", problem.partners)],
        "budget": [("budgets", problem.budgets)],
    }
    for kind, lists in kinds.items():
        occurrences = [(member.id, (part, k, "id")) for part, members in lists for k, member in enumerate(members)]
        for name, path, first in _find_repeated_names(occurrences):
            message = f"The {kind} at {_format_path(first)} already has the identifier {quote_name(name)}."
            yield make_finding("duplicate_id", path, message, "Change or remove one of the identifiers.")


def check_duplicate_periods(context: ProblemContext) -> Iterator[Finding]:
    """Periods have unique identifiers."""
    for name, path, first in _find_repeated_names(
        (period, ("periods", t)) for t, period in enumerate(context.problem.periods)
    ):
        message = f"The period {quote_name(name)} is already listed at {_format_path(first)}."
        yield make_finding("duplicate_period", path, message, "Give every period a unique identifier.")


def check_duplicate_gateways(context: ProblemContext) -> Iterator[Finding]:
    """A gateway is listed once."""
    occurrences = [
        (place, ("supply_shares", "gateways", k)) for k, place in enumerate(context.problem.supply_shares.gateways)
    ]
    for name, path, first in _find_repeated_names(occurrences):
        message = f"The gateway {quote_name(name)} is already listed at {_format_path(first)}."
        yield make_finding("duplicate_gateway", path, message, "Remove one of the entries.")


def check_duplicate_lines(context: ProblemContext) -> Iterator[Finding]:
    """A factory has at most one line for an item and recipe."""
    for f, factory in enumerate(context.problem.factories):
        if len({(line.item, line.recipe) for line in factory.lines}) == len(factory.lines):
            continue
        keys = [(line.item, line.recipe) for line in factory.lines]
        occurrences = [(key, ("factories", f, "lines", k, "item")) for k, key in enumerate(keys)]
        for (item, recipe), path, first in _find_repeated_names(occurrences):
            with_recipe = f" with the recipe {quote_name(recipe)}" if recipe else ""
            message = f"The factory {quote_name(factory.id)} already has a line for {quote_name(item)}{with_recipe}, at {_format_path(first[:-1])}."
            remedy = "Merge the lines, or give each of them its own `recipe`."
            yield make_finding("duplicate_line", path, message, remedy)


def check_duplicate_demand(context: ProblemContext) -> Iterator[Finding]:
    """The need of a county for an item is stated at most once."""
    occurrences = [((row.county, row.item), ("demand", r)) for r, row in enumerate(context.problem.demand)]
    for _, path, first in _find_repeated_names(occurrences):
        row = context.problem.demand[int(path[1])]
        message = f"The need of {quote_name(row.county)} for {quote_name(row.item)} is already stated at {_format_path(first)}."
        yield make_finding("duplicate_demand", path, message, "Merge the rows into one, or remove one of them.")


def check_duplicate_served_least(context: ProblemContext) -> Iterator[Finding]:
    """The least served amount of a county and item is stated at most once."""
    rows = context.problem.served_least
    occurrences = [((row.county, row.item), ("served_least", r)) for r, row in enumerate(rows)]
    for (county, item), path, first in _find_repeated_names(occurrences):
        message = f"What {quote_name(county)} gets of {quote_name(item)} at the least is already stated at {_format_path(first)}."
        yield make_finding("duplicate_served_least", path, message, "Merge the rows into one, or remove one of them.")


def check_duplicate_goals(context: ProblemContext) -> Iterator[Finding]:
    """A goal is listed once; `worst_fulfilment` once for each value of `over`, and `shortage` once for each selection."""
    goals = context.problem.policy.expand_ordered_goals()
    occurrences = [
        ((goal.goal, goal.over, _normalise_selection(goal.of)), ("policy", "goals", k)) for k, goal in enumerate(goals)
    ]
    for _, path, first in _find_repeated_names(occurrences):
        message = f"The goal {quote_name(goals[int(path[2])].label)} is already listed at {_format_path(first)}; the repetition has no effect."
        yield make_finding("duplicate_goal", path, message, "List each goal once, most important first.")


def _normalise_selection(selection: NeedSelection | None) -> Hashable:
    """Return the same value for selections that state the same names in another order."""
    stated = {} if selection is None else selection.model_dump(exclude_none=True)
    return tuple((field, frozenset(names)) for field, names in stated.items())


CHECKS = (
    check_duplicate_identifiers,
    check_duplicate_periods,
    check_duplicate_gateways,
    check_duplicate_lines,
    check_duplicate_demand,
    check_duplicate_served_least,
    check_duplicate_goals,
)
