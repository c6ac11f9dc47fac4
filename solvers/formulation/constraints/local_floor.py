"""Rule 7, second half: how much must be made at home."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import decision, rows_where, tie
from solvers.lp.linear_program import ProgramBuilder


def local_floor(index: ProblemIndex, program: ProgramBuilder) -> None:
    """Over the plan, local factories make at least a stated share of what is made and centrally supplied.

    Σ_local w·make − floor·(Σ w·make + Σ w·central)  ≥  0
    ↔  won per won's worth (category) or per unit (item), by floor

    w is 1 for a floor on one item, and the item's value for a floor on a category. A name that is both means the item.
    """
    make, central, centre = decision(program, "make"), decision(program, "central"), index.centre
    every = np.ones(len(centre.floors), dtype=bool)
    rows = rows_where(program, "local_floor", ("group",), every, lower=np.zeros(len(every)))
    for group, floor in enumerate(centre.floor):  # a handful, each one array operation
        weight, line = centre.floor_weight[group], make.axes["line"]
        made = weight[index.lines.item[line]] * (index.lines.local[line] - floor)
        tie(program, np.full(make.size, rows[group]), make.positions, made)
        tie(program, np.full(central.size, rows[group]), central.positions, -floor * weight[central.axes["item"]])
