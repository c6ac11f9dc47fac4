"""How rules find the columns they bind and add their terms, in whole arrays."""

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
}
"""Axes of each decision."""


def find_variable_block(program: ProgramBuilder, name: str) -> Block:
    """The columns of a decision; an empty block where the program does without it."""
    nothing = Block(name, 0, 0, {axis: np.empty(0, dtype=np.int64) for axis in VARIABLE_AXES[name]})
    return program.variables.get(name, nothing)


def add_constraints_where(
    program: ProgramBuilder,
    constraint: str,
    axes: tuple[str, ...],
    mask: BoolArray,
    *,
    lower: FloatArray | None = None,
    upper: FloatArray | None = None,
) -> IntArray:
    """Add a row wherever `where` (one dimension an axis) holds; give the position of each, −1 where there is none."""
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
    """Add value·x[column] to each row; pairs without a row (−1) or with the value 0 say nothing and are left out."""
    each = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
    matter = (rows >= 0) & (each != 0)
    program.add_coefficients(rows[matter], columns[matter], each[matter])


def get_axis_codes(block: Block, *axes: str) -> tuple[IntArray, ...]:
    """Positions of a block's columns on several axes, to look up arrays of these axes by."""
    return tuple(block.axes[axis] for axis in axes)


def find_production_columns(program: ProgramBuilder, lines: IntArray, period_count: int) -> IntArray:
    """Columns of `make` of given lines in every period, (len(lines), periods).

    Every line has a column in every period, period by period within a line.
    """
    start = find_variable_block(program, "make").start
    return np.asarray(start + lines[:, None] * period_count + np.arange(period_count)[None, :])
