"""Every status of every solver library maps to a termination."""

from itertools import product

import highspy
import pulp
import pytest
from ortools.linear_solver.python.model_builder_helper import SolveStatus

from solvers.backends import highs_session, ortools, pulp_cbc
from solvers.backends.highs import INFEASIBLE_OR_UNBOUNDED

HIGHS = highspy.HighsModelStatus.__members__
OR_TOOLS = SolveStatus.__members__


@pytest.mark.parametrize("name", HIGHS)
def test_highs(name: str) -> None:
    stop = highs_session.termination_of(HIGHS[name])
    assert name.removeprefix("k") in stop.detail
    assert (stop.reason == "optimal") == (name in {"kOptimal", "kModelEmpty"})
    assert (stop.reason == "infeasible") == (name == "kInfeasible")


@pytest.mark.parametrize("name", OR_TOOLS)
def test_or_tools(name: str) -> None:
    stop = ortools.termination_of(OR_TOOLS[name], "message")
    assert stop.detail == f"OR-Tools: {name}: message"
    assert (stop.reason == "optimal") == (name == "OPTIMAL")
    assert (stop.reason == "infeasible") == (name == "INFEASIBLE")


@pytest.mark.parametrize(("status", "solution"), list(product(pulp.LpStatus, pulp.LpSolution)))
def test_pulp(status: int, solution: int) -> None:
    stop = pulp_cbc.termination_of(status, solution)
    assert (stop.reason == "optimal") == (status == pulp.LpStatusOptimal and solution == pulp.LpSolutionOptimal)


def test_all_mapped_statuses_exist() -> None:
    assert set(highs_session._TERMINATIONS) == set(HIGHS)
    assert set(ortools._TERMINATIONS) == set(OR_TOOLS)
    assert set(pulp_cbc._TERMINATIONS) == set(pulp.LpStatus)
    assert set(pulp_cbc._SOLUTION_TERMINATIONS) == set(pulp.LpSolution)


def test_cbc_stopped_by_its_limit_is_not_optimal() -> None:
    stop = pulp_cbc.termination_of(pulp.LpStatusOptimal, pulp.LpSolutionIntegerFeasible)
    assert (stop.reason, stop.limit) == ("limit", "time")


def test_infeasible_or_unbounded_status_of_highs_is_recognised() -> None:
    assert highs_session.termination_of(highspy.HighsModelStatus.kUnboundedOrInfeasible) == INFEASIBLE_OR_UNBOUNDED
