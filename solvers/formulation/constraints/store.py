"""Rule 10: what stores hold."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_store_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """At the end of a period a county's stores hold no more tonnes than they can.

    Σ kg/1000·stock  ≤  store_tonnes
    ↔  won per tonne, by county and period

    Limits by item, opening and closing stock are bounds of `stock`, not rows.
    """
    tonnes = arrays.places.store_tonnes
    rows = add_constraints_where(program, "store", ("place", "period"), np.isfinite(tonnes), upper=tonnes)
    stock = find_variable_block(program, "stock")
    add_coefficients(
        program,
        rows[get_axis_codes(stock, "place", "period")],
        stock.positions,
        arrays.items.tonnes_per_unit[stock.axes["item"]],
    )
