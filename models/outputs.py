"""Outputs: what factories really made, as they report it, and what can be wrong with a report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from models.base import Amount, Frozen, Id
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding
from models.validation.checks.context import format_name_list, quote_name, suggest_similar_names
from models.validation.structure_findings import find_structural_mistakes

MAX_FINDINGS = 1000
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


class FactoryOutput(Frozen):
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
    def line_and_period(self) -> LineAndPeriod:
        """What it is about."""
        return self.factory, self.item, self.period


class OutputReport(NamedTuple):
    """A report as it was read."""

    outputs: tuple[FactoryOutput, ...]
    """What can be read of it."""
    findings: tuple[Finding, ...]
    """Everything wrong with it; empty where it can be taken."""


def read_output_report(
    rows: Sequence[Any], problem: PlanningProblem, reported_periods: int, locate_row: Callable[[int], str]
) -> OutputReport:
    """Read the rows of a report (decoded JSON objects, or the like from CSV) about a plan of `problem`.

    `reported` is how many periods, from the first, have been reported or are past; a report may go on from there without a gap.
    `where` gives the place of a row, to which a field's name is added. All that is wrong is told at once.
    """
    outputs: list[FactoryOutput] = []
    places: list[str] = []
    findings: list[Finding] = []
    for k, row in enumerate(rows):
        try:
            outputs.append(FactoryOutput.model_validate(row))
            places.append(locate_row(k))
        except ValidationError as error:
            wrong = find_structural_mistakes(error, row, FactoryOutput)
            findings += [one.finding.model_copy(update={"path": locate_row(k) + one.finding.path}) for one in wrong]
    findings += _find_unknown_references(outputs, places, problem)
    findings += _find_skipped_periods(outputs, places, problem, reported_periods)
    findings += _find_repeated_rows(outputs, places)
    return OutputReport(tuple(outputs), tuple(findings[:MAX_FINDINGS]))


def _make_report_finding(path: str, code: str, message: str, remedy: str) -> Finding:
    return Finding(path=path, code=code, message=message, remedy=remedy)


def _find_unknown_references(
    outputs: list[FactoryOutput], places: list[str], problem: PlanningProblem
) -> Iterator[Finding]:
    """Factories, lines and periods that the plan does not have."""
    lines = {factory.id: [line.item for line in factory.lines] for factory in problem.factories}
    periods = frozenset(problem.periods)
    for output, place in zip(outputs, places, strict=True):
        if output.factory not in lines:
            remedy = (
                suggest_similar_names(output.factory, lines)
                or "Name a factory of the plan; its table `quotas` lists them."
            )
            message = f"There is no factory {quote_name(output.factory)}."
            yield _make_report_finding(f"{place}/factory", "unknown_factory", message, remedy)
        elif output.item not in lines[output.factory]:
            known = lines[output.factory]
            message = f"{quote_name(output.factory)} has no line for {quote_name(output.item)}."
            remedy = (
                suggest_similar_names(output.item, known)
                or f"It makes {format_name_list(known, 12, 'and') or 'nothing'}."
            )
            yield _make_report_finding(f"{place}/item", "unknown_line", message, remedy)
        if output.period not in periods:
            remedy = (
                suggest_similar_names(output.period, problem.periods)
                or f"There are {format_name_list(problem.periods, 12, 'and')}."
            )
            message = f"There is no period {quote_name(output.period)}."
            yield _make_report_finding(f"{place}/period", "unknown_period", message, remedy)


def _find_skipped_periods(
    outputs: list[FactoryOutput], places: list[str], problem: PlanningProblem, reported_periods: int
) -> Iterator[Finding]:
    """Periods before which one has not been reported at all."""
    position = {period: t for t, period in enumerate(problem.periods)}
    told = {position[output.period] for output in outputs if output.period in position}
    while reported_periods in told:
        reported_periods += 1
    for output, place in zip(outputs, places, strict=True):
        if position.get(output.period, -1) > reported_periods:
            first = problem.periods[reported_periods]
            message = (
                f"{quote_name(output.period)} comes after {quote_name(first)}, of which nothing has been reported yet."
            )
            remedy = f"Report {quote_name(first)} first (0 where nothing was made), or in the same report."
            yield _make_report_finding(f"{place}/period", "period_not_yet", message, remedy)


def _find_repeated_rows(outputs: list[FactoryOutput], places: list[str]) -> Iterator[Finding]:
    """Lines and periods named twice in one report."""
    first: dict[LineAndPeriod, str] = {}
    for output, place in zip(outputs, places, strict=True):
        if output.line_and_period in first:
            message = f"{quote_name(output.factory)} already reports {quote_name(output.item)} in {quote_name(output.period)} at {first[output.line_and_period]}."
            yield _make_report_finding(
                place, "reported_twice", message, "Report each line and period once, with all of its output."
            )
        else:
            first[output.line_and_period] = place
