"""The part of a program that some of its limits have to do with: rows and columns tied to them by coefficients."""

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from solvers.infeasibility.relaxable_limits import RelaxableLimits
from solvers.lp.linear_program import LinearProgram


def extract_connected_subproblem(lp: LinearProgram, limits: RelaxableLimits) -> tuple[LinearProgram, RelaxableLimits]:
    """Cut a program down to what hangs together with the limits in `soft`, and move their positions along.

    Rows without a bound tie nothing. The parts left out share no column with the rest, so the whole has a point exactly if the
    part has one and the parts left out have one each.
    """
    active = np.isfinite(lp.row_lower) | np.isfinite(lp.row_upper)
    entries = lp.matrix.tocoo()
    is_active = active[entries.row]
    row, column = entries.row[is_active], entries.col[is_active]
    size = lp.row_count + lp.column_count
    graph = sparse.coo_array((np.ones(len(row)), (row, lp.row_count + column)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    anchors = limits.position + lp.row_count * limits.is_column
    inside = np.isin(component, component[anchors])
    rows, columns = np.flatnonzero(inside[: lp.row_count] & active), np.flatnonzero(inside[lp.row_count :])
    subproblem = replace(
        lp,
        cost=lp.cost[columns],
        column_lower=lp.column_lower[columns],
        column_upper=lp.column_upper[columns],
        row_lower=lp.row_lower[rows],
        row_upper=lp.row_upper[rows],
        matrix=sparse.csc_array(lp.matrix.tocsr()[rows][:, columns]),
    )
    new_positions = np.where(
        limits.is_column == 1, np.searchsorted(columns, limits.position), np.searchsorted(rows, limits.position)
    )
    return subproblem, replace(limits, position=new_positions)
