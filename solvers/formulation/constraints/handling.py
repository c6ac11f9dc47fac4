"""Rule 6, second half: what a place can unload."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at, decision, rows_where, tie
from solvers.lp.linear_program import ProgramBuilder


def handling(index: ProblemIndex, program: ProgramBuilder) -> None:
    """No more tonnes enter a place over links than it can handle, where it states so.

    Σ kg/1000·ship over arcs that end there  ≤  handling_tonnes
    ↔  won per tonne, by place and period

    What the centre hands over there or a partner swaps there does not enter over a link.
    """
    tonnes = index.places.handling_tonnes
    rows = rows_where(program, "handling", ("place", "period"), np.isfinite(tonnes), upper=tonnes)
    ship = decision(program, "ship")
    arc, item, period = at(ship, "arc", "item", "period")
    tie(program, rows[index.arcs.head[arc], period], ship.positions, index.items.tonnes[item])
