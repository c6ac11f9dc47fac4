"""A plan is found again from whatever basis there is, and what has no plan is told apart from what was not found in time."""

import numpy as np
import pytest

from models.changes.change import Change
from models.examples import two_counties
from solvers.lp.solution import Basis
from solvers.planning import make_plan
from solvers.sensitivity import NothingToAsk, Standing, by_changes, restand, session as module
from solvers.sensitivity.errors import NoPlan
from tests.properties.planned import value_of


def test_from_its_own_basis_and_from_none() -> None:
    result = make_plan(two_counties())
    for basis in (result.basis, None):
        assert Standing.of(two_counties(), basis).won == pytest.approx(value_of(result.plan))


def test_a_basis_that_does_not_lead_there_in_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    index, program = Standing.of(two_counties()).index, Standing.of(two_counties()).program
    lp = program.lp
    slack = Basis(np.zeros(lp.columns, np.int8), np.ones(lp.rows, np.int8))
    with pytest.raises(NothingToAsk, match="not found again in time"):
        Standing.at(index, program, slack, seconds=0.0)
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    expected = value_of(make_plan(two_counties()).plan)
    assert Standing.of(two_counties(), slack).won == pytest.approx(expected)


def test_what_has_no_plan_is_no_standing() -> None:
    standing = Standing.of(two_counties())
    impossible = Change(what="line_least", where="hyesan-daily/soap", value=1e7)
    ((_, problem),) = by_changes(two_counties(), (impossible,))
    assert restand(standing, problem) is None
    with pytest.raises(NoPlan):
        Standing.of(problem)
    with pytest.raises(NoPlan):
        Standing.of(problem, standing.point.basis)
