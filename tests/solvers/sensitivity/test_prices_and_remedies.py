"""Shadow prices and remedies on random problems, compared with new solves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from models.answers import Remedy
from models.changes.apply import apply_changes
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.sensitivity.ranging import build_limit_path, compute_limit_direction
from solvers.sensitivity.remedies.remedy_building import verify_remedy
from solvers.sensitivity.remedies.search import find_remedies
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import compute_shadow_prices
from tests.builders import make_problem, need
from tests.properties.planned import bounded
from tests.solvers.sensitivity.best_plans import Where, best_value, least_short, most_short
from tests.strategies import problems


def open_session_of(problem: PlanningProblem) -> SensitivitySession:
    """Open a session of a problem; skip problems without variables."""
    assume(build_program(ProblemArrays.from_problem(problem)).lp.column_count > 0)
    return SensitivitySession.from_problem(problem)


@bounded(13)
@given(problems(), st.data())
def test_a_change_within_the_range_changes_the_objective_by_the_shadow_price(
    problem: PlanningProblem, data: st.DataObject
) -> None:
    session = open_session_of(problem)
    limits = session.list_limits()
    priced = limits.find_priced_limits()
    if not len(priced):
        return
    k = int(data.draw(st.sampled_from(priced.tolist())))
    found = compute_limit_direction(session, limits, k)
    way = build_limit_path(session, limits, k)
    for step in (min(found.allowable_increase, 1.0), -min(found.allowable_decrease, 1.0)):
        point = session.solve_change(way.compute_bounds_at(step))
        assert point is not None
        saved = session.point.objective - point.objective
        assert saved == pytest.approx(limits.shadow_price[k] * step, abs=1e-6 * (1 + abs(session.point.objective)))


@bounded(8)
@given(problems())
def test_a_step_of_a_limit_saves_the_stated_amount(problem: PlanningProblem) -> None:
    session = open_session_of(problem)
    limits = session.list_limits()
    told = compute_shadow_prices(session, with_ranges=3).limits
    for row in told:
        if row.step is None or row.objective_reduction is None:
            continue
        same = [
            k
            for k in range(len(limits.shadow_price))
            if (
                limits.labels[limits.id[k]],
                limits.labels[limits.part[k]],
                limits.labels[limits.period[k]],
            )
            == (row.id, row.part, row.period)
            and limits.shadow_price[k] == row.shadow_price
        ]
        way = build_limit_path(session, limits, same[0])
        point = session.solve_change(way.compute_bounds_at(row.step))
        assert point is not None
        slack = 1e-6 * (1 + abs(session.point.objective))
        assert session.point.objective - point.objective == pytest.approx(row.objective_reduction, abs=slack)
        assert row.objective_reduction <= row.shadow_price * row.step + slack


@bounded(10)
@given(problems(), st.data())
def test_every_remedy_is_confirmed_by_a_new_plan(problem: PlanningProblem, data: st.DataObject) -> None:
    session = open_session_of(problem)
    short = session.compute_flows().shortage
    cells = np.argwhere(short[: session.arrays.places.county_count] > 0.01)
    if not len(cells):
        return
    n, i, t = data.draw(st.sampled_from(cells.tolist()))
    labels = session.arrays.labels
    where = (labels["county"][n], labels["item"][i], labels["period"][t])
    found = find_remedies(session, *where, target_share=data.draw(st.sampled_from((0.0, 0.5))), include_unreserved=True)
    afresh = open_session_of(problem)
    assert found.remedies or found.reason in ("unreachable", "worse"), found
    for remedy in found.remedies:
        carries_over = next(need.carry_over for need in problem.needs if need.id == where[1])
        assert carries_over or remedy.after <= found.target_shortage + 1e-6
        assert verify_remedy(afresh, where, remedy), remedy
        confirm_by_a_new_plan(problem, where, remedy)


def confirm_by_a_new_plan(problem: PlanningProblem, where: Where, remedy: Remedy) -> None:
    """Check that cold solves of the problem with the changes of a remedy give the stated shortages, in every best plan."""
    changed = apply_changes(problem, remedy.changes)
    before, slack = best_value(problem), 1e-5 * (1 + remedy.before)
    assert most_short(changed, where) <= remedy.after + slack, remedy
    reservation = [c for c in remedy.changes if (c.what, c.where) == ("served_least", f"{where[0]}/{where[1]}")]
    assert reservation == list(remedy.changes[-len(reservation) :])
    assert (remedy.kind == "reallocated") == (len(remedy.changes) == len(reservation)) == (remedy.limits == ())
    if remedy.kind == "reallocated":
        assert best_value(changed) == pytest.approx(before + remedy.objective_change, abs=1e-6 * (1 + abs(before)))
        return
    assert best_value(changed) <= before + 1e-6 * (1 + abs(before)), remedy
    larger = apply_changes(problem, remedy.changes[: -len(reservation)])
    if remedy.kind == "unreserved":  # one of the best plans serves the need so far without a reservation
        assert least_short(larger, where) <= remedy.after + slack, remedy
    assert remedy.shortage_if_not_reserved is not None
    assert least_short(larger, where) - slack <= remedy.shortage_if_not_reserved <= most_short(larger, where) + slack, (
        remedy
    )


def _shop(power: float) -> dict[str, Any]:
    return {
        "factories": [{"id": "works", "place": "town", "lines": [{"item": "soap", "kwh_per_unit": 2}]}],
        "power_areas": [{"id": "area", "limit_kwh": power}],
        "demand": [need("town", "soap", 10)],
    }


def test_smallest_power_that_ends_a_shortage() -> None:
    session = SensitivitySession.from_problem(make_problem(**_shop(12)))
    found = find_remedies(session, "town", "soap", "p1", target_share=0.0, include_unreserved=True)
    power = [r for r in found.remedies if r.rule == "power" and r.kind == "unreserved"]
    assert power[0].amount == pytest.approx(8, rel=0.06)
    change, reservation = power[0].changes
    assert (reservation.what, reservation.where, reservation.value) == ("served_least", "town/soap", 10)
    assert (change.what, change.where, change.periods) == ("power_limit", "area", ("p1",))
    assert change.value == pytest.approx(12 + power[0].amount)
    assert power[0].shortage_if_not_reserved == pytest.approx(0.0, abs=1e-6)


def test_reserved_amount_is_exact() -> None:
    """Soap, worth half as much as shoes, gets no power. Half of it takes 10 kWh from 10 won of shoes and serves 5: 5 kWh make good."""
    lines = [{"item": item, "kwh_per_unit": 2} for item in ("soap", "shoes")]
    problem = make_problem(
        items=[{"id": "soap", "value": 1}, {"id": "shoes", "value": 2}],
        factories=[{"id": "works", "place": "town", "lines": lines}],
        power_areas=[{"id": "area", "limit_kwh": 12}],
        demand=[need("town", "soap", 10), need("town", "shoes", 10)],
    )
    found = find_remedies(SensitivitySession.from_problem(problem), "town", "soap", "p1", target_share=0.5)
    (power,) = (r for r in found.remedies if r.rule == "power")
    shared = found.remedies[-1]
    assert (power.kind, shared.kind) == ("reserved", "reallocated")
    assert power.amount == pytest.approx(5, rel=1e-5)
    assert shared.objective_change == pytest.approx(5)
    assert power.loss_to_others == pytest.approx(5, rel=1e-5)
    assert power.shortage_if_not_reserved == pytest.approx(10)


def test_text_names_the_item_that_a_step_serves() -> None:
    row = compute_shadow_prices(SensitivitySession.from_problem(make_problem(**_shop(12)))).limits[0]
    assert (row.rule, row.shadow_price, row.allowable_decrease, row.allowable_increase) == ("power", 0.5, 12.0, 8.0)
    assert row.text == "One more MWh in area in p1 reduces weighted shortage by 4 weighted won: soap first."


def test_no_shortage_has_no_remedies() -> None:
    session = SensitivitySession.from_problem(make_problem(**_shop(30)))
    assert find_remedies(session, "town", "soap", "p1").remedies == ()
    with pytest.raises(KeyError):
        find_remedies(session, "nowhere", "soap", "p1")


def swapping(**partner: Any) -> PlanningProblem:
    """A town that makes cloth in plenty, for which a neighbour gives nothing yet, and no soap."""
    return make_problem(
        items=[{"id": "soap", "value": 1}, {"id": "cloth", "value": 2}],
        factories=[{"id": "works", "place": "town", "machines": {"loom": 20}, "lines": [CLOTH]}],
        demand=[need("town", "soap", 10)],
        partners=[{"id": "neighbour", "at": "town", "wants": {"cloth": 100}, **partner}],
    )


CLOTH = {"item": "cloth", "hours_per_unit": {"loom": 1}}


def test_a_hypothetical_offer_is_a_remedy() -> None:
    problem = swapping()
    (extra,) = (
        r
        for r in find_remedies(
            SensitivitySession.from_problem(problem), "town", "soap", "p1", target_share=0.5
        ).remedies
        if r.limits
    )
    assert (extra.rule, extra.id, extra.part) == ("offers", "neighbour", "soap")
    assert extra.amount == pytest.approx(5)
    change, _ = extra.changes
    assert (change.what, change.where) == ("partner_offers", "neighbour/soap")
    assert change.value == pytest.approx(5)
    assert extra.shortage_if_not_reserved == pytest.approx(5)
    assert "more of soap that neighbour gives in p1" in extra.text
    confirm_by_a_new_plan(problem, ("town", "soap", "p1"), extra)


def test_an_offer_without_payment_is_no_remedy() -> None:
    problem = swapping(wants={})
    found = find_remedies(SensitivitySession.from_problem(problem), "town", "soap", "p1")
    assert (found.remedies, found.evaluated, found.not_evaluated, found.reason) == ((), 1, 0, "unreachable")


def test_an_opening_stock_grows_until_whole_units_are_left() -> None:
    """A store loses a fifth: of 11 pumps it leaves 8 and a fraction. Six more are left of 7.5 more in store, 18.5 in all."""
    problem = make_problem(
        items=[{"id": "pump", "whole_units": True, "loss": 0.2}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"pump": {"opening": 11}}}],
        demand=[need("town", "pump", 20)],
    )
    found = find_remedies(SensitivitySession.from_problem(problem), "town", "pump", "p1", target_share=0.54)
    (stock,) = (r for r in found.remedies if r.rule == "opening_stock")
    assert [stock.amount, stock.after] == pytest.approx([7.5, 6])
    change, _ = stock.changes
    assert change.value == pytest.approx(18.5)
    confirm_by_a_new_plan(problem, ("town", "pump", "p1"), stock)


def test_a_quota_grows_by_whole_lots() -> None:
    """A line in lots of 4 makes 8 of 20 pumps. Half of the shortage ends with 14, which takes 16: two lots more."""
    line = {"item": "pump", "lot": 4, "most": 9}
    problem = make_problem(
        items=[{"id": "pump", "whole_units": True}],
        factories=[{"id": "works", "place": "town", "lines": [line]}],
        demand=[need("town", "pump", 20)],
    )
    found = find_remedies(SensitivitySession.from_problem(problem), "town", "pump", "p1", target_share=0.5)
    (quota,) = (r for r in found.remedies if r.rule == "line_most")
    assert [quota.amount, quota.after] == pytest.approx([8, 4])
    confirm_by_a_new_plan(problem, ("town", "pump", "p1"), quota)


def test_a_smaller_backlog_narrows_the_bands_of_a_target() -> None:
    """More in store leaves a smaller backlog: the second month's bands are narrower, and their sum counts."""
    bands = [{"width": 0.5, "weight": 4}, {"width": 0.5, "weight": 1}]
    problem = make_problem(
        periods=("p1", "p2"),
        items=[{"id": "soap", "carry_over": 1, "value": 1}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "kwh_per_unit": 1}]}],
        power_areas=[{"id": "area", "limit_kwh": [10, 0]}],
        demand=[need("town", "soap", [30, 20])],
        policy={"shortage_bands": bands},
    )
    found = find_remedies(
        SensitivitySession.from_problem(problem), "town", "soap", "p2", target_share=0.5, include_unreserved=True
    )
    stock = [r for r in found.remedies if r.rule == "opening_stock"]
    assert {r.kind for r in stock} == {"reserved", "unreserved"}
    afresh = SensitivitySession.from_problem(problem)
    for remedy in stock:
        assert [remedy.amount, remedy.after] == pytest.approx([20, 20], rel=0.06)
        assert verify_remedy(afresh, ("town", "soap", "p2"), remedy)
        confirm_by_a_new_plan(problem, ("town", "soap", "p2"), remedy)


def test_a_current_offer_is_not_hypothetical() -> None:
    session = SensitivitySession.from_problem(swapping(offers={"soap": 3}))
    found = find_remedies(session, "town", "soap", "p1", target_share=0.0)
    assert [r.amount for r in found.remedies if r.rule == "offers"] == [pytest.approx(7)]


def test_search_stops_at_the_requested_number() -> None:
    problem = two_counties()
    where = ("hyesan", "soap", "2002-01")
    every = find_remedies(SensitivitySession.from_problem(problem), *where)
    first = find_remedies(SensitivitySession.from_problem(problem), *where, max_results=1)
    assert len([r for r in first.remedies if r.limits]) == 1
    assert first.not_evaluated == every.evaluated - first.evaluated > 0
    none = find_remedies(SensitivitySession.from_problem(problem), *where, time_limit_seconds=0.0)
    assert (none.remedies, none.evaluated, none.reason) == ((), 0, "time")
    assert none.not_evaluated == every.evaluated
