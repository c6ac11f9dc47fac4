"""Which way the plan goes when one limit moves by one unit, and how far it goes that way: the ratio test on the basis."""

from dataclasses import dataclass

import numpy as np

from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.session import Standing

NOTHING = 1e-9
"""Slopes below this are a solver's noise."""


@dataclass(frozen=True, slots=True)
class Direction:
    """What one more unit of a limit (one less where it is a least amount) does to the plan, as long as the basis holds."""

    values: FloatArray
    """Change by column, (n,)."""
    rises: float
    """Units by which the limit can rise, inf where nothing ends it."""
    falls: float
    """Units by which the limit can fall, inf where nothing ends it."""


def sign_of(limits: Limits, position: int) -> float:
    """+1 where more of the limit is a greater bound, −1 where it is a smaller one (a least amount)."""
    return -1.0 if RULE_NAMES[limits.rule[position]] in ("local_floor", "line_least", "stock_least") else 1.0


def direction(standing: Standing, limits: Limits, position: int) -> Direction:
    """The direction of one binding limit (position in `limits`); exact, from a solve with the basis."""
    lp, session = standing.lp, standing.home()
    index, sign = int(limits.position[position]), sign_of(limits, position)
    push = np.zeros(lp.rows)
    values = np.zeros(lp.columns)
    if index < lp.rows:
        push[index] = sign
    else:
        column = index - lp.rows
        values[column] = sign
        start, end = lp.matrix.indptr[column : column + 2]
        push[lp.matrix.indices[start:end]] = -sign * lp.matrix.data[start:end]
    basic = session.basic_variables()
    moved = session.solve_basis(push)
    structural = basic >= 0
    values[basic[structural]] += moved[structural]
    values[np.abs(values) < NOTHING] = 0.0
    rises, falls = _reach(standing, values, basic)
    if index >= lp.rows:  # a bound also ends where the other bound of its column, or nothing at all, is met
        least, most = lp.column_lower[index - lp.rows], lp.column_upper[index - lp.rows]
        falls, rises = min(falls, most - least), rises if sign > 0 else min(rises, least)
    return Direction(values, rises, falls)


def _reach(standing: Standing, values: FloatArray, basic: IntArray) -> tuple[float, float]:
    """How far basic columns and rows let a direction be followed, forth and back."""
    lp, x = standing.lp, standing.point.values
    columns, rows = basic[basic >= 0], -1 - basic[basic < 0]
    activity, slope = lp.matrix @ x, lp.matrix @ values
    here = np.concatenate([x[columns], activity[rows]])
    step = np.concatenate([values[columns], slope[rows]])
    lower = np.concatenate([lp.column_lower[columns], lp.row_lower[rows]])
    upper = np.concatenate([lp.column_upper[columns], lp.row_upper[rows]])
    return _ratio(here, step, lower, upper), _ratio(here, -step, lower, upper)


def _ratio(here: FloatArray, step: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    up, down = step > NOTHING, step < -NOTHING
    room = np.concatenate([(upper - here)[up] / step[up], (lower - here)[down] / step[down]])
    return float(np.maximum(room, 0.0).min(initial=np.inf))
