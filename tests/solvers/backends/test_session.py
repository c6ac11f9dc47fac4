"""HiGHS sessions: changes in bulk, warm starts from a basis, and solves with the basis matrix."""

from dataclasses import replace

import numpy as np
import pytest

from solvers.backends.highs_session import HighsSession, Method
from solvers.errors import SolverError
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Basis, Solution
from tests.solvers.backends.large import assignment
from tests.solvers.backends.standard import CASES, INF, mixing


def solved(lp: LinearProgram) -> tuple[HighsSession, Solution]:
    session = HighsSession(lp)
    solution = session.solve_program()
    assert certify_solution(lp, solution).passed
    return session, solution


@pytest.mark.parametrize("method", ["dual", "primal"])
def test_warm_start_from_optimal_basis_needs_no_iterations(method: Method) -> None:
    lp = assignment(30)
    _, first = solved(lp)
    assert first.iterations > 30
    assert first.basis is not None
    session = HighsSession(lp)
    session.set_basis(first.basis)
    again = session.solve_program(method, with_basis=False)
    assert again.termination.reason == "optimal"
    assert again.iterations == 0
    assert again.basis is None
    assert certify_solution(lp, again).passed


def test_interior_point_ends_at_a_vertex() -> None:
    lp = assignment(30)
    session = HighsSession(lp)
    solution = session.solve_program("ipm")
    assert certify_solution(lp, solution).passed
    assert solution.basis is not None
    assert (solution.basis.columns == 1).sum() + (solution.basis.rows == 1).sum() == lp.row_count


def test_changed_row_bounds_use_a_warm_start() -> None:
    lp = assignment(30)
    session, first = solved(lp)
    upper = lp.row_upper * 1.01
    session.change_row_bounds(np.arange(lp.row_count), lp.row_lower, upper)
    again = session.solve_program("dual")
    assert certify_solution(replace(lp, row_upper=upper), again).passed
    assert again.iterations < first.iterations / 2


def test_costs_and_column_bounds_change() -> None:
    lp = mixing()
    session, _ = solved(lp)
    session.change_costs(np.array([1]), np.array([-9.0]))
    session.change_column_bounds(np.array([0]), np.array([1.0]), np.array([2.0]))
    changed = replace(
        lp,
        cost=np.array([-3.0, -9.0]),
        column_lower=np.array([1.0, 0.5]),
        column_upper=np.array([2.0, INF]),
    )
    solution = session.solve_program("primal")
    assert certify_solution(changed, solution).passed
    assert session.objective_value == pytest.approx(certify_solution(changed, solution).primal_objective)


def test_singular_basis_is_repaired() -> None:
    lp = CASES["redundant equalities"].lp
    session = HighsSession(lp)
    session.set_basis(Basis(np.array([1, 1], np.int8), np.array([0, 0], np.int8)))
    assert certify_solution(lp, session.solve_program()).passed


def test_basis_of_the_wrong_length_is_rejected() -> None:
    session = HighsSession(mixing())
    with pytest.raises(SolverError, match="basis"):
        session.set_basis(Basis(np.zeros(5, np.int8), np.ones(1, np.int8)))
    with pytest.raises(SolverError, match="nonsense"):
        session.set_option("nonsense", 1)


def test_each_run_has_its_own_time_limit() -> None:
    lp = assignment(30)
    session, _ = solved(lp)
    for _ in range(3):
        session.change_costs(np.arange(lp.column_count), lp.cost[::-1].copy())
        assert session.solve_program("primal", time_limit_seconds=5.0).termination.reason == "optimal"


def test_solves_with_the_basis() -> None:
    lp = CASES["unique"].lp
    session, _solution = solved(lp)
    basic = session.read_basic_variables()
    assert sorted(basic) == [0, 1]
    b = lp.matrix.toarray()[:, basic]
    side = np.array([1.0, -2.0])
    assert b @ session.solve_with_basis(side) == pytest.approx(side)
