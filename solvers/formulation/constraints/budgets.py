"""Constraints on money."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    add_cumulative_coefficients,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import Block, FloatArray, ProgramBuilder

SPENDING_VARIABLES = ("make", "ship", "central", "take")
"""Variables that a budget can cover."""


def add_budget_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the spending that a budget covers, in a period or, where money carries over, until the end of a period.

    Σ cost_per_unit[l]·make[l,t] + Σ cost_per_tonne[a]·tonnes[i]·ship[a,i,t]
    + Σ price_factor·value[i]·(central[n,i,t] + take[p,i,t])  ≤  won[b,t]
    ↔  shadow price in won per won, by budget and period

    Where money carries over, both sides are sums over τ ≤ t, and the right-hand side is at least what the past spent.
    """
    budgets = arrays.budgets
    available = np.where(
        budgets.carries_over[:, None],
        np.maximum(budgets.available, compute_past_spending(arrays)[:, None]),
        budgets.available,
    )
    rows = add_constraints_where(
        program, "budget", ("budget", "period"), np.ones(available.shape, dtype=bool), upper=available
    )
    for name in SPENDING_VARIABLES:
        block = find_variable_block(program, name)
        for budget, carries_over in enumerate(budgets.carries_over):
            cost, period = compute_budget_cost(arrays, block, budget), block.axes["period"]
            paid = np.flatnonzero(cost)
            group, columns = np.full(len(paid), budget), block.positions[paid]
            if carries_over:
                add_cumulative_coefficients(program, rows, group, period[paid], columns, cost[paid])
            else:
                add_coefficients(program, rows[group, period[paid]], columns, cost[paid])


def compute_budget_cost(arrays: ProblemArrays, block: Block, budget: int) -> FloatArray:
    """Return what a unit of each variable of a block costs a budget, in won, (block.size,)."""
    budgets = arrays.budgets
    if block.name == "make":
        return np.asarray(budgets.making[budget, block.axes["line"]])
    if block.name == "ship":
        arc, item = get_axis_codes(block, "arc", "item")
        return np.asarray(arrays.arcs.cost_per_tonne[arc] * budgets.hauled_tonnes[budget, item])
    if block.name == "central":
        return np.asarray(budgets.central[budget, block.axes["item"]])
    return np.asarray(budgets.taken[budget][get_axis_codes(block, "partner", "item")])


def compute_past_spending(arrays: ProblemArrays) -> FloatArray:
    """Return the won that past periods spent from each budget, (B,)."""
    past, budgets = arrays.past, arrays.budgets
    hauled = np.einsum("a,aik->i", arrays.arcs.cost_per_tonne, past.ship)
    return np.asarray(
        budgets.making @ past.make.sum(axis=1)
        + budgets.hauled_tonnes @ hauled
        + budgets.central @ past.central.sum(axis=(0, 2))
        + np.einsum("bpi,pik->b", budgets.taken, past.take)
    )
