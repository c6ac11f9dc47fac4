"""A candidate moves exactly the bounds that its change moves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from models.changes.apply import apply_changes
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.results.limits import RULE_NAMES
from solvers.sensitivity.bounds import Bounds, bounds_in_layout_of
from solvers.sensitivity.remedies.candidate_changes import CANDIDATES_BY_CONSTRAINT, list_limit_candidates
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.remedies.opening_stock_changes import list_opening_stock_candidates
from solvers.sensitivity.remedies.remedy_building import is_in_whole_units, verify_remedy
from solvers.sensitivity.remedies.search import find_remedies
from solvers.sensitivity.session import SensitivitySession
from tests.builders import add_washing_requirement, make_problem, need
from tests.properties.planned import bounded
from tests.solvers.sensitivity.test_prices_and_remedies import open_session_of
from tests.strategies import problems


def check(session: SensitivitySession, which: Any) -> set[str]:
    """Compare the candidates of limits (positions) with the program of the changed problem; return the constraints covered."""
    limits, problem = session.list_limits(), session.arrays.problem
    found = [
        (candidate, RULE_NAMES[limits.rule[k]])
        for k in which
        for candidate in list_limit_candidates(session, limits, int(k))
    ]
    found += [
        (candidate, "opening_stock")
        for county in problem.counties
        for item in problem.items
        for candidate in list_opening_stock_candidates(session, county.id, item.id)
    ]
    for candidate, rule in found:
        amount = min(1.25, candidate.max_amount / 2)
        if candidate.step > 0 or is_in_whole_units(session, candidate):
            amount = min(2.0 * (candidate.step or 1.0), candidate.max_amount)
        changes = candidate.to_changes(amount, session.point.values)
        if rule == "local_floor":
            assert changes[0].value <= problem.supply_shares.local_floor[changes[0].where]  # type: ignore[operator,index]
            continue
        if rule == "basket_share":
            check_share_change(problem, changes[0].where, changes[0].value)
            continue
        changed = bounds_in_layout_of(
            build_plan_program(ProblemArrays.from_problem(apply_changes(problem, changes))), session.program
        )
        assert changed is not None
        moved = candidate.build_bound_path(Bounds.from_program(session.lp)).compute_bounds_at(amount)
        for name in Bounds.__slots__:
            less, more = (getattr(bounds, name) for bounds in (moved, changed))
            if rule == "central_share" and name == "row_upper":
                check_rounded_shares(session, candidate, less, more)
            else:
                assert np.allclose(less, more, rtol=1e-9, atol=1e-9), (candidate.limit_reference, name)
    return {rule for _, rule in found}


def check_share_change(problem: PlanningProblem, where: Any, share: Any) -> None:
    """A changed share of a basket is no stricter."""
    name, item, side = str(where).split("/")
    (stated,) = [one.shares[item] for one in problem.requirements if one.id == name]
    assert share <= stated.least if side == "least" else share >= stated.most


def check_rounded_shares(session: SensitivitySession, candidate: CandidateChange, told: Any, changed: Any) -> None:
    """A changed share allows the units that the candidate tells; of items in whole units, in one row not one unit more."""
    rows = session.program.constraints["central_share"]
    is_rounded = np.zeros(len(told), dtype=bool)
    is_rounded[rows.block_slice] = session.arrays.items.is_whole_units[rows.axes["item"]]
    is_rounded &= told != session.lp.row_upper
    beyond = np.where(np.isfinite(told), changed, 0.0) - np.where(np.isfinite(told), told, 0.0)
    if is_rounded.any():
        assert (beyond[is_rounded] >= -1e-6).all(), candidate.limit_reference
        assert beyond[is_rounded].min() < 1, candidate.limit_reference
    else:
        assert np.allclose(told, changed, rtol=1e-9, atol=1e-9), candidate.limit_reference


@bounded(13)
@given(problems(), st.data())
def test_candidate_equals_its_change(problem: PlanningProblem, data: st.DataObject) -> None:
    session = open_session_of(problem)
    limits = session.list_limits()
    every = np.arange(len(limits.rule)).tolist()
    check(session, data.draw(st.lists(st.sampled_from(every), max_size=12, unique=True)) if every else [])


def build_complete_problem() -> PlanningProblem:
    """Return a problem with a limit of every constraint."""
    raw = two_counties().model_dump(mode="json")
    raw["supply_shares"]["local_floor"] = {"hygiene": 0.1}
    raw["supply_shares"]["delivered"] = [0.9, 0.8]
    for county in raw["counties"]:
        stocks = {"soap": {"opening": 5.0, "least": 5.0, "most": 900.0, "closing_least": 20.0, "closing_most": 300.0}}
        county |= {"labour_hours": 1000.0, "handling_tonnes": [50.0, 60.0], "stocks": stocks}
    raw["factories"][0]["lines"][0] |= {"least": [5.0, 6.0], "most": 9000.0}
    add_washing_requirement(raw)
    raw["served_least"] = [{"county": "kapsan", "item": "soap", "quantity": [50.0, 60.0]}]
    raw["budgets"] = [
        {"id": "roads", "won": [500.0, 400.0], "covers": ["haulage"]},
        {"id": "trade", "won": 9000.0, "covers": ["central", "swaps"], "carries_over": True},
    ]
    return PlanningProblem.model_validate(raw)


def test_every_changeable_constraint_has_a_candidate() -> None:
    session = SensitivitySession.from_problem(build_complete_problem())
    assert check(session, range(len(session.list_limits().rule))) == {*CANDIDATES_BY_CONSTRAINT, "opening_stock"}


def test_constraints_without_candidates_are_policy() -> None:
    assert set(RULE_NAMES) - CANDIDATES_BY_CONSTRAINT.keys() == {
        "own_surplus",
        "due",
        "own_needs_first",
        "worst_fulfilment",
        "goal",
    }


@pytest.mark.parametrize("side", ["least", "most"])
def test_closing_stock_changes_up_to_the_other_limit(side: str) -> None:
    session = SensitivitySession.from_problem(build_complete_problem())
    limits = session.list_limits()
    last = [
        k
        for k in range(len(limits.rule))
        if RULE_NAMES[limits.rule[k]] == f"stock_{side}" and limits.labels[limits.period[k]] == "2002-02"
    ]
    (candidate,) = list_limit_candidates(session, limits, last[0])
    (change,) = candidate.to_changes(candidate.max_amount, session.point.values)
    assert change.what == f"closing_{side}"
    assert change.value == {"least": 5.0, "most": 900.0}[side]


def works(condition: float) -> PlanningProblem:
    """Return a factory whose only machine group, in this condition, is the bottleneck of soap."""
    line = {"item": "soap", "hours_per_unit": {"press": 1.0}}
    factory = {"id": "works", "place": "town", "condition": condition, "machines": {"press": 10.0}, "lines": [line]}
    return make_problem(factories=[factory], demand=[need("town", "soap", 20)])


def candidates_on(problem: PlanningProblem, rule: str) -> dict[str, CandidateChange]:
    """Return the candidates of the limits of one constraint, by their own name."""
    session = SensitivitySession.from_problem(problem)
    limits = session.list_limits()
    here = [k for k in range(len(limits.rule)) if RULE_NAMES[limits.rule[k]] == rule]
    return {
        candidate.limit_reference["rule"]: candidate
        for k in here
        for candidate in list_limit_candidates(session, limits, k)
    }


def change_of(candidate: CandidateChange, amount: float) -> tuple[str, object, object, object]:
    """Return the single change of a candidate."""
    (change,) = candidate.to_changes(amount, np.empty(0))
    return change.what, change.where, change.periods, change.value


def test_machine_hours_account_for_the_condition() -> None:
    found = candidates_on(works(0.5), "machine")
    assert change_of(found["machine"], 1.0) == ("machine_hours", "works/press", ("p1",), 12.0)
    assert change_of(found["machine_condition"], 0.25) == ("machine_condition", "works", None, 0.75)
    assert (found["machine_condition"].limit, found["machine_condition"].max_amount) == (0.5, 0.5)


def test_condition_has_a_candidate_only_between_zero_and_one() -> None:
    assert candidates_on(works(1.0), "machine").keys() == {"machine"}
    assert candidates_on(works(0.0), "machine") == {}


@pytest.mark.parametrize(("share", "kept", "expected"), [(0.5, 0.5, {"central_share", "delivered"}), (1.0, 1.0, set())])
def test_central_candidates_end_at_the_whole_promise(share: float, kept: float, expected: set[str]) -> None:
    problem = make_problem(
        demand=[need("town", "soap", 20)],
        supply_shares={"central": share, "delivered": kept, "gateways": ["town"]},
    )
    found = candidates_on(problem, "central_share")
    assert found.keys() == expected
    if expected:
        assert change_of(found["central_share"], 0.25) == ("central_share", "soap", None, 0.75)
        assert change_of(found["delivered"], 0.25) == ("delivered", None, ("p1",), 0.75)
        assert [(candidate.limit, candidate.max_amount) for candidate in found.values()] == [(0.5, 0.5), (0.5, 0.5)]


def test_money_that_carries_over_raises_the_limits_of_later_periods() -> None:
    line = {"item": "soap", "cost_per_unit": 1.0}
    for carries_over, moved in ((False, [1.0, 0.0, 0.0]), (True, [1.0, 1.0, 1.0])):
        problem = make_problem(
            periods=["p1", "p2", "p3"],
            items=[{"id": "soap", "value": 2}],
            factories=[{"id": "works", "place": "town", "lines": [line]}],
            demand=[need("town", "soap", [9, 1, 1])],
            budgets=[{"id": "wages", "won": [5, 2, 2], "covers": ["making"], "carries_over": carries_over}],
        )
        session = SensitivitySession.from_problem(problem)
        limits = session.list_limits()
        (binding,) = [k for k in limits.find_priced_limits() if RULE_NAMES[limits.rule[k]] == "budget"]
        (candidate,) = list_limit_candidates(session, limits, int(binding))
        assert change_of(candidate, 4.0) == ("budget_won", "wages", ("p1",), 9.0)
        step = candidate.build_bound_path(Bounds.from_program(session.lp)).step.row_upper
        assert step[session.program.constraints["budget"].block_slice].tolist() == moved
        remedies = find_remedies(session, "town", "soap", "p1", target_share=0.0).remedies
        found = next(remedy for remedy in remedies if remedy.rule == "budget" and remedy.kind == "reserved")
        assert verify_remedy(session, ("town", "soap", "p1"), found)
