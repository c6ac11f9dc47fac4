"""A program cut by periods: which rows and columns lie in which, and the stock that alone ties them together."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program

LINKING = -1
"""Period of a row that speaks of several, such as a swap's balance over a year."""


@dataclass(frozen=True, slots=True)
class Subproblem:
    """The rows and columns of some periods in a row, as a program; the stock they begin with is on its right-hand side."""

    rows: IntArray
    """Positions of its rows in the whole."""
    columns: IntArray
    """Positions of its columns in the whole."""
    lp: LinearProgram
    """The arrays."""


@dataclass(frozen=True, slots=True)
class PeriodDecomposition:
    """Where a program may be cut. Shapes: n columns, m rows."""

    lp: LinearProgram
    """The whole."""
    period_count: int
    """How many periods there are."""
    column_period: IntArray
    """Period by column, (n,)."""
    row_period: IntArray
    """Period by row, (m,); WHOLE for rows of several."""
    stock_columns: npt.NDArray[np.bool_]
    """Whether a column is stock at the end of its period, (n,)."""
    cost: FloatArray
    """Cost by column, (n,), with what rows of several periods make of it at given prices."""

    @classmethod
    def decompose(cls, program: Program, prices: FloatArray) -> "PeriodDecomposition | None":
        """Cut a program, rows of several periods replaced by their prices, (m,); None where more than stock ties periods together."""
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
        there, here = row[entries.coords[0]], column[entries.coords[1]]
        tied = (there != LINKING) & (there != here) & ~(stock[entries.coords[1]] & (there == here + 1))
        if (column == LINKING).any() or tied.any() or not lp.column_count:
            return None
        wide = np.where(row == LINKING, prices, 0.0)
        return cls(lp, int(column.max()) + 1, column, row, stock, lp.cost - lp.matrix.T @ wide)

    def build_subproblem(self, first: int, last: int, carried_stock: FloatArray) -> Subproblem:
        """Periods from the first to the last; `carried` is the stock that the one before hands on, by column, (n,)."""
        rows = np.flatnonzero((self.row_period >= first) & (self.row_period <= last))
        columns = np.flatnonzero((self.column_period >= first) & (self.column_period <= last))
        opening = np.flatnonzero(self.stock_columns & (self.column_period == first - 1))
        inside = self.lp.matrix[:, np.concatenate([columns, opening])].tocsr()[rows].tocsc()
        brought = inside[:, len(columns) :] @ carried_stock[opening]
        lp = replace(
            self.lp,
            cost=self.cost[columns],
            column_lower=self.lp.column_lower[columns],
            column_upper=self.lp.column_upper[columns],
            row_lower=self.lp.row_lower[rows] - brought,
            row_upper=self.lp.row_upper[rows] - brought,
            matrix=inside[:, : len(columns)],
            offset=0.0,
        )
        return Subproblem(rows, columns, lp)

    def build_whole_program(self) -> Subproblem:
        """All of it, with its own costs and the rows of several periods."""
        return Subproblem(np.arange(self.lp.row_count), np.arange(self.lp.column_count), self.lp)
