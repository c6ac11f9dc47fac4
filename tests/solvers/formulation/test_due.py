"""Due dates: examples computed by hand, and agreement with a linear program written out in loops."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from models.problem.planning_problem import PlanningProblem
from solvers.planning import PlanResult, make_plan
from tests.builders import Json, make_problem, need
from tests.invariants import assert_plan_invariants


def one_town(hours: list[float], needed: list[float], due: Json, opening: float = 0.0, **item: Any) -> PlanningProblem:
    """One factory in one town that makes a unit an hour."""
    return make_problem(
        periods=["march", "april"],
        items=[{"id": "sweets", "due": due, **item}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"sweets": {"opening": opening}}}],
        factories=[
            {
                "id": "works",
                "place": "town",
                "machines": {"kettle": hours},
                "lines": [{"item": "sweets", "hours_per_unit": {"kettle": 1}}],
            }
        ],
        demand=[need("town", "sweets", needed)],
        policy={"shortage_bands": [{"width": 1, "weight": 1}]},
    )


def solve(problem: PlanningProblem) -> tuple[PlanResult, list[Json]]:
    """Plan a problem, and check the plan."""
    result = make_plan(problem)
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(problem, result.plan, rows)
    return result, rows["supply"]


def test_goods_due_when_a_period_begins_are_made_before() -> None:
    _, rows = solve(one_town([10, 10], [0, 10], {"april": {"share": 0.5}}))
    assert rows[0]["stock"] >= 5 - 1e-9
    assert (rows[1]["due"], rows[1]["in_time"], rows[1]["shortage"]) == (5, 5, 0)
    assert rows[0]["due"] is None
    assert rows[0]["in_time"] is None


def test_half_of_what_is_made_in_a_period_is_there_at_half_time() -> None:
    # 8 are due on April 15; at most 2 come from March, and half of April's 8 are there: 6 in time, 2 short.
    result, rows = solve(one_town([2, 8], [0, 10], {"april": {"share": 0.8, "by": 0.5}}))
    april = rows[1]
    assert april["in_time"] == pytest.approx(6)
    assert april["shortage"] == pytest.approx(2)
    assert april["made"] == pytest.approx(8)
    assert april["stock"] == pytest.approx(2)  # made for a need that was due before
    assert result.plan.summary is not None
    assert result.plan.summary.in_time_share == pytest.approx(0.75)


def test_an_opening_stock_is_there_when_the_first_period_begins() -> None:
    _, rows = solve(one_town([0, 0], [10, 0], {"march": {"share": 0.5}}, opening=20, loss=0.5))
    assert (rows[0]["in_time"], rows[0]["shortage"]) == (5, 0)


def test_a_due_date_is_a_bottleneck_and_its_causes_are_in_the_period_before() -> None:
    result, _ = solve(one_town([2, 20], [0, 10], {"april": {"share": 0.8}}))
    found = {(row["rule"], row["limit_period"]): row for row in result.tables["bottlenecks"].to_pylist()}
    assert found.keys() == {("due", "april"), ("machine", "march")}
    assert found["machine", "march"]["gain"] == pytest.approx(found["due", "april"]["gain"])
    (limit,) = (row for row in result.tables["capacity"].to_pylist() if row["rule"] == "due")
    assert (limit["used"], limit["limit"], limit["part"]) == (pytest.approx(8), 8, "sweets")


@pytest.mark.parametrize(("storable", "central"), [(True, {"march": 6, "april": 4}), (False, {"april": 10})])
def test_the_centre_hands_over_in_the_period_before_what_is_due(storable: bool, central: Json) -> None:
    """Six of ten are due on April 15; what cannot be stored comes in April, half of it in time."""
    problem = make_problem(
        periods=["march", "april"],
        items=[
            {"id": "sweets", "storable": storable, "due": {"april": {"share": 0.6 if storable else 0.5, "by": 0.5}}}
        ],
        counties=[{"id": "town", "power_area": "area"}],
        supply_shares={"central": 1, "gateways": ["town"]},
        demand=[need("town", "sweets", [0, 10])],
    )
    _, rows = solve(problem)
    assert {row["period"]: row["central"] for row in rows} == pytest.approx(central)
    april = rows[-1]
    assert (april["in_time"], april["shortage"]) == (pytest.approx(april["due"]), 0)


def test_without_a_due_date_nothing_is_said_of_time() -> None:
    result, _ = solve(one_town([2, 8], [0, 10], {}))
    assert result.plan.summary is not None
    assert result.plan.summary.in_time_share is None


amounts = st.lists(st.integers(0, 12).map(float), min_size=3, max_size=3)
shares = st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0))


@settings(max_examples=40, deadline=None)
@given(hours=amounts, needs=st.tuples(amounts, amounts), share=shares, by=shares, loss=st.sampled_from((0.0, 0.25)))
def test_plans_agree_with_a_program_written_out(
    hours: list[float], needs: tuple[list[float], list[float]], share: float, by: float, loss: float
) -> None:
    due = {"p2": {"share": share, "by": by}, "p3": {"share": by, "by": share}}
    problem = make_problem(
        periods=["p1", "p2", "p3"],
        items=[{"id": "soap", "due": due, "loss": loss, "kg_per_unit": 1000}],
        counties=[{"id": name, "power_area": "area"} for name in ("town", "village")],
        factories=[
            {
                "id": "works",
                "place": "town",
                "machines": {"kettle": hours},
                "lines": [{"item": "soap", "hours_per_unit": {"kettle": 1}}],
            }
        ],
        links=[{"id": "road", "from": "town", "to": "village", "km": 1, "tonnes": 6, "one_way": True}],
        demand=[need("town", "soap", needs[0]), need("village", "soap", needs[1])],
        policy={"shortage_bands": [{"width": 0.5, "weight": 3}, {"width": 0.5, "weight": 1}]},
    )
    result, _ = solve(problem)
    assert result.plan.objective is not None
    expected = 2 * solve_by_hand(hours, needs, {1: (share, by), 2: (by, share)}, loss)  # priority 2 weighs 2
    assert result.plan.objective.value == pytest.approx(expected, abs=1e-6)


def solve_by_hand(
    hours: list[float], needs: tuple[list[float], list[float]], due: dict[int, tuple[float, float]], loss: float
) -> float:
    """Return the least shortage, weighted 3 and 1, of a town that makes and sends, and a village that receives."""
    names = [f"{kind}{t}" for kind, t in itertools.product(("make", "ship"), range(3))]
    names += [f"{kind}{n}{t}" for kind, n, t in itertools.product(("stock", "deep", "flat"), range(2), range(3))]
    at = {name: k for k, name in enumerate(names)}
    cost = np.array([3.0 if name[0] == "d" else 1.0 if name[0] == "f" else 0.0 for name in names])
    bounds = []
    for name in names:
        t = int(name[-1])
        most = {"make": hours[t], "ship": 6.0, "stoc": None}.get(name[:4])
        bounds.append((0.0, needs[int(name[-2])][t] / 2 if name[0] in "df" else most))
    equal, equal_to, least, least_of = [], [], [], []
    for n, t in itertools.product(range(2), range(3)):
        net = np.zeros(len(names))
        net[at[f"ship{t}"]] = 1.0 if n else -1.0
        if not n:
            net[at[f"make{t}"]] = 1.0
        rest = np.zeros(len(names))
        rest[[at[f"deep{n}{t}"], at[f"flat{n}{t}"]]] = 1.0
        if t:
            rest[at[f"stock{n}{t - 1}"]] = 1 - loss
        kept = np.zeros(len(names))
        kept[at[f"stock{n}{t}"]] = 1.0
        equal.append(net + rest - kept)
        equal_to.append(needs[n][t])
        if t in due:
            least.append(-(due[t][1] * net + rest))
            least_of.append(-due[t][0] * needs[n][t])
    found = linprog(cost, np.array(least), least_of, np.array(equal), equal_to, bounds)
    assert found.fun is not None
    return float(found.fun)
