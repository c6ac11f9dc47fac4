"""Shortage bands of needs that carry over, and least amounts of needs that are served."""

import numpy as np

from solvers.data.backlog import compute_backlog, compute_greatest_needs
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import FloatArray, IntArray, Program, ProgramBuilder


def add_shortage_width_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit each shortage band by its share of the need, where the need includes a backlog.

    short[n,i,t,k] − width_k · κ[i] · Σ_j short[n,i,t−1,j]  ≤  width_k · d[n,i,t]
    ↔  shadow price in won per unit, by place, item, period and band

    Only periods in which a backlog may arrive have a constraint; in others, the width is a bound of `short`.
    """
    limit = arrays.demand[..., None] * arrays.band_width
    has_backlog = compute_greatest_needs(arrays) > arrays.demand
    is_limited = has_backlog[..., None] & (arrays.band_width > 0)
    rows = add_constraints_where(
        program, "shortage_width", ("place", "item", "period", "band"), is_limited, upper=limit
    )
    short = find_variable_block(program, "short")
    place, item, period, band = get_axis_codes(short, "place", "item", "period", "band")
    add_coefficients(program, rows[place, item, period, band], short.positions, 1.0)
    before = np.flatnonzero(period < arrays.period_count - 1)
    for k, width in enumerate(arrays.band_width):
        next_rows: IntArray = rows[place[before], item[before], period[before] + 1, k]
        add_coefficients(program, next_rows, short.positions[before], -width * arrays.items.carry_over[item[before]])


def add_served_least_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Require that a least amount of a need is served.

    κ[i] · Σ_k short[n,i,t−1,k] − Σ_k short[n,i,t,k]  ≥  served_least[n,i,t] − d[n,i,t]
    ↔  shadow price in won per unit, by place, item and period

    What is served is the demand and the backlog less the shortage. A least amount above the demand counts as the demand.
    Only needs with a least amount have a constraint.
    """
    least = arrays.served_least
    rows = add_constraints_where(
        program, "served_least", ("place", "item", "period"), least > 0, lower=least - arrays.demand
    )
    short = find_variable_block(program, "short")
    place, item, period = get_axis_codes(short, "place", "item", "period")
    add_coefficients(program, rows[place, item, period], short.positions, -1.0)
    before = np.flatnonzero(period < arrays.period_count - 1)
    add_coefficients(
        program,
        rows[place[before], item[before], period[before] + 1],
        short.positions[before],
        arrays.items.carry_over[item[before]],
    )


def compute_band_widths(arrays: ProblemArrays, program: Program, values: FloatArray) -> FloatArray:
    """Return the width of each shortage band in units, by column of `short`, with the backlog of a solution, (n,)."""
    short = program.variables["short"]
    place, item, period, band = get_axis_codes(short, "place", "item", "period", "band")
    needs = arrays.demand + compute_backlog(arrays, sum_shortage_units(arrays, program, values))
    return np.asarray(needs[place, item, period] * arrays.band_width[band])


def sum_shortage_units(arrays: ProblemArrays, program: Program, values: FloatArray) -> FloatArray:
    """Sum shortages over all bands in a solution of `program`; units, at least 0, shape (counties, items, periods)."""
    short = program.variables["short"]
    total = np.zeros(arrays.demand.shape)
    np.add.at(total, get_axis_codes(short, "place", "item", "period"), np.maximum(values[short.block_slice], 0.0))
    return total
