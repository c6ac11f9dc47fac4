"""The random problems are what they claim: accepted by the checks."""

from pathlib import Path

import pytest
from hypothesis import given

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import check_problem
from models.validation.parsing import parse_problem
from solvers.planning import make_plan
from solvers.results.limits import RULE_NAMES
from tests.builders import Json
from tests.properties.planned import bounded, rows_of
from tests.strategies import problem_dicts, problems


@bounded(30)
@given(problems())
def test_random_problems_pass_the_checks(problem: PlanningProblem) -> None:
    assert [finding for finding in check_problem(problem) if finding.severity == "error"] == []


@bounded(10)
@given(problem_dicts(whole_units=True))
def test_random_json_is_parsed_to_the_same_problem(problem: Json) -> None:
    assert parse_problem(problem) == PlanningProblem.model_validate(problem)


GOAL_CONSTRAINTS = {"own_needs_first", "worst_fulfilment", "goal", "central_distance", "quota_distance"}
"""Constraints that only a policy with goals adds; tests of stages let them bind."""

BINDING = sorted((Path(__file__).parent / "binding").glob("*.json"))
"""A small problem for each limit, named after it, in which the limit binds."""


@pytest.mark.parametrize("path", BINDING, ids=lambda path: path.stem)
def test_each_limit_binds_in_its_example(path: Path) -> None:
    """A limit that never bound would be proved by nothing: it has a price in its example."""
    rows = rows_of(make_plan(parse_problem(path.read_bytes())))
    priced = {row["rule"] for row in rows["capacity"] if row["price"] > 0}
    priced |= {"power" for row in rows["power"] if row["price"] > 0}
    assert path.stem in priced


def test_every_limit_of_a_plan_has_an_example() -> None:
    assert {path.stem for path in BINDING} == set(RULE_NAMES) - GOAL_CONSTRAINTS
