"""The goal central_share: how far the centre's part is from the part it should have."""

from collections.abc import Sequence

import numpy as np

from models.problem.policy import Goal
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, find_variable_block
from solvers.lp.linear_program import ProgramBuilder


def add_central_distance_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """The centre's part of all goods made and handed over is its target, or the difference is counted.

    Σ value·central − target·(Σ value·make + Σ value·central) − above + below  =  0        over goods
    ↔  won of distance per won's worth, by goal

    Adds the columns `central_distance` (above, below) for each such goal, in won; their cost is 0 until the goal is sought. The
    target of a goal that states none is the share that the centre promises (`supply_shares.central`).
    """
    which = np.array([k for k, goal in enumerate(goals) if goal.goal == "central_share"], dtype=np.int64)
    sides = np.tile(np.arange(2, dtype=np.int64), len(which))
    distance = program.add_variables("central_distance", {"goal": np.repeat(which, 2), "side": sides})
    rows = program.add_constraints("central_distance", {"goal": which}, lower=0.0, upper=0.0)
    add_coefficients(program, np.repeat(rows.positions, 2), distance.positions, np.where(sides == 0, -1.0, 1.0))
    make, central = find_variable_block(program, "make"), find_variable_block(program, "central")
    worth = np.where(arrays.items.is_good, arrays.items.value, 0.0)
    for row, k in zip(rows.positions, which, strict=True):  # one pass a goal
        stated = goals[k].target
        target = arrays.problem.supply_shares.central if stated is None else stated
        made = -target * worth[arrays.lines.item[make.axes["line"]]]
        add_coefficients(program, np.full(make.size, row), make.positions, made)
        handed_over = (1.0 - target) * worth[central.axes["item"]]
        add_coefficients(program, np.full(central.size, row), central.positions, handed_over)
