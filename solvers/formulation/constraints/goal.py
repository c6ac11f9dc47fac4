"""Goals in order: what each minimises, and the rows that hold it while the next is sought."""

from collections.abc import Sequence

import numpy as np

from models.problem.policy import Goal
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients
from solvers.formulation.objective import compute_quality_loss, compute_shortage_cost, compute_variable_cost
from solvers.lp.linear_program import Block, FloatArray, Program, ProgramBuilder


def add_goal_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """A goal that has been reached is kept, within its tolerance, while the next is sought.

    cost of the goal · x  ≤  what it reached + tolerance · max(1, |what it reached|)
    ↔  won of the goal now sought per unit of the goal held, by goal

    Rows are without a limit until the strategy sets it, so that the program keeps its shape from goal to goal.
    """
    rows = program.add_constraints("goal", {"goal": np.arange(len(goals), dtype=np.int64)})
    for row, each in zip(rows.positions, range(len(goals)), strict=True):  # one pass a goal
        for block in program.variables.values():
            cost = compute_goal_block_cost(arrays, block, goals[each], each)
            add_coefficients(program, np.full(block.size, row), block.positions, cost)


def compute_goal_block_cost(arrays: ProblemArrays, block: Block, goal: Goal, position: int) -> FloatArray:
    """What a goal minimises, by column of one decision, (block.size,); `position` is its place in the list of goals.

    worst_fulfilment: −worst. shortage: weighted shortage. central_share: the distance to the target in won. quotas_close: the distance to
    former quotas by value (an item without one counts 1). quality: won's worth of quality missing, whatever its weight. cost: making, haulage, holding, and missing quality by its weight.
    """
    own = {"worst_fulfilment": ("worst", -1.0), "central_share": ("central_distance", 1.0)}
    if goal.goal in own:
        name, sign = own[goal.goal]
        return sign * (block.axes["goal"] == position) if block.name == name else np.zeros(block.size)
    if goal.goal == "quotas_close":
        if block.name != "quota_distance":
            return np.zeros(block.size)
        worth = arrays.items.counted_value[arrays.lines.item[block.axes["line"]]]
        return np.asarray(worth * (block.axes["goal"] == position))
    parts = {
        "shortage": {"short": compute_shortage_cost},
        "quality": {"make": compute_quality_loss},
        "cost": {"make": compute_variable_cost, "ship": compute_variable_cost, "stock": compute_variable_cost},
    }[goal.goal]
    return parts[block.name](arrays, block) if block.name in parts else np.zeros(block.size)


def compute_goal_costs(arrays: ProblemArrays, program: Program, goals: Sequence[Goal]) -> tuple[FloatArray, ...]:
    """What each goal minimises, as cost by column of a program built with these goals, each (columns,).

    For `worst_fulfilment` it is the negative of the share to be raised.
    """
    blocks = program.variables.values()
    return tuple(
        np.concatenate([compute_goal_block_cost(arrays, block, each, k) for block in blocks])
        for k, each in enumerate(goals)
    )
