"""Plans solved in an open session equal plans of a new session."""

import numpy as np
import pytest
from hypothesis import assume, given, strategies as some

from models.changes.change import Change
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.sensitivity import SensitivitySession, compare_plans, compute_shadow_prices, open_changed, split_by_changes
from solvers.sensitivity.changed_plan import solve_changed_problem
from tests.properties.planned import bounded
from tests.strategies import problems

KINDS = ("power_limit", "machine_condition", "delivered", "population", "rail_tonnes", "labour", "norms")


def changed(problem: PlanningProblem, *changes: Change) -> PlanningProblem:
    return split_by_changes(problem, changes)[-1][1]


@bounded(13)
@given(problems(max_periods=2), some.sampled_from(KINDS), some.floats(0.3, 1.6))
def test_plan_equals_that_of_a_new_session(problem: PlanningProblem, kind: str, factor: float) -> None:
    assume(build_program(ProblemArrays.from_problem(problem)).lp.column_count > 0)
    try:
        other = changed(problem, Change(what=kind, factor=factor))
    except InvalidProblemError:
        assume(False)
    session = SensitivitySession.from_problem(problem)
    found, expected = solve_changed_problem(session, other), open_changed(session, other)
    assert (found is None) == (expected is None)
    if found is None or expected is None:
        return
    assert found[0].plain_objective == pytest.approx(expected.plain_objective, rel=1e-6, abs=1e-6)
    assert found[0].arrays.problem == other


def test_only_changes_of_bounds_share_the_solver_session() -> None:
    problem = two_counties()
    session = SensitivitySession.from_problem(problem)
    less = solve_changed_problem(session, changed(problem, Change(what="power_limit", factor=0.6)))
    assert less is not None
    assert less[0].solver_session is session.solver_session
    assert less[0].point.basis is not None  # from which its ties are settled
    assert not less[1]
    lines = problem.factories[0].lines
    dearer = lines[0].model_copy(update={"kwh_per_unit": 2 * lines[0].kwh_per_unit})
    factory = problem.factories[0].model_copy(update={"lines": (dearer, *lines[1:])})
    other = solve_changed_problem(session, problem.model_copy(update={"factories": (factory, *problem.factories[1:])}))
    assert other is not None
    assert other[0].solver_session is not session.solver_session
    assert other[1]


def test_session_is_unchanged_after_a_comparison() -> None:
    """After a comparison with an infeasible step, the session gives the same shadow prices."""
    problem = two_counties()
    session = SensitivitySession.from_problem(problem)
    before = compute_shadow_prices(session, with_ranges=3)
    values = session.point.values.copy()
    most = Change(what="line_least", where="hyesan-daily/soap", value=60_000.0)
    steps = (
        ("less power", changed(problem, Change(what="power_limit", factor=0.5))),
        ("too much soap", changed(problem, most)),
        ("more people", changed(problem, Change(what="population", factor=1.2))),
    )
    found = compare_plans(session, steps)
    assert [step.objective is None for step in found.steps] == [False, True, False]
    last = SensitivitySession.from_problem(steps[-1][1])
    assert found.objective == pytest.approx((session.plain_objective, last.plain_objective))
    assert compute_shadow_prices(session, with_ranges=3) == before
    assert np.array_equal(session.point.values, values)
