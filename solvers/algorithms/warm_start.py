"""A solved plan as a place to start from: its basis, with the meaning of every row and column.

A changed problem has the same rows and columns, or a few more or fewer (a factory gone, a link cut, an item new). What both
programs know keeps its status; new rows are basic, new columns lie at a bound, and the solver mends what does not fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solvers.backends.trivial_cases import AT_LOWER, AT_UPPER, BASIC, FREE_AT_ZERO
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program
from solvers.lp.solution import Basis, BasisStatus


@dataclass(frozen=True, slots=True)
class WarmStart:
    """A basis with what its rows and columns are about."""

    basis: Basis
    """Status of each row and column."""
    decisions: Mapping[str, Block]
    """Column blocks by name."""
    rules: Mapping[str, Block]
    """Row blocks by name."""
    labels: Mapping[str, tuple[str, ...]]
    """Labels of each axis, by position."""

    @classmethod
    def from_program(cls, program: Program, basis: Basis) -> "WarmStart":
        """What is needed of a solved program to start another from it."""
        return cls(basis, program.variables, program.constraints, program.labels)

    @property
    def is_compatible(self) -> bool:
        """Whether the basis has the shape of its program; one that another version of Allot stored may not."""
        columns = sum(block.size for block in self.decisions.values())
        rows = sum(block.size for block in self.rules.values())
        return (len(self.basis.columns), len(self.basis.rows)) == (columns, rows)

    def map_basis_to(self, program: Program) -> Basis:
        """The basis for another program: by label, whatever has moved, gone or come."""
        lp = program.lp
        columns, rows = np.full(lp.column_count, AT_LOWER, np.int8), np.full(lp.row_count, BASIC, np.int8)
        for name, block in program.variables.items():
            if name in self.decisions:
                self._copy_block_statuses(self.decisions[name], self.basis.columns, block, columns, program)
        for name, block in program.constraints.items():
            if name in self.rules:
                self._copy_block_statuses(self.rules[name], self.basis.rows, block, rows, program)
        columns[lp.column_lower == lp.column_upper] = AT_LOWER  # nothing to decide there any more
        rows[np.isinf(lp.row_lower) & np.isinf(lp.row_upper)] = BASIC  # limits nothing: its price is 0
        return Basis(
            _clamp_statuses(columns, lp.column_lower, lp.column_upper),
            _clamp_statuses(rows, lp.row_lower, lp.row_upper),
        )

    def _copy_block_statuses(
        self, old: Block, statuses: BasisStatus, new: Block, target: BasisStatus, program: Program
    ) -> None:
        """Copy the statuses of an old block to where a new block means the same."""
        if set(old.axes) != set(new.axes) or not old.size or not new.size:
            return
        sizes = [len(program.labels[axis]) for axis in new.axes]
        here = _combine_codes([new.axes[axis] for axis in new.axes], sizes)
        moved = [self._map_axis_positions(axis, program)[old.axes[axis]] for axis in new.axes]
        known = np.all([codes >= 0 for codes in moved], axis=0)
        there = _combine_codes([codes[known] for codes in moved], sizes)
        order = np.argsort(there)
        place = np.minimum(np.searchsorted(there[order], here), max(len(there) - 1, 0))
        hit = there[order][place] == here if len(there) else np.zeros(new.size, dtype=bool)
        target[new.positions[hit]] = statuses[old.block_slice][known][order][place[hit]]

    def _map_axis_positions(self, axis: str, program: Program) -> IntArray:
        """New position of each old label of an axis, −1 where it is gone."""
        now = {label: position for position, label in enumerate(program.labels[axis])}
        return np.array([now.get(label, -1) for label in self.labels[axis]], dtype=np.int64)


def _combine_codes(codes: Sequence[IntArray], sizes: Sequence[int]) -> IntArray:
    """One number for each combination of positions."""
    return np.ravel_multi_index(tuple(codes), tuple(sizes)).astype(np.int64)


def _clamp_statuses(statuses: BasisStatus, lower: FloatArray, upper: FloatArray) -> BasisStatus:
    """Statuses that rest on a bound which is infinite now rest on the other, or at zero."""
    nonbasic = statuses != BASIC
    at_upper = nonbasic & np.isfinite(upper) & ((statuses == AT_UPPER) | ~np.isfinite(lower))
    at_lower = nonbasic & np.isfinite(lower) & ~at_upper
    resting = np.where(at_upper, AT_UPPER, np.where(at_lower, AT_LOWER, FREE_AT_ZERO))
    return np.where(nonbasic, resting, BASIC).astype(np.int8)
