"""What each kind of goal minimises, and the columns and rows it needs for that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from models.policy import Goal
from solvers.index import ProblemIndex
from solvers.program import FloatArray, IntArray, Program
from solvers.strategy.extend import with_columns, with_rows
from solvers.strategy.objective import Costs, value_lost


@dataclass(frozen=True, slots=True)
class GoalCost:
    """A goal as something to minimise."""

    goal: Goal
    """The goal with its particulars."""
    cost: FloatArray
    """What is minimised, by column, (n,)."""
    sign: float = 1.0
    """−1 where the goal is a share to be raised: its value is sign × what is minimised."""


def prepare(program: Program, index: ProblemIndex, goals: Sequence[Goal]) -> tuple[Program, tuple[GoalCost, ...]]:
    """Add the columns and rows that the goals need, and one free row of the rule `goal` for each.

    The program keeps one shape from the first goal to the last, so that each starts from the basis of the one before.
    """
    if not goals:
        return program, ()
    plain = Costs.of(program, index, program.lp.cost)
    worst = [k for k, goal in enumerate(goals) if goal.goal == "worst_fulfilment"]
    shares = [k for k, goal in enumerate(goals) if goal.goal == "central_share"]
    if worst:
        program = _with_worst_fulfilment(program, index, goals, worst)
    if shares:
        program = _with_central_distance(program, index, goals, shares)
    added = program.lp.columns - len(plain.shortage)
    by_name = {
        "shortage": plain.shortage,
        "cost": plain.making + plain.haulage + plain.holding,
        "quality": value_lost(program, index)[: len(plain.shortage)],
    }
    costs = []
    for k, goal in enumerate(goals):
        if goal.goal == "worst_fulfilment":
            costs.append(GoalCost(goal, -_of_goal(program, "worst", k), sign=-1.0))
        elif goal.goal == "central_share":
            costs.append(GoalCost(goal, _of_goal(program, "central_distance", k)))
        else:
            costs.append(GoalCost(goal, np.append(by_name[goal.goal], np.zeros(added))))
    rows = sparse.csc_array(np.vstack([c.cost for c in costs]))
    return with_rows(program, "goal", {"goal": np.arange(len(goals), dtype=np.int64)}, rows), tuple(costs)


def _of_goal(program: Program, decision: str, goal: int) -> FloatArray:
    """1 for the columns of a decision that serve one goal, 0 elsewhere, (n,)."""
    out = np.zeros(program.lp.columns)
    block = program.decisions[decision]
    out[block.span] = block.axes["goal"] == goal
    return out


def _with_worst_fulfilment(
    program: Program, index: ProblemIndex, goals: Sequence[Goal], which: Sequence[int]
) -> Program:
    """A served share `worst` for each such goal, at most the served share of every group that needs anything.

    Σ value·short / Σ value·d + worst ≤ 1 by group, over the whole plan; items without a value count as 1   ↔ weight of the group
    """
    codes = [_groups(index, goals[k].over) for k in which]
    program = with_columns(program, "worst", {"goal": np.array(which, dtype=np.int64)}, upper=1.0)
    worst = program.decisions["worst"]
    parts, goal_axis, group_axis, labels = [], [], [], list[str]()
    for position, (k, (names, code)) in enumerate(zip(which, codes, strict=True)):
        rows, needed = _unserved(program, index, code)
        share = sparse.csc_array((np.ones(len(needed)), (np.arange(len(needed)), np.full(len(needed), worst.start + position))), shape=rows.shape)
        parts.append(rows + share)
        goal_axis.append(np.full(len(needed), k, dtype=np.int64))
        group_axis.append(len(labels) + needed)
        labels += names
    axes = {"goal": np.concatenate(goal_axis), "served": np.concatenate(group_axis)}
    matrix = sparse.csc_array(sparse.vstack(parts, format="csc"))
    return with_rows(program, "worst_fulfilment", axes, matrix, upper=1.0, labels={"served": tuple(labels)})


def _groups(index: ProblemIndex, over: str) -> tuple[list[str], IntArray]:
    """Whose served shares are compared: names, and the group of each county and item, (C, I)."""
    counties, items = index.labels["county"], index.labels["item"]
    county, item = np.indices((len(counties), len(items)))
    if over == "county":
        return list(counties), county
    if over == "item":
        return list(items), item
    return [f"{c}/{i}" for c in counties for i in items], county * len(items) + item


def _unserved(program: Program, index: ProblemIndex, code: IntArray) -> tuple[sparse.csc_array, IntArray]:
    """Share unserved of each group that needs anything, as rows over the columns, and the positions of those groups."""
    value = index.items.counted_value
    total = np.bincount(code.ravel(), weights=(index.demand.sum(axis=2) * value).ravel())
    needed = np.flatnonzero(total > 0)
    row_of = np.full(len(total), -1)
    row_of[needed] = np.arange(len(needed))
    short = program.decisions["short"]
    group = code[short.axes["place"], short.axes["item"]]
    kept = row_of[group] >= 0
    weight = value[short.axes["item"]] / np.where(total > 0, total, 1.0)[group]
    rows = (row_of[group][kept], short.positions[kept])
    return sparse.csc_array((weight[kept], rows), shape=(len(needed), program.lp.columns)), needed


def _with_central_distance(
    program: Program, index: ProblemIndex, goals: Sequence[Goal], which: Sequence[int]
) -> Program:
    """How far, in won, what the centre hands over lies from its target share of the goods made and handed over.

    Σ value·central − target·(Σ value·central + Σ value·make) − above + below = 0 for goods; above + below is the distance
    """
    n = program.lp.columns
    count = len(which)
    axes = {"goal": np.repeat(np.array(which, dtype=np.int64), 2), "side": np.tile(np.arange(2), count)}
    program = with_columns(program, "central_distance", axes, labels={"side": ("above", "below")})
    central, supplied = (np.zeros(program.lp.columns) for _ in range(2))
    handed, make = program.decisions["central"], program.decisions["make"]
    worth = index.items.value * index.items.good
    central[handed.span] = worth[handed.axes["item"]]
    supplied[make.span] = worth[index.lines.item[make.axes["line"]]]
    supplied += central
    target = np.array([goals[k].target or 0.0 for k in which])
    rows = central[None, :] - target[:, None] * supplied[None, :]
    rows[np.arange(count), n + 2 * np.arange(count)] = -1.0
    rows[np.arange(count), n + 2 * np.arange(count) + 1] = 1.0
    goal_axis = {"goal": np.array(which, dtype=np.int64)}
    return with_rows(program, "central_distance", goal_axis, sparse.csc_array(rows), lower=0.0, upper=0.0)
