"""Whether the request of an analysis names parts that its problem has."""

from collections.abc import Iterator, Sequence

from models.analyses.backtest import BacktestRequest
from models.analyses.measures import OutcomeMeasure
from models.analyses.study import Factor, Lever, StudyRequest
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import NeedSelection
from models.validation.checks.context import ProblemContext
from models.validation.finding import Finding, InvalidProblemError, JsonPath, format_json_pointer, split_json_pointer

_CHANGES_PREFIX = 2
"""Parts of the path of a finding about changes that name the change: `/changes/0`."""


def check_study_request(problem: PlanningProblem, request: StudyRequest) -> tuple[Finding, ...]:
    """Return the findings about a study of a problem; paths begin within the request, such as `/factors/0/changes/0/where`."""
    context = ProblemContext(problem)
    return (
        *_check_factors(problem, request.factors),
        *(found for k, lever in enumerate(request.levers) for found in _check_lever(problem, lever, k)),
        *_check_measures(context, "outcomes", request.outcomes),
        *_check_measures(context, "thresholds", request.thresholds),
    )


def check_backtest_request(problem: PlanningProblem, request: BacktestRequest) -> tuple[Finding, ...]:
    """Return the findings about a backtest of a problem; paths begin within the request."""
    return tuple(_check_factors(problem, request.factors))


def _check_factors(problem: PlanningProblem, factors: Sequence[Factor]) -> Iterator[Finding]:
    """A change of a factor selects something that the problem has, and that can be multiplied."""
    for k, factor in enumerate(factors):
        changes = [change.build_change(1.0) for change in factor.changes]
        yield from _check_changes(problem, changes, ("factors", k))


def _check_lever(problem: PlanningProblem, lever: Lever, position: int) -> Iterator[Finding]:
    """The changes of a lever can be applied."""
    yield from _check_changes(problem, lever.changes, ("levers", position))


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


def _check_measures(context: ProblemContext, part: str, measures: Sequence[OutcomeMeasure]) -> Iterator[Finding]:
    """The needs that an outcome selects have existing categories, items or requirements, and counties."""
    for k, measure in enumerate(measures):
        if measure.of is not None:
            yield from _check_selection(context, measure.of, (part, k, "of"))


def _check_selection(context: ProblemContext, selection: NeedSelection, place: JsonPath) -> Iterator[Finding]:
    for kind in ("category", "item", "county"):
        for position, name in enumerate(getattr(selection, kind) or ()):
            path = (*place, kind, position)
            if kind == "item":
                yield from context.check_need_reference(name, path)
            else:
                yield from context.check_reference(kind, name, path)
