"""Curves, comparisons, goals and equity, compared with cold solves."""

import re
from math import inf
from time import monotonic

import pytest
from hypothesis import assume, given

from models.changes.change import Change
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.backends.work import WORK_PER_SECOND
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.planning import make_plan
from solvers.sensitivity import (
    GroupBy,
    SensitivitySession,
    attribute_shortages,
    compare_plans,
    compute_curve,
    compute_equity,
    compute_goal_tradeoffs,
    compute_grid,
    compute_price_of_equity,
    parametric,
    split_by_changes,
    split_by_parts,
)
from solvers.sensitivity.bounds import BoundPath, Bounds, bounds_in_layout_of
from solvers.sensitivity.curves import apply_varied_change
from solvers.sensitivity.parametric import BreakpointSearch
from tests.builders import Json, make_problem, need
from tests.properties.planned import bounded, objective
from tests.service.helpers import slow
from tests.strategies import has_power_limit, problems

POWER = Change(what="power_limit", factor=1.0)


def shop(power: float = 12, **policy: object) -> PlanningProblem:
    bands = [{"width": 0.5, "weight": 4}, {"width": 0.5, "weight": 1}]
    return make_problem(
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "kwh_per_unit": 2}]}],
        power_areas=[{"id": "area", "limit_kwh": power}],
        demand=[need("town", "soap", 10)],
        policy={"shortage_bands": bands, "priority_weights": {"1": 1, "2": 1, "3": 1}, **policy},
    )


def test_a_curve_has_its_breakpoint_exactly_where_the_band_changes() -> None:
    found = compute_curve(SensitivitySession.from_problem(shop(20)), POWER, 1.0, 0.1)
    assert found.exact
    assert [p.parameter for p in found.points] == pytest.approx([1.0, 0.5, 0.1])
    assert [p.objective for p in found.points] == pytest.approx([0.0, 5.0, 21.0])
    assert [p.shadow_price for p in found.points] == pytest.approx([10.0, 40.0, 40.0])
    assert [p.served_share for p in found.points] == pytest.approx([1.0, 0.5, 0.1])
    assert [p.is_breakpoint for p in found.points] == [False, True, False]


@bounded(6)
@given(problems(max_periods=2))
def test_the_curve_of_power_is_the_objective_of_every_plan_along_it(problem: PlanningProblem) -> None:
    assume(has_power_limit(problem) and build_program(ProblemArrays.from_problem(problem)).lp.column_count > 0)
    found = compute_curve(SensitivitySession.from_problem(problem), POWER, 1.0, 0.25, max_solves=60)
    assert found.exact
    for a, b in zip(found.points, found.points[1:], strict=False):
        middle = (a.parameter + b.parameter) / 2
        expected = (a.objective + b.objective) / 2
        assert objective(apply_varied_change(problem, POWER, middle)) == pytest.approx(
            expected, abs=1e-6 * (1 + abs(expected))
        )


def test_a_change_of_coefficients_is_sampled() -> None:
    problem = shop(12).model_copy(update={"policy": shop(12, quality_weight=1.0).policy})
    found = compute_curve(SensitivitySession.from_problem(problem), Change(what="central_share", value=0.0), 0.0, 0.5)
    assert found.points


def test_a_grid_has_a_cell_for_every_pair() -> None:
    most = Change(what="line_most", where="works/soap", value=100.0)
    session = SensitivitySession.from_problem(shop(20))
    cells = compute_grid(session, (POWER, (1.0, 0.5)), (most, (100.0, 200.0))).cells
    assert [(c.first, c.second) for c in cells] == [(1.0, 100.0), (1.0, 200.0), (0.5, 100.0), (0.5, 200.0)]
    assert [c.objective for c in cells] == pytest.approx([0, 0, 5, 5])


@bounded(10)
@given(problems(max_periods=2), problems(max_periods=2))
def test_steps_sum_to_the_difference(a: PlanningProblem, b: PlanningProblem) -> None:
    assume(build_program(ProblemArrays.from_problem(a)).lp.column_count > 0)
    after = a.model_copy(update={"power_areas": tuple(x.model_copy(update={"limit_kwh": 1.0}) for x in a.power_areas)})
    found = compare_plans(SensitivitySession.from_problem(a), split_by_parts(a, after))
    assert found.objective is not None
    moved = sum(step.objective_change or 0.0 for step in found.steps)
    assert found.objective[1] - found.objective[0] == pytest.approx(moved, abs=1e-6)
    assert found.objective[1] == pytest.approx(objective(after), abs=1e-6 * (1 + abs(found.objective[1])))
    assert all(d.path.startswith("/power_areas/") for d in found.inputs)


def test_difference_splits_into_power_and_population() -> None:
    before = shop(20)
    changes = [Change(what="power_limit", factor=0.5), Change(what="power_limit", factor=0.5)]
    found = compare_plans(SensitivitySession.from_problem(before), split_by_changes(before, changes))
    assert [s.name for s in found.steps] == ["power_limit"]
    assert found.steps[0].objective == pytest.approx(15.0)
    assert [(d.path, d.before, d.after) for d in found.inputs] == [("/power_areas/area/limit_kwh", "20.0", "5.0")]
    assert found.by_factory is not None
    (works,) = found.by_factory
    assert [works.before, works.after] == pytest.approx([10, 2.5])


