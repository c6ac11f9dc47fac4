"""Smaller search spaces keep every point that they promise to keep, against all points of small programs."""

import itertools

import numpy as np
import pytest
from scipy import sparse

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms import rounding
from solvers.algorithms.search_space import exclude_dear_points, limit_to_near_steps
from solvers.backends.highs_mip import MixedIntegerProgram
from solvers.lp.linear_program import FloatArray, LinearProgram
from tests.builders import Json, make_problem, need
from tests.solvers.planning.two_counties import planned, two_counties

MOST = 6.0


def make_program(seed: int) -> tuple[MixedIntegerProgram, FloatArray]:
    """Three whole numbers from 0 to 6 that must cover two amounts, and all its points, (p, 3)."""
    chance = np.random.default_rng(seed)
    matrix = chance.integers(0, 5, (2, 3)).astype(float)
    lp = LinearProgram(
        cost=chance.integers(1, 9, 3).astype(float),
        column_lower=np.zeros(3),
        column_upper=np.full(3, MOST),
        row_lower=chance.integers(0, 12, 2).astype(float),
        row_upper=np.full(2, np.inf),
        matrix=sparse.csc_array(matrix),
    )
    points = np.array(list(itertools.product(range(int(MOST) + 1), repeat=3)), dtype=float)
    points = points[(points @ matrix.T >= lp.row_lower).all(axis=1)]
    return MixedIntegerProgram(lp, np.ones(3), np.zeros(3), sparse.csr_array((0, 3)), np.zeros(0)), points


@pytest.mark.parametrize("seed", range(40))
def test_no_point_that_costs_little_is_excluded(seed: int) -> None:
    """Whatever the dual values are: those of a solver may be wrong."""
    program, points = make_program(seed)
    dual_values = np.random.default_rng(seed).uniform(0, 2, 2) * (seed % 4)
    for most in range(0, 60, 3):
        smaller = exclude_dear_points(program, program.lp.cost, dual_values, float(most)).lp
        kept = points[points @ program.lp.cost <= most]
        assert (kept >= smaller.column_lower - 1e-9).all()
        assert (kept <= smaller.column_upper + 1e-9).all()


def test_dear_points_are_excluded() -> None:
    """Three units are needed at a cost of 1; each unit of the dear variable costs 4 more, so one is too many for a cost of 6."""
    lp = LinearProgram(
        cost=np.array([1.0, 5.0]),
        column_lower=np.zeros(2),
        column_upper=np.full(2, np.inf),
        row_lower=np.array([3.0]),
        row_upper=np.array([np.inf]),
        matrix=sparse.csc_array(np.ones((1, 2))),
    )
    program = MixedIntegerProgram(lp, np.ones(2), np.zeros(2), sparse.csr_array((0, 2)), np.zeros(0))
    smaller = exclude_dear_points(program, lp.cost, np.array([1.0]), 6.0).lp
    assert smaller.column_upper.tolist() == [np.inf, pytest.approx(0.75, abs=1e-5)]


def test_dual_values_that_prove_nothing_exclude_nothing() -> None:
    program, _ = make_program(1)
    unbounded = MixedIntegerProgram(
        LinearProgram(
            program.lp.cost,
            program.lp.column_lower,
            np.full(3, np.inf),
            program.lp.row_lower,
            program.lp.row_upper,
            program.lp.matrix,
        ),
        *(program.step, program.least_run, program.sums, program.sum_constants),
    )
    smaller = exclude_dear_points(unbounded, program.lp.cost, np.full(2, 1e3), 10.0)
    assert smaller.lp.column_upper.tolist() == [np.inf] * 3


def test_near_steps_are_multiples_of_the_step_around_the_point() -> None:
    """Steps of 1, lots of 4, any value, and steps of 1 with a least run of 5."""
    lp = LinearProgram(
        cost=np.zeros(4),
        column_lower=np.zeros(4),
        column_upper=np.array([20.0, 20.0, 20.0, 20.0]),
        row_lower=np.zeros(0),
        row_upper=np.zeros(0),
        matrix=sparse.csc_array((0, 4)),
    )
    least_run = np.array([0.0, 0.0, 0.0, 5.0])
    program = MixedIntegerProgram(lp, np.array([1.0, 4.0, 0.0, 1.0]), least_run, sparse.csr_array((0, 4)), np.zeros(0))
    near = limit_to_near_steps(program, np.array([2.5, 9.0, 7.5, 2.5]), 1.0).lp
    assert near.column_lower.tolist() == [1, 4, 0, 0]
    assert near.column_upper.tolist() == [4, 16, 20, 9]


def list_steps(problem: Json | PlanningProblem) -> list[tuple[str, str]]:
    plan = planned(problem).plan
    assert plan.outcome == "optimal"
    assert plan.objective is not None
    assert plan.objective.rounding_gap <= rounding.RELATIVE_GAP
    return [(step.algorithm, step.outcome) for step in plan.solver.strategy if step.stage == rounding.STAGE]


def test_a_plan_that_its_prices_prove_needs_no_search_of_the_whole_program() -> None:
    assert list_steps(two_counties()) == [("near-search", "optimal")]


def test_a_plan_that_its_prices_do_not_prove_is_searched_as_a_whole() -> None:
    """Of 5 kWh, two pumps take 4; the linear program serves half a pump more, which no whole plan does."""
    problem = make_problem(
        items=[{"id": "pump", "whole_units": True}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "pump", "kwh_per_unit": 2}]}],
        demand=[need("town", "pump", 4)],
        power_areas=[{"id": "area", "limit_kwh": 5}],
    )
    assert list_steps(problem) == [("near-search", "limit"), ("branch-and-bound", "optimal")]
