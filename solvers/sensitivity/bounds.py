"""Bounds of a program: sets of bounds, straight paths between them, and alignment of two programs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from solvers.lp.linear_program import Block, FloatArray, IntArray, LinearProgram, Program
from solvers.sensitivity.goal_stages import OptimalPoint


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of the constraints (m,) and variables (n,) of a program."""

    row_lower: FloatArray
    """Lower bounds of constraints."""
    row_upper: FloatArray
    """Upper bounds of constraints."""
    column_lower: FloatArray
    """Lower bounds of variables."""
    column_upper: FloatArray
    """Upper bounds of variables."""

    @classmethod
    def from_program(cls, lp: LinearProgram) -> "Bounds":
        """Return the bounds of a program, without a copy."""
        return cls(lp.row_lower, lp.row_upper, lp.column_lower, lp.column_upper)

    def copy_arrays(self) -> "Bounds":
        """Return a copy that can be modified."""
        return Bounds(*(getattr(self, name).copy() for name in self.__slots__))

    def apply_to_program(self, program: Program) -> Program:
        """Return the program with these bounds."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return replace(program, lp=replace(program.lp, **named))


BOUND_ARRAYS = ("row_lower", "row_upper", "column_lower", "column_upper")


@dataclass(frozen=True, slots=True)
class BoundPath:
    """Parametric direction: bounds `start` + t · `step`."""

    start: Bounds
    """Bounds at t = 0."""
    step: Bounds
    """Change per unit of t; 0 for bounds that do not move."""

    @classmethod
    def interpolate(cls, start: Bounds, end: Bounds) -> "BoundPath":
        """Return the path from one set of bounds (t = 0) to another (t = 1); ValueError if a bound is infinite in only one."""
        steps = []
        for name in BOUND_ARRAYS:
            first, second = getattr(start, name), getattr(end, name)
            if (np.isfinite(first) != np.isfinite(second)).any():
                raise ValueError("a bound is finite at one end only")
            steps.append(
                np.where(
                    np.isfinite(first),
                    np.where(np.isfinite(second), second, 0.0) - np.where(np.isfinite(first), first, 0.0),
                    0.0,
                )
            )
        return cls(start, Bounds(*steps))

    @classmethod
    def from_limit(cls, start: Bounds, position: int, sign: float) -> "BoundPath":
        """Return the path of one limit: a row, or the number of rows plus a column; `sign` is −1 for a lower limit."""
        step = Bounds(*(np.zeros_like(getattr(start, name)) for name in BOUND_ARRAYS))
        rows = len(start.row_lower)
        kind, index = ("row", position) if position < rows else ("column", position - rows)
        side = "upper" if sign > 0 else "lower"
        getattr(step, f"{kind}_{side}")[index] = sign
        return cls(start, step)

    def compute_bounds_at(self, t: float) -> Bounds:
        """Return the bounds at t; a falling lower bound of a variable stops at 0."""
        moved = {name: getattr(self.start, name) + t * getattr(self.step, name) for name in BOUND_ARRAYS}
        moved["column_lower"] = np.where(
            self.step.column_lower < 0, np.maximum(moved["column_lower"], 0.0), moved["column_lower"]
        )
        return Bounds(**moved)

    def compute_slope(self, lp: LinearProgram, point: OptimalPoint) -> float:
        """Return the change of the optimum per unit of t from the dual values of a point: a subgradient of the value function."""
        reduced = np.asarray(lp.cost - lp.matrix.T @ point.dual_values)
        return _price_step(point.dual_values, self.step.row_lower, self.step.row_upper) + _price_step(
            reduced, self.step.column_lower, self.step.column_upper
        )


def _price_step(price: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    return float(np.where(price > 0, price * lower, price * upper).sum())


def bounds_in_layout_of(program: Program, layout_program: Program) -> Bounds | None:
    """Return the bounds of `program` in the layout of `like`; None if `like` lacks a row or column, or coefficients differ.

    Rows and columns are matched by their labels. Variables that `program` lacks are fixed at 0. Constraints that it lacks are free,
    except balances, which are 0 = 0.
    """
    found = find_layout_positions(program, layout_program)
    if found is None:
        return None
    rows, columns = found
    balance = layout_program.constraints["balance"].block_slice
    out = Bounds(
        np.full(layout_program.lp.row_count, -np.inf),
        np.full(layout_program.lp.row_count, np.inf),
        np.zeros(layout_program.lp.column_count),
        np.zeros(layout_program.lp.column_count),
    )
    out.row_lower[balance] = out.row_upper[balance] = 0.0
    own = Bounds.from_program(program.lp)
    out.row_lower[rows], out.row_upper[rows] = own.row_lower, own.row_upper
    out.column_lower[columns], out.column_upper[columns] = own.column_lower, own.column_upper
    return out


def find_layout_positions(program: Program, layout_program: Program) -> tuple[IntArray, IntArray] | None:
    """Return the positions of the rows and columns of `program` in another one; None if some are missing or coefficients differ."""
    rows = _match_blocks(program.constraints, layout_program.constraints)
    columns = _match_blocks(program.variables, layout_program.variables)
    if rows is None or columns is None or not _has_same_coefficients(program, layout_program, rows, columns):
        return None
    return rows, columns


def _match_blocks(blocks: Mapping[str, Block], others: Mapping[str, Block]) -> IntArray | None:
    parts = []
    for name, block in blocks.items():
        other = others.get(name)
        where = np.full(block.size, -1) if other is None else _map_positions(block, other)
        if (where < 0).any():
            return None
        parts.append(where + (other.start if other is not None else 0))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _map_positions(block: Block, other: Block) -> IntArray:
    """Return the position in `other` of each row or column of `block`, −1 without a match."""
    if not block.size or not other.size:
        return np.full(block.size, -1, dtype=np.int64)
    names = list(block.axes)
    sizes = [int(max(block.axes[first].max(), other.axes[first].max())) + 1 for first in names]
    keys, known = (np.ravel_multi_index([second.axes[first] for first in names], sizes) for second in (block, other))
    order = np.argsort(known, kind="stable")
    index = np.minimum(np.searchsorted(known[order], keys), len(known) - 1)
    found = order[index]
    return np.asarray(np.where(known[found] == keys, found, -1), dtype=np.int64)


def _has_same_coefficients(program: Program, layout_program: Program, rows: IntArray, columns: IntArray) -> bool:
    """Return whether costs and coefficients are equal in the common part."""
    if not np.array_equal(program.lp.cost, layout_program.lp.cost[columns]):
        return False
    part = layout_program.lp.matrix.tocsr()[rows][:, columns]
    difference = (part - program.lp.matrix).tocsc()
    return bool(difference.nnz == 0 or np.abs(difference.data).max(initial=0.0) == 0.0)
