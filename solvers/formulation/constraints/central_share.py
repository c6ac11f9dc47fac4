"""Rule 7, first half: the centre's promise."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_central_share_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Of each item, over all gateways, the centre hands over no more than the part of its promise that it keeps.

    Σ_n central  ≤  delivered · share · Σ_n d        for goods
    Σ_n central  ≤  delivered · allotment            for materials
    ↔  won per unit, by item and period
    """
    central = find_variable_block(program, "central")
    item, period = get_axis_codes(central, "item", "period")
    handed_over = np.zeros(arrays.centre.supply_limit.shape, dtype=bool)
    handed_over[item, period] = True
    rows = add_constraints_where(
        program, "central_share", ("item", "period"), handed_over, upper=arrays.centre.supply_limit
    )
    add_coefficients(program, rows[item, period], central.positions, 1.0)
