"""Temporal decomposition: split a program by periods, which only the stock variables link."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program

LINKING = -1
"""Period of a linking constraint, such as the balance of a swap over a year."""


@dataclass(frozen=True, slots=True)
class Subproblem:
    """The program of consecutive periods; the opening stock is a constant on its right-hand side."""

    rows: IntArray
    """Positions of the constraints in the whole program."""
    columns: IntArray
    """Positions of the variables in the whole program."""
    lp: LinearProgram
    """The arrays of the subproblem."""


@dataclass(frozen=True, slots=True)
class PeriodDecomposition:
    """The period of each variable and constraint of a program. Shapes: n columns, m rows."""

    lp: LinearProgram
    """The whole program."""
    period_count: int
    """Number of periods."""
    column_period: IntArray
    """Period of each variable, (n,)."""
    row_period: IntArray
    """Period of each constraint, (m,); LINKING for a linking constraint."""
    stock_columns: npt.NDArray[np.bool_]
    """Whether a variable is stock at the end of its period, (n,)."""
    cost: FloatArray
    """Cost of each variable, (n,), less the dual values of the linking constraints (Lagrangian relaxation)."""

    @classmethod
    def decompose(cls, program: Program, dual_values: FloatArray) -> "PeriodDecomposition | None":
        """Split a program by periods; dual values, (m,), replace the linking constraints.

        The result is None if variables other than stock link two periods.
        """
        lp = program.lp
        column, row = np.full(lp.column_count, LINKING, dtype=np.int64), np.full(lp.row_count, LINKING, dtype=np.int64)
        for blocks, target in ((program.variables, column), (program.constraints, row)):
            for block in blocks.values():
                if "period" in block.axes:
                    target[block.block_slice] = block.axes["period"]
        stock = np.zeros(lp.column_count, dtype=bool)
        if "stock" in program.variables:
            stock[program.variables["stock"].block_slice] = True
        entries = lp.matrix.tocoo()
        row_period, column_period = row[entries.coords[0]], column[entries.coords[1]]
        is_carried = stock[entries.coords[1]] & (row_period == column_period + 1)
        is_link = (row_period != LINKING) & (row_period != column_period) & ~is_carried
        if (column == LINKING).any() or is_link.any() or not lp.column_count:
            return None
        linking_duals = np.where(row == LINKING, dual_values, 0.0)
        return cls(lp, int(column.max()) + 1, column, row, stock, lp.cost - lp.matrix.T @ linking_duals)

    def build_subproblem(self, first: int, last: int, carried_stock: FloatArray) -> Subproblem:
        """Build the subproblem of the periods `first` to `last`; `carried_stock` has the opening stock, by variable, (n,)."""
        rows = np.flatnonzero((self.row_period >= first) & (self.row_period <= last))
        columns = np.flatnonzero((self.column_period >= first) & (self.column_period <= last))
        opening = np.flatnonzero(self.stock_columns & (self.column_period == first - 1))
        entries = self.lp.matrix[:, np.concatenate([columns, opening])].tocsr()[rows].tocsc()
        opening_stock = entries[:, len(columns) :] @ carried_stock[opening]
        lp = replace(
            self.lp,
            cost=self.cost[columns],
            column_lower=self.lp.column_lower[columns],
            column_upper=self.lp.column_upper[columns],
            row_lower=self.lp.row_lower[rows] - opening_stock,
            row_upper=self.lp.row_upper[rows] - opening_stock,
            matrix=entries[:, : len(columns)],
            offset=0.0,
        )
        return Subproblem(rows, columns, lp)

    def build_whole_program(self) -> Subproblem:
        """Build the subproblem of all periods, with the original costs and the linking constraints."""
        return Subproblem(np.arange(self.lp.row_count), np.arange(self.lp.column_count), self.lp)
