"""Past periods: variables are fixed, and constraints on past variables alone are relaxed."""

from dataclasses import replace

import numpy as np

from solvers.data.backlog import shift_to_next_period
from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import get_axis_codes
from solvers.lp.linear_program import Block, FloatArray, Program

MEASURES = ("rate_change", "given_away")
"""Variables of past periods that measure other variables; the constraints of the same names define them."""


def fix_past_variables(arrays: ProblemArrays, program: Program) -> Program:
    """Fix every variable of past periods at its reported value, and measures at what follows from these.

    x[·,t]  =  reported value        for past periods t
    −∞  ≤  a · x  ≤  ∞               for constraints on past variables only

    Constraints that link past and future variables keep their bounds and count the past: the balance that carries over the
    last stock, settlement windows, floors over the plan, and goals. The shape of the program is kept, so a basis
    carries over.
    """
    if not arrays.past.period_count:
        return program
    lp = program.lp
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    is_past_column = np.zeros(lp.column_count, dtype=bool)
    for block in program.variables.values():
        past_mask = is_past_period(arrays, block)
        if past_mask.any():
            columns = block.positions[past_mask]
            if block.name in MEASURES:
                values = _measure_past(program, block, lower)[past_mask]
            else:
                values = _read_past_values(arrays, block, past_mask)
            lower[columns] = upper[columns] = values
            is_past_column[columns] = True
    row_lower, row_upper = lp.row_lower.copy(), lp.row_upper.copy()
    only_past = _find_rows_of_columns(program, is_past_column) & ~_find_rows_of_columns(program, ~is_past_column)
    row_lower[only_past], row_upper[only_past] = -np.inf, np.inf
    lp = replace(lp, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper)
    return replace(program, lp=lp)


def is_past_period(arrays: ProblemArrays, block: Block) -> BoolArray:
    """Return which rows or columns of a block belong to a past period, shape (block.size,)."""
    if "period" not in block.axes:
        return np.zeros(block.size, dtype=bool)
    return np.asarray(block.axes["period"] < arrays.past.period_count)


def _find_rows_of_columns(program: Program, columns: BoolArray) -> BoolArray:
    """Return which constraints have a coefficient in any of these columns, shape (rows,)."""
    matrix = program.lp.matrix
    entries = np.repeat(columns, np.diff(matrix.indptr))
    return np.bincount(matrix.indices[entries], minlength=program.lp.row_count) > 0


def _measure_past(program: Program, block: Block, values: FloatArray) -> FloatArray:
    """Return the least values of measures that satisfy their constraints at other values, (n,), shape (block.size,)."""
    rows = program.constraints[block.name]
    activity = program.lp.matrix[rows.block_slice] @ values
    if block.name == "rate_change":
        activity = np.repeat(activity, 2) * np.where(block.axes["side"] == 0, 1.0, -1.0)
    return np.asarray(np.maximum(activity, 0.0))


def _read_past_values(arrays: ProblemArrays, block: Block, mask: BoolArray) -> FloatArray:
    past = arrays.past
    if block.name == "short":
        place, item, period, band = (codes[mask] for codes in get_axis_codes(block, "place", "item", "period", "band"))
        return np.asarray(_split_past_shortage(arrays)[place, item, period, band])
    axes, amounts = {
        "make": (("line", "period"), past.make),
        "ship": (("arc", "item", "period"), past.ship),
        "stock": (("place", "item", "period"), past.stock),
        "central": (("place", "item", "period"), past.central),
        "give": (("partner", "item", "period"), past.give),
        "take": (("partner", "item", "period"), past.take),
        "extra": (("place", "item", "period"), past.extra),
        "over": (("place", "item", "period"), past.over),
    }[block.name]
    return np.asarray(amounts[tuple(codes[mask] for codes in get_axis_codes(block, *axes))])


def _split_past_shortage(arrays: ProblemArrays) -> FloatArray:
    """Split past shortage over its bands, the smallest weight first; shape (C, I, K, bands)."""
    past = arrays.past
    backlog = arrays.items.carry_over[:, None] * shift_to_next_period(past.short)
    width = (arrays.demand[:, :, : past.period_count] + backlog)[..., None] * arrays.band_width
    filled, remaining = np.zeros_like(width), past.short.copy()
    for band in np.argsort(arrays.band_weight, kind="stable"):
        filled[..., band] = np.minimum(remaining, width[..., band])
        remaining -= filled[..., band]
    return filled
