"""Every backend on every standard program: termination, objective, certificate, and unique primal and dual values."""

import numpy as np
import pytest

from solvers.backends import Backend, Feature, SolveOptions, get_backend, list_backend_names
from solvers.errors import InvalidProgramError, SolverUnavailableError, UnsupportedRequestError
from solvers.lp.certificate import certify_solution
from solvers.lp.solution import Basis
from tests.solvers.backends.standard import CASES, Case, mixing, program

SKIPS: dict[tuple[str, str], str] = {}
"""Reason to skip a case, by backend and case."""

OPTIONS = SolveOptions(time_limit_seconds=20.0)


@pytest.fixture(params=list_backend_names())
def backend(request: pytest.FixtureRequest) -> Backend:
    return get_backend(request.param)


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, backend: Backend) -> Case:
    reason = SKIPS.get((backend.name, request.param))
    if reason:
        pytest.skip(reason)
    return CASES[request.param]


def test_answer_and_certificate(backend: Backend, case: Case) -> None:
    solution = backend.solve_program(case.lp, OPTIONS)
    assert solution.termination.reason == case.reason, solution.termination
    assert solution.solver
    if case.reason != "optimal":
        assert solution.values is None
        return
    assert solution.values is not None
    assert solution.dual_values is not None
    accuracy = 1e-5 if Feature.FIRST_ORDER in backend.features else 1e-9
    certificate = certify_solution(case.lp, solution)
    assert certificate.passed, certificate
    assert certificate.primal_objective == pytest.approx(case.objective, abs=accuracy)
    if case.values is not None:
        assert solution.values == pytest.approx(np.array(case.values), abs=accuracy)
    if case.prices is not None:
        assert solution.dual_values == pytest.approx(np.array(case.prices), abs=accuracy)


def test_skips_name_real_cases() -> None:
    assert all(backend in list_backend_names() and case in CASES for backend, case in SKIPS)


def test_basis_out_and_in(backend: Backend) -> None:
    first = backend.solve_program(mixing(), OPTIONS)
    if Feature.BASIS not in backend.features:
        assert first.basis is None
        with pytest.raises(UnsupportedRequestError, match=backend.name):
            backend.solve_program(mixing(), OPTIONS, start=Basis(np.zeros(2, np.int8), np.ones(2, np.int8)))
        return
    assert first.basis is not None
    assert first.basis.columns.dtype == np.int8
    assert (first.basis.columns == 1).sum() + (first.basis.rows == 1).sum() == 2
    again = backend.solve_program(mixing(), OPTIONS, start=first.basis)
    assert again.termination.reason == "optimal"


def test_invalid_arrays_are_rejected(backend: Backend) -> None:
    with pytest.raises(InvalidProgramError, match="costs"):
        backend.solve_program(program([float("nan")], [[1]], [(0, 1)]), OPTIONS)
    with pytest.raises(InvalidProgramError, match="row bounds"):
        backend.solve_program(program([1], [[1]], [(float("nan"), 1)]), OPTIONS)


def test_backends_are_found_by_name() -> None:
    assert list_backend_names() == (
        "highs",
        "highs-ipm",
        "highs-primal",
        "highs-ipm-primal-cleanup",
        "highs-dual-devex",
        "highs-dual-steepest-edge",
        "glop",
        "pdlp",
        "cbc",
    )
    assert [get_backend(name).name for name in list_backend_names()] == list(list_backend_names())


@pytest.mark.parametrize("name", ["auto", "nonsense", "pulp:NONSENSE", "pulp:GLPK_CMD_X"])
def test_unknown_solver(name: str) -> None:
    with pytest.raises(SolverUnavailableError, match=r"NONSENSE|nonsense|auto|GLPK"):
        get_backend(name)


def test_pulp_objects_are_read_without_a_solution_file() -> None:
    """All solvers except CBC return their solution in PuLP objects; HiGHS through PuLP is an example."""
    solution = get_backend("pulp:HiGHS").solve_program(mixing(), OPTIONS)
    assert certify_solution(mixing(), solution).passed
