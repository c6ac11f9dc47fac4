"""Rule 6, first half: what a link carries."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at, decision, rows_where, tie
from solvers.lp.linear_program import ProgramBuilder


def link(index: ProblemIndex, program: ProgramBuilder) -> None:
    """A link carries no more tonnes each way than it can.

    Σ kg/1000·ship  ≤  tonnes
    ↔  won per tonne, by arc and period
    """
    tonnes = index.arcs.tonnes
    rows = rows_where(program, "link", ("arc", "period"), np.isfinite(tonnes), upper=tonnes)
    ship = decision(program, "ship")
    tie(program, rows[at(ship, "arc", "period")], ship.positions, index.items.tonnes[ship.axes["item"]])
