"""Estimates from dual values: never above the solved optimum, and equal to it where they claim to be exact."""

import pytest
from hypothesis import assume, given, strategies as some

from models.changes.change import Change
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.sensitivity import SensitivitySession, estimate_change, open_changed, split_by_changes
from solvers.sensitivity.curves import compute_served_share
from tests.builders import make_problem, need
from tests.properties.planned import bounded
from tests.solvers.planning.two_counties import two_counties as plain_two_counties
from tests.strategies import problems

KINDS = ("power_limit", "machine_condition", "delivered", "population", "rail_tonnes", "labour")


def changed(problem: PlanningProblem, *changes: Change) -> PlanningProblem:
    return split_by_changes(problem, changes)[-1][1]


def shop(power: float) -> PlanningProblem:
    """Ten soaps are needed, two kWh each; the first half missing weighs four times the second."""
    return make_problem(
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "kwh_per_unit": 2}]}],
        power_areas=[{"id": "area", "limit_kwh": power}],
        demand=[need("town", "soap", 10)],
        policy={
            "shortage_bands": [{"width": 0.5, "weight": 1}, {"width": 0.5, "weight": 4}],
            "priority_weights": {"1": 1, "2": 1, "3": 1},
        },
    )


def test_estimate_is_exact_within_the_range() -> None:
    """Power for eight soaps, then for six: two more short, in the same band."""
    found = estimate_change(SensitivitySession.from_problem(shop(16)), shop(12))
    assert (found.exact, found.valid_fraction) == (True, 1.0)
    assert found.objective_change == pytest.approx(2)
    assert found.served_share == pytest.approx((0.8, 0.6))
    assert [(limit.rule, limit.id, limit.bound_change) for limit in found.limits] == [("power", "area", -4)]
    assert sum(limit.objective_change for limit in found.limits) == pytest.approx(2)


def test_estimate_is_a_bound_beyond_the_range() -> None:
    """Power for eight soaps, then for two: six more, of which three in a band of four times the weight."""
    session = SensitivitySession.from_problem(shop(16))
    found = estimate_change(session, shop(4))
    assert not found.exact
    assert found.valid_fraction == pytest.approx(0.5)
    assert found.objective_change == pytest.approx(6)
    assert found.served_share is None
    then = open_changed(session, shop(4))
    assert then is not None
    assert then.plain_objective - session.plain_objective == pytest.approx(3 + 3 * 4)


def test_estimate_bounds_a_reduction() -> None:
    """Power for eight soaps, then for twelve: shadow prices predict four more soaps, but demand is two."""
    session = SensitivitySession.from_problem(shop(16))
    found = estimate_change(session, shop(24))
    assert not found.exact
    assert found.objective_change == pytest.approx(-4)
    then = open_changed(session, shop(24))
    assert then is not None
    assert then.plain_objective - session.plain_objective == pytest.approx(-2)


@bounded(13)
@given(
    problems(max_periods=2),
    some.lists(some.sampled_from(KINDS), min_size=1, max_size=2, unique=True),
    some.floats(0.3, 1.6),
)
def test_estimate_is_a_lower_bound_and_exact_where_claimed(
    problem: PlanningProblem, kinds: list[str], factor: float
) -> None:
    assume(build_program(ProblemArrays.from_problem(problem)).lp.column_count > 0)
    try:
        other = changed(problem, *(Change(what=kind, factor=factor) for kind in kinds))
    except InvalidProblemError:
        assume(False)
    session = SensitivitySession.from_problem(problem)
    found = estimate_change(session, other)
    assume(found.objective_change is not None)
    assert found.objective_change is not None
    assert sum(part.objective_change for part in found.contributions) == pytest.approx(
        found.objective_change, abs=1e-6 * (1 + abs(found.objective_change))
    )
    then = open_changed(session, other)
    if then is None:
        assert not found.exact
        return
    truth = then.plain_objective - session.plain_objective
    near = 1e-6 * (1 + abs(session.plain_objective) + abs(then.plain_objective))
    assert found.objective_change <= truth + near
    if found.exact:
        assert found.objective_change == pytest.approx(truth, abs=near)
        assert found.served_share is not None
        assert found.served_share[0] == pytest.approx(compute_served_share(session), abs=1e-6)


def test_changes_beyond_bounds_have_no_estimate() -> None:
    """A coefficient changes; then goals are ordered."""
    problem = two_counties()
    lines = problem.factories[0].lines
    dearer = problem.factories[0].model_copy(
        update={"lines": (lines[0].model_copy(update={"kwh_per_unit": 2 * lines[0].kwh_per_unit}), *lines[1:])}
    )
    other = problem.model_copy(update={"factories": (dearer, *problem.factories[1:])})
    assert estimate_change(SensitivitySession.from_problem(problem), other).objective_change is None
    goals = problem.policy.model_copy(update={"goals": ("shortage", "cost")})
    ordered = problem.model_copy(update={"policy": goals})
    assert (
        estimate_change(
            SensitivitySession.from_problem(ordered), changed(ordered, Change(what="power_limit", factor=0.9))
        ).objective_change
        is None
    )


def test_two_counties_with_a_tenth_less_power() -> None:
    problem = PlanningProblem.model_validate(plain_two_counties())
    session = SensitivitySession.from_problem(problem)
    other = changed(problem, Change(what="power_limit", where="hyesan", factor=0.9))
    found, then = estimate_change(session, other), open_changed(session, other)
    assert then is not None
    assert found.exact
    assert found.objective_change == pytest.approx(then.plain_objective - session.plain_objective)
    assert found.served_share == pytest.approx((compute_served_share(session), compute_served_share(then)))
    assert {part.rule for part in found.contributions} == {"power"}
