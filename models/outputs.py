"""Outputs: what factories really made, as they report it, and what can be wrong with a report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from models.base import Amount, Frozen, Id
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding
from models.validation.checks.context import close_to, listed, shown
from models.validation.structure_findings import complaints

MOST_FINDINGS = 1000
"""How many findings about one report are told."""

OUTPUT_CODES: Mapping[str, str] = {
    "unknown_factory": "A factory is named that the plan does not have.",
    "unknown_line": "The factory has no line for the item.",
    "unknown_period": "A period is named that the plan does not have.",
    "period_not_yet": "A period is reported although of the one before it nothing has been.",
    "reported_twice": "One report names a line and period twice.",
    "unknown_column": "A CSV file or workbook has a column that is not known, or has one twice.",
    "missing_column": "A CSV file or workbook lacks a column.",
    "not_csv": "The file cannot be read as CSV.",
    "ragged_row": "A row of a CSV file has more or fewer cells than the header.",
}
"""What can be wrong with a report beyond the shape of its numbers and names."""

LineAndPeriod = tuple[str, str, str]
"""A factory, an item and a period."""


class Output(Frozen):
    """What a factory made of an item in a period."""

    factory: Id
    """Factory."""
    item: Id
    """Item."""
    period: Id
    """Period."""
    quantity: Amount
    """Units made; 0 where nothing was."""

    @property
    def key(self) -> LineAndPeriod:
        """What it is about."""
        return self.factory, self.item, self.period


class Report(NamedTuple):
    """A report as it was read."""

    outputs: tuple[Output, ...]
    """What can be read of it."""
    findings: tuple[Finding, ...]
    """Everything wrong with it; empty where it can be taken."""


def read_report(rows: Sequence[Any], problem: PlanningProblem, reported: int, where: Callable[[int], str]) -> Report:
    """Read the rows of a report (decoded JSON objects, or the like from CSV) about a plan of `problem`.

    `reported` is how many periods, from the first, have been reported or are past; a report may go on from there without a gap.
    `where` gives the place of a row, to which a field's name is added. All that is wrong is told at once.
    """
    outputs: list[Output] = []
    places: list[str] = []
    findings: list[Finding] = []
    for k, row in enumerate(rows):
        try:
            outputs.append(Output.model_validate(row))
            places.append(where(k))
        except ValidationError as error:
            wrong = complaints(error, row, Output)
            findings += [one.finding.model_copy(update={"path": where(k) + one.finding.path}) for one in wrong]
    findings += _strangers(outputs, places, problem)
    findings += _early(outputs, places, problem, reported)
    findings += _repeats(outputs, places)
    return Report(tuple(outputs), tuple(findings[:MOST_FINDINGS]))


def _finding(path: str, code: str, message: str, remedy: str) -> Finding:
    return Finding(path=path, code=code, message=message, remedy=remedy)


def _strangers(outputs: list[Output], places: list[str], problem: PlanningProblem) -> Iterator[Finding]:
    """Factories, lines and periods that the plan does not have."""
    lines = {factory.id: [line.item for line in factory.lines] for factory in problem.factories}
    periods = frozenset(problem.periods)
    for output, place in zip(outputs, places, strict=True):
        if output.factory not in lines:
            remedy = close_to(output.factory, lines) or "Name a factory of the plan; its table `quotas` lists them."
            message = f"There is no factory {shown(output.factory)}."
            yield _finding(f"{place}/factory", "unknown_factory", message, remedy)
        elif output.item not in lines[output.factory]:
            known = lines[output.factory]
            message = f"{shown(output.factory)} has no line for {shown(output.item)}."
            remedy = close_to(output.item, known) or f"It makes {listed(known, 12, 'and') or 'nothing'}."
            yield _finding(f"{place}/item", "unknown_line", message, remedy)
        if output.period not in periods:
            remedy = close_to(output.period, problem.periods) or f"There are {listed(problem.periods, 12, 'and')}."
            message = f"There is no period {shown(output.period)}."
            yield _finding(f"{place}/period", "unknown_period", message, remedy)


def _early(outputs: list[Output], places: list[str], problem: PlanningProblem, reported: int) -> Iterator[Finding]:
    """Periods before which one has not been reported at all."""
    position = {period: t for t, period in enumerate(problem.periods)}
    told = {position[output.period] for output in outputs if output.period in position}
    while reported in told:
        reported += 1
    for output, place in zip(outputs, places, strict=True):
        if position.get(output.period, -1) > reported:
            first = problem.periods[reported]
            message = f"{shown(output.period)} comes after {shown(first)}, of which nothing has been reported yet."
            remedy = f"Report {shown(first)} first (0 where nothing was made), or in the same report."
            yield _finding(f"{place}/period", "period_not_yet", message, remedy)


def _repeats(outputs: list[Output], places: list[str]) -> Iterator[Finding]:
    """Lines and periods named twice in one report."""
    first: dict[LineAndPeriod, str] = {}
    for output, place in zip(outputs, places, strict=True):
        if output.key in first:
            message = f"{shown(output.factory)} already reports {shown(output.item)} in {shown(output.period)} at {first[output.key]}."
            yield _finding(
                place, "reported_twice", message, "Report each line and period once, with all of its output."
            )
        else:
            first[output.key] = place
