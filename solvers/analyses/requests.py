"""Findings about the request of an analysis and the problem of its base, before anything is solved."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from models.analyses.backtest import BacktestRequest
from models.analyses.measures import OutcomeMeasure
from models.analyses.request_checks import find_unknown_parts, read_valid_entries
from models.analyses.study import StudyRequest, Threshold
from models.problem.planning_problem import PlanningProblem
from models.validation.checks.context import ProblemContext
from models.validation.finding import Finding, InvalidProblemError, raise_on_errors
from models.validation.parsing import validate_model
from solvers.analyses.studies.draws import build_correlation_matrix
from solvers.analyses.studies.outcomes import check_limit

Request = TypeVar("Request", bound=BaseModel)


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

    `request` is None if the document is invalid; its valid entries are checked nevertheless. Paths begin within the document.
    """
    yield from find_unknown_parts(problem, raw)
    context = ProblemContext(problem)
    for k, outcome in read_valid_entries(raw, "outcomes", OutcomeMeasure):
        yield from check_limit(context, outcome, ("outcomes", k))
    for k, threshold in read_valid_entries(raw, "thresholds", Threshold):
        yield from check_limit(context, threshold, ("thresholds", k))
    if isinstance(request, StudyRequest | BacktestRequest):
        try:
            build_correlation_matrix(request.factors, request.rank_correlation)
        except InvalidProblemError as error:
            yield from error.findings
