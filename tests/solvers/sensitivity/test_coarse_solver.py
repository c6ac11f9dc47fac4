"""Runs in longer periods: warm runs agree with cold ones, and their bounds hold in the problem's own periods."""

import numpy as np
import pytest

from solvers.analyses.studies.bound_model import BoundModel
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.backends.highs_session import HighsSession
from solvers.sensitivity.coarse_solver import CoarseFidelity, CoarseSolver
from tests.solvers.analyses.test_bound_model import factor
from tests.solvers.replanning.year import year

POINTS = np.array([[0.8, 0.6], [1.2, 0.9], [0.9, 1.0], [0.8, 0.6]])


@pytest.fixture(scope="module")
def model() -> BoundModel:
    factors = factor("power", 0.7, 1.3, what="power_limit"), factor("deliveries", 0.5, 1.0, what="delivered")
    return BoundModel.from_problem(VariedProblem.from_base(year(smoothing=0.25), factors))


@pytest.mark.parametrize("fidelity", ["quarter", "year"])
def test_warm_runs_are_cold_runs_and_bound_the_optimum(model: BoundModel, fidelity: CoarseFidelity) -> None:
    solver = CoarseSolver.from_program(model.program, fidelity)
    for point in POINTS:
        bounds = model.compute_bounds(point)
        run = solver.solve_run(bounds)
        lp = bounds.apply_to_program(model.program).lp
        cold = HighsSession(solver.aggregation.aggregate_bounds(lp))
        cold.solve_program()
        assert run.objective == pytest.approx(cold.objective_value, rel=1e-9)
        own = HighsSession(lp)
        own.solve_program()
        assert run.lower_bound is not None
        assert run.lower_bound <= own.objective_value * (1 + 1e-9)
        assert run.lower_bound >= 0.5 * own.objective_value


def test_runs_from_the_base_do_not_depend_on_earlier_ones(model: BoundModel) -> None:
    solver = CoarseSolver.from_program(model.program, "year")
    first = solver.solve_run(model.compute_bounds(POINTS[0]))
    solver.solve_run(model.compute_bounds(POINTS[1]))
    solver.return_to_base()
    again = solver.solve_run(model.compute_bounds(POINTS[0]))
    assert again.values is not None
    np.testing.assert_array_equal(again.values, first.values)
    assert (again.objective, again.lower_bound) == (first.objective, first.lower_bound)


def test_an_infeasible_run_says_so(model: BoundModel) -> None:
    solver = CoarseSolver.from_program(model.program, "year")
    bounds = model.compute_bounds(POINTS[0])
    make = model.program.variables["make"].block_slice
    bounds.column_lower[make] = 1e6
    bounds.column_upper[make] = 2e6
    assert solver.solve_run(bounds).reason == "infeasible"
    assert solver.solve_run(model.compute_bounds(POINTS[1])).reason == "optimal"
