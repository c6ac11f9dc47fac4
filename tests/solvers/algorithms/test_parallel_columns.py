"""Parallel variables: the relaxation has the optimum of the program where no shortage is deep, and else a feasible basis."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms import cold_start, select
from solvers.algorithms.parallel_columns import ParallelColumns
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.select import solve_program
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import AT_LOWER, AT_UPPER, BASIC, Basis
from tests.builders import make_problem, need
from tests.solvers.planning.two_counties import two_counties
from tests.strategies import problems

BANDS = [{"width": 0.25, "weight": weight} for weight in (4, 1, 2, 3)]


def bars(needed: float, made: float) -> LinearProgram:
    """A town needs soap and makes a part; shortages have four bands of a quarter of the need, in no order of their weight."""
    problem = make_problem(
        demand=[need("town", "soap", needed)],
        factories=[
            {
                "id": "works",
                "place": "town",
                "machines": {"kettle": made},
                "lines": [{"item": "soap", "hours_per_unit": {"kettle": 1}}],
            }
        ],
        policy={"shortage_bands": BANDS},
    )
    return build_plan_program(ProblemArrays.from_problem(problem)).lp


def test_bands_of_one_need_are_a_group_by_rising_cost() -> None:
    lp = bars(100, 40)
    parallel = ParallelColumns.from_program(lp)
    assert (lp.cost[parallel.columns] == sorted(lp.cost[parallel.columns])).all()
    assert parallel.first.tolist() == [0, 0, 0, 0]
    assert sorted(lp.column_upper[parallel.columns]) == [25, 25, 25, 25]


def test_the_cheapest_variable_takes_the_range_of_its_group() -> None:
    lp = bars(100, 40)
    parallel = ParallelColumns.from_program(lp)
    relaxed = parallel.relax_program(lp)
    assert relaxed.column_upper[parallel.columns].tolist() == [100, 0, 0, 0]
    assert HighsSession(relaxed).solve_program().values is not None


def test_a_deep_shortage_is_split_over_its_bands() -> None:
    """Of 60 bars short, 25 are in the lightest band, 25 in the next, and 10 in the third, which is basic."""
    lp = bars(100, 40)
    parallel = ParallelColumns.from_program(lp)
    solution = HighsSession(parallel.relax_program(lp)).solve_program()
    assert solution.values is not None
    assert solution.basis is not None
    start = parallel.split_basis(lp, solution.values, solution.basis)
    assert start is not None
    expected = [AT_UPPER, AT_UPPER, BASIC, AT_LOWER]
    assert start.columns[parallel.columns].tolist() == expected
    session = HighsSession(lp)
    session.set_basis(start)
    exact = session.solve_program("primal")
    assert exact.iterations == 0
    assert exact.values is not None
    assert exact.values[parallel.columns].tolist() == [25, 25, 10, 0]


def test_a_shallow_shortage_needs_no_split() -> None:
    lp = bars(100, 80)
    parallel = ParallelColumns.from_program(lp)
    values = HighsSession(parallel.relax_program(lp)).solve_program().values
    assert values is not None
    assert parallel.split_basis(lp, values, Basis(np.zeros(lp.column_count, np.int8), np.zeros(1, np.int8))) is None


def test_a_program_without_bands_has_no_groups() -> None:
    lp = replace(bars(100, 40), column_upper=np.full(bars(100, 40).column_count, np.inf))
    parallel = ParallelColumns.from_program(lp)
    assert not len(parallel.columns)
    assert not parallel.is_rarely_deep(np.zeros(lp.column_count))


@given(problems(max_periods=3))
@settings(max_examples=40, deadline=None)
def test_relaxed_start_reaches_the_optimum(problem: PlanningProblem) -> None:
    """With the relaxation used however deep the shortages are, the portfolio still reaches the certified optimum."""
    program = build_plan_program(ProblemArrays.from_problem(problem))
    direct = solve_program(program, PlanOptions())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
        patch.setattr(cold_start, "has_idle_core", lambda: False)
        patch.setattr(ParallelColumns, "is_rarely_deep", lambda *_: True)
        relaxed = solve_program(program, PlanOptions())
    assert relaxed.termination.reason == direct.termination.reason
    if direct.values is not None and relaxed.values is not None:
        assert program.lp.cost @ relaxed.values == pytest.approx(program.lp.cost @ direct.values, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("factor", [1.0, 0.2])
def test_two_counties_reach_the_optimum(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = two_counties()
    for area in raw["power_areas"]:
        area["limit_kwh"] = [limit * factor for limit in area["limit_kwh"]]
    program = build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(raw)))
    direct = solve_program(program, PlanOptions())
    monkeypatch.setattr(select, "LARGE_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(cold_start, "has_idle_core", lambda: False)
    monkeypatch.setattr(cold_start, "run_forward_pass", lambda *_: None)
    monkeypatch.setattr(ParallelColumns, "is_rarely_deep", lambda *_: True)
    relaxed = solve_program(program, PlanOptions())
    assert direct.values is not None
    assert relaxed.values is not None
    assert program.lp.cost @ relaxed.values == pytest.approx(program.lp.cost @ direct.values, rel=1e-9)
    assert [step.algorithm for step in relaxed.strategy][-2:] == ["highs", "highs-primal"]