def test_goal_tradeoffs() -> None:
    first, second = compute_goal_tradeoffs(shop(12, goals=["shortage", "cost"]))
    assert (first.goal, first.loss_to_earlier_goals, first.shadow_prices) == ("shortage", 0.0, {})
    assert second.goal == "cost"
    assert second.result.value >= second.unconstrained_value
    assert second.loss_to_earlier_goals == pytest.approx(second.result.value - second.unconstrained_value)
    assert "1 shortage" in second.shadow_prices


def test_equity_has_bands_and_shares() -> None:
    found = compute_equity(ProblemArrays.from_problem(shop(8)), make_plan(shop(8)).tables["supply"], None)
    assert [row.share for row in found.by_county["town"]] == pytest.approx([0.4])
    assert found.served_share_range == {"2": 0.0}
    assert [(b.need_count, b.filled_count) for b in found.shortage_bands] == [(1, 0), (1, 1)]


def test_the_price_of_equity_is_the_loss_against_a_plan_without_fairness() -> None:
    """A works beside the first county serves half of both needs; each tonne to the second costs 1 won."""
    problem = make_problem(
        items=[{"id": "soap", "kg_per_unit": 1000, "value": 10}],
        counties=[{"id": name, "power_area": "area"} for name in ("near", "far")],
        demand=[need("near", "soap", 10), need("far", "soap", 10)],
        factories=[{"id": "works", "place": "near", "lines": [{"item": "soap", "most": 10}]}],
        links=[{"id": "road", "from": "near", "to": "far", "cost_per_tonne": 1}],
        policy={"shortage_bands": None, "priority_weights": {"1": 1, "2": 1, "3": 1}},
    )
    session = SensitivitySession.from_problem(problem)
    price = compute_price_of_equity(session)
    found = compute_equity(session.arrays, make_plan(problem).tables["supply"], None, price)
    assert (found.gini, found.greatest_spread and found.greatest_spread.spread) == pytest.approx((0, 0), abs=1e-7)
    assert found.price is not None
    assert found.price.fair.objective == pytest.approx(10 * 10 + 5 * 1)
    assert found.price.plain.objective == pytest.approx(10 * 10)
    assert (found.price.price, found.price.relative_price) == pytest.approx((5, 0.05))
    assert (found.price.fair.gini, found.price.plain.gini) == pytest.approx((0, 0.5), abs=1e-7)
    assert found.price.fair.served_share == pytest.approx(found.price.plain.served_share)
    assert found.price.plain.greatest_spread is not None
    assert found.price.plain.greatest_spread.least_county == "far"


@bounded(8)
@given(problems(max_periods=3))
def test_equity_and_summary_have_the_same_figures(problem: PlanningProblem) -> None:
    result = make_plan(problem)
    assume(result.plan.outcome == "optimal")
    summary = result.plan.summary
    assert summary is not None
    found = compute_equity(ProblemArrays.from_problem(problem), result.tables["supply"], result.tables["requirements"])
    assert found.gini == pytest.approx(summary.gini, abs=1e-7)
    spreads = [one.spread if one else None for one in (found.greatest_spread, summary.greatest_spread)]
    assert spreads[0] == pytest.approx(spreads[1], abs=1e-7)
    demand, served = (
        sum(getattr(row, name) for rows in found.by_county.values() for row in rows) for name in ("demand", "served")
    )
    of_requirements = summary.requirements.by_county if summary.requirements else ()
    told = sum(row.served for row in (*summary.by_county, *of_requirements))
    assert served == pytest.approx(told, abs=1e-6 * (1 + demand))
    value = {item.id: item.value for item in problem.items if item.kind == "good"}
    value |= {requirement.id: requirement.value for requirement in problem.requirements}
    rows = [(row["item"], row["shortage"]) for row in result.tables["supply"].to_pylist()]
    rows += [(row["requirement"], row["shortage"]) for row in result.tables["requirements"].to_pylist()]
    missing = sum(units * value.get(need, 0.0) for need, units in rows)
    assert sum(band.value for band in found.shortage_bands) == pytest.approx(missing, abs=1e-6 * (1 + demand))


@bounded(8)
@given(problems(max_periods=2))
def test_the_price_of_equity_is_the_difference_of_two_plans(problem: PlanningProblem) -> None:
    assume(build_program(ProblemArrays.from_problem(problem)).lp.column_count > 0)
    found = compute_price_of_equity(SensitivitySession.from_problem(problem))
    policy = problem.policy
    if policy.shortage_bands is None:
        unfair: Json = {"fairness": {"alpha": 0.0, "pieces": policy.fairness.pieces}}
    else:
        least = min(band.weight for band in policy.shortage_bands)
        unfair = {"shortage_bands": [{"width": band.width, "weight": least} for band in policy.shortage_bands]}
    raw = problem.model_dump(mode="json")
    raw["policy"] |= unfair
    best = objective(PlanningProblem.model_validate(raw))
    assert found.plain.objective == pytest.approx(best, rel=1e-7, abs=1e-6)
    assert found.price >= 0
    assert found.price == pytest.approx(found.fair.objective - best, abs=1e-6 * (1 + best))


