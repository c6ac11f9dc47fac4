"""Rule 6, first half: what a link carries."""

import numpy as np

from solvers.formulation.wiring import at, decision, rows_where, tie
from solvers.index import ProblemIndex
from solvers.program import ProgramBuilder


def link(index: ProblemIndex, program: ProgramBuilder) -> None:
    """A link carries no more tonnes each way than it can.

    Σ kg/1000·ship  ≤  tonnes
    ↔  won per tonne, by arc and period
    """
    tonnes = index.arcs.tonnes
    rows = rows_where(program, "link", ("arc", "period"), np.isfinite(tonnes), upper=tonnes)
    ship = decision(program, "ship")
    tie(program, rows[at(ship, "arc", "period")], ship.positions, index.items.tonnes[ship.axes["item"]])
