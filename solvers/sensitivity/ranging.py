"""Which way the plan goes when one limit moves by one unit, and how far it goes that way: the ratio test on the basis."""

from dataclasses import dataclass

import numpy as np

from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.session import SensitivitySession

NEGLIGIBLE_STEP = 1e-9
"""Slopes below this are a solver's noise."""


@dataclass(frozen=True, slots=True)
class LimitDirection:
    """What one more unit of a limit (one less where it is a least amount) does to the plan, as long as the basis holds."""

    values: FloatArray
    """Change by column, (n,)."""
    allowable_increase: float
    """Units by which the limit can rise, inf where nothing ends it."""
    allowable_decrease: float
    """Units by which the limit can fall, inf where nothing ends it."""


def limit_sign(limits: Limits, position: int) -> float:
    """+1 where more of the limit is a greater bound, −1 where it is a smaller one (a least amount)."""
    return -1.0 if RULE_NAMES[limits.rule[position]] in ("local_floor", "line_least", "stock_least") else 1.0


def compute_direction(session: SensitivitySession, limits: Limits, position: int) -> LimitDirection:
    """The direction of one binding limit (position in `limits`); exact, from a solve with the basis."""
    lp, solver_session = session.lp, session.reset_to_base()
    index, sign = int(limits.position[position]), limit_sign(limits, position)
    push = np.zeros(lp.row_count)
    values = np.zeros(lp.column_count)
    if index < lp.row_count:
        push[index] = sign
    else:
        column = index - lp.row_count
        values[column] = sign
        start, end = lp.matrix.indptr[column : column + 2]
        push[lp.matrix.indices[start:end]] = -sign * lp.matrix.data[start:end]
    basic = solver_session.read_basic_variables()
    moved = solver_session.solve_with_basis(push)
    structural = basic >= 0
    values[basic[structural]] += moved[structural]
    values[np.abs(values) < NEGLIGIBLE_STEP] = 0.0
    rises, falls = _measure_step_range(session, values, basic)
    if index >= lp.row_count:  # a bound also ends where the other bound of its column, or nothing at all, is met
        least, most = lp.column_lower[index - lp.row_count], lp.column_upper[index - lp.row_count]
        falls, rises = min(falls, most - least), rises if sign > 0 else min(rises, least)
    return LimitDirection(values, rises, falls)


def _measure_step_range(session: SensitivitySession, values: FloatArray, basic: IntArray) -> tuple[float, float]:
    """How far basic columns and rows let a direction be followed, forth and back."""
    lp, x = session.lp, session.point.values
    columns, rows = basic[basic >= 0], -1 - basic[basic < 0]
    activity, slope = lp.matrix @ x, lp.matrix @ values
    here = np.concatenate([x[columns], activity[rows]])
    step = np.concatenate([values[columns], slope[rows]])
    lower = np.concatenate([lp.column_lower[columns], lp.row_lower[rows]])
    upper = np.concatenate([lp.column_upper[columns], lp.row_upper[rows]])
    return _compute_ratios(here, step, lower, upper), _compute_ratios(here, -step, lower, upper)


def _compute_ratios(here: FloatArray, step: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    up, down = step > NEGLIGIBLE_STEP, step < -NEGLIGIBLE_STEP
    room = np.concatenate([(upper - here)[up] / step[up], (lower - here)[down] / step[down]])
    return float(np.maximum(room, 0.0).min(initial=np.inf))
