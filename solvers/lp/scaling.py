"""Scaling of a program: every flow in won instead of units, which a solver sees; all other code stays in units.

With x' = c·x for variables and r for constraints, the program of x' has the matrix R·A·C⁻¹, costs C⁻¹·cost, and bounds times c or r.
Bases are the same, and a solution is converted back exactly up to rounding.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from solvers.lp.linear_program import Block, FloatArray, LinearProgram, Program
from solvers.lp.solution import Solution


@dataclass(frozen=True, slots=True)
class Scaling:
    """Positive factors of variables, (n,), and constraints, (m,)."""

    columns: FloatArray
    """Scaled value ÷ value, by variable."""
    rows: FloatArray
    """Scaled activity ÷ activity, by constraint."""

    @classmethod
    def from_unit_values(cls, program: Program) -> "Scaling":
        """Scale what is counted in units of an item by its value in won; all else, and items without a value, by 1."""
        columns, rows = np.ones(program.lp.column_count), np.ones(program.lp.row_count)
        for blocks, factors in ((program.variables, columns), (program.constraints, rows)):
            for block in blocks.values():
                factors[block.block_slice] = _look_up_values(program, block)
        return cls(columns, rows)

    def scale_program(self, lp: LinearProgram) -> LinearProgram:
        """Return the program in scaled variables and constraints."""
        matrix = sparse.csc_array(sparse.diags_array(self.rows) @ lp.matrix @ sparse.diags_array(1.0 / self.columns))
        matrix.sort_indices()
        return replace(
            lp,
            cost=lp.cost / self.columns,
            column_lower=lp.column_lower * self.columns,
            column_upper=lp.column_upper * self.columns,
            row_lower=lp.row_lower * self.rows,
            row_upper=lp.row_upper * self.rows,
            matrix=matrix,
        )

    def restore_units(self, solution: Solution) -> Solution:
        """Return a solution of the scaled program as one of the original program."""
        values, dual_values = solution.values, solution.dual_values
        return replace(
            solution,
            values=None if values is None else values / self.columns,
            dual_values=None if dual_values is None else dual_values * self.rows,
        )


def _look_up_values(program: Program, block: Block) -> FloatArray | float:
    for axis, values in program.unit_values.items():
        if axis in block.axes:
            found = values[block.axes[axis]]
            return np.where(found > 0, found, 1.0)
    return 1.0
