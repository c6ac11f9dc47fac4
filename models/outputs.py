"""Output reports of factories, and their validation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from pydantic import ValidationError

from models.base import Amount, Frozen, Id
from models.output_checks import find_doubtful_outputs
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding
from models.validation.checks.context import format_name_list, quote_name, suggest_similar_names
from models.validation.finding_codes import make_finding
from models.validation.structure_findings import find_structural_mistakes

MAX_FINDINGS = 1000
"""Largest number of findings returned for one report."""

OUTPUT_CODES: Mapping[str, str] = {
    "unknown_factory": "The plan does not contain the factory.",
    "unknown_line": "The factory has no line for the item.",
    "unknown_period": "The plan does not contain the period.",
    "period_not_yet": "A period is reported before an earlier period has any report.",
    "reported_twice": "A report names the same item of a factory and period twice.",
    "unknown_column": "A CSV file or workbook has an unknown or repeated column.",
    "missing_column": "A CSV file or workbook lacks a required column.",
    "not_csv": "The file is not valid CSV.",
    "ragged_row": "A row of a CSV file has more cells than the header.",
    "implausible_output": "An output is more than ten times what machines, labour, power or the upper limit of the line allow.",
    "output_above_capacity": "An output is more than machines, labour, power or the upper limit of the line allow (warning).",
    "output_not_whole": "An output of an item in whole units is not a whole number (warning).",
}
"""Codes of findings about a report, in addition to those about its structure."""

LineAndPeriod = tuple[str, str, str]
"""Identifiers of a factory, an item and a period; an output is the sum of all recipes of the item."""


class FactoryOutput(Frozen):
    """Reported output of a factory for an item in a period: the sum of all its recipes."""

    factory: Id
    """Identifier of the factory."""
    item: Id
    """Identifier of the item."""
    period: Id
    """Identifier of the period."""
    quantity: Amount
    """Units made; 0 if nothing was made."""

    @property
    def line_and_period(self) -> LineAndPeriod:
        """Key of the output: factory, item and period."""
        return self.factory, self.item, self.period


class OutputReport(NamedTuple):
    """A report after validation."""

    outputs: tuple[FactoryOutput, ...]
    """Valid rows."""
    findings: tuple[Finding, ...]
    """All findings that are errors; empty if the report is acceptable."""
    warnings: tuple[Finding, ...] = ()
    """Findings about acceptable outputs that may be wrong."""


def read_output_report(
    rows: Sequence[Any], problem: PlanningProblem, reported_periods: int, locate_row: Callable[[int], str]
) -> OutputReport:
    """Read and validate the rows of an output report about a plan of `problem`.

    Parameters
    ----------
    rows
        Decoded JSON objects, or equivalent rows of a CSV file or workbook.
    reported_periods
        Number of first periods that are past or have a report. A report may continue from there without a gap.
    locate_row
        Returns the location of a row. The path of a finding is this location plus the name of the field.
    """
    outputs: list[FactoryOutput] = []
    places: list[str] = []
    findings: list[Finding] = []
    for k, row in enumerate(rows):
        if len(findings) > MAX_FINDINGS:
            break
        try:
            outputs.append(FactoryOutput.model_validate(row))
            places.append(locate_row(k))
        except ValidationError as error:
            for mistake in find_structural_mistakes(error, row, FactoryOutput):
                path = locate_row(k) + mistake.finding.path
                findings.append(mistake.finding.model_copy(update={"path": path}))
    references = chain(
        _find_unknown_references(outputs, places, problem),
        _find_skipped_periods(outputs, places, problem, reported_periods),
        _find_repeated_rows(outputs, places),
    )
    findings += islice(references, max(0, MAX_FINDINGS + 1 - len(findings)))
    if len(findings) > MAX_FINDINGS:
        more = make_finding(
            "more_findings", (), "There are more findings than are listed.", "Correct the listed findings first."
        )
        return OutputReport(tuple(outputs), (*findings[:MAX_FINDINGS], more))
    doubtful = list(find_doubtful_outputs(outputs, places, problem))
    findings += [finding for finding in doubtful if finding.severity == "error"]
    warnings = [finding for finding in doubtful if finding.severity == "warning"]
    return OutputReport(tuple(outputs), tuple(findings[:MAX_FINDINGS]), tuple(warnings[:MAX_FINDINGS]))


def _make_report_finding(path: str, code: str, message: str, remedy: str) -> Finding:
    return Finding(path=path, code=code, message=message, remedy=remedy)


def _find_unknown_references(
    outputs: list[FactoryOutput], places: list[str], problem: PlanningProblem
) -> Iterator[Finding]:
    """Find factories, lines and periods that the plan does not contain."""
    lines = {factory.id: list({line.item: None for line in factory.lines}) for factory in problem.factories}
    periods = frozenset(problem.periods)
    for output, place in zip(outputs, places, strict=True):
        if output.factory not in lines:
            remedy = (
                suggest_similar_names(output.factory, lines)
                or "Use a factory of the plan; the table `quotas` lists all factories."
            )
            message = f"The plan contains no factory {quote_name(output.factory)}."
            yield _make_report_finding(f"{place}/factory", "unknown_factory", message, remedy)
        elif output.item not in lines[output.factory]:
            known = lines[output.factory]
            message = f"{quote_name(output.factory)} has no line for {quote_name(output.item)}."
            remedy = (
                suggest_similar_names(output.item, known)
                or f"The factory makes {format_name_list(known, 12, 'and') or 'nothing'}."
            )
            yield _make_report_finding(f"{place}/item", "unknown_line", message, remedy)
        if output.period not in periods:
            remedy = (
                suggest_similar_names(output.period, problem.periods)
                or f"The periods are {format_name_list(problem.periods, 12, 'and')}."
            )
            message = f"The plan contains no period {quote_name(output.period)}."
            yield _make_report_finding(f"{place}/period", "unknown_period", message, remedy)


def _find_skipped_periods(
    outputs: list[FactoryOutput], places: list[str], problem: PlanningProblem, reported_periods: int
) -> Iterator[Finding]:
    """Find rows that report a period before an earlier period has any report."""
    position = {period: t for t, period in enumerate(problem.periods)}
    periods = {position[output.period] for output in outputs if output.period in position}
    while reported_periods in periods:
        reported_periods += 1
    for output, place in zip(outputs, places, strict=True):
        if position.get(output.period, -1) > reported_periods:
            first = problem.periods[reported_periods]
            message = f"{quote_name(output.period)} comes after {quote_name(first)}, which has no report yet."
            remedy = f"Report {quote_name(first)} first or in the same report; enter 0 if nothing was made."
            yield _make_report_finding(f"{place}/period", "period_not_yet", message, remedy)


def _find_repeated_rows(outputs: list[FactoryOutput], places: list[str]) -> Iterator[Finding]:
    """Find items of a factory and periods that one report names twice."""
    first: dict[LineAndPeriod, str] = {}
    for output, place in zip(outputs, places, strict=True):
        if output.line_and_period in first:
            message = f"{quote_name(output.factory)} has a second row for {quote_name(output.item)} in {quote_name(output.period)}; the first is at {first[output.line_and_period]}."
            yield _make_report_finding(
                place,
                "reported_twice",
                message,
                "Report each item and period once, with the total output of all its recipes.",
            )
        else:
            first[output.line_and_period] = place
