"""The goal worst_fulfilment: nobody left behind (Kantorovich's complete sets)."""

from collections.abc import Sequence

import numpy as np

from models.problem.policy import Goal
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, find_variable_block
from solvers.lp.linear_program import IntArray, ProgramBuilder


def add_worst_fulfilment_constraints(arrays: ProblemArrays, program: ProgramBuilder, goals: Sequence[Goal]) -> None:
    """The smallest served share over the plan, by value, is at most the served share of every group that needs anything.

    worst + Σ value·short / Σ value·d  ≤  1        worst ≤ 1
    ↔  share of `worst` per whole need of the group, by goal and group

    Adds a column `worst` for each such goal; its cost is 0 until the goal is sought. A goal's groups are counties, items or both
    (axis `served`, see `served_labels`). Items without a value count by units.
    """
    which = np.array([k for k, goal in enumerate(goals) if goal.goal == "worst_fulfilment"], dtype=np.int64)
    worst = program.add_variables("worst", {"goal": which}, upper=1.0)
    needs = arrays.demand.sum(axis=2) * arrays.items.counted_value
    served = [build_served_groups(arrays, goals[k].over) for k in which]
    totals = [np.bincount(group.ravel(), needs.ravel(), len(arrays.labels["served"])) for group in served]
    groups_in_need = [np.flatnonzero(total) for total in totals]
    nothing = np.empty(0, dtype=np.int64)
    goal_axis = np.repeat(which, [len(groups) for groups in groups_in_need])
    rows = program.add_constraints(
        "worst_fulfilment", {"goal": goal_axis, "served": np.concatenate([nothing, *groups_in_need])}, upper=1.0
    )
    add_coefficients(
        program, rows.positions, np.repeat(worst.positions, [len(groups) for groups in groups_in_need]), 1.0
    )
    short, start = find_variable_block(program, "short"), rows.start
    place, item = short.axes["place"], short.axes["item"]
    for group, total, groups in zip(served, totals, groups_in_need, strict=True):  # one pass a goal
        group_codes = group[place, item]
        add_coefficients(
            program,
            start + np.searchsorted(groups, group_codes),
            short.positions,
            arrays.items.counted_value[item] / total[group_codes],
        )
        start += len(groups)


def build_served_groups(arrays: ProblemArrays, over: str) -> IntArray:
    """Group that each county and item belongs to, as positions in `labels["served"]`, (C, I)."""
    counties, items = len(arrays.labels["county"]), len(arrays.labels["item"])
    county, item = np.indices((counties, items))
    if over == "county":
        return county
    if over == "item":
        return np.asarray(counties + item)
    return np.asarray(counties + items + county * items + item)
