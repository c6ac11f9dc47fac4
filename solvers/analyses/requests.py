"""Findings about the request of an analysis and the problem of its base, before anything is solved."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.analyses.backtest import BacktestRequest
from models.analyses.measures import OutcomeMeasure, RangeMeasure
from models.analyses.references import check_range_measure
from models.analyses.study import Factor, Lever, StudyRequest, Threshold
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.validation.checks.context import ProblemContext
from models.validation.finding import (
    Finding,
    InvalidProblemError,
    JsonPath,
    format_json_pointer,
    raise_on_errors,
    split_json_pointer,
)
from models.validation.parsing import validate_model
from solvers.analyses.studies.draws import build_correlation_matrix
from solvers.analyses.studies.outcomes import check_measure

Request = TypeVar("Request", bound=BaseModel)
Entry = TypeVar("Entry", bound=BaseModel)

_CHANGES_PREFIX = 2
"""Parts of the path of a finding about changes that name the change: `/changes/0`."""


def parse_request(model: type[Request], problem: PlanningProblem, raw: dict[str, Any]) -> Request:
    """Parse the request of an analysis of a problem.

    Raises
    ------
    InvalidProblemError
        With all findings about the request and the parts that it names.
    """
    request: Request | None = None
    findings: tuple[Finding, ...] = ()
    try:
        request = validate_model(model, raw)
    except InvalidProblemError as error:
        findings = error.findings
    raise_on_errors((*findings, *find_request_findings(problem, raw, request)))
    assert request is not None  # noqa: S101 - else there were errors
    return request


def find_request_findings(
    problem: PlanningProblem, raw: Mapping[str, Any], request: BaseModel | None
) -> Iterator[Finding]:
    """Yield the findings about a document of any kind of analysis, and about the request that it states.

    `request` is None if the document is invalid; each of its valid entries is checked, whatever the others are. Paths begin
    within the document, such as `/factors/0/changes/0/where`.
    """
    context = ProblemContext(problem)
    for k, factor in _read_valid_entries(raw, "factors", Factor):
        yield from _check_changes(problem, [change.build_change(1.0) for change in factor.changes], ("factors", k))
    for k, lever in _read_valid_entries(raw, "levers", Lever):
        yield from _check_changes(problem, lever.changes, ("levers", k))
    for k, outcome in _read_valid_entries(raw, "outcomes", OutcomeMeasure):
        yield from check_measure(context, outcome, ("outcomes", k))
    for k, threshold in _read_valid_entries(raw, "thresholds", Threshold):
        yield from check_measure(context, threshold, ("thresholds", k))
    for k, measure in _read_valid_entries(raw, "measures", RangeMeasure):
        yield from check_range_measure(context, measure, k)
    if isinstance(request, StudyRequest | BacktestRequest):
        try:
            build_correlation_matrix(request.factors, request.rank_correlation)
        except InvalidProblemError as error:
            yield from error.findings


def _read_valid_entries(raw: Mapping[str, Any], part: str, model: type[Entry]) -> Iterator[tuple[int, Entry]]:
    """Yield the valid entries of a list of a document with their positions; the others have findings of their own."""
    entries = raw.get(part)
    for k, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
        try:
            valid = model.model_validate(entry)
        except ValidationError:
            continue
        yield k, valid


def _check_changes(problem: PlanningProblem, changes: Sequence[Change], place: JsonPath) -> Iterator[Finding]:
    """Apply changes, and report findings about them at their place, and findings about the changed problem at the whole."""
    try:
        apply_changes(problem, changes)
    except InvalidProblemError as error:
        for finding in error.findings:
            parts = tuple(split_json_pointer(finding.path))
            is_about_change = parts[:1] == ("changes",) and len(parts) >= _CHANGES_PREFIX
            path = format_json_pointer(*place, *(parts if is_about_change else ("changes",)))
            yield finding.model_copy(update={"path": path})
