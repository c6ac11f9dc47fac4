"""Right-hand-side ranging: direction and allowable change of the plan for one limit, by a ratio test on the basis."""

from dataclasses import dataclass

import numpy as np

from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import LOWER_LIMITS, RULE_NAMES, Limits, find_left_over_rows
from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.session import SensitivitySession

NEGLIGIBLE_STEP = 1e-9
"""Slopes below this are numerical noise."""


@dataclass(frozen=True, slots=True)
class LimitDirection:
    """Change of the plan for one more unit of a limit (one less of a lower limit) while the basis is optimal."""

    values: FloatArray
    """Change of variables, (n,)."""
    allowable_increase: float
    """Allowable increase of the limit in units; inf if unbounded."""
    allowable_decrease: float
    """Allowable decrease of the limit in units; inf if unbounded."""


def get_limit_sign(limits: Limits, position: int) -> float:
    """Return +1 for an upper limit and −1 for a lower limit."""
    return -1.0 if RULE_NAMES[limits.rule[position]] in LOWER_LIMITS else 1.0


def build_limit_path(session: SensitivitySession, limits: Limits, position: int) -> BoundPath:
    """Return the path of one limit (position in `limits`); a minimum stock also moves its right-hand side of `left_over`."""
    sign = get_limit_sign(limits, position)
    path = BoundPath.from_limit(Bounds.from_program(session.lp), int(limits.position[position]), sign)
    path.step.row_upper[_find_moved_rows(session, limits, position)] = sign
    return path


def _find_moved_rows(session: SensitivitySession, limits: Limits, position: int) -> IntArray:
    """Return the rows of `left_over` that a minimum stock moves; empty for other limits."""
    if RULE_NAMES[limits.rule[position]] != "stock_least":
        return np.empty(0, dtype=np.int64)
    return find_left_over_rows(session.program, int(limits.position[position]) - session.lp.row_count)


def compute_limit_direction(session: SensitivitySession, limits: Limits, position: int) -> LimitDirection:
    """Compute the direction of one binding limit (position in `limits`) from a linear system with the basis matrix."""
    lp, solver_session = session.lp, session.reset_to_base()
    row_or_column, sign = int(limits.position[position]), get_limit_sign(limits, position)
    right_hand_side = np.zeros(lp.row_count)
    values = np.zeros(lp.column_count)
    if row_or_column < lp.row_count:
        right_hand_side[row_or_column] = sign
    else:
        column = row_or_column - lp.row_count
        values[column] = sign
        start, end = lp.matrix.indptr[column : column + 2]
        right_hand_side[lp.matrix.indices[start:end]] = -sign * lp.matrix.data[start:end]
        right_hand_side[_find_moved_rows(session, limits, position)] += sign
    basic = solver_session.read_basic_variables()
    basic_change = solver_session.solve_with_basis(right_hand_side)
    structural = basic >= 0
    values[basic[structural]] += basic_change[structural]
    values[np.abs(values) < NEGLIGIBLE_STEP] = 0.0
    increase, decrease = _measure_step_range(session, values, basic)
    if row_or_column >= lp.row_count:  # the range of a bound also ends at the opposite bound or at 0
        lower, upper = lp.column_lower[row_or_column - lp.row_count], lp.column_upper[row_or_column - lp.row_count]
        decrease, increase = min(decrease, upper - lower), increase if sign > 0 else min(increase, lower)
    return LimitDirection(values, increase, decrease)


def _measure_step_range(session: SensitivitySession, direction: FloatArray, basic: IntArray) -> tuple[float, float]:
    """Return the ranges of a direction, forward and backward, within the bounds of basic variables and constraints."""
    lp, x = session.lp, session.point.values
    columns, rows = basic[basic >= 0], -1 - basic[basic < 0]
    activity, slope = lp.matrix @ x, lp.matrix @ direction
    current = np.concatenate([x[columns], activity[rows]])
    step = np.concatenate([direction[columns], slope[rows]])
    lower = np.concatenate([lp.column_lower[columns], lp.row_lower[rows]])
    upper = np.concatenate([lp.column_upper[columns], lp.row_upper[rows]])
    return _compute_max_step(current, step, lower, upper), _compute_max_step(current, -step, lower, upper)


def _compute_max_step(current: FloatArray, step: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    up, down = step > NEGLIGIBLE_STEP, step < -NEGLIGIBLE_STEP
    ratios = np.concatenate([(upper - current)[up] / step[up], (lower - current)[down] / step[down]])
    return float(np.maximum(ratios, 0.0).min(initial=np.inf))
