"""The random problems are what they claim: accepted by the checks."""

from hypothesis import given

from models.checks import check
from models.parsing import parse_problem
from models.problem import PlanningProblem
from tests.builders import Json
from tests.properties.planned import bounded
from tests.strategies import problem_dicts, problems


@bounded(60)
@given(problems())
def test_random_problems_pass_the_checks(problem: PlanningProblem) -> None:
    assert [finding for finding in check(problem) if finding.severity == "error"] == []


@bounded(20)
@given(problem_dicts(whole_units=True))
def test_random_json_is_parsed_to_the_same_problem(problem: Json) -> None:
    assert parse_problem(problem) == PlanningProblem.model_validate(problem)
