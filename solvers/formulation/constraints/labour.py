"""Rule 4: people work only so many hours."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at, decision, rows_where, tie
from solvers.lp.linear_program import ProgramBuilder


def labour(index: ProblemIndex, program: ProgramBuilder) -> None:
    """The factories of a county share its hours of labour, where it states them.

    Σ labour_hours_per_unit·make  ≤  labour_hours
    ↔  won per hour, by county and period
    """
    hours = index.places.labour_hours
    rows = rows_where(program, "labour", ("place", "period"), np.isfinite(hours), upper=hours)
    make = decision(program, "make")
    line, period = at(make, "line", "period")
    in_county = index.lines.place[line] < index.places.counties
    line, period = line[in_county], period[in_county]
    tie(program, rows[index.lines.place[line], period], make.positions[in_county], index.lines.labour[line])
