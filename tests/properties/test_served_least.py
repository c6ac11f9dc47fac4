"""Least amounts of needs that are served: kept by every plan, clipped to the need, and the same in both formulations."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from solvers import reference_model
from solvers.planning import make_plan
from tests.builders import make_problem, need
from tests.invariants import assert_plan_invariants
from tests.properties.planned import bounded, planned, rows_of, same, value_of
from tests.strategies import problems


def reserve(problem: PlanningProblem, data: st.DataObject, share: float) -> PlanningProblem:
    """Reserve a share of what the best plan serves of some needs, and of needs that are served in full far more."""
    rows = [row for row in rows_of(make_plan(problem))["supply"] if row["served"] > 1e-3 and row["demand"] > 1e-3]
    chosen = data.draw(st.lists(st.sampled_from(rows), max_size=3, unique_by=str)) if rows else []
    changes = []
    for row in chosen:
        is_full = row["shortage"] == 0 and row["backlog"] == 0
        value = 100 * row["demand"] if is_full else min(share * row["served"], row["demand"])
        where = f"{row['county']}/{row['item']}"
        changes.append(Change(what="served_least", where=where, periods=(row["period"],), value=value))
    return apply_changes(problem, changes)


@bounded(8)
@given(problems(), st.data())
def test_least_amounts_are_served_and_cost_nothing_where_the_plan_serves_them(
    problem: PlanningProblem, data: st.DataObject
) -> None:
    if problem.policy.goals:
        return
    reserved = reserve(problem, data, 0.999)
    result = make_plan(reserved)
    assert_plan_invariants(reserved, result.plan, rows_of(result))
    opinion = reference_model.solve_reference_model(reserved)
    assert opinion.objective is not None
    assert same(value_of(result.plan), opinion.objective)
    assert same(value_of(result.plan), value_of(planned(problem)))


@bounded(10)
@given(problems(whole_units=True), st.data())
def test_whole_plans_keep_least_amounts(problem: PlanningProblem, data: st.DataObject) -> None:
    reserved = reserve(problem, data, 0.5)
    result = make_plan(reserved)
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(reserved, result.plan, rows_of(result))


def make_small_problem(served_least: Any, **parts: Any) -> PlanningProblem:
    """Two towns that share 8 units, of which each needs 6."""
    line = {"item": "soap", "most": 8}
    return make_problem(
        counties=[{"id": name, "power_area": "area"} for name in ("near", "far")],
        factories=[{"id": "works", "place": "near", "lines": [line]}],
        links=[{"id": "road", "from": "near", "to": "far", "cost_per_tonne": 0.001}],
        demand=[need("near", "soap", 6), need("far", "soap", 6)],
        served_least=[need("far", "soap", served_least)],
        **parts,
    )


@pytest.mark.parametrize(
    ("least", "whole_units", "served"), [(0, False, 2), (4.5, False, 4.5), (4.5, True, 5), (99, False, 6)]
)
def test_a_least_amount_is_rounded_up_and_clipped_to_the_need(least: float, whole_units: bool, served: float) -> None:
    problem = make_small_problem(least, items=[{"id": "soap", "value": 1, "whole_units": whole_units}])
    far = next(row for row in rows_of(make_plan(problem))["supply"] if row["county"] == "far")
    assert far["served"] == pytest.approx(served)


def test_a_least_amount_that_cannot_be_served_is_in_the_conflict() -> None:
    problem = make_small_problem(6).model_copy(update={"factories": ()})
    plan = make_plan(problem).plan
    assert plan.outcome == "infeasible"
    assert plan.infeasibility is not None
    assert "served_least" in {limit.rule for limit in plan.infeasibility.conflict}


def test_swaps_may_serve_a_least_amount_with_own_needs_first() -> None:
    partner = {"id": "neighbour", "at": "far", "offers": {"soap": 9}, "credit": 100}
    problem = make_small_problem(
        6, items=[{"id": "soap", "value": 1}], partners=[partner], policy={"own_needs_first": True}
    ).model_copy(update={"links": ()})
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    assert {row["county"]: row["served"] for row in rows_of(result)["supply"]} == {"near": 6, "far": 6}
    opinion = reference_model.solve_reference_model(problem)
    assert opinion.objective is not None
    assert same(value_of(result.plan), opinion.objective)


def test_a_conflict_is_told_where_only_swaps_cannot_serve_a_least_amount_either() -> None:
    problem = make_small_problem(6, partners=[{"id": "neighbour", "at": "far", "offers": {"soap": 1}, "credit": 9}])
    changed = problem.model_copy(
        update={"links": (), "policy": problem.policy.model_copy(update={"own_needs_first": True})}
    )
    assert make_plan(changed).plan.outcome == "infeasible"
    assert reference_model.solve_reference_model(changed).status == "infeasible"
