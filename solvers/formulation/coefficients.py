"""Vectorised helpers with which constraints find variables and add coefficients."""

from collections.abc import Mapping

import numpy as np

from solvers.data.item_arrays import BoolArray
from solvers.lp.linear_program import Block, FloatArray, FloatLike, IntArray, ProgramBuilder

VARIABLE_AXES: Mapping[str, tuple[str, ...]] = {
    "make": ("line", "period"),
    "ship": ("arc", "item", "period"),
    "stock": ("place", "item", "period"),
    "central": ("place", "item", "period"),
    "give": ("partner", "item", "period"),
    "take": ("partner", "item", "period"),
    "short": ("place", "item", "period", "band"),
    "rate_change": ("line", "period", "side"),
    "left_over": ("place", "item", "period"),
    "given_away": ("partner", "period"),
    "discard": ("place", "item", "period"),
    "extra": ("place", "item", "period"),
    "over": ("place", "item", "period"),
}
"""Axes of each variable block."""


def find_variable_block(program: ProgramBuilder, name: str) -> Block:
    """Return the columns of a variable; an empty block if the program lacks the variable."""
    empty = Block(name, 0, 0, {axis: np.empty(0, dtype=np.int64) for axis in VARIABLE_AXES[name]})
    return program.variables.get(name, empty)


def add_constraints_where(
    program: ProgramBuilder,
    constraint: str,
    axes: tuple[str, ...],
    mask: BoolArray,
    *,
    lower: FloatArray | None = None,
    upper: FloatArray | None = None,
) -> IntArray:
    """Add a constraint wherever `mask` is true, with one dimension for each axis; return its row, or −1 where there is none."""
    codes = np.nonzero(mask)
    block = program.add_constraints(
        constraint,
        dict(zip(axes, codes, strict=True)),
        lower=-np.inf if lower is None else lower[codes],
        upper=np.inf if upper is None else upper[codes],
    )
    rows = np.full(mask.shape, -1, dtype=np.int64)
    rows[codes] = block.positions
    return rows


def add_coefficients(program: ProgramBuilder, rows: IntArray, columns: IntArray, values: FloatLike) -> None:
    """Add value·x[column] to each row; leave out pairs without a row (−1) and coefficients of 0."""
    coefficients = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
    is_needed = (rows >= 0) & (coefficients != 0)
    program.add_coefficients(rows[is_needed], columns[is_needed], coefficients[is_needed])


def add_cumulative_coefficients(
    program: ProgramBuilder, rows: IntArray, group: IntArray, period: IntArray, columns: IntArray, values: FloatLike
) -> None:
    """Add value·x[column] to the row of its period and to the rows of all later periods.

    `rows` has one row for each group and period, −1 where there is none; `group` and `period` are those of the columns.
    """
    column, later_period = np.nonzero(np.arange(rows.shape[1]) >= period[:, None])
    coefficients = np.broadcast_to(np.asarray(values, dtype=np.float64), columns.shape)
    add_coefficients(program, rows[group[column], later_period], columns[column], coefficients[column])


def get_axis_codes(block: Block, *axes: str) -> tuple[IntArray, ...]:
    """Return the positions of a block's columns on several axes."""
    return tuple(block.axes[axis] for axis in axes)


def find_production_columns(program: ProgramBuilder, lines: IntArray, period_count: int) -> IntArray:
    """Return the columns of the variable `make` of some lines in every period, shape (len(lines), periods).

    Every line has one column for each period, in order of period within the line.
    """
    start = find_variable_block(program, "make").start
    return np.asarray(start + lines[:, None] * period_count + np.arange(period_count)[None, :])
