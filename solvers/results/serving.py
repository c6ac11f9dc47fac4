"""What serving one more unit of an own need changes beside the balance of its item: requirements, and limits on what people take.

A shortage of an own need stands in the balance of the item, and in every constraint on what people take: serving the unit meets
requirements, and uses the most that people take, greatest amounts and shares of a basket. With the coefficients e of the shortage and
the dual values y of these constraints, the price of the need is that of the balance plus Σ e·y.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from solvers.formulation.balance_rows import CELL_AXES, BalanceRows, find_rows_of_greatest_amounts
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.flows import sum_by_cell

CONSTRAINTS_ON_TAKING = ("requirement", "taken", "basket_share")
"""Constraints on what people take."""


@dataclass(frozen=True, slots=True)
class ServingTerms:
    """Terms of one more unit served at each balance, beside the balance itself; b balances, q limits."""

    price: FloatArray
    """Won that the balance does not have, (b,)."""
    limit_use: sparse.csr_array
    """Units of each limit, (b, q); negative where serving gives way to others."""
    other_costs: FloatArray
    """Won of constraints that are no limits, (b,): negative where the unit meets requirements."""

    @classmethod
    def from_dual_values(cls, program: Program, dual_values: FloatArray, limit_positions: IntArray) -> Self:
        """Collect the terms at dual values, (m,), for limits: rows, or the number of rows plus a column, (q,)."""
        rows, count = BalanceRows.from_program(program), program.lp.row_count
        balance, columns = _find_shortage_columns(program, rows)
        row_period, is_counted = np.full(count, -1), np.zeros(count, dtype=bool)
        for name in CONSTRAINTS_ON_TAKING:
            block = program.constraints[name]
            row_period[block.block_slice], is_counted[block.block_slice] = block.axes["period"], True
        entries = program.lp.matrix[:, columns].tocoo()
        row, column = entries.coords
        kept = is_counted[row] & (row_period[row] == rows.period[balance[column]])
        row, here, units = row[kept], balance[column[kept]], entries.data[kept]
        worth = units * dual_values[row]
        limit_of_row = np.full(count, -1)
        positions = find_rows_of_greatest_amounts(program, limit_positions)
        of_row = np.flatnonzero(positions < count)
        limit_of_row[positions[of_row]] = of_row
        limit = limit_of_row[row]
        is_limit = (limit >= 0) & (dual_values[row] != 0)
        size = len(rows.positions)
        use = sparse.csr_array(
            (units[is_limit] * np.sign(dual_values[row[is_limit]]), (here[is_limit], limit[is_limit])),
            shape=(size, len(limit_positions)),
        )
        price, of_limits = sum_by_cell(here, worth, size), sum_by_cell(here[is_limit], worth[is_limit], size)
        return cls(price, use, price - of_limits)


def _find_shortage_columns(program: Program, rows: BalanceRows) -> tuple[IntArray, IntArray]:
    """Return the balances of items with a shortage, and a column of each shortage; the bands of one have equal coefficients."""
    short, count = program.variables["short"], program.constraints["balance"].size
    position = np.full(tuple(len(program.labels[axis]) for axis in CELL_AXES), -1, dtype=np.int64)
    position[tuple(codes[:count] for codes in rows.cells)] = np.arange(count)
    balance = position[tuple(short.axes[axis] for axis in CELL_AXES)]
    found, first = np.unique(balance, return_index=True)
    is_own = found >= 0
    return found[is_own], short.positions[first[is_own]]
