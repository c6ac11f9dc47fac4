"""Sessions open from any basis, and report infeasible problems and time limits by different errors."""

import numpy as np
import pytest

from models.changes.change import Change
from models.examples import two_counties
from solvers.errors import InfeasibleError
from solvers.lp.solution import Basis
from solvers.planning import make_plan
from solvers.sensitivity import (
    SensitivitySession,
    SensitivityUnavailableError,
    open_changed,
    session as module,
    split_by_changes,
)
from tests.properties.planned import value_of


def test_session_opens_with_and_without_a_basis() -> None:
    result = make_plan(two_counties())
    for basis in (result.basis, None):
        assert SensitivitySession.from_problem(two_counties(), basis).plain_objective == pytest.approx(
            value_of(result.plan)
        )


def test_a_basis_beyond_the_time_limit_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays, program = (
        SensitivitySession.from_problem(two_counties()).arrays,
        SensitivitySession.from_problem(two_counties()).program,
    )
    lp = program.lp
    slack = Basis(np.zeros(lp.column_count, np.int8), np.ones(lp.row_count, np.int8))
    with pytest.raises(SensitivityUnavailableError, match="no optimal plan was found within the time limit"):
        SensitivitySession.from_basis(arrays, program, slack, time_limit_seconds=0.0)
    monkeypatch.setattr(module, "REOPEN_WORK", 0.0)
    expected = value_of(make_plan(two_counties()).plan)
    assert SensitivitySession.from_problem(two_counties(), slack).plain_objective == pytest.approx(expected)


def test_an_infeasible_problem_has_no_session() -> None:
    session = SensitivitySession.from_problem(two_counties())
    impossible = Change(what="line_least", where="hyesan-daily/soap", value=1e7)
    ((_, problem),) = split_by_changes(two_counties(), (impossible,))
    assert open_changed(session, problem) is None
    with pytest.raises(InfeasibleError):
        SensitivitySession.from_problem(problem)
    with pytest.raises(InfeasibleError):
        SensitivitySession.from_problem(problem, session.point.basis)
