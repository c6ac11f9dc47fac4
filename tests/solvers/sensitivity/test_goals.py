"""Sensitivity analysis with ordered goals and own needs first, compared with cold solves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import is_multi_stage
from solvers.planning import make_plan
from solvers.sensitivity import (
    SensitivitySession,
    compare_plans,
    compute_curve,
    compute_goal_tradeoffs,
    find_remedies,
    split_by_changes,
)
from solvers.sensitivity.goal_stages import compute_final_values
from solvers.sensitivity.remedies.remedy_building import verify_remedy
from tests.properties.planned import bounded
from tests.solvers.sensitivity.test_prices_and_remedies import open_session_of
from tests.strategies import has_power_limit, problems

POLICIES: dict[str, dict[str, Any]] = {
    "shortage-cost": {"goals": ["shortage", "cost"]},
    "worst-shortage-cost": {"goals": [{"goal": "worst_fulfilment", "over": "county"}, "shortage", "cost"]},
    "own-needs": {"own_needs_first": True},
    "own-needs-goals": {"own_needs_first": True, "goals": ["shortage", "cost"]},
}


def with_policy(problem: PlanningProblem, policy: dict[str, Any]) -> PlanningProblem:
    raw = problem.model_dump(mode="json")
    raw["policy"] |= policy
    return PlanningProblem.model_validate(raw)


@pytest.mark.parametrize("name", POLICIES)
def test_every_remedy_is_confirmed_by_a_new_plan(name: str) -> None:
    shown = []

    @bounded(8)
    @given(problems(max_periods=2), st.data())
    def holds(drawn: PlanningProblem, data: st.DataObject) -> None:
        problem = with_policy(drawn, POLICIES[name])
        session = open_session_of(problem)
        short = session.compute_flows().shortage
        cells = np.argwhere(short[: session.arrays.places.county_count] > 0.01)
        if not len(cells):
            return
        n, i, t = data.draw(st.sampled_from(cells.tolist()))
        labels = session.arrays.labels
        where = (labels["county"][n], labels["item"][i], labels["period"][t])
        found = find_remedies(
            session, *where, target_share=data.draw(st.sampled_from((0.0, 0.5))), include_unreserved=True
        )
        afresh = SensitivitySession.from_problem(problem)
        for remedy in found.remedies:
            carries_over = next(need.carry_over for need in problem.needs if need.id == where[1])
            assert carries_over or remedy.after <= found.target_shortage + 1e-6
            assert verify_remedy(afresh, where, remedy), remedy
            if remedy.kind != "reserved":
                continue
            shown.append(remedy)
            for turn in session.goal_stages:
                worse = turn.objective_sign * remedy.goal_changes.get(turn.name, 0.0)
                size = 1 + abs(turn.point.objective)
                assert worse <= 1e-4 * size, (turn.name, remedy)
                if worse < -1e-6 * size:
                    break  # a goal that gets better, however little, counts more than those after it
            changed = SensitivitySession.from_problem(apply_changes(problem, remedy.changes))
            before, after = (compute_final_values(s.goal_stages, s.point.values) for s in (session, changed))
            if not problem.policy.own_needs_first:
                first = session.goal_stages[0]
                if first.goal is not None:
                    assert first.objective_sign * (after[first.name] - before[first.name]) <= 1e-4 * (
                        1 + abs(before[first.name])
                    )
                else:
                    assert changed.plain_objective <= session.plain_objective + 1e-6 * (
                        1 + abs(session.plain_objective)
                    )
            assert changed.arrays.problem != problem

    holds()
    assert shown, "no remedy was found at all"


@pytest.mark.parametrize("name", POLICIES)
def test_a_curve_is_the_plan_at_every_point(name: str) -> None:
    @bounded(3)
    @given(problems(max_periods=2))
    def holds(drawn: PlanningProblem) -> None:
        problem = with_policy(drawn, POLICIES[name])
        assume(has_power_limit(problem))
        assume(
            is_multi_stage(problem)
        )  # own needs come first only where there are swaps: else the curve is walked, not sampled
        change = Change(what="power_limit", factor=1.0)
        found = compute_curve(open_session_of(problem), change, 1.0, 0.5, max_solves=3)
        assert not found.exact
        assert found.max_error is None
        assert found.explored_until == 0.5
        for point in found.points:
            plan = make_plan(apply_changes(problem, [change.model_copy(update={"factor": point.parameter})])).plan
            assert point.shadow_price is None
            assert plan.objective is not None
            if plan.objective.goals:
                first = plan.objective.goals[0]
                value = point.goal_values[f"1 {first.goal}"]
                assert value == pytest.approx(first.value, abs=1e-5 * (1 + abs(first.value)))
            else:
                assert point.objective == pytest.approx(plan.objective.value, abs=1e-6 * (1 + plan.objective.value))

    holds()


def test_what_if_reports_the_value_of_each_goal() -> None:
    @bounded(4)
    @given(problems(max_periods=2))
    def holds(drawn: PlanningProblem) -> None:
        problem = with_policy(drawn, POLICIES["worst-shortage-cost"])
        changes = [Change(what="power_limit", factor=0.5)]
        assume(has_power_limit(problem))
        found = compare_plans(open_session_of(problem), split_by_changes(problem, changes))
        plan = make_plan(apply_changes(problem, changes)).plan
        assert plan.objective is not None
        assert found.goals is not None
        assert found.objective is not None
        told = {row.key: row.after for row in found.goals}
        assert list(told) == ["1 worst_fulfilment", "2 shortage", "3 cost"]
        first = plan.objective.goals[0]
        assert told["1 worst_fulfilment"] == pytest.approx(first.final_value, abs=1e-5)
        assert found.objective[1] == pytest.approx(plan.objective.value, rel=1e-3, abs=1e-3)

    holds()


def test_goal_tradeoffs_with_own_needs_first() -> None:
    @bounded(6)
    @given(problems(max_periods=2))
    def holds(drawn: PlanningProblem) -> None:
        problem = with_policy(drawn, POLICIES["own-needs-goals"])
        open_session_of(problem)
        found = compute_goal_tradeoffs(problem)
        plan = make_plan(problem).plan
        assert plan.objective is not None
        for told, reached in zip(found, plan.objective.goals, strict=True):
            assert told.result.value == pytest.approx(reached.value, abs=1e-5 * (1 + abs(reached.value)))
            assert told.loss_to_earlier_goals >= 0
            assert told.unconstrained_value <= told.result.value + 1e-6 * (1 + abs(told.unconstrained_value))

    holds()
