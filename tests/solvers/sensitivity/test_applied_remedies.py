"""Remedies applied as planning applies them: every plan with the changes of a remedy leaves what the remedy says."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.answers import Remedies, Remedy
from models.changes.apply import apply_changes
from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from solvers.sensitivity import SensitivitySession, attribute_shortages, find_remedies
from tests.builders import make_problem, need
from tests.properties.planned import bounded, rows_of
from tests.solvers.sensitivity.best_plans import Where
from tests.solvers.sensitivity.test_prices_and_remedies import open_session_of
from tests.strategies import problems


def list_shortages(problem: PlanningProblem) -> dict[Where, float]:
    """Return the shortages of the finished plan, in units."""
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    rows = rows_of(result)["supply"]
    return {(row["county"], row["item"], row["period"]): row["shortage"] for row in rows}


def check_applied(problem: PlanningProblem, where: Where, found: Remedies) -> None:
    """Plan the changes of every remedy; a remedy of the linear program alone may have no whole plan."""
    for remedy in found.remedies:
        assert remedy.after < remedy.before
        after = list_shortages(apply_changes(problem, remedy.changes))[where]
        assert after <= remedy.after + 1e-5 * (1 + remedy.before), remedy
    assert [r.after for r in found.remedies] or found.reason


@bounded(10)
@given(problems(whole_units=True, max_periods=2), st.data())
def test_every_plan_with_a_remedy_leaves_what_it_says(problem: PlanningProblem, data: st.DataObject) -> None:
    session = open_session_of(problem)
    short = {where: units for where, units in list_shortages(problem).items() if units > 0.01}
    if not short:
        return
    where = data.draw(st.sampled_from(sorted(short)))
    share = data.draw(st.sampled_from((0.0, 0.5)))
    found = find_remedies(
        session, *where, target_share=share, max_candidates=3, planned_shortage=short[where], include_unreserved=True
    )
    assert found.shortage == short[where]
    check_applied(problem, where, found)


def find(problem: PlanningProblem, where: Where, **options: Any) -> list[Remedy]:
    found = find_remedies(SensitivitySession.from_problem(problem), *where, **options)
    check_applied(problem, where, found)
    return list(found.remedies)


def works(*items: str, machine_hours: float = 10, kwh: float = 100, **parts: Any) -> PlanningProblem:
    """A factory for which 10 hours and 100 kWh are enough for 100 units, for two towns that each need 100."""
    lines = [{"item": item, "kwh_per_unit": 1, "hours_per_unit": {"press": 0.1}} for item in items]
    return make_problem(
        **{
            "items": [{"id": item, "value": 1, "storable": False} for item in items],
            "counties": [{"id": name, "power_area": "area"} for name in ("near", "far")],
            "links": [{"id": "road", "from": "near", "to": "far"}],
            "factories": [{"id": "works", "place": "near", "machines": {"press": machine_hours}, "lines": lines}],
            "power_areas": [{"id": "area", "limit_kwh": kwh}],
            "demand": [need(name, item, 100) for name in ("near", "far") for item in items],
            "policy": {"fairness": {"alpha": 1}},
            **parts,
        }
    )


def test_two_limits_that_bind_together_are_one_remedy() -> None:
    (pair, shared) = find(works("soap"), ("far", "soap", "p1"))
    assert {limit.rule for limit in pair.limits} == {"machine", "power"}
    amounts = {limit.rule: limit.amount for limit in pair.limits}
    assert amounts["machine"] == pytest.approx(amounts["power"] / 10)
    assert {change.what for change in pair.changes} == {"machine_hours", "power_limit", "served_least"}
    assert pair.kind == "reserved"
    assert " together with " in pair.text
    assert shared.limits == ()


def test_bottlenecks_name_limits_that_bind_together() -> None:
    (group,) = attribute_shortages(SensitivitySession.from_problem(works("soap"))).groups
    (limit,) = group.binding_limits
    (other,) = limit.only_together_with
    assert {limit.rule, other.rule} == {"machine", "power"}
    for one in (works("soap", machine_hours=40), works("soap", kwh=400)):
        (group,) = attribute_shortages(SensitivitySession.from_problem(one)).groups
        assert [limit.only_together_with for limit in group.binding_limits] == [()]


def test_one_of_two_limits_with_slack_is_a_remedy_alone() -> None:
    first = find(works("soap", machine_hours=40), ("far", "soap", "p1"))[0]
    assert [limit.rule for limit in first.limits] == ["power"]


def test_a_limit_that_gives_next_to_nothing_is_a_reallocation() -> None:
    """A unit weighs alike in both towns, and its way to the other costs a thousandth of what it is worth."""
    road = {"id": "road", "from": "near", "to": "far", "cost_per_tonne": 1}
    problem = works("soap", machine_hours=40, links=[road], policy={"shortage_bands": [{"width": 1, "weight": 1}]})
    where = ("far", "soap", "p1")
    assert list_shortages(problem)[where] == 100
    (shared,) = find(problem, where)
    assert (shared.kind, shared.limits) == ("reallocated", ())
    assert [change.what for change in shared.changes] == ["served_least"]
    assert shared.objective_change == pytest.approx(0.05)


def test_a_lot_takes_more_than_the_least_amount() -> None:
    """One more pump takes a lot of 4, which takes 4 kWh more than the 8 that the pumps made now take."""
    line = {"item": "pump", "lot": 4, "kwh_per_unit": 1}
    problem = make_problem(
        items=[{"id": "pump", "whole_units": True, "value": 1, "storable": False}],
        factories=[{"id": "works", "place": "town", "lines": [line]}],
        power_areas=[{"id": "area", "limit_kwh": 9}],
        demand=[need("town", "pump", 16)],
    )
    power = find(problem, ("town", "pump", "p1"), target_share=0.8)[0]
    assert [limit.rule for limit in power.limits] == ["power"]
    assert power.limits[0].amount >= 3
    assert power.after <= 6


def test_a_rounding_shortage_has_a_reservation() -> None:
    """Two towns need 0.9 pumps each, one pump is made: the plan leaves one town without, and the reservation turns that round."""
    line = {"item": "pump", "most": 1}
    problem = make_problem(
        items=[{"id": "pump", "whole_units": True, "value": 1}],
        counties=[{"id": name, "power_area": "area"} for name in ("near", "far")],
        links=[{"id": "road", "from": "near", "to": "far"}],
        factories=[{"id": "works", "place": "near", "lines": [line]}],
        demand=[need("near", "pump", 0.9), need("far", "pump", 0.9)],
    )
    short = list_shortages(problem)
    where = next(key for key, units in short.items() if units == 1)
    shared = find(problem, where)[-1]
    assert (shared.kind, shared.after) == ("reallocated", 0)


def test_a_backlog_is_reserved_in_every_period_that_counts() -> None:
    """What is short in the first month is needed in the second: the reservation covers both."""
    problem = make_problem(
        periods=("p1", "p2"),
        items=[{"id": "soap", "carry_over": 1, "value": 1, "storable": False}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "kwh_per_unit": 1}]}],
        power_areas=[{"id": "area", "limit_kwh": [10, 20]}],
        demand=[need("town", "soap", [30, 30])],
    )
    remedies = find(problem, ("town", "soap", "p2"))
    assert remedies
    for remedy in remedies:
        assert remedy.before == pytest.approx(30)
        assert remedy.after <= 20 + 1e-6  # of 35 served in the second month, 30 can be reserved: its demand
        assert {change.periods for change in remedy.changes if change.what == "served_least"} == {("p1",), ("p2",)}


@pytest.mark.parametrize(("power", "left"), [(5, 10), (12, None)])
def test_what_the_past_left_cannot_be_reserved(power: float, left: float | None) -> None:
    """Of 10 pieces short in the first month, later months can serve more, but only their own demand of 5 can be reserved."""
    problem = make_problem(
        periods=("p1", "p2"),
        items=[{"id": "soap", "carry_over": 1, "value": 1, "storable": False}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "kwh_per_unit": 1}]}],
        power_areas=[{"id": "area", "limit_kwh": power}],
        demand=[need("town", "soap", [15, 5])],
        past={
            "periods": ["p1"],
            "outputs": [{"factory": "works", "item": "soap", "quantity": [5]}],
            "supply": [{"place": "town", "item": "soap", "central": [0], "stock": [0], "shortage": [10]}],
        },
    )
    found = find_remedies(SensitivitySession.from_problem(problem), "town", "soap", "p2")
    assert found.shortage == (left or 3)
    assert (found.remedies, found.reason) == ((), "past")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"factories": [], "policy": {}}, "unreachable"),
        ({"demand": []}, "served"),
    ],
)
def test_no_remedy_has_a_reason(parts: Any, reason: str) -> None:
    problem = works("soap", **parts)
    found = find_remedies(SensitivitySession.from_problem(problem), "far", "soap", "p1")
    assert (found.remedies, found.reason) == ((), reason)


def test_what_costs_more_than_it_is_worth_is_told() -> None:
    """A unit costs 3 won and is worth 1: the plan makes none, and every plan with some is worse."""
    line = {"item": "soap", "cost_per_unit": 3, "kwh_per_unit": 1}
    problem = make_problem(
        items=[{"id": "soap", "value": 1, "storable": False}],
        factories=[{"id": "works", "place": "town", "lines": [line]}],
        power_areas=[{"id": "area", "limit_kwh": 0}],
        demand=[need("town", "soap", 10)],
    )
    found = find_remedies(SensitivitySession.from_problem(problem), "town", "soap", "p1")
    assert (found.remedies, found.reason) == ((), "worse")