def test_bottlenecks_are_grouped() -> None:
    session = SensitivitySession.from_problem(shop(8))
    (whole,) = attribute_shortages(session).groups
    assert [(c.rule, c.id, c.shadow_price, c.shortage_count, c.share) for c in whole.binding_limits] == [
        ("power", "area", 2.0, 1, 1.0)
    ]
    (held,) = attribute_shortages(session, "limit", rule="power", limit="area").groups
    assert held.key == "town/soap/p1"
    assert attribute_shortages(session, rule="machine").groups == ()


def test_two_counties_supports_every_analysis() -> None:
    problem = two_counties()
    session = SensitivitySession.from_problem(problem)
    ways: tuple[GroupBy, ...] = ("all", "item", "county", "category", "period", "limit")
    for by in ways:
        assert attribute_shortages(session, by).groups


def test_a_curve_without_time_gives_its_start_and_a_bound() -> None:
    found = compute_curve(SensitivitySession.from_problem(shop(20)), POWER, 1.0, 0.1, time_limit_seconds=0.0)
    assert [p.parameter for p in found.points] == [1.0]
    assert (found.exact, found.max_error, found.explored_until) == (False, None, 1.0)
    (bound,) = re.findall(r"the objective at 0.1 is at least ([\d.]+) weighted won", found.note)
    assert float(bound) <= 21.0


def test_a_limit_of_solves_gives_a_maximum_error() -> None:
    found = compute_curve(SensitivitySession.from_problem(shop(20)), POWER, 1.0, 0.1, max_solves=2)
    assert [p.parameter for p in found.points] == [1.0, 0.1]
    assert found.max_error is not None
    middle = (found.points[0].objective + found.points[1].objective) / 2
    assert middle - found.max_error <= objective(apply_varied_change(shop(20), POWER, 0.55)) <= middle


def test_a_distant_plan_is_solved_cold() -> None:
    problem = shop(20)
    session = SensitivitySession.from_problem(problem)
    far = bounds_in_layout_of(
        build_plan_program(ProblemArrays.from_problem(apply_varied_change(problem, POWER, 0.1))), session.program
    )
    assert far is not None
    anew, warm = session.solve_change_cold(far, 60.0), SensitivitySession.from_problem(problem).solve_change(far)
    assert anew is not None
    assert warm is not None
    assert anew.objective == pytest.approx(warm.objective) == pytest.approx(21.0)
    assert session.reset_to_base().objective_value == pytest.approx(0.0)


def test_a_curve_beyond_simplex_has_its_end_from_interior_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the crisis year, where the end is tens of thousands of iterations away."""
    whole = compute_curve(SensitivitySession.from_problem(shop(20)), POWER, 1.0, 0.1)
    step_warm = BreakpointSearch.step_warm
    monkeypatch.setattr(parametric, "COLD_WORK", 0.0)
    monkeypatch.setattr(
        BreakpointSearch, "step_warm", lambda search, t, work=inf: step_warm(search, t, work) if t == 0 else None
    )
    found = compute_curve(SensitivitySession.from_problem(shop(20)), POWER, 1.0, 0.1)
    assert found.explored_until == 0.1
    assert found.exact
    assert [p.parameter for p in found.points] == pytest.approx([p.parameter for p in whole.points])
    assert [p.objective for p in found.points] == pytest.approx([p.objective for p in whole.points])


@pytest.mark.parametrize(("seconds", "work"), [(60.0, 60 * WORK_PER_SECOND), (0.0, 60 * WORK_PER_SECOND), (60.0, 0.0)])
def test_a_walk_follows_the_curve_until_its_limits(seconds: float, work: float) -> None:
    problem = slow(10, 12, 4)
    session = SensitivitySession.from_problem(problem)
    ends = (1.0, 0.4)
    way = BoundPath.interpolate(
        *(
            Bounds.from_program(
                build_plan_program(ProblemArrays.from_problem(apply_varied_change(problem, POWER, at))).lp
            )
            for at in ends
        )
    )
    search = BreakpointSearch(session, way, ends, work, monotonic() + seconds)
    left = search.step_warm(0.0)
    assert left is not None
    found = [left]
    search.step_along_path(found, 200)
    assert [p.t for p in found] == sorted({p.t for p in found})
    assert found[-1].t == 1.0 if seconds * work else found[-1].t < 1.0
    for point in found[:: max(len(found) // 3, 1)]:
        assert point.point.objective == pytest.approx(
            objective(apply_varied_change(problem, POWER, point.parameter)), rel=1e-6
        )
