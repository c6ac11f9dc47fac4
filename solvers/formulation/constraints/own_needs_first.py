"""Rule 9 (policy): swaps never at the expense of one's own people."""

import numpy as np

from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import at, decision, rows_where, tie
from solvers.lp.linear_program import FloatArray, Program, ProgramBuilder


def own_needs_first(index: ProblemIndex, program: ProgramBuilder, without_swaps: FloatArray) -> None:
    """No county goes shorter of anything than it does when no swaps are allowed.

    Σ_k short  ≤  what was short in the plan without swaps
    ↔  won per unit, by county, item and period

    `without_swaps` are units short, (counties, items, periods): see `units_short`. No row where the bands allow no more anyway.
    """
    short = decision(program, "short")
    limits = (index.demand > 0) & (without_swaps < index.demand * index.band_width.sum())
    rows = rows_where(program, "own_needs_first", ("place", "item", "period"), limits, upper=without_swaps)
    tie(program, rows[at(short, "place", "item", "period")], short.positions, 1.0)


def units_short(index: ProblemIndex, program: Program, values: FloatArray) -> FloatArray:
    """Units short over all bands in a solution of `program`, (counties, items, periods); never below 0."""
    short = program.decisions["short"]
    total = np.zeros(index.demand.shape)
    np.add.at(total, at(short, "place", "item", "period"), np.maximum(values[short.span], 0.0))
    return total
