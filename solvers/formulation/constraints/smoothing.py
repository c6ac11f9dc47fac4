"""Production smoothing: changes of the rate of production, stock left over and goods given away, which cost `policy.smoothing`.

The variables of these constraints are measures: no plan is infeasible because of them.
"""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_production_columns,
    find_variable_block,
)
from solvers.formulation.objective import compute_given_away_cost, compute_left_over_cost, compute_rate_change_cost
from solvers.lp.linear_program import Block, FloatArray, IntArray, ProgramBuilder


def add_rate_change_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Measure the change of the rate of production from one period to the next (production smoothing).

    make[l,t] · D̄/D[t] − make[l,t−1] · D̄/D[t−1] − above[l,t] + below[l,t]  =  0        D: days of a period, D̄: their mean
    ↔  shadow price in won per unit, by line and period

    Adds two variables `rate_change` (above, below) for each constraint, in units per period of D̄ days; each costs half of
    `policy.smoothing` · value. Changes in the past count as well, so that a plan made again is comparable with the former
    one. Lines whose item has no value and periods of 0 days have no constraint.
    """
    days = arrays.period_days
    counts = (arrays.items.value[arrays.lines.item] > 0)[:, None] & ((days[1:] > 0) & (days[:-1] > 0))[None, :]
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


def add_given_away_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Measure the value given to a partner in a settlement window beyond what pays for the value taken.

    Σ value[i] · give[p,i,t] − Σ value[i] · take[p,i,t] / rate[p] − given_away[p,T]  ≤  0        over the window that ends with T
    ↔  shadow price in won per won, by partner and period

    Adds a variable `given_away` for each constraint, in won, which costs `policy.smoothing`: otherwise goods made only to
    fill a trough, or left over, would be given for nothing. Windows in which the partner wants nothing have
    none. Without a rate, nothing that is taken is paid for, and the second sum is left out.
    """
    give, take, partners = find_variable_block(program, "give"), find_variable_block(program, "take"), arrays.partners
    last = _find_last_periods(partners.window)
    is_wanted = np.zeros(partners.window.shape, dtype=bool)
    ends = {block.name: last[block.axes["partner"], block.axes["period"]] for block in (give, take)}
    is_wanted[give.axes["partner"], ends["give"]] = True
    rows = add_constraints_where(program, "given_away", ("partner", "period"), is_wanted, upper=np.zeros(last.shape))
    axes = dict(zip(("partner", "period"), np.nonzero(is_wanted), strict=True))
    cost = compute_given_away_cost(arrays, Block("given_away", 0, int(is_wanted.sum()), axes))
    given_away = program.add_variables("given_away", axes, cost=cost)
    add_coefficients(program, rows[is_wanted], given_away.positions, -1.0)
    value, rate = arrays.items.value, partners.rate[take.axes["partner"]]
    add_coefficients(program, rows[give.axes["partner"], ends["give"]], give.positions, value[give.axes["item"]])
    paid = np.divide(value[take.axes["item"]], rate, out=np.zeros(take.size), where=rate > 0)
    add_coefficients(program, rows[take.axes["partner"], ends["take"]], take.positions, -paid)


def _find_last_periods(window: IntArray) -> IntArray:
    """Return the last period of the settlement window of each period, (P, T); windows are runs of periods."""
    count = window.shape[1]
    ends = np.where(np.diff(window, axis=1, append=-1) != 0, np.arange(count), count)
    return np.asarray(np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1])
