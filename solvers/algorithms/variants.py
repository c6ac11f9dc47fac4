"""A program with other bounds or another objective: its shape stays, so bases carry over."""

from dataclasses import replace

import numpy as np

from solvers.lp.linear_program import FloatArray, FloatLike, IntArray, Program


def replace_row_bounds(
    program: Program, name: str, *, lower: FloatLike = -np.inf, upper: FloatLike = np.inf
) -> Program:
    """The same program with other bounds on all rows of one rule."""
    span = program.constraints[name].block_slice
    row_lower, row_upper = program.lp.row_lower.copy(), program.lp.row_upper.copy()
    row_lower[span], row_upper[span] = lower, upper
    return replace(program, lp=replace(program.lp, row_lower=row_lower, row_upper=row_upper))


def replace_column_bounds(program: Program, columns: IntArray, lower: FloatArray, upper: FloatArray) -> Program:
    """The same program with other bounds on some columns (positions in the program)."""
    column_lower, column_upper = program.lp.column_lower.copy(), program.lp.column_upper.copy()
    column_lower[columns], column_upper[columns] = lower, upper
    return replace(program, lp=replace(program.lp, column_lower=column_lower, column_upper=column_upper))


def replace_objective(program: Program, cost: FloatArray) -> Program:
    """The same program with another objective, (n,), without a constant part."""
    return replace(program, lp=replace(program.lp, cost=cost, offset=0.0))
