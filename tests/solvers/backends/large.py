"""Programs that are large enough for tests of cancellation and warm starts."""

import numpy as np
from scipy import sparse

from solvers.lp.linear_program import LinearProgram


def assignment(size: int, seed: int = 1) -> LinearProgram:
    """Supply of `size` places to `size` others at random costs: size² columns, 2·size rows; every demand can be met."""
    rng = np.random.default_rng(seed)
    supply, demand = rng.uniform(50, 100, size), rng.uniform(10, 50, size)
    pairs = np.arange(size * size)
    rows = np.concatenate([pairs // size, size + pairs % size])
    matrix = sparse.coo_array((np.ones(2 * len(pairs)), (rows, np.concatenate([pairs, pairs])))).tocsc()
    return LinearProgram(
        rng.uniform(1, 10, size * size),
        np.zeros(size * size),
        np.full(size * size, np.inf),
        np.concatenate([np.full(size, -np.inf), demand]),
        np.concatenate([supply, np.full(size, np.inf)]),
        matrix,
    )


def hard(columns: int = 4000, rows: int = 2000, seed: int = 2) -> LinearProgram:
    """A covering program of medium density that takes every solver many seconds."""
    rng = np.random.default_rng(seed)
    entries = rows * columns // 50
    at = (rng.integers(rows, size=entries), rng.integers(columns, size=entries))
    matrix = sparse.coo_array((rng.uniform(1, 2, entries), at), shape=(rows, columns)).tocsc()
    matrix.sum_duplicates()
    return LinearProgram(
        rng.uniform(1, 2, columns),
        np.zeros(columns),
        np.full(columns, np.inf),
        rng.uniform(50, 100, rows),
        np.full(rows, np.inf),
        matrix,
    )
