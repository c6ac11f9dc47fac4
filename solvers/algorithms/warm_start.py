"""Warm start from a solved plan: map its basis to the program of a changed problem.

A changed problem has the same constraints and variables, or a few more or fewer (for example without one factory, or with a new
item). Constraints and variables of both programs, matched by labels, keep their basis status. A new constraint is basic and a new
variable is nonbasic at a bound. The solver repairs the basis where it is singular or infeasible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solvers.lp.linear_program import Block, FloatArray, IntArray, Program
from solvers.lp.solution import AT_LOWER, AT_UPPER, BASIC, FREE_AT_ZERO, Basis, BasisStatus


@dataclass(frozen=True, slots=True)
class WarmStart:
    """A basis with the blocks and labels of its program."""

    basis: Basis
    """Status of each constraint and variable."""
    variables: Mapping[str, Block]
    """Variable blocks by name."""
    constraints: Mapping[str, Block]
    """Constraint blocks by name."""
    labels: Mapping[str, tuple[str, ...]]
    """Labels of each axis, by position."""

    @classmethod
    def from_program(cls, program: Program, basis: Basis) -> "WarmStart":
        """Build a warm start from a solved program and its basis."""
        return cls(basis, program.variables, program.constraints, program.labels)

    @property
    def is_compatible(self) -> bool:
        """Whether the basis has the shape of its program; a basis stored by another version of Allot may differ."""
        columns = sum(block.size for block in self.variables.values())
        rows = sum(block.size for block in self.constraints.values())
        return (len(self.basis.columns), len(self.basis.rows)) == (columns, rows)

    def map_basis_to(self, program: Program) -> Basis:
        """Map the basis to another program by labels."""
        lp = program.lp
        columns, rows = np.full(lp.column_count, AT_LOWER, np.int8), np.full(lp.row_count, BASIC, np.int8)
        for name, block in program.variables.items():
            if name in self.variables:
                self._copy_block_statuses(self.variables[name], self.basis.columns, block, columns, program)
        for name, block in program.constraints.items():
            if name in self.constraints:
                self._copy_block_statuses(self.constraints[name], self.basis.rows, block, rows, program)
        columns[lp.column_lower == lp.column_upper] = AT_LOWER  # fixed variable
        rows[np.isinf(lp.row_lower) & np.isinf(lp.row_upper)] = BASIC  # free row: its dual value is 0
        return Basis(
            _clamp_statuses(columns, lp.column_lower, lp.column_upper),
            _clamp_statuses(rows, lp.row_lower, lp.row_upper),
        )

    def _copy_block_statuses(
        self, old: Block, statuses: BasisStatus, new: Block, target: BasisStatus, program: Program
    ) -> None:
        """Copy the statuses of an old block to the positions of a new block that have the same labels."""
        if set(old.axes) != set(new.axes) or not old.size or not new.size:
            return
        sizes = [len(program.labels[axis]) for axis in new.axes]
        new_codes = _combine_codes([new.axes[axis] for axis in new.axes], sizes)
        mapped = [self._map_axis_positions(axis, program)[old.axes[axis]] for axis in new.axes]
        known = np.all([codes >= 0 for codes in mapped], axis=0)
        old_codes = _combine_codes([codes[known] for codes in mapped], sizes)
        order = np.argsort(old_codes)
        place = np.minimum(np.searchsorted(old_codes[order], new_codes), max(len(old_codes) - 1, 0))
        is_match = old_codes[order][place] == new_codes if len(old_codes) else np.zeros(new.size, dtype=bool)
        target[new.positions[is_match]] = statuses[old.block_slice][known][order][place[is_match]]

    def _map_axis_positions(self, axis: str, program: Program) -> IntArray:
        """Return the new position of each old label of an axis; −1 for a removed label."""
        new_positions = {label: position for position, label in enumerate(program.labels[axis])}
        return np.array([new_positions.get(label, -1) for label in self.labels[axis]], dtype=np.int64)


def _combine_codes(codes: Sequence[IntArray], sizes: Sequence[int]) -> IntArray:
    """Encode each combination of label positions as one integer."""
    return np.ravel_multi_index(tuple(codes), tuple(sizes)).astype(np.int64)


def _clamp_statuses(statuses: BasisStatus, lower: FloatArray, upper: FloatArray) -> BasisStatus:
    """Replace a nonbasic status at an infinite bound by the other bound, or by free at zero."""
    nonbasic = statuses != BASIC
    at_upper = nonbasic & np.isfinite(upper) & ((statuses == AT_UPPER) | ~np.isfinite(lower))
    at_lower = nonbasic & np.isfinite(lower) & ~at_upper
    nonbasic_status = np.where(at_upper, AT_UPPER, np.where(at_lower, AT_LOWER, FREE_AT_ZERO))
    return np.where(nonbasic, nonbasic_status, BASIC).astype(np.int8)
