"""Rule 4: people work only so many hours."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_labour_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """The factories of a county share its hours of labour, where it states them.

    Σ labour_hours_per_unit·make  ≤  labour_hours
    ↔  won per hour, by county and period
    """
    hours = arrays.places.labour_hours
    rows = add_constraints_where(program, "labour", ("place", "period"), np.isfinite(hours), upper=hours)
    make = find_variable_block(program, "make")
    line, period = get_axis_codes(make, "line", "period")
    in_county = arrays.lines.place[line] < arrays.places.county_count
    line, period = line[in_county], period[in_county]
    add_coefficients(
        program,
        rows[arrays.lines.place[line], period],
        make.positions[in_county],
        arrays.lines.labour_hours_per_unit[line],
    )
