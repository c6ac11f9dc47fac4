"""What is too small to be told as a fact: the rules for shadow prices in tables and answers.

A price is noise if a unit of the limit would be worth next to nothing against the goods that the unit can serve. The page has
rules of its own for what it tells (`service/web_ui/static/lib/relevance.js`), and texts have one for shares
(`service/core/share_text.py`).
"""

import numpy as np
from scipy import sparse

from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray, Program

NEGLIGIBLE_PRICE = 1e-6
"""A smaller shadow price, relative to the value at stake in a unit, is within the tolerance of the solver."""

GOODS_VARIABLES = ("make", "ship", "stock", "central", "take", "give")
"""Variables that count units of an item."""


def compute_item_stakes(arrays: ProblemArrays) -> FloatArray:
    """Return the least weighted won that a unit of an item is worth where it is short, (I,); 0 where it has no value.

    A material counts with its value. With ordered goals, prices are in the unit of the last goal, so nothing is at stake.
    """
    if arrays.problem.policy.goals:
        return np.zeros(len(arrays.items.value))
    weight = np.where(arrays.items.shortage_weight > 0, arrays.items.shortage_weight, np.inf).min(
        axis=1, initial=np.inf
    )
    band = arrays.band_weight[arrays.band_weight > 0].min(initial=np.inf)
    is_needed = arrays.items.is_good | arrays.items.is_requirement
    worth = np.where(is_needed, weight * band, arrays.items.value)
    return np.where(np.isfinite(worth), worth, 0.0)


def compute_limit_stakes(arrays: ProblemArrays, program: Program, positions: IntArray) -> FloatArray:
    """Return the value at stake in a unit of limits, (q,), in weighted won; 0 where no goods with a value use them.

    `positions` are rows of the program, or the number of rows plus a column. Of the goods that one more unit of a limit can
    serve, the one that is worth least counts, so a price that matters for any of them stays.
    """
    by_column = _compute_column_stakes(arrays, program)
    inverse = np.divide(1.0, by_column, out=np.zeros_like(by_column), where=by_column > 0)
    matrix = program.lp.matrix
    magnitudes = sparse.csc_array((np.abs(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape)
    use = sparse.csr_array(magnitudes @ sparse.diags_array(inverse))
    largest = use.max(axis=1).toarray().ravel() if use.nnz else np.zeros(program.lp.row_count)
    by_row = np.divide(1.0, largest, out=np.zeros_like(largest), where=largest > 0)
    return np.asarray(np.concatenate([by_row, by_column])[positions])


def drop_negligible_prices(prices: FloatArray, stakes: FloatArray) -> FloatArray:
    """Return prices with 0 for those that are noise against the value at stake; the arrays have shapes that broadcast."""
    return np.where(np.abs(prices) <= NEGLIGIBLE_PRICE * stakes, 0.0, prices)


def _compute_column_stakes(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Return the value at stake in a unit of each variable, (n,); 0 for variables that count no goods."""
    stakes, by_item = np.zeros(program.lp.column_count), compute_item_stakes(arrays)
    for name in GOODS_VARIABLES:
        block = program.variables[name]
        item = arrays.lines.item[block.axes["line"]] if name == "make" else block.axes["item"]
        stakes[block.block_slice] = by_item[item]
    return stakes
