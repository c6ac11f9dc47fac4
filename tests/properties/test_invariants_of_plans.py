"""Plans of random problems keep every invariant."""

from typing import Any

from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from tests.builders import make_problem, need
from tests.invariants import assert_plan_invariants, check_own_needs_first_invariant
from tests.plan_reading import Reading
from tests.properties.planned import NINE_DIGITS, bounded, objective, rows_of
from tests.strategies import problem_dicts, problems

GOALS = st.sampled_from([["shortage", "cost"], [{"goal": "worst_fulfilment", "over": "item"}, "shortage", "cost"]])


@bounded(30)
@given(problems())
def test_plans_keep_the_invariants(problem: PlanningProblem) -> None:
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(problem, result.plan, rows_of(result))


@bounded(13)
@given(problems(whole_units=True))
def test_plans_in_whole_units_keep_the_invariants(problem: PlanningProblem) -> None:
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(problem, result.plan, rows_of(result))


@bounded(13)
@given(problem_dicts(), GOALS)
def test_plans_of_goals_keep_the_invariants(problem: dict[str, Any], goals: list[Any]) -> None:
    problem["policy"]["goals"] = goals
    model = PlanningProblem.model_validate(problem)
    result = make_plan(model)
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(model, result.plan, rows_of(result))


@bounded(13)
@given(problem_dicts())
def test_own_needs_first_lies_between_free_swaps_and_none(problem: dict[str, Any]) -> None:
    free = objective(problem)
    problem["policy"]["own_needs_first"] = True
    model = PlanningProblem.model_validate(problem)
    result = make_plan(model)
    assert_plan_invariants(model, result.plan, rows_of(result))
    careful = objective(model)
    none = objective({**problem, "partners": []})
    slack = NINE_DIGITS * (1 + none) * 10
    assert free - slack <= careful <= none + slack


def test_own_needs_first_keeps_its_law() -> None:
    """Dear cloth is offered for soap that is needed at home: free swaps leave soap short, own needs first do not."""
    partner = {"id": "neighbour", "at": "town", "offers": {"cloth": 20}, "wants": {"soap": 10}}
    plain = {"shortage_bands": [{"width": 1, "weight": 1}]}
    readings = {}
    for name, careful, partners in (("free", False, [partner]), ("careful", True, [partner]), ("none", False, [])):
        problem = make_problem(
            items=[{"id": "soap", "value": 1}, {"id": "cloth", "value": 5, "importance": 2}],
            factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "most": 10}]}],
            demand=[need("town", "soap", 8), need("town", "cloth", 20)],
            partners=partners,
            policy={**plain, "own_needs_first": careful},
        )
        result = make_plan(problem)
        assert_plan_invariants(problem, result.plan, rows_of(result))
        readings[name] = Reading(problem, result.plan, rows_of(result))
    assert list(check_own_needs_first_invariant(readings["free"], readings["none"]))
    assert not list(check_own_needs_first_invariant(readings["careful"], readings["none"]))
    assert readings["careful"].short["town", "cloth", "p1"] < readings["none"].short["town", "cloth", "p1"]
