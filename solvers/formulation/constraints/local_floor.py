"""Rule 7, second half: how much must be made at home."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, add_constraints_where, find_variable_block
from solvers.lp.linear_program import ProgramBuilder


def add_local_floor_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Over the plan, local factories make at least a stated share of what is made and centrally supplied.

    Σ_local w·make − floor·(Σ w·make + Σ w·central)  ≥  0
    ↔  won per won's worth (category) or per unit (item), by floor

    w is 1 for a floor on one item, and the item's value for a floor on a category. A name that is both means the item.
    """
    make, central, centre = find_variable_block(program, "make"), find_variable_block(program, "central"), arrays.centre
    every = np.ones(len(centre.floor_labels), dtype=bool)
    rows = add_constraints_where(program, "local_floor", ("group",), every, lower=np.zeros(len(every)))
    for group, floor in enumerate(centre.floor_share):  # a handful, each one array operation
        weight, line = centre.floor_weight[group], make.axes["line"]
        made = weight[arrays.lines.item[line]] * (arrays.lines.is_local[line] - floor)
        add_coefficients(program, np.full(make.size, rows[group]), make.positions, made)
        add_coefficients(
            program, np.full(central.size, rows[group]), central.positions, -floor * weight[central.axes["item"]]
        )
