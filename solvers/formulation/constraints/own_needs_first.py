"""Rule 9 (policy): swaps never at the expense of one's own people."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import FloatArray, Program, ProgramBuilder


def add_own_needs_first_constraints(
    arrays: ProblemArrays, program: ProgramBuilder, shortage_without_swaps: FloatArray
) -> None:
    """No county goes shorter of anything than it does when no swaps are allowed.

    Σ_k short  ≤  what was short in the plan without swaps
    ↔  won per unit, by county, item and period

    `without_swaps` are units short, (counties, items, periods): see `units_short`. No row where the bands allow no more anyway.
    """
    short = find_variable_block(program, "short")
    limits = (arrays.demand > 0) & (shortage_without_swaps < arrays.demand * arrays.band_width.sum())
    rows = add_constraints_where(
        program, "own_needs_first", ("place", "item", "period"), limits, upper=shortage_without_swaps
    )
    add_coefficients(program, rows[get_axis_codes(short, "place", "item", "period")], short.positions, 1.0)


def sum_shortage_units(arrays: ProblemArrays, program: Program, values: FloatArray) -> FloatArray:
    """Units short over all bands in a solution of `program`, (counties, items, periods); never below 0."""
    short = program.variables["short"]
    total = np.zeros(arrays.demand.shape)
    np.add.at(total, get_axis_codes(short, "place", "item", "period"), np.maximum(values[short.block_slice], 0.0))
    return total
