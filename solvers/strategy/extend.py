"""Programs with a block of columns or rows added at the end; the arrays before it stay where they are, so bases carry over."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse

from solvers.program import Block, FloatArray, FloatLike, IntArray, Program


def with_columns(
    program: Program,
    name: str,
    axes: Mapping[str, IntArray],
    *,
    upper: FloatLike = np.inf,
    labels: Mapping[str, tuple[str, ...]] | None = None,
) -> Program:
    """Add a decision of columns ≥ 0 without cost or coefficients; its terms come with the rows added after it."""
    size = len(next(iter(axes.values())))
    lp = program.lp
    block = Block(name, lp.columns, size, dict(axes))
    grown = replace(
        lp,
        cost=np.append(lp.cost, np.zeros(size)),
        column_lower=np.append(lp.column_lower, np.zeros(size)),
        column_upper=np.append(lp.column_upper, np.broadcast_to(np.asarray(upper, dtype=np.float64), (size,))),
        matrix=sparse.csc_array(sparse.hstack([lp.matrix, sparse.csc_array((lp.rows, size))], format="csc")),
    )
    return Program(grown, {**program.decisions, name: block}, program.rules, {**program.labels, **(labels or {})})


def with_rows(
    program: Program,
    name: str,
    axes: Mapping[str, IntArray],
    matrix: sparse.sparray,
    *,
    lower: FloatLike = -np.inf,
    upper: FloatLike = np.inf,
    labels: Mapping[str, tuple[str, ...]] | None = None,
) -> Program:
    """Add a rule: `matrix` has its rows, shape (k, n); scalars hold for all k."""
    size = matrix.shape[0]
    lp = program.lp
    block = Block(name, lp.rows, size, dict(axes))
    stacked = sparse.csc_array(sparse.vstack([lp.matrix, matrix], format="csc"))
    stacked.sort_indices()
    stacked.eliminate_zeros()
    grown = replace(
        lp,
        row_lower=np.append(lp.row_lower, np.broadcast_to(np.asarray(lower, dtype=np.float64), (size,))),
        row_upper=np.append(lp.row_upper, np.broadcast_to(np.asarray(upper, dtype=np.float64), (size,))),
        matrix=stacked,
    )
    return Program(grown, program.decisions, {**program.rules, name: block}, {**program.labels, **(labels or {})})


def with_row_bounds(program: Program, name: str, *, lower: FloatLike = -np.inf, upper: FloatLike = np.inf) -> Program:
    """The same program with other bounds on all rows of one rule."""
    span = program.rules[name].span
    row_lower, row_upper = program.lp.row_lower.copy(), program.lp.row_upper.copy()
    row_lower[span], row_upper[span] = lower, upper
    return replace(program, lp=replace(program.lp, row_lower=row_lower, row_upper=row_upper))


def with_column_bounds(program: Program, columns: IntArray, lower: FloatArray, upper: FloatArray) -> Program:
    """The same program with other bounds on some columns (positions in the program)."""
    column_lower, column_upper = program.lp.column_lower.copy(), program.lp.column_upper.copy()
    column_lower[columns], column_upper[columns] = lower, upper
    return replace(program, lp=replace(program.lp, column_lower=column_lower, column_upper=column_upper))


def with_cost(program: Program, cost: FloatArray) -> Program:
    """The same program with another objective, (n,), without a constant part."""
    return replace(program, lp=replace(program.lp, cost=cost, offset=0.0))
