"""The arrays and the second opinion, written apart from each other, find the same optimum on random problems."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers import reference_model
from solvers.planning import make_plan
from tests.properties.planned import bounded, planned, same, value_of
from tests.strategies import problem_dicts, problems


@bounded(40)
@given(problems())
def test_second_opinion_agrees_to_nine_digits(problem: PlanningProblem) -> None:
    opinion = reference_model.solve_reference_model(problem)
    assert opinion.status == "optimal"
    assert opinion.objective is not None
    assert same(value_of(planned(problem)), opinion.objective)


@bounded(13)
@given(problems(whole_units=True))
def test_second_opinion_is_the_objective_before_rounding(problem: PlanningProblem) -> None:
    opinion = reference_model.solve_reference_model(problem)
    assert opinion.objective is not None
    plan = planned(problem)
    assert same(value_of(plan), opinion.objective)
    assert plan.objective is not None
    assert plan.objective.value >= opinion.objective - 1e-9 * (1 + opinion.objective)


GOALS: list[list[Any]] = [
    [{"goal": "worst_fulfilment", "over": "county"}],
    [{"goal": "worst_fulfilment", "over": "item"}, "shortage", "cost"],
    [{"goal": "worst_fulfilment", "over": "county_item"}, "shortage"],
    ["shortage", "cost"],
    ["shortage", "quality", "cost"],
    [{"goal": "central_share", "target": 0.25}, "shortage"],
    [{"goal": "shortage", "of": {"priority": [1]}}, {"goal": "shortage", "of": {"priority": [2, 3]}}, "cost"],
    [{"goal": "shortage", "of": {"category": ["food"], "county": ["county-1"], "item": ["good-1"]}}, "shortage"],
]


@pytest.mark.parametrize(
    "goals",
    GOALS,
    ids=lambda goals: "-".join(g if isinstance(g, str) else "of-".join((g["goal"], *g.get("of", ()))) for g in goals),
)
def test_goals_reach_the_same_values(goals: list[Any]) -> None:
    @bounded(10)
    @given(problems(goals=goals))
    def reach(problem: PlanningProblem) -> None:
        opinion = reference_model.solve_reference_model(problem)
        plan = planned(problem)
        assert plan.objective is not None
        assert [name for name, _ in opinion.goal_optima] == [goal.goal for goal in plan.objective.goals]
        assert len({goal.goal for goal in plan.objective.goals}) == len(goals)
        for (_, sought), goal in zip(opinion.goal_optima, plan.objective.goals, strict=True):
            assert same(goal.value, sought, 1e-7)

    reach()


@bounded(13)
@given(problem_dicts(), st.data())
def test_both_find_conflicts(problem: dict[str, Any], data: st.DataObject) -> None:
    """A closing stock that may be out of reach: both find a plan, or both find that there is none."""
    county = data.draw(st.sampled_from(problem["counties"]))
    item = data.draw(st.sampled_from([i["id"] for i in problem["items"]]))
    county["stocks"][item] = {"closing_least": data.draw(st.integers(1, 60))}
    if not next(i for i in problem["items"] if i["id"] == item)["storable"]:
        return
    county.pop("store_tonnes", None)
    model = PlanningProblem.model_validate(problem)
    opinion, plan = reference_model.solve_reference_model(model), make_plan(model).plan
    assert opinion.status == plan.outcome
    if opinion.objective is not None:
        assert same(value_of(plan), opinion.objective)


@bounded(10)
@given(problems())
def test_cbc_agrees_as_far_as_it_writes(problem: PlanningProblem) -> None:
    opinion = reference_model.solve_reference_model(problem, "cbc")
    assert opinion.objective is not None
    assert same(value_of(planned(problem)), opinion.objective, 1e-6)
