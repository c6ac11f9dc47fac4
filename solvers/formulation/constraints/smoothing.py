"""Production smoothing: changes of the rate of production, and stock left over at the end, which cost `policy.smoothing`.

The variables of both constraints are measures: no plan is infeasible because of them.
"""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, find_production_columns, find_variable_block
from solvers.formulation.objective import compute_left_over_cost, compute_rate_change_cost
from solvers.lp.linear_program import Block, FloatArray, ProgramBuilder


def add_rate_change_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Measure the change of the rate of production from one period to the next (production smoothing).

    make[l,t] · D̄/D[t] − make[l,t−1] · D̄/D[t−1] − above[l,t] + below[l,t]  =  0        D: days of a period, D̄: their mean
    ↔  shadow price in won per unit, by line and period

    Adds two variables `rate_change` (above, below) for each constraint, in units per period of D̄ days; each costs half of
    `policy.smoothing` · value. A constraint exists for every period after the past with a period before it, which may be
    past. Lines whose item has no value and periods of 0 days have none.
    """
    days = arrays.period_days
    counts = (arrays.items.value[arrays.lines.item] > 0)[:, None] & ((days[1:] > 0) & (days[:-1] > 0))[None, :]
    counts[:, : max(arrays.past.period_count - 1, 0)] = False
    line, before = np.nonzero(counts)
    period = before + 1
    sides = np.tile(np.arange(2, dtype=np.int64), len(line))
    axes = {"line": np.repeat(line, 2), "period": np.repeat(period, 2), "side": sides}
    cost = compute_rate_change_cost(arrays, Block("rate_change", 0, len(sides), axes))
    change = program.add_variables("rate_change", axes, cost=cost)
    rows = program.add_constraints("rate_change", {"line": line, "period": period}, lower=0.0, upper=0.0).positions
    columns, scale = find_production_columns(program, line, arrays.period_count), _compute_rate_scale(days)
    for sign, t in ((1.0, period), (-1.0, before)):
        add_coefficients(program, rows, columns[np.arange(len(line)), t], sign * scale[t])
    add_coefficients(program, np.repeat(rows, 2), change.positions, np.where(sides == 0, -1.0, 1.0))


def _compute_rate_scale(days: FloatArray) -> FloatArray:
    """Return the factor from units in a period to units in a period of mean length, (T,); 0 for a period of 0 days."""
    return np.asarray(np.divide(days.mean(), days, out=np.zeros(len(days)), where=days > 0))


def add_left_over_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Measure the stock left at the end of the plan above its minimum.

    stock[n,i,T] − left_over[n,i,T]  ≤  stock_least[n,i,T]        T: the last period
    ↔  shadow price in won per unit, by place, item and period

    Adds a variable `left_over` for each constraint, in units, which costs `policy.smoothing` · value: otherwise a unit
    made only to fill a trough of production would save up to that much. Items without a value have no constraint.
    """
    stock, last = find_variable_block(program, "stock"), arrays.period_count - 1
    place, item, period = (stock.axes[axis] for axis in ("place", "item", "period"))
    counted = np.flatnonzero((period == last) & (arrays.items.value[item] > 0))
    axes = {"place": place[counted], "item": item[counted], "period": period[counted]}
    cost = compute_left_over_cost(arrays, Block("left_over", 0, len(counted), axes))
    left_over = program.add_variables("left_over", axes, cost=cost)
    least = arrays.places.stock_least[axes["place"], axes["item"], last]
    rows = program.add_constraints("left_over", axes, upper=least)
    add_coefficients(program, rows.positions, stock.positions[counted], 1.0)
    add_coefficients(program, rows.positions, left_over.positions, -1.0)
