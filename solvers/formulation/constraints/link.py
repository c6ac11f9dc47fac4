"""Rule 6, first half: what a link carries."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_link_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """A link carries no more tonnes each way than it can.

    Σ kg/1000·ship  ≤  tonnes
    ↔  won per tonne, by arc and period
    """
    tonnes = arrays.arcs.capacity_tonnes
    rows = add_constraints_where(program, "link", ("arc", "period"), np.isfinite(tonnes), upper=tonnes)
    ship = find_variable_block(program, "ship")
    add_coefficients(
        program,
        rows[get_axis_codes(ship, "arc", "period")],
        ship.positions,
        arrays.items.tonnes_per_unit[ship.axes["item"]],
    )
