"""Whether the measures of a request name parts that a problem has."""

from collections.abc import Iterator, Mapping, Sequence

from models.analyses.measures import OutcomeMeasure, RangeMeasure
from models.problem.planning_problem import PlanningProblem
from models.validation.checks.context import ProblemContext
from models.validation.finding import Finding, JsonPath, raise_on_errors
from models.validation.finding_codes import make_finding

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
            for finding in check_range_measure(context, measure, position)
        )
    )


def check_outcome_selection(context: ProblemContext, measure: OutcomeMeasure, path: JsonPath) -> Iterator[Finding]:
    """Yield a finding for every name that an outcome selects and the problem does not have, or one if it selects no need."""
    stated = {} if measure.of is None else measure.of.model_dump(exclude_none=True)
    unknown = [
        finding
        for name, values in stated.items()
        for k, value in enumerate(values if name in KIND_BY_LIST else ())
        for finding in _check_name(context, name, value, (*path, "of", name, k))
    ]
    yield from unknown
    if measure.of is not None and not unknown and not any(context.list_selected_counties(measure.of).values()):
        message, remedy = f"There is no need of {measure.of}.", "Select needs that the problem has."
        yield make_finding("outcome_without_needs", (*path, "of"), message, remedy)


def _check_name(context: ProblemContext, kind: str, name: str, path: JsonPath) -> Iterator[Finding]:
    if kind == "item":
        yield from context.check_need_reference(name, path)
    else:
        yield from context.check_reference(KIND_BY_LIST[kind], name, path)


def check_range_measure(context: ProblemContext, measure: RangeMeasure, position: int) -> Iterator[Finding]:
    """Yield a finding for every name of a measure of ranges that the problem does not have."""
    stated = {} if measure.of is None else measure.of.model_dump(exclude_none=True)
    for name, values in stated.items():
        for k, value in enumerate(values if name in KIND_BY_LIST else ()):
            path = ("measures", position, "of", name, k)
            if name == "item" and measure.measure == "served_share":
                yield from context.check_need_reference(value, path)
            else:
                yield from context.check_reference(KIND_BY_LIST[name], value, path)
