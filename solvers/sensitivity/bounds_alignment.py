"""One program's bounds in the shape of another: rows and columns are matched by what they mean, never by where they stand."""

from collections.abc import Mapping

import numpy as np

from solvers.lp.linear_program import Block, IntArray, Program
from solvers.sensitivity.session import Bounds


def bounds_in_layout_of(program: Program, like: Program) -> Bounds | None:
    """The bounds of `program` for the rows and columns of `like`; None where it has some that `like` lacks, or other coefficients.

    Columns that `program` lacks are held at zero; rows that it lacks limit nothing, but balances, which are 0 = 0.
    """
    rows, columns = (
        _match_blocks(program.constraints, like.constraints),
        _match_blocks(program.variables, like.variables),
    )
    if rows is None or columns is None or not _has_same_coefficients(program, like, rows, columns):
        return None
    balance = like.constraints["balance"].block_slice
    out = Bounds(
        np.full(like.lp.row_count, -np.inf),
        np.full(like.lp.row_count, np.inf),
        np.zeros(like.lp.column_count),
        np.zeros(like.lp.column_count),
    )
    out.row_lower[balance] = out.row_upper[balance] = 0.0
    own = Bounds.from_program(program.lp)
    out.row_lower[rows], out.row_upper[rows] = own.row_lower, own.row_upper
    out.column_lower[columns], out.column_upper[columns] = own.column_lower, own.column_upper
    return out


def _match_blocks(blocks: Mapping[str, Block], others: Mapping[str, Block]) -> IntArray | None:
    parts = []
    for name, block in blocks.items():
        other = others.get(name)
        where = np.full(block.size, -1) if other is None else _map_positions(block, other)
        if (where < 0).any():
            return None
        parts.append(where + (other.start if other is not None else 0))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _map_positions(block: Block, other: Block) -> IntArray:
    """Position in `other` of each row or column of `block`, −1 where it has none."""
    if not block.size or not other.size:
        return np.full(block.size, -1, dtype=np.int64)
    names = list(block.axes)
    tops = [int(max(block.axes[a].max(), other.axes[a].max())) + 1 for a in names]
    keys, known = (np.ravel_multi_index([b.axes[a] for a in names], tops) for b in (block, other))
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], keys), len(known) - 1)
    found = order[at]
    return np.asarray(np.where(known[found] == keys, found, -1), dtype=np.int64)


def _has_same_coefficients(program: Program, like: Program, rows: IntArray, columns: IntArray) -> bool:
    """Whether costs and coefficients are the same where both have them."""
    if not np.array_equal(program.lp.cost, like.lp.cost[columns]):
        return False
    part = like.lp.matrix.tocsr()[rows][:, columns]
    difference = (part - program.lp.matrix).tocsc()
    return bool(difference.nnz == 0 or np.abs(difference.data).max(initial=0.0) == 0.0)
