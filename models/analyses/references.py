"""Whether the measures of a request name parts that a problem has."""

from collections.abc import Iterator, Mapping, Sequence

from models.analyses.measures import RangeMeasure
from models.analyses.study import StudyRequest
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import NeedSelection
from models.validation.checks.context import ProblemContext
from models.validation.finding import Finding, JsonPath, raise_on_errors

KIND_BY_LIST: Mapping[str, str] = {
    "category": "category",
    "item": "item",
    "county": "county",
    "factory": "factory",
    "link": "link",
    "partner": "partner",
    "area": "power area",
    "period": "period",
}
"""Kind of the parts that a list of `RangeSelection` names, as in the finding code."""


def check_range_measures(problem: PlanningProblem, measures: Sequence[RangeMeasure]) -> None:
    """Raise InvalidProblemError with a finding for every unknown name; paths such as `/measures/0/of/county/1`."""
    context = ProblemContext(problem)
    raise_on_errors(
        tuple(
            finding
            for position, measure in enumerate(measures)
            for finding in _check_measure(context, measure, position)
        )
    )


def check_study_measures(problem: PlanningProblem, request: StudyRequest) -> None:
    """Raise InvalidProblemError with a finding for every unknown name; paths such as `/thresholds/0/of/county/1`."""
    context = ProblemContext(problem)
    raise_on_errors(
        tuple(
            finding
            for kind in ("outcomes", "thresholds")
            for position, measure in enumerate(getattr(request, kind))
            for finding in _check_selection(context, measure.of, (kind, position, "of"))
        )
    )


def _check_selection(context: ProblemContext, selection: NeedSelection | None, path: JsonPath) -> Iterator[Finding]:
    stated = {} if selection is None else selection.model_dump(exclude_none=True)
    for name, values in stated.items():
        for k, value in enumerate(values):
            if name == "item":
                yield from context.check_need_reference(value, (*path, name, k))
            elif name in KIND_BY_LIST:
                yield from context.check_reference(KIND_BY_LIST[name], value, (*path, name, k))


def _check_measure(context: ProblemContext, measure: RangeMeasure, position: int) -> Iterator[Finding]:
    stated = {} if measure.of is None else measure.of.model_dump(exclude_none=True)
    for name, values in stated.items():
        for k, value in enumerate(values if name in KIND_BY_LIST else ()):
            path = ("measures", position, "of", name, k)
            if name == "item" and measure.measure == "served_share":
                yield from context.check_need_reference(value, path)
            else:
                yield from context.check_reference(KIND_BY_LIST[name], value, path)
