"""Estimates in longer periods: near the solved change, with a lower bound that holds."""

import pytest

from models.changes.change import Change
from models.examples import two_counties
from models.plan_estimate import PlanEstimate
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms import select
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.planning import build_warm_start, make_plan
from solvers.sensitivity import (
    CoarseEstimator,
    SensitivitySession,
    estimate_change,
    estimate_new_plan,
    open_changed,
    split_by_changes,
)
from solvers.sensitivity.curves import compute_served_share
from tests.builders import make_problem, need
from tests.solvers.replanning.year import year


@pytest.fixture(scope="module")
def session() -> SensitivitySession:
    return SensitivitySession.from_problem(year(smoothing=0.25))


def change(problem: PlanningProblem, **fields: object) -> PlanningProblem:
    return split_by_changes(problem, [Change.model_validate(fields)])[-1][1]


@pytest.mark.parametrize(
    "fields",
    [{"what": "power_limit", "factor": 0.6}, {"what": "delivered", "factor": 0.5}, {"what": "norms", "factor": 1.1}],
)
def test_estimate_is_nearer_than_the_bound_and_its_bound_holds(
    session: SensitivitySession, fields: dict[str, object]
) -> None:
    problem = change(session.arrays.problem, **fields)
    solved = open_changed(session, problem)
    assert solved is not None
    estimator = CoarseEstimator.from_session(session)
    assert estimator is not None
    plain = estimate_change(session, problem)
    found = estimator.refine_estimate(plain, problem).coarse
    assert found is not None
    exact = solved.plain_objective
    assert found.lower_bound <= exact * (1 + 1e-9)
    assert found.lower_bound <= found.objective
    change_of_objective = exact - session.plain_objective
    assert found.objective - session.plain_objective == pytest.approx(found.objective_change)
    assert abs(found.objective - exact) <= 0.2 * abs(change_of_objective)
    assert plain.objective_change is not None
    assert found.lower_bound >= (session.plain_objective + plain.objective_change) * (1 - 1e-12)
    assert found.served_share[0] == pytest.approx(compute_served_share(session))
    assert found.served_share[1] == pytest.approx(compute_served_share(solved), abs=0.03)


def test_changes_of_coefficients_are_estimated_too(session: SensitivitySession) -> None:
    """They have no estimate from prices, so the bound is that of the longer periods."""
    problem = change(session.arrays.problem, what="carry_over", where="soap", value=0.5)
    plain = estimate_change(session, problem)
    assert plain.objective_change is None
    estimator = CoarseEstimator.from_session(session)
    assert estimator is not None
    found, solved = estimator.refine_estimate(plain, problem).coarse, open_changed(session, problem)
    assert found is not None
    assert solved is not None
    assert found.lower_bound <= solved.plain_objective * (1 + 1e-9)


def test_equal_changes_have_equal_estimates_whatever_came_before(session: SensitivitySession) -> None:
    estimator = CoarseEstimator.from_session(session)
    assert estimator is not None
    problems = [change(session.arrays.problem, what="power_limit", factor=factor) for factor in (0.6, 0.9, 0.6)]
    answers = [estimator.refine_estimate(estimate_change(session, problem), problem) for problem in problems]
    assert answers[0] == answers[2] != answers[1]


def test_exact_estimates_and_plans_of_one_period_or_several_stages_have_none(session: SensitivitySession) -> None:
    estimator = CoarseEstimator.from_session(session)
    assert estimator is not None
    exact = estimate_change(session, session.arrays.problem)
    assert exact.exact
    assert estimator.refine_estimate(exact, session.arrays.problem).coarse is None
    assert (
        CoarseEstimator.from_session(SensitivitySession.from_problem(make_problem(demand=[need("town", "soap", 1)])))
        is None
    )
    staged = SensitivitySession.from_problem(year(own_needs_first=True))
    assert CoarseEstimator.from_session(staged) is None


def estimate_problem(problem: PlanningProblem, time_limit_seconds: float = 600.0) -> PlanEstimate | None:
    arrays = ProblemArrays.from_problem(problem)
    return estimate_new_plan(arrays, build_plan_program(arrays), time_limit_seconds)


@pytest.mark.parametrize("problem", [year(smoothing=0.25), two_counties()], ids=["continuous", "whole units"])
def test_a_new_plan_is_estimated_before_it_is_solved_and_solved_as_ever(problem: PlanningProblem) -> None:
    estimates: list[PlanEstimate | None] = []

    def estimate(arrays: ProblemArrays, program: Program) -> None:
        estimates.append(estimate_new_plan(arrays, program))

    with_estimate, plain = make_plan(problem, on_built=estimate), make_plan(problem)
    (found,) = estimates
    plan, summary = plain.plan.objective, plain.plan.summary
    assert found is not None
    assert plan is not None
    assert summary is not None
    assert 0.5 * plan.before_rounding <= found.lower_bound <= plan.before_rounding <= plan.value
    assert found.objective == pytest.approx(found.lower_bound, rel=1e-6)
    assert found.served_share == pytest.approx(summary.served_share_of_needs, abs=0.1)
    assert [row.key for row in found.by_priority] == [row.key for row in summary.by_priority]
    assert [row.demand for row in found.by_priority] == pytest.approx([row.demand for row in summary.by_priority])
    assert with_estimate.tables == plain.tables
    assert with_estimate.plan.objective == plan
    assert "estimate" in with_estimate.plan.timings
    assert "estimate" not in plain.plan.timings


@pytest.mark.parametrize(
    ("refactorizations", "factor", "estimates"), [(8, 0.99, 0), (0, 0.4, 1)], ids=["small", "broad"]
)
def test_a_plan_from_a_basis_is_estimated_once_its_quick_solve_is_given_up(
    refactorizations: int, factor: float, estimates: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = year(smoothing=0.25)
    solved = make_plan(base)
    assert solved.basis is not None
    monkeypatch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(select, "DEVEX_REFACTORIZATIONS", refactorizations)
    changed, start = change(base, what="power_limit", factor=factor), build_warm_start(base, solved.basis)
    found: list[PlanEstimate | None] = []
    plan = make_plan(
        changed,
        warm_start=start,
        on_built=lambda arrays, program: found.append(estimate_new_plan(arrays, program)),
    )
    assert len(found) == estimates
    assert found == [estimate_problem(changed)] * estimates
    plain = make_plan(changed, warm_start=start)
    assert plan.tables == plain.tables
    assert plan.plan.objective == plain.plan.objective


def test_equal_problems_have_equal_estimates(session: SensitivitySession) -> None:
    problem = session.arrays.problem
    assert estimate_problem(problem) == estimate_problem(problem) is not None


def test_new_plans_of_one_period_of_several_stages_without_time_or_without_a_plan_have_no_estimate() -> None:
    assert estimate_problem(make_problem(demand=[need("town", "soap", 1)])) is None
    assert estimate_problem(year(own_needs_first=True)) is None
    assert estimate_problem(year(), time_limit_seconds=0.0) is None
    impossible = change(year(), what="line_least", where="hyesan-daily/soap", value=1e6)
    assert make_plan(impossible).plan.outcome == "infeasible"
    assert estimate_problem(impossible) is None
