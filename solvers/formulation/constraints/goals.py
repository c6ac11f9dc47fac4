"""Constraints of lexicographic optimization: bounds of earlier goals, max-min fairness and goal-programming deviations.

Variables that belong to one goal have cost 0 until a stage minimises that goal.
"""

from collections.abc import Sequence

import numpy as np

from models.problem.policy import Goal, NeedSelection
from solvers.data.backlog import compute_unmet_share
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, find_variable_block, get_axis_codes
from solvers.formulation.objective import (
    compute_given_away_cost,
    compute_left_over_cost,
    compute_quality_loss,
    compute_rate_change_cost,
    compute_shortage_cost,
    compute_variable_cost,
    select_needs,
)
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program, ProgramBuilder


def add_worst_fulfilment_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """Limit the variable `worst` by the served share of every group with demand (max-min fairness).

    worst[g] + Σ value[i] · unmet_share[i,t] · short[n,i,t,k] / Σ value[i] · d[n,i,t]  ≤  1   over the group and the plan
    ↔  shadow price in share of the goal per whole need, by goal and group

    `unmet_share` is the part of a shortage that is never served: 1 − κ, and 1 in the last period.

    Each goal `worst_fulfilment` adds one variable `worst` ≤ 1. Groups are counties, items or both (axis `served`). Items
    without a value count by units.
    """
    chosen = _find_goals(goals, "worst_fulfilment")
    worst = program.add_variables("worst", {"goal": chosen}, upper=1.0)
    demand_value = arrays.demand.sum(axis=2) * arrays.items.counted_value
    served = [build_served_groups(arrays, goals[k].over) for k in chosen]
    totals = [np.bincount(group.ravel(), demand_value.ravel(), len(arrays.labels["served"])) for group in served]
    groups_in_need = [np.flatnonzero(total) for total in totals]
    goal_axis = np.repeat(chosen, [len(groups) for groups in groups_in_need])
    served_axis = np.concatenate([np.empty(0, dtype=np.int64), *groups_in_need])
    rows = program.add_constraints("worst_fulfilment", {"goal": goal_axis, "served": served_axis}, upper=1.0)
    add_coefficients(
        program, rows.positions, np.repeat(worst.positions, [len(groups) for groups in groups_in_need]), 1.0
    )
    short, start = find_variable_block(program, "short"), rows.start
    place, item, period = get_axis_codes(short, "place", "item", "period")
    unmet_value = arrays.items.counted_value[item] * compute_unmet_share(arrays)[item, period]
    for group, total, groups in zip(served, totals, groups_in_need, strict=True):
        group_codes = group[place, item]
        add_coefficients(
            program,
            start + np.searchsorted(groups, group_codes),
            short.positions,
            unmet_value / total[group_codes],
        )
        start += len(groups)


def build_served_groups(arrays: ProblemArrays, over: str) -> IntArray:
    """Return the position in `labels["served"]` of the group of each county and item, shape (C, I)."""
    counties, items = len(arrays.labels["county"]), len(arrays.labels["item"])
    county, item = np.indices((counties, items))
    if over == "county":
        return county
    if over == "item":
        return np.asarray(counties + item)
    return np.asarray(counties + items + county * items + item)


def add_central_distance_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """Measure the deviation of the central share of goods from its target.

    Σ value[i] · central[n,i,t] − target · (Σ value[i] · make[l,t] + Σ value[i] · central[n,i,t]) − above + below  =  0
    ↔  shadow price in won of distance per won's worth, by goal

    Sums run over goods and the plan. Each goal `central_share` adds two variables `central_distance` (above, below) in
    won. A goal without a target uses the promised share `supply_shares.central`.
    """
    chosen = _find_goals(goals, "central_share")
    sides = np.tile(np.arange(2, dtype=np.int64), len(chosen))
    distance = program.add_variables("central_distance", {"goal": np.repeat(chosen, 2), "side": sides})
    rows = program.add_constraints("central_distance", {"goal": chosen}, lower=0.0, upper=0.0)
    add_coefficients(program, np.repeat(rows.positions, 2), distance.positions, np.where(sides == 0, -1.0, 1.0))
    make, central = find_variable_block(program, "make"), find_variable_block(program, "central")
    value = np.where(arrays.items.is_good, arrays.items.value, 0.0)
    for row, k in zip(rows.positions, chosen, strict=True):
        stated = goals[k].target
        target = arrays.problem.supply_shares.central if stated is None else stated
        made = -target * value[arrays.lines.item[make.axes["line"]]]
        add_coefficients(program, np.full(make.size, row), make.positions, made)
        delivered = (1.0 - target) * value[central.axes["item"]]
        add_coefficients(program, np.full(central.size, row), central.positions, delivered)


