"""Rule 6, second half: what a place can unload."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_handling_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """No more tonnes enter a place over links than it can handle, where it states so.

    Σ kg/1000·ship over arcs that end there  ≤  handling_tonnes
    ↔  won per tonne, by place and period

    What the centre hands over there or a partner swaps there does not enter over a link.
    """
    tonnes = arrays.places.handling_tonnes
    rows = add_constraints_where(program, "handling", ("place", "period"), np.isfinite(tonnes), upper=tonnes)
    ship = find_variable_block(program, "ship")
    arc, item, period = get_axis_codes(ship, "arc", "item", "period")
    add_coefficients(program, rows[arrays.arcs.head[arc], period], ship.positions, arrays.items.tonnes_per_unit[item])
