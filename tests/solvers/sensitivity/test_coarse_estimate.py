"""Estimates in longer periods: near the solved change, with a lower bound that holds."""

import pytest

from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from solvers.sensitivity import CoarseEstimator, SensitivitySession, estimate_change, open_changed, split_by_changes
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
