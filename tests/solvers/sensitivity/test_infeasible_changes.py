"""Changes that no plan satisfies: planned, compared, estimated, and along curves, they have one outcome and one conflict."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.comparisons import Comparison
from models.examples import two_counties
from models.plan import Infeasibility, Plan
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError, check_problem, raise_on_errors
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.planning import make_plan
from solvers.sensitivity import (
    SensitivitySession,
    compare_infeasible_plan,
    compare_plans,
    compute_curve,
    compute_grid,
    estimate_change,
    explain_infeasibility,
    split_by_changes,
    split_by_parts,
)
from solvers.sensitivity.infeasible_changes import has_unsatisfiable_row
from tests.properties.planned import bounded
from tests.solvers.sensitivity.test_curves_and_comparisons import shop
from tests.strategies import problems

FIGURES = ("objective", "served_share", "goals", "by_county", "by_category", "by_factory")


def draw_changes(data: st.DataObject, problem: PlanningProblem) -> list[Change]:
    """Changes of limits, of which many leave no plan."""
    county = data.draw(st.sampled_from([one.id for one in problem.counties]))
    item = data.draw(st.sampled_from([one.id for one in problem.items]))
    amount = data.draw(st.sampled_from((0.0, 1.0, 50.0, 1e5)))
    kinds = [
        Change(what="store_tonnes", where=county, value=0.0),
        Change(what="stock_least", where=f"{county}/{item}", value=amount),
        Change(what="closing_least", where=f"{county}/{item}", value=amount),
        Change(what="opening_stock", where=f"{county}/{item}", value=amount),
        Change(what="power_limit", factor=data.draw(st.sampled_from((0.0, 0.5, 2.0)))),
        *(
            Change(what="line_least", where=f"{factory.id}/{line.item}", value=amount)
            for factory in problem.factories
            for line in factory.lines
        ),
    ]
    return data.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))


def apply_or_reject(problem: PlanningProblem, changes: Sequence[Change]) -> PlanningProblem:
    """The changed problem; another example if a change does not apply to it."""
    try:
        changed = apply_changes(problem, changes)
        raise_on_errors(check_problem(changed))
    except InvalidProblemError:
        assume(condition=False)
        raise
    return changed


def assert_told_as_planned(found: Comparison, plan: Plan) -> None:
    """The comparison has the outcome of planning; without a plan its conflict, and no figure."""
    assert found.outcome == plan.outcome
    assert found.infeasibility == plan.infeasibility
    if found.outcome == "infeasible":
        assert all(getattr(found, name) is None for name in FIGURES)
        assert found.steps[-1].objective is None
    else:
        assert plan.objective is not None
        assert found.objective is not None
        assert found.objective[1] == pytest.approx(plan.objective.before_rounding, rel=1e-6, abs=1e-6)


@bounded(10)
@given(problems(max_periods=2), st.data())
def test_changes_are_answered_as_they_are_planned(problem: PlanningProblem, data: st.DataObject) -> None:
    assume(build_program(ProblemArrays.from_problem(problem)).lp.column_count > 0)
    changes = draw_changes(data, problem)
    changed = apply_or_reject(problem, changes)
    plan = make_plan(changed).plan
    session = SensitivitySession.from_problem(problem)
    together = compare_plans(session, (("the changes", changed),))
    assert_told_as_planned(together, plan)
    assert_told_as_planned(compare_plans(session, split_by_changes(problem, changes)), plan)
    parts = split_by_parts(problem, changed)
    if parts:
        assert_told_as_planned(compare_plans(session, parts, known_infeasibility=plan.infeasibility), plan)
    assert bool(together.inputs) == (changed != problem)
    estimate = estimate_change(session, changed)
    assert estimate.outcome in ("unknown", plan.outcome)
    if plan.outcome == "infeasible":
        assert estimate.served_share is None
        assert estimate.outcome == "unknown" or estimate.objective_change is None
        back = compare_infeasible_plan(changed, (("back", problem),))
        assert (back.base_outcome, back.outcome, back.infeasibility) == ("infeasible", "optimal", None)
        assert back.steps[0].objective == pytest.approx(session.plain_objective, rel=1e-6, abs=1e-6)
        assert all(getattr(back, name) is None for name in FIGURES)


@pytest.mark.parametrize("policy", [{"own_needs_first": True}, {"goals": ["worst_fulfilment", "shortage", "cost"]}])
def test_several_stages_are_answered_as_they_are_planned(policy: dict[str, object]) -> None:
    raw = two_counties().model_dump(mode="json")
    raw["policy"] |= policy
    problem = PlanningProblem.model_validate(raw)
    session = SensitivitySession.from_problem(problem)
    for changes in (
        [Change(what="line_least", where="hyesan-daily/soap", value=1e6)],
        [Change(what="power_limit", factor=0.5), Change(what="store_tonnes", where="hyesan", value=0.0)],
        [Change(what="closing_least", where="hyesan/soap", value=1e6), Change(what="power_limit", factor=0.5)],
    ):
        plan = make_plan(apply_changes(problem, changes)).plan
        assert plan.outcome == "infeasible"
        assert_told_as_planned(compare_plans(session, split_by_changes(problem, changes)), plan)


def test_a_plan_after_an_impossible_step_is_told() -> None:
    """Steps without a plan change nothing; the others add up to the difference."""
    problem = two_counties()
    impossible = Change(what="line_least", where="hyesan-daily/soap", value=1e6)
    changes = [impossible, Change(what="power_limit", factor=0.9), impossible.model_copy(update={"value": 0.0})]
    found = compare_plans(SensitivitySession.from_problem(problem), split_by_changes(problem, changes))
    assert (found.outcome, [step.objective is None for step in found.steps]) == ("optimal", [True, True, False])
    assert found.objective is not None
    assert found.objective[1] - found.objective[0] == pytest.approx(found.steps[2].objective_change)


def test_a_problem_that_differs_in_no_part_is_compared() -> None:
    """Differences outside the parts of a problem are a step of their own."""
    problem = two_counties()
    longer = problem.model_copy(update={"years": 2 * problem.years})
    found = compare_plans(SensitivitySession.from_problem(problem), split_by_parts(problem, longer))
    assert [row.path for row in found.inputs] == ["/years"]
    assert [step.name for step in found.steps] == ["the rest"]
    assert found.steps[0].objective_change != 0


@bounded(8)
@given(problems(max_periods=2), st.data())
def test_a_constraint_without_a_value_leaves_no_plan(problem: PlanningProblem, data: st.DataObject) -> None:
    changed = apply_or_reject(problem, draw_changes(data, problem))
    if has_unsatisfiable_row(build_program(ProblemArrays.from_problem(changed)).lp):
        assert make_plan(changed).plan.outcome == "infeasible"


def test_bounds_of_several_constraints_do_not_show_a_conflict() -> None:
    """The estimate says that it does not know: each constraint alone has values."""
    problem = two_counties()
    changed = apply_changes(problem, [Change(what="closing_least", where="hyesan/soap", value=400_000.0)])
    session = SensitivitySession.from_problem(problem)
    assert make_plan(changed).plan.outcome == "infeasible"
    assert estimate_change(session, changed).outcome == "unknown"
    exact = estimate_change(session, apply_changes(problem, [Change(what="power_limit", factor=1.0)]))
    assert (exact.outcome, exact.exact) == ("optimal", True)


LEAST = Change(what="line_least", where="works/soap", value=0.0)


@pytest.mark.parametrize("start", [0.0, 2.0])
def test_a_curve_ends_where_no_plan_is_left(start: float) -> None:
    """12 kWh permit 6 pieces of 2 kWh."""
    problem = shop(12)
    found = compute_curve(SensitivitySession.from_problem(problem), LEAST, start, 8.0)
    assert (found.outcome, found.exact, found.explored_until) == ("optimal", True, 8.0)
    assert found.points[-1].parameter == pytest.approx(6.0, abs=1e-4)
    assert found.infeasible_parameters == pytest.approx((6.0,), abs=1e-4)
    assert found.infeasible_parameters[0] > found.points[-1].parameter
    assert "No plan satisfies every constraint at 6" in found.note
    assert found.infeasibility is None or found.infeasibility.conflict


def test_a_curve_from_an_impossible_start_shows_the_rest() -> None:
    found = compute_curve(SensitivitySession.from_problem(shop(12)), LEAST, 12.0, 0.0)
    assert found.outcome == "optimal"
    assert found.infeasible_parameters == pytest.approx((12.0, 11.0, 10.0, 9.0, 8.0, 7.0))
    assert [point.parameter for point in found.points] == pytest.approx([6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    assert_conflict_at(found.infeasibility, 12.0)


def test_a_curve_without_any_plan_is_infeasible() -> None:
    found = compute_curve(SensitivitySession.from_problem(shop(12)), LEAST, 12.0, 8.0)
    assert (found.outcome, found.points) == ("infeasible", ())
    assert_conflict_at(found.infeasibility, 12.0)


def assert_conflict_at(found: Infeasibility | None, least: float) -> None:
    """The conflict is that of the plan with this least quota."""
    changed = apply_changes(shop(12), [LEAST.model_copy(update={"value": least})])
    assert found == make_plan(changed).plan.infeasibility
    assert found == explain_infeasibility(changed)


def test_a_grid_marks_pairs_without_a_plan() -> None:
    power = Change(what="power_limit", factor=1.0)
    found = compute_grid(SensitivitySession.from_problem(shop(12)), (power, (1.0, 0.5)), (LEAST, (5.0, 2.0, 8.0)))
    outcomes = [cell.outcome for cell in found.cells]
    assert outcomes == ["optimal", "optimal", "infeasible", "infeasible", "optimal", "infeasible"]
    assert all((cell.objective is None) == (cell.outcome == "infeasible") for cell in found.cells)
    assert_conflict_at(found.infeasibility, 8.0)


def test_tolerances_cover_no_violation_that_is_told() -> None:
    """A violation within the tolerances of solvers is no conflict."""
    problem = shop(12)
    lp = build_program(ProblemArrays.from_problem(problem)).lp
    assert not has_unsatisfiable_row(lp)
    just_above = apply_changes(problem, [LEAST.model_copy(update={"value": float(np.nextafter(6.0, 7.0))})])
    assert not has_unsatisfiable_row(build_program(ProblemArrays.from_problem(just_above)).lp)


def pumps(**line: float) -> PlanningProblem:
    """A town that needs whole pieces, which its works makes at 2 kWh, by default in any number."""
    raw = shop(100).model_dump(mode="json")
    raw["items"][0]["whole_units"] = True
    raw["factories"][0]["lines"][0] |= line
    return PlanningProblem.model_validate(raw)


@pytest.mark.parametrize(
    "changes",
    [
        [Change(what="closing_least", where="town/soap", value=14.0), Change(what="power_limit", value=36.0)],
        [Change(what="line_least", where="works/soap", value=12.0), Change(what="power_limit", value=30.0)],
        [Change(what="line_least", where="works/soap", value=10.0)],
    ],
)
def test_a_conflict_of_whole_units_is_answered_as_it_is_planned(changes: list[Change]) -> None:
    """The relaxed program has a plan with 14 to 18 units, or 12 to 15, but no lots of 10 fit."""
    problem = pumps(lot=10.0)
    assert make_plan(problem).plan.outcome == "optimal"
    plan = make_plan(apply_changes(problem, changes)).plan
    assert plan.outcome == ("optimal" if len(changes) == 1 else "infeasible")
    found = compare_plans(SensitivitySession.from_problem(problem), split_by_changes(problem, changes))
    assert (found.outcome, found.infeasibility) == (plan.outcome, plan.infeasibility)
    assert (found.objective is None) == (plan.outcome == "infeasible")
