"""Rule 7, first half: the centre's promise."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at, decision, rows_where, tie
from solvers.lp.linear_program import ProgramBuilder


def central_share(index: ProblemIndex, program: ProgramBuilder) -> None:
    """Of each item, over all gateways, the centre hands over no more than the part of its promise that it keeps.

    Σ_n central  ≤  delivered · share · Σ_n d        for goods
    Σ_n central  ≤  delivered · allotment            for materials
    ↔  won per unit, by item and period
    """
    central = decision(program, "central")
    item, period = at(central, "item", "period")
    handed_over = np.zeros(index.centre.limit.shape, dtype=bool)
    handed_over[item, period] = True
    rows = rows_where(program, "central_share", ("item", "period"), handed_over, upper=index.centre.limit)
    tie(program, rows[item, period], central.positions, 1.0)
