"""Estimates from prices, held against solving afresh: never above the truth, and the truth where they say so."""

import pytest
from hypothesis import assume, given, strategies as some

from models.changes.change import Change
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation import build
from solvers.sensitivity import Standing, by_changes, estimate, restand
from solvers.sensitivity.curves import served
from tests.builders import make_problem, need
from tests.properties.planned import bounded
from tests.strategies import problems

KINDS = ("power_limit", "machine_condition", "delivered", "population", "rail_tonnes", "labour")


def changed(problem: PlanningProblem, *changes: Change) -> PlanningProblem:
    return by_changes(problem, changes)[-1][1]


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


def test_within_the_range_it_is_exact() -> None:
    """Power for eight soaps, then for six: two more short, in the same band."""
    found = estimate(Standing.of(shop(16)), shop(12))
    assert (found.exact, found.valid_fraction) == (True, 1.0)
    assert found.objective_change == pytest.approx(2)
    assert found.served_share == pytest.approx((0.8, 0.6))
    assert [(limit.rule, limit.id, limit.bound_change) for limit in found.limits] == [("power", "area", -4)]
    assert sum(limit.objective_change for limit in found.limits) == pytest.approx(2)


def test_beyond_the_range_it_is_a_bound_and_says_how_far_it_holds() -> None:
    """Power for eight soaps, then for two: six more, of which three in a band four times as dear."""
    standing = Standing.of(shop(16))
    found = estimate(standing, shop(4))
    assert not found.exact
    assert found.valid_fraction == pytest.approx(0.5)
    assert found.objective_change == pytest.approx(6)
    assert found.served_share is None
    then = restand(standing, shop(4))
    assert then is not None
    assert then.won - standing.won == pytest.approx(3 + 3 * 4)


def test_more_saves_at_most_so_much() -> None:
    """Power for eight soaps, then for twelve: prices foretell four more soaps, two are needed."""
    standing = Standing.of(shop(16))
    found = estimate(standing, shop(24))
    assert not found.exact
    assert found.objective_change == pytest.approx(-4)
    then = restand(standing, shop(24))
    assert then is not None
    assert then.won - standing.won == pytest.approx(-2)


@bounded(25)
@given(
    problems(max_periods=2),
    some.lists(some.sampled_from(KINDS), min_size=1, max_size=2, unique=True),
    some.floats(0.3, 1.6),
)
def test_it_is_never_above_the_truth_and_is_the_truth_where_it_says_so(
    problem: PlanningProblem, kinds: list[str], factor: float
) -> None:
    assume(build(ProblemIndex.of(problem)).lp.columns > 0)
    try:
        other = changed(problem, *(Change(what=kind, factor=factor) for kind in kinds))
    except InvalidProblemError:
        assume(False)
    standing = Standing.of(problem)
    found = estimate(standing, other)
    assume(found.objective_change is not None)
    assert found.objective_change is not None
    assert sum(part.objective_change for part in found.contributions) == pytest.approx(
        found.objective_change, abs=1e-6 * (1 + abs(found.objective_change))
    )
    then = restand(standing, other)
    if then is None:
        assert not found.exact
        return
    truth = then.won - standing.won
    near = 1e-6 * (1 + abs(standing.won) + abs(then.won))
    assert found.objective_change <= truth + near
    if found.exact:
        assert found.objective_change == pytest.approx(truth, abs=near)
        assert found.served_share is not None
        assert found.served_share[0] == pytest.approx(served(standing), abs=1e-6)


def test_what_prices_cannot_tell_is_not_told() -> None:
    """A coefficient changes; then goals are ordered."""
    problem = two_counties()
    lines = problem.factories[0].lines
    dearer = problem.factories[0].model_copy(
        update={"lines": (lines[0].model_copy(update={"kwh_per_unit": 2 * lines[0].kwh_per_unit}), *lines[1:])}
    )
    other = problem.model_copy(update={"factories": (dearer, *problem.factories[1:])})
    assert estimate(Standing.of(problem), other).objective_change is None
    goals = problem.policy.model_copy(update={"goals": ("shortage", "cost")})
    ordered = problem.model_copy(update={"policy": goals})
    assert (
        estimate(Standing.of(ordered), changed(ordered, Change(what="power_limit", factor=0.9))).objective_change
        is None
    )


def test_two_counties_with_a_tenth_less_power() -> None:
    problem = two_counties()
    standing = Standing.of(problem)
    other = changed(problem, Change(what="power_limit", where="hyesan", factor=0.9))
    found, then = estimate(standing, other), restand(standing, other)
    assert then is not None
    assert found.exact
    assert found.objective_change == pytest.approx(then.won - standing.won)
    assert found.served_share == pytest.approx((served(standing), served(then)))
    assert {part.rule for part in found.contributions} == {"power"}
