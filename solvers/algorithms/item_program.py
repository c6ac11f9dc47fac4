"""Programs of single items within the program of a plan, in which all other variables keep their values."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from solvers.backends.highs_mip import MixedIntegerProgram
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram

TOLERANCE = 1e-6
"""Rounding error by which a point may violate a constraint, relative to 1 + the part of the other variables."""


@dataclass(frozen=True, slots=True)
class ItemProgram:
    """The program of one item."""

    columns: IntArray
    """Positions of its variables in the whole program, (k,)."""
    program: MixedIntegerProgram
    """The program; all other variables keep their values."""
    is_whole: bool
    """Whether the present values are whole."""


def find_helping_entries(lp: LinearProgram, rows: sparse.csr_array) -> sparse.csr_array:
    """Return the coefficients with which a variable that grows helps to keep an inequality, (m, n)."""
    entries = rows.tocoo()
    lower, upper = np.isfinite(lp.row_lower)[entries.row], np.isfinite(lp.row_upper)[entries.row]
    is_helping = (lower & ~upper & (entries.data > 0)) | (upper & ~lower & (entries.data < 0))
    return sparse.csr_array(
        (entries.data[is_helping], (entries.row[is_helping], entries.col[is_helping])), shape=rows.shape
    )


def extract_part(
    lp: LinearProgram,
    rows: sparse.csr_array,
    columns: IntArray,
    values: FloatArray,
) -> LinearProgram:
    """Return the program of some variables, in which all other variables keep their values.

    A constraint that the values violate by rounding errors is widened to them, so that the current point stays feasible.
    """
    part = sparse.csc_array(lp.matrix[:, columns])
    touched = np.unique(part.indices)
    part = sparse.csc_array(part.tocsr()[touched])
    own = part @ values[columns]
    others = rows[touched] @ values - own
    row_lower, row_upper = lp.row_lower[touched] - others, lp.row_upper[touched] - others
    slack = TOLERANCE * (1 + np.abs(others))
    row_lower = np.where(own < row_lower, np.maximum(own, row_lower - slack), row_lower)
    row_upper = np.where(own > row_upper, np.minimum(own, row_upper + slack), row_upper)
    return LinearProgram(
        lp.cost[columns], lp.column_lower[columns], lp.column_upper[columns], row_lower, row_upper, part
    )
