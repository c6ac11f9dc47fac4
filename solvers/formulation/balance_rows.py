"""Rows whose dual value is what one more unit is worth: balances of items, and requirements."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from solvers.lp.linear_program import IntArray, Program

BALANCE_CONSTRAINTS = ("balance", "requirement")
"""Constraints of items and of requirements, by place, item and period."""

CELL_AXES = ("place", "item", "period")
"""Axes of these constraints."""


@dataclass(frozen=True, slots=True)
class BalanceRows:
    """Balances of items, then constraints of requirements; b rows."""

    positions: IntArray
    """Row of the program, (b,)."""
    place: IntArray
    """Position of the place, (b,)."""
    item: IntArray
    """Position of the item or requirement, (b,)."""
    period: IntArray
    """Position of the period, (b,)."""

    @classmethod
    def from_program(cls, program: Program) -> Self:
        """Collect the rows of a program."""
        blocks = [program.constraints[name] for name in BALANCE_CONSTRAINTS]
        place, item, period = (np.concatenate([block.axes[axis] for block in blocks]) for axis in CELL_AXES)
        return cls(np.concatenate([block.positions for block in blocks]), place, item, period)

    @property
    def cells(self) -> tuple[IntArray, IntArray, IntArray]:
        """Place, item and period of each row."""
        return self.place, self.item, self.period


def find_rows_of_greatest_amounts(program: Program, positions: IntArray) -> IntArray:
    """Return positions of limits, (q,), with the row of its requirement in place of the bound of each variable `over`.

    `positions` are rows, or the number of rows plus a column. The greatest amount of a requirement is the bound of `over`, which
    stands in the constraint of the requirement alone: what uses the one uses the other, at the same price.
    """
    rows, over, requirement = (
        program.lp.row_count,
        program.variables["over"],
        program.constraints["requirement"],
    )
    is_over = (positions >= rows + over.start) & (positions < rows + over.start + over.size)
    where = np.full(tuple(len(program.labels[axis]) for axis in CELL_AXES), -1, dtype=np.int64)
    where[tuple(requirement.axes[axis] for axis in CELL_AXES)] = requirement.positions
    column = positions[is_over] - rows - over.start
    found = positions.copy()
    found[is_over] = where[tuple(over.axes[axis][column] for axis in CELL_AXES)]
    return found
