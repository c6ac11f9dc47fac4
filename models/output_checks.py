"""Checks of reported quantities: whether a line can have made so much, and whether whole units are whole."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from models.base import expand_to_periods
from models.number_text import format_amount
from models.problem.factories import Factory, Line
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, Severity
from models.validation.checks.context import quote_name

IMPLAUSIBLE_FACTOR = 10.0
"""Multiple of the capacity above which an output is rejected: more than a slip of one digit."""


MOST = "most"
"""Name of the upper limit of a line, which recipes do not share."""


class ReportedQuantity(Protocol):
    """An output of an item in a factory in a period."""

    @property
    def factory(self) -> str:
        """Identifier of the factory."""

    @property
    def item(self) -> str:
        """Identifier of the item."""

    @property
    def period(self) -> str:
        """Identifier of the period."""

    @property
    def quantity(self) -> float:
        """Units made."""


def find_doubtful_outputs(
    outputs: Sequence[ReportedQuantity], places: Sequence[str], problem: PlanningProblem
) -> Iterator[Finding]:
    """Yield findings about quantities of known items and periods; `places` are the locations of the outputs."""
    recipes: dict[tuple[str, str], tuple[Factory, list[Line]]] = {}
    for factory in problem.factories:
        for line in factory.lines:
            recipes.setdefault((factory.id, line.item), (factory, []))[1].append(line)
    whole = {item.id for item in problem.items if item.whole_units}
    periods = {period: t for t, period in enumerate(problem.periods)}
    for output, place in zip(outputs, places, strict=True):
        if (output.factory, output.item) not in recipes or output.period not in periods:
            continue
        factory, lines = recipes[output.factory, output.item]
        most = compute_most_output(problem, factory, lines, periods[output.period])
        if most is not None and output.quantity > most * (1 + 1e-9):
            yield _report_excess(output, most, place)
        if output.item in whole and not float(output.quantity).is_integer():
            message = f"{output.quantity:,.15g} units of {quote_name(output.item)} are reported, which is counted in whole units."
            yield _make(place, "output_not_whole", message, "Check the number.", "warning")


def compute_most_output(problem: PlanningProblem, factory: Factory, lines: Sequence[Line], period: int) -> float | None:
    """Return the units that machines in full condition, labour, power and `most` allow the recipes of an item.

    The recipes share machines, labour and power, so this is what the thriftiest of them could make of each, and at most the sum
    of what each could make alone. None if nothing limits them.
    """
    by_recipe = [_list_output_limits(problem, factory, line, period) for line in lines]
    shared = set.intersection(*(set(limits) for limits in by_recipe)) - {MOST}
    alone = [min(limits.values(), default=None) for limits in by_recipe]
    amounts = [max(limits[resource] for limits in by_recipe) for resource in shared]
    amounts += [sum(amount for amount in alone if amount is not None)] if None not in alone else []
    return min(amounts, default=None)


def _list_output_limits(problem: PlanningProblem, factory: Factory, line: Line, period: int) -> dict[str, float]:
    """Return the units of a line that each of its limits allows, by the name of the limit."""
    count = len(problem.periods)
    county = next((one for one in problem.counties if one.id == factory.place), None)
    limits = {
        f"machine {group}": (needed, factory.machines.get(group)) for group, needed in line.hours_per_unit.items()
    }
    limits[MOST] = (1.0, line.most)
    if county is not None:
        limits["labour"] = (line.labour_hours_per_unit, county.labour_hours)
        area = next((one for one in problem.power_areas if one.id == county.power_area), None)
        if area is not None and area.limit_kwh is not None:
            own = expand_to_periods(area.own_generation_kwh, count)[period]
            power = expand_to_periods(area.limit_kwh, count)[period] + own
            limits["power"] = (line.kwh_per_unit * factory.power_overhead, power)
    return {
        name: expand_to_periods(limit, count)[period] / needed
        for name, (needed, limit) in limits.items()
        if limit is not None and needed > 0
    }


def _report_excess(output: ReportedQuantity, most: float, place: str) -> Finding:
    message = (
        f"{quote_name(output.factory)} reports {format_amount(output.quantity)} units of {quote_name(output.item)} in "
        f"{quote_name(output.period)}; its machines, labour, power and upper limit allow {format_amount(most)}."
    )
    if 0 < most * IMPLAUSIBLE_FACTOR < output.quantity:
        remedy = "Check the number and its unit. If it is right, correct the limits of the problem."
        return _make(place, "implausible_output", message, remedy, "error")
    return _make(place, "output_above_capacity", message, "Check the number and its unit.", "warning")


def _make(place: str, code: str, message: str, remedy: str, severity: Severity) -> Finding:
    return Finding(path=f"{place}/quantity", code=code, message=message, remedy=remedy, severity=severity)