def add_quota_distance_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """Measure the deviation of each quota from the former quota.

    make[l,t] − above[l,t] + below[l,t]  =  former_quota[l,t]        for periods after the past
    ↔  shadow price in won of distance per unit, by goal, line and period

    Each goal `quotas_close` adds two variables `quota_distance` (above, below) for each line and period, in units.
    """
    chosen = _find_goals(goals, "quotas_close")
    make = find_variable_block(program, "make")
    future = np.flatnonzero(make.axes["period"] >= arrays.past.period_count)
    goal = np.repeat(chosen, len(future))
    line, period = (np.tile(make.axes[axis][future], len(chosen)) for axis in ("line", "period"))
    axes = {"goal": np.repeat(goal, 2), "line": np.repeat(line, 2), "period": np.repeat(period, 2)}
    sides = np.tile(np.arange(2, dtype=np.int64), len(goal))
    distance = program.add_variables("quota_distance", {**axes, "side": sides})
    former = arrays.former_quotas[line, period]
    rows = program.add_constraints(
        "quota_distance", {"goal": goal, "line": line, "period": period}, lower=former, upper=former
    )
    add_coefficients(program, rows.positions, np.tile(make.positions[future], len(chosen)), 1.0)
    add_coefficients(program, np.repeat(rows.positions, 2), distance.positions, np.where(sides == 0, -1.0, 1.0))


def add_goal_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """Keep an earlier goal within its tolerance while a later goal is minimised.

    c[g] · x  ≤  z[g] + tolerance[g] · max(1, |z[g]|)        where z[g] is the optimum of goal g
    ↔  shadow price in won of the goal sought per unit of the goal held, by goal

    The builder leaves the right-hand side infinite and the lexicographic solve sets it. The shape of the program is thus
    the same for every goal, and a basis carries over.
    """
    rows = program.add_constraints("goal", {"goal": np.arange(len(goals), dtype=np.int64)})
    for k, (row, goal) in enumerate(zip(rows.positions, goals, strict=True)):
        for block in program.variables.values():
            cost = compute_goal_block_cost(arrays, block, goal, k)
            add_coefficients(program, np.full(block.size, row), block.positions, cost)


def compute_goal_block_cost(arrays: ProblemArrays, block: Block, goal: Goal, position: int) -> FloatArray:
    """Return the cost of a goal for one block of variables, shape (block.size,).

    Costs by goal: −worst (worst_fulfilment); weighted shortage of the selected needs (shortage); deviation from the target in won
    (central_share); deviation from former quotas by value, where an item without a value counts 1 (quotas_close); lost
    quality in won, without its weight (quality); production, haulage, holding and weighted lost quality (cost); weighted
    rate changes and stock left over (level).

    Parameters
    ----------
    position
        Position of the goal in the ordered list of goals.
    """
    own = {"worst_fulfilment": ("worst", -1.0), "central_share": ("central_distance", 1.0)}
    if goal.goal in own:
        name, sign = own[goal.goal]
        return sign * (block.axes["goal"] == position) if block.name == name else np.zeros(block.size)
    if goal.goal == "quotas_close":
        if block.name != "quota_distance":
            return np.zeros(block.size)
        value = arrays.items.counted_value[arrays.lines.item[block.axes["line"]]]
        return np.asarray(value * (block.axes["goal"] == position))
    if goal.goal == "shortage":
        return _compute_selected_shortage_cost(arrays, block, goal.of)
    parts = {
        "quality": {"make": compute_quality_loss},
        "cost": {"make": compute_variable_cost, "ship": compute_variable_cost, "stock": compute_variable_cost},
        "level": {
            "rate_change": compute_rate_change_cost,
            "left_over": compute_left_over_cost,
            "given_away": compute_given_away_cost,
        },
    }[goal.goal]
    return parts[block.name](arrays, block) if block.name in parts else np.zeros(block.size)


def _compute_selected_shortage_cost(arrays: ProblemArrays, block: Block, selection: NeedSelection | None) -> FloatArray:
    if block.name != "short":
        return np.zeros(block.size)
    is_selected = select_needs(arrays, selection)[block.axes["place"], block.axes["item"]]
    return np.where(is_selected, compute_shortage_cost(arrays, block), 0.0)


def compute_goal_costs(arrays: ProblemArrays, program: Program, goals: Sequence[Goal]) -> tuple[FloatArray, ...]:
    """Return the cost vector of each goal for a program built with these goals; each has shape (columns,).

    The cost of `worst_fulfilment` is the negative of the share to maximise.
    """
    blocks = program.variables.values()
    return tuple(
        np.concatenate([compute_goal_block_cost(arrays, block, goal, k) for block in blocks])
        for k, goal in enumerate(goals)
    )


def _find_goals(goals: Sequence[Goal], name: str) -> IntArray:
    return np.array([k for k, goal in enumerate(goals) if goal.goal == name], dtype=np.int64)
