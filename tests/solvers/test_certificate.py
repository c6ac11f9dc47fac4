"""Certificates accept each correct solution, whichever solver found it, and detect each kind of error."""

from dataclasses import replace

import numpy as np
import pytest

from models.plan import Certificate
from solvers.errors import NoSolutionError
from solvers.lp.certificate import LARGE, certify_solution
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Solution, Termination
from tests.solvers.backends.standard import INF, mixing, program


def claimed(values: list[float], prices: list[float] | None) -> Solution:
    return Solution(Termination("optimal"), np.array(values), None if prices is None else np.array(prices))


def certified(lp: LinearProgram, values: list[float], prices: list[float] | None) -> Certificate:
    return certify_solution(lp, claimed(values, prices))


@pytest.mark.parametrize("prices", [[0, -2 / 3], [-2, 0], [-0.54, -(2 - 0.54) / 3]], ids=["glop", "cbc", "pdlp"])
def test_all_optimal_dual_values_pass(prices: list[float]) -> None:
    certificate = certified(mixing(), [3, 1], prices)
    assert certificate.passed
    assert certificate.gap < 1e-12
    assert certificate.primal_objective == pytest.approx(-11)
    assert certificate.dual_objective == pytest.approx(-11)


def test_false_optimum_is_rejected() -> None:
    """A solver that rounds variables claims that (3, ½) is optimal; no dual values prove this claim."""
    certificate = certified(mixing(), [3, 0.5], [0, -2 / 3])
    assert not certificate.passed
    assert certificate.primal_residual == 0
    assert certificate.dual_residual == 0
    assert certificate.gap == pytest.approx(1 / 22)


def test_without_dual_values_only_zero_duals_are_tried() -> None:
    assert not certified(mixing(), [3, 1], None).passed
    assert certified(program([1, 1], [[1, 1]], [(-INF, 5)]), [0, 0], None).passed


def test_constraint_violation_is_relative_to_its_bound() -> None:
    lp = program([1], [[1], [1]], [(999, INF), (-INF, 2000)])
    certificate = certified(lp, [989], [1, 0])
    assert certificate.primal_residual == pytest.approx(10 / 1000)
    assert certified(lp, [2000 + 2001 * 0.5], [1, 0]).primal_residual == pytest.approx(0.5)


@pytest.mark.parametrize(("value", "residual"), [(-0.5, 0.5), (9.0 + 5.0, 0.5)], ids=["below", "above"])
def test_bound_violation_is_detected(value: float, residual: float) -> None:
    lp = program([0], [[1]], [(-INF, INF)], [(0, 9)])
    certificate = certified(lp, [value], [0])
    assert certificate.primal_residual == pytest.approx(residual)
    assert not certificate.passed


def test_dual_value_of_the_wrong_sign_is_detected() -> None:
    lp = program([1], [[1]], [(2, INF)])
    certificate = certified(lp, [2], [-0.25])
    assert certificate.dual_residual == pytest.approx(0.25)
    assert not certificate.passed


def test_reduced_cost_at_an_infinite_bound_gives_a_finite_residual() -> None:
    lp = program([3], [[1]], [(2, INF)])
    certificate = certified(lp, [2], [5])
    assert certificate.dual_residual == pytest.approx(2 / 4)
    assert certificate.dual_objective == pytest.approx(10)
    assert not certificate.passed


def test_free_variable_must_have_zero_reduced_cost() -> None:
    lp = program([1], [[1]], [(2, 2)], [(-INF, INF)])
    assert certified(lp, [2], [1]).passed
    assert certified(lp, [2], [0.5]).dual_residual == pytest.approx(0.25)


def test_gap_alone_fails_the_certificate() -> None:
    lp = program([1], [[1]], [(2, 8)], [(0, 10)])
    certificate = certified(lp, [5], [1])
    assert (certificate.primal_residual, certificate.dual_residual) == (0, 0)
    assert certificate.gap == pytest.approx(3 / 8)
    assert not certificate.passed


def test_offset_is_part_of_both_objectives() -> None:
    certificate = certified(mixing(100), [3, 1], [-2, 0])
    assert certificate.passed
    assert certificate.primal_objective == pytest.approx(89)
    assert certificate.dual_objective == pytest.approx(89)


def test_tolerance_decides() -> None:
    solution = claimed([3 + 1e-4, 1], [-2, 0])
    assert not certify_solution(mixing(), solution, 1e-6).passed
    assert certify_solution(mixing(), solution, 1e-3).passed


@pytest.mark.parametrize("wrong", [float("nan"), INF, -INF, 1e308], ids=["nan", "inf", "-inf", "huge"])
@pytest.mark.parametrize("where", ["values", "prices"])
def test_nan_and_infinity_fail_with_finite_residuals(wrong: float, where: str) -> None:
    right = claimed([3, 1], [-2, 0])
    assert right.values is not None
    assert right.dual_values is not None
    solution = (
        replace(right, values=np.array([wrong, 1]))
        if where == "values"
        else replace(right, dual_values=np.array([wrong, 0]))
    )
    certificate = certify_solution(mixing(), solution)
    assert not certificate.passed
    assert np.isfinite([certificate.primal_objective, certificate.dual_objective, certificate.gap]).all()
    assert max(certificate.primal_residual, certificate.dual_residual) <= LARGE


def test_certificate_requires_a_primal_point() -> None:
    with pytest.raises(NoSolutionError):
        certify_solution(mixing(), Solution(Termination("infeasible"), None, None))


def test_an_empty_program_is_certified() -> None:
    assert certified(program([], [], [], offset=3.0), [], []).passed
