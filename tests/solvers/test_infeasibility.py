"""Infeasibility is proved, not believed."""

from dataclasses import replace

import numpy as np
import pytest

from solvers.certificate import certify_infeasible
from solvers.infeasibility import _by_violation, elastic, prove_infeasible
from tests.solvers.backends.large import assignment, hard
from tests.solvers.backends.standard import CASES, INF, program

INFEASIBLE = [name for name, case in CASES.items() if case.reason == "infeasible"]
OTHERS = [name for name, case in CASES.items() if case.reason != "infeasible"]


@pytest.mark.parametrize("name", INFEASIBLE)
def test_what_is_infeasible_is_proved_so(name: str) -> None:
    proof = prove_infeasible(CASES[name].lp)
    assert proof.holds, proof
    if proof.ray is not None:
        assert certify_infeasible(CASES[name].lp, proof.ray).holds


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_feasible_is_not_proved_infeasible(name: str) -> None:
    proof = prove_infeasible(CASES[name].lp)
    assert not proof.holds
    assert "feasible point" in proof.detail


@pytest.mark.parametrize("name", [name for name in INFEASIBLE if not name.startswith("crossed")])
def test_without_a_ray_the_least_violation_proves_it(name: str) -> None:
    proof = _by_violation(CASES[name].lp, time_limit_seconds=20.0)
    assert proof.holds
    assert proof.violation is not None
    assert proof.violation > 0.1


def test_the_least_violation_is_the_least() -> None:
    assert _by_violation(CASES["infeasible"].lp, time_limit_seconds=20.0).violation == pytest.approx(1.0)
    assert not _by_violation(CASES["unique"].lp, time_limit_seconds=20.0).holds


def test_the_elastic_program_is_the_program_where_nothing_is_violated() -> None:
    lp = program([1, 1], [[1, 2], [1, 1]], [(4, INF), (-INF, 3)])
    loose = elastic(lp)
    assert (loose.rows, loose.columns) == (2, 2 + 2 * 2)
    assert loose.matrix.toarray()[:, :2].tolist() == lp.matrix.toarray().tolist()
    assert loose.matrix @ np.array([0, 0, 4, 0, 0, 5]) == pytest.approx(np.array([4, -5]))


def test_a_larger_program_is_proved_infeasible() -> None:
    lp = assignment(40)
    assert not prove_infeasible(lp).holds
    starved = replace(lp, row_upper=lp.row_upper * 0.3)
    proof = prove_infeasible(starved)
    assert proof.holds
    assert proof.margin > 0.01


def test_without_time_nothing_is_proved() -> None:
    assert "no proof found" in _by_violation(hard(), time_limit_seconds=1e-6).detail
