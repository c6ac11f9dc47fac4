"""Needs that carry over: examples computed by hand, and agreement with a linear program written out in loops."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from solvers.replanning import build_replan_problem
from solvers.sensitivity.attribution import attribute_shortages
from solvers.sensitivity.session import SensitivitySession
from tests.builders import Json, make_problem, need
from tests.invariants import assert_plan_invariants

BANDS = [{"width": 0.5, "weight": 3}, {"width": 0.5, "weight": 1}]
"""The deep half of a shortage weighs 3, the other half 1; priority 2 doubles both."""


def one_town(hours: list[float], needed: list[float], carry_over: float, **parts: Any) -> PlanningProblem:
    """One factory in one town that makes a unit an hour."""
    stated: Json = {
        "periods": [f"p{t}" for t in range(1, len(hours) + 1)],
        "items": [{"id": "coat", "carry_over": carry_over}],
        "factories": [
            {
                "id": "works",
                "place": "town",
                "machines": {"bench": hours},
                "lines": [{"item": "coat", "hours_per_unit": {"bench": 1}}],
            }
        ],
        "demand": [need("town", "coat", needed)],
        "policy": {"shortage_bands": BANDS},
    }
    return make_problem(**(stated | parts))


def solve(problem: PlanningProblem) -> tuple[Any, list[Json]]:
    """Plan a problem, and check the plan."""
    result = make_plan(problem)
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(problem, result.plan, rows)
    return result.plan, rows["supply"]


def test_what_is_short_is_needed_again_and_served_later() -> None:
    plan, rows = solve(one_town([6, 14], [10, 10], 1))
    assert [row["shortage"] for row in rows] == pytest.approx([4, 0])
    assert [row["backlog"] for row in rows] == pytest.approx([0, 4])
    assert [row["served"] for row in rows] == pytest.approx([6, 14])
    assert plan.objective.value == pytest.approx(2 * 4)  # short for one period
    assert plan.summary.served_share == pytest.approx(1)
    assert [one.share for one in plan.summary.by_period] == pytest.approx([0.6, 1])


def test_without_carry_over_what_is_short_is_lost() -> None:
    plan, rows = solve(one_town([6, 10], [10, 10], 0))
    assert [row["backlog"] for row in rows] == [0, 0]
    assert plan.summary.served_share == pytest.approx(0.8)


def test_a_part_of_a_shortage_is_lost() -> None:
    plan, rows = solve(one_town([0, 20], [10, 0], 0.5))
    assert [row["shortage"] for row in rows] == pytest.approx([10, 0])
    assert rows[1]["served"] == pytest.approx(5)
    assert plan.summary.served_share == pytest.approx(0.5)


def test_a_shortage_is_weighted_in_every_period_and_in_the_bands_of_the_need() -> None:
    # 10 are short in p1: 5 at 3 and 5 at 1. In p2 nothing is needed, 10 wait: again 5 at 3 and 5 at 1. In p3 all are made.
    plan, rows = solve(one_town([0, 0, 10], [10, 0, 0], 1))
    assert [row["shortage"] for row in rows] == pytest.approx([10, 10, 0])
    assert plan.objective.value == pytest.approx(2 * (5 * 3 + 5 * 1) * 2)
    # A backlog of a tenth stays in the cheap band in a period without need.
    plan, rows = solve(one_town([9, 0, 1], [10, 0, 0], 1))
    assert plan.objective.value == pytest.approx(2 * (1 * 1) + 2 * (0.5 * 3 + 0.5 * 1))


def test_the_value_of_a_backlog_counts_once() -> None:
    problem = one_town([6, 3, 0.5], [10, 0, 0], 1, policy={"shortage_bands": [{"width": 1, "weight": 1}]})
    found = attribute_shortages(SensitivitySession.from_problem(problem), "period").groups
    assert {group.key: group.value for group in found} == pytest.approx({"p1": 8, "p2": 2, "p3": 1})
    assert sum(group.objective for group in found) == pytest.approx(11)
    for group in found:
        assert [limit.period for limit in group.binding_limits] == [group.key]
        assert group.binding_limits[0].value == pytest.approx(group.value)


def test_the_last_past_shortage_arrives_as_a_backlog() -> None:
    problem = one_town([10, 10, 20], [10, 10, 10], 1)
    plan = make_plan(problem)
    made = build_replan_problem(
        problem, plan.tables, {("works", "coat", "p1"): 4.0, ("works", "coat", "p2"): 9.0}, "p3"
    )
    assert made.reconciled.past.short[0, 0].tolist() == pytest.approx([6, 7])
    again, rows = solve(made.problem)
    assert rows[2]["backlog"] == pytest.approx(7)
    assert rows[2]["served"] == pytest.approx(17)
    assert again.summary.served_share == pytest.approx(1)


def test_own_needs_first_leaves_no_county_waiting_longer() -> None:
    swap = {"id": "north", "at": "town", "wants": {"coat": [4, 0]}, "offers": {"pot": 9}, "settlement": "plan"}
    items = [{"id": "coat", "carry_over": 1, "value": 1}, {"id": "pot", "priority": 1, "importance": 2}]
    parts: Json = {
        "items": items,
        "partners": [swap],
        "demand": [need("town", "coat", [4, 4]), need("town", "pot", [0, 8])],
    }
    bands = {"shortage_bands": [{"width": 1, "weight": 1}]}
    _, free = solve(one_town([4, 4], [4, 4], 1, **parts, policy=bands | {"own_needs_first": False}))
    _, kept = solve(one_town([4, 4], [4, 4], 1, **parts, policy=bands | {"own_needs_first": True}))
    short = [sum(row["shortage"] for row in rows if row["item"] == "coat") for rows in (free, kept)]
    assert short[0] > 0
    assert short[1] == pytest.approx(0)


amounts = st.lists(st.integers(0, 12).map(float), min_size=4, max_size=4)


@settings(max_examples=50, deadline=None)
@given(hours=amounts, needed=amounts, carry_over=st.sampled_from((0.25, 0.5, 1.0)), storable=st.booleans())
def test_plans_agree_with_a_program_written_out(
    hours: list[float], needed: list[float], carry_over: float, storable: bool
) -> None:
    items = [{"id": "coat", "carry_over": carry_over, "storable": storable}]
    plan, _ = solve(one_town(hours, needed, carry_over, items=items))
    assert plan.objective.value == pytest.approx(2 * solve_by_hand(hours, needed, carry_over, storable), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(hours=amounts, needed=amounts, carry_over=st.sampled_from((0.5, 1.0)))
def test_the_smallest_served_share_agrees_with_a_program_written_out(
    hours: list[float], needed: list[float], carry_over: float
) -> None:
    policy = {"shortage_bands": BANDS, "goals": ["worst_fulfilment"]}
    plan, _ = solve(one_town(hours, needed, carry_over, policy=policy))
    if sum(needed):
        lost = solve_by_hand(hours, needed, carry_over, storable=True, lost=True)
        assert plan.summary.served_share == pytest.approx(1 - lost / sum(needed), abs=1e-6)


def solve_by_hand(
    hours: list[float], needed: list[float], carry_over: float, storable: bool, lost: bool = False
) -> float:
    """Return the least weighted shortage, or with `lost` the least need that is never served."""
    count = len(hours)
    at = {name: k for k, name in enumerate(itertools.product(("make", "stock", "deep", "flat"), range(count)))}
    cost = np.zeros(len(at))
    bounds: list[tuple[float, float | None]] = [(0.0, None)] * len(at)
    matrix, right, least, least_of = [], [], [], []
    for t in range(count):
        never = 1.0 if t == count - 1 else 1 - carry_over
        cost[at["deep", t]], cost[at["flat", t]] = (never, never) if lost else (3.0, 1.0)
        bounds[at["make", t]] = (0.0, hours[t])
        bounds[at["stock", t]] = (0.0, None if storable else 0.0)
        row = np.zeros(len(at))
        row[[at["make", t], at["deep", t], at["flat", t]]] = 1.0
        row[at["stock", t]] = -1.0
        before = [at[name, t - 1] for name in ("deep", "flat")] if t else []
        if t:
            row[at["stock", t - 1]] = 1.0
        row[before] = -carry_over
        matrix.append(row)
        right.append(needed[t])
        for name in ("deep", "flat"):
            width = np.zeros(len(at))
            width[at[name, t]] = 1.0
            width[before] = -0.5 * carry_over
            least.append(width)
            least_of.append(0.5 * needed[t])
    found = linprog(cost, np.array(least), least_of, np.array(matrix), right, bounds)
    assert found.fun is not None
    return float(found.fun)
