"""Whether the request of an analysis names parts that its problem has: each valid entry is checked, whatever the others are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.analyses.measures import OutcomeMeasure, RangeMeasure
from models.analyses.references import check_outcome_measure, check_range_measure
from models.analyses.study import Factor, Lever, Threshold
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.validation.checks.context import ProblemContext
from models.validation.finding import Finding, InvalidProblemError, JsonPath, format_json_pointer, split_json_pointer

Entry = TypeVar("Entry", bound=BaseModel)

_CHANGES_PREFIX = 2
"""Parts of the path of a finding about changes that name the change: `/changes/0`."""


def find_unknown_parts(problem: PlanningProblem, raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the findings about a document of any kind of analysis; paths begin within it: `/factors/0/changes/0/where`."""
    context = ProblemContext(problem)
    for k, factor in read_valid_entries(raw, "factors", Factor):
        yield from _check_changes(problem, [change.build_change(1.0) for change in factor.changes], ("factors", k))
    for k, lever in read_valid_entries(raw, "levers", Lever):
        yield from _check_changes(problem, lever.changes, ("levers", k))
    for k, outcome in read_valid_entries(raw, "outcomes", OutcomeMeasure):
        yield from check_outcome_measure(context, outcome, ("outcomes", k))
    for k, threshold in read_valid_entries(raw, "thresholds", Threshold):
        yield from check_outcome_measure(context, threshold, ("thresholds", k))
    for k, measure in read_valid_entries(raw, "measures", RangeMeasure):
        yield from check_range_measure(context, measure, k)


def read_valid_entries(raw: Mapping[str, Any], part: str, model: type[Entry]) -> Iterator[tuple[int, Entry]]:
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
