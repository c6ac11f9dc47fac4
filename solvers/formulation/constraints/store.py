"""Rule 10: what stores hold."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at, decision, rows_where, tie
from solvers.lp.linear_program import ProgramBuilder


def store(index: ProblemIndex, program: ProgramBuilder) -> None:
    """At the end of a period a county's stores hold no more tonnes than they can.

    Σ kg/1000·stock  ≤  store_tonnes
    ↔  won per tonne, by county and period

    Limits by item, opening and closing stock are bounds of `stock`, not rows.
    """
    tonnes = index.places.store_tonnes
    rows = rows_where(program, "store", ("place", "period"), np.isfinite(tonnes), upper=tonnes)
    stock = decision(program, "stock")
    tie(program, rows[at(stock, "place", "period")], stock.positions, index.items.tonnes[stock.axes["item"]])
