"""The province as if all places were one: a small program whose optimum no plan can go below, solved in under a second.

Balances that shipments tie together are summed, so that shipments cancel; what shipments alone obey (links, handling) is left out.
Every plan keeps the summed rules, and costs no less than it does without its haulage. So the optimum is a lower bound of the
whole, in practice within some hundredths of it: a yardstick by which to see how far a solver has come.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from solvers.program import LinearProgram, Program

MOVING = ("link", "handling")
"""Rules that speak of shipments alone."""


def joined(program: Program) -> LinearProgram | None:
    """The program with places joined; None where there is nothing to join, or where shipping could loosen a rule or pay."""
    lp = program.lp
    ship, balance = program.decisions.get("ship"), program.rules.get("balance")
    if ship is None or balance is None or not ship.size:
        return None
    rows = np.ones(lp.rows, dtype=bool)
    rows[balance.span] = False
    for name in MOVING:
        if name in program.rules:
            rows[program.rules[name].span] = False
    by_row = lp.matrix.tocsr()
    moved, rest = by_row[balance.span][:, ship.span], by_row[rows]
    groups, group = connected_components(moved @ moved.T, directed=False)
    total = sparse.csr_array((np.ones(balance.size), (group, np.arange(balance.size))), shape=(groups, balance.size))
    pays = (lp.cost[ship.span] < 0).any() or (lp.column_lower[ship.span] < 0).any() or abs(total @ moved).sum() > 0
    if pays or not _only_burdens(rest[:, ship.span], lp.row_lower[rows]):
        return None
    stays = np.ones(lp.columns, dtype=bool)
    stays[ship.span] = False
    matrix = sparse.vstack([total @ by_row[balance.span], rest])[:, stays].tocsc()
    matrix.eliminate_zeros()
    return replace(
        lp,
        cost=lp.cost[stays],
        column_lower=lp.column_lower[stays],
        column_upper=lp.column_upper[stays],
        row_lower=np.concatenate([total @ lp.row_lower[balance.span], lp.row_lower[rows]]),
        row_upper=np.concatenate([total @ lp.row_upper[balance.span], lp.row_upper[rows]]),
        matrix=sparse.csc_array(matrix),
    )


def _only_burdens(terms: sparse.csr_array, lower: np.ndarray) -> bool:
    """Whether shipping, not negative, only ever uses up what these rows allow: then a plan keeps them without it too."""
    touched = np.diff(terms.indptr) > 0
    return bool((terms.data >= 0).all() and np.isneginf(lower[touched]).all())
