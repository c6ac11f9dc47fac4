"""Scaling of flows to won: the solver sees another program, the plan stays the same."""

import numpy as np
import pytest
from hypothesis import given, settings

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program
from solvers.lp.scaling import Scaling
from tests.builders import make_problem, need
from tests.strategies import problems


def coats() -> Program:
    """Coats of 4 won, made from cloth without a value, with a limited machine."""
    problem = make_problem(
        items=[{"id": "coat", "value": 4}, {"id": "cloth", "kind": "material", "value": 0}],
        demand=[need("town", "coat", 10)],
        factories=[
            {
                "id": "works",
                "place": "town",
                "machines": {"any": 12},
                "lines": [{"item": "coat", "hours_per_unit": {"any": 2}, "materials": {"cloth": 3}}],
            }
        ],
        supply_shares={"gateways": ["town"], "materials": {"cloth": 100}},
    )
    return build_plan_program(ProblemArrays.from_problem(problem))


def test_flows_and_balances_are_measured_in_won() -> None:
    program = coats()
    scaling = Scaling.from_unit_values(program)
    lp = scaling.scale_program(program.lp)
    make, short, balance = program.variables["make"], program.variables["short"], program.constraints["balance"]
    assert scaling.columns[make.block_slice].tolist() == [4]
    assert lp.column_upper[short.block_slice].tolist() == [40]  # 10 coats of 4 won
    assert lp.cost[short.block_slice].tolist() == [1]  # a won short, instead of a coat of 4 won
    assert lp.row_lower[balance.block_slice].tolist() == [40, 0]
    machine = program.constraints["machine"].start
    assert lp.matrix[machine, make.start] == pytest.approx(0.5)  # hours for a won made
    cloth = program.variables["central"]
    assert scaling.columns[cloth.block_slice].tolist() == [1]  # without a value: in units


def test_all_coefficients_of_balances_of_one_item_are_one() -> None:
    program = coats()
    lp = Scaling.from_unit_values(program).scale_program(program.lp)
    coefficients = lp.matrix.tocsr()[[program.constraints["balance"].start]].data
    assert np.abs(coefficients) == pytest.approx(1)


@given(problems(max_periods=3))
@settings(max_examples=60, deadline=None)
def test_solution_of_the_scaled_program_is_certified_in_units(problem: PlanningProblem) -> None:
    program = build_plan_program(ProblemArrays.from_problem(problem))
    scaling = Scaling.from_unit_values(program)
    direct = HighsSession(program.lp).solve_program()
    session = HighsSession(scaling.scale_program(program.lp))
    scaled = session.solve_program()
    assert scaled.termination.reason == direct.termination.reason
    if direct.values is None:
        return
    solution = scaling.restore_units(scaled)
    certificate = certify_solution(program.lp, solution)
    assert certificate.passed
    assert certificate.primal_objective == pytest.approx(float(program.lp.cost @ direct.values), rel=1e-7, abs=1e-7)
    again = HighsSession(program.lp)
    assert scaled.basis is not None
    again.set_basis(scaled.basis)  # bases are the same in both programs
    assert again.solve_program("dual-devex").iterations <= 2
