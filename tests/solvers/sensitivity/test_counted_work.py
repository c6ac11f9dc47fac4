"""Answers of analyses end by counted work: a slow machine gives the same ones, and only the limit of a request is a clock."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from highspy._core import _Highs

from models.answers import ParametricCurve
from models.changes.change import Change
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_first_stage_program
from solvers.backends import highs_session
from solvers.backends.work import SOLVE_ITERATIONS, WORK_PER_SECOND, count_iterations, count_work
from solvers.data.problem_arrays import ProblemArrays
from solvers.infeasibility import analyse_infeasibility, iis
from solvers.planning import make_plan
from solvers.sensitivity import SensitivitySession, attribute_shortages, compute_curve, curves, parametric, session
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.changed_plan import solve_changed_problem
from solvers.sensitivity.curves import apply_varied_change
from tests.builders import make_problem, need
from tests.service.helpers import slow

DAY = 86_400.0

POWER = Change(what="power_limit", factor=1.0)


class SlowMachine:
    """A clock on which everything takes half a minute."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 30.0
        return self.now


@pytest.fixture
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SlowMachine()
    for module in (session, curves, parametric):
        monkeypatch.setattr(module, "monotonic", clock.monotonic)
    for name in ("solvers.infeasibility.time", "solvers.infeasibility.iis.time"):
        monkeypatch.setattr(name, SimpleNamespace(monotonic=clock.monotonic))


def make_tied() -> PlanningProblem:
    """Ten hours of a press and 100 kWh are used up together by 100 units, of which two towns need twice as many."""
    line = {"item": "soap", "kwh_per_unit": 1, "hours_per_unit": {"press": 0.1}}
    return make_problem(
        items=[{"id": "soap", "value": 1, "storable": False}],
        counties=[{"id": name, "power_area": "area"} for name in ("near", "far")],
        links=[{"id": "road", "from": "near", "to": "far"}],
        factories=[{"id": "works", "place": "near", "machines": {"press": 10}, "lines": [line]}],
        power_areas=[{"id": "area", "limit_kwh": 100}],
        demand=[need(name, "soap", 100) for name in ("near", "far")],
        policy={"fairness": {"alpha": 1}},
    )


def make_infeasible() -> PlanningProblem:
    raw = two_counties().model_dump(mode="json")
    raw["counties"][0]["stocks"]["soap"] = {"closing_least": 1e9}
    return PlanningProblem.model_validate(raw)


def list_tied() -> object:
    return attribute_shortages(SensitivitySession.from_problem(make_tied())).groups


def trace_curve() -> ParametricCurve:
    return compute_curve(
        SensitivitySession.from_problem(slow(6, 6, 3)), POWER, 1.0, 0.4, max_solves=12, time_limit_seconds=DAY
    )


def list_conflict() -> object:
    arrays = ProblemArrays.from_problem(make_infeasible())
    found = analyse_infeasibility(arrays, build_first_stage_program(arrays), 1e-6, DAY)
    assert found is not None
    return found.infeasibility


def solve_change_of_power() -> object:
    """The plan of a change, from a session that is opened from a stored basis; and whether it was solved in that session."""
    basis = make_plan(two_counties()).basis
    opened = SensitivitySession.from_problem(two_counties(), basis)
    found = solve_changed_problem(opened, apply_varied_change(two_counties(), POWER, 0.9))
    assert found is not None
    changed, has_own_session = found
    return changed.plan_values.tolist(), has_own_session


ANALYSES = (list_tied, trace_curve, list_conflict, solve_change_of_power)


@pytest.mark.parametrize("analyse", ANALYSES)
def test_a_slow_machine_gives_the_same_answer(analyse: Callable[[], object], request: pytest.FixtureRequest) -> None:
    expected = analyse()
    request.getfixturevalue("slow_machine")
    assert analyse() == expected


@pytest.mark.parametrize("analyse", ANALYSES)
def test_every_time_limit_of_a_solver_is_that_of_the_request(
    analyse: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one, it is ten minutes."""
    limits: list[float] = []

    class RecordingHighs(_Highs):
        def setOptionValue(self, name: str, value: Any) -> Any:  # noqa: N802
            if name == "time_limit":
                limits.append(value)
            return super().setOptionValue(name, value)

    monkeypatch.setattr(highs_session, "_Highs", RecordingHighs)
    analyse()
    assert limits
    assert min(limits) > 500.0


def test_no_work_finds_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = SensitivitySession.from_problem(make_tied())
    bounds = Bounds.from_program(opened.lp)
    with opened.set_work_limit(0.0):
        assert opened.solve_change(bounds) is None
    assert opened.solve_change(bounds) is not None
    assert opened.work >= SOLVE_ITERATIONS * opened.lp.column_count
    monkeypatch.setattr("solvers.sensitivity.tied_limits.MOST_WORK", 0.0)
    (group,) = attribute_shortages(opened).groups
    assert [limit.only_together_with for limit in group.binding_limits] == [()]


def test_a_conflict_whose_search_has_no_work_left_is_not_called_irreducible(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = two_counties().model_dump(mode="json")
    raw["counties"][0]["stocks"]["soap"] = {"closing_least": 1e6}
    arrays = ProblemArrays.from_problem(PlanningProblem.model_validate(raw))
    program = build_first_stage_program(arrays)
    found = [analyse_infeasibility(arrays, program, 1e-6, DAY)]
    monkeypatch.setattr(iis, "MOST_WORK", 1.0 * SOLVE_ITERATIONS)
    found.append(analyse_infeasibility(arrays, program, 1e-6, DAY))
    assert [one.infeasibility.irreducible for one in found if one is not None] == [True, False]


def test_a_curve_whose_work_is_done_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parametric, "WORK_PER_SECOND", 0.0)
    assert "The limit of the search was reached at the start." in trace_curve().note


def test_work_is_counted_in_iterations_times_variables() -> None:
    assert count_work(80, 1000) == (80 + SOLVE_ITERATIONS) * 1000
    assert count_iterations(WORK_PER_SECOND, 300_000) == 400
    assert count_iterations(-5.0, 10) == 0
    assert count_iterations(np.inf, 10) is None
