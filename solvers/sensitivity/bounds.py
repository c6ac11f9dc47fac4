"""Bounds of a program: sets of bounds, straight paths between them, and alignment of two programs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from solvers.lp.linear_program import Block, FloatArray, IntArray, LinearProgram, Program
from solvers.sensitivity.goal_stages import OptimalPoint


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of a program's rows (m,) and columns (n,)."""

    row_lower: FloatArray
    """Least activity by row."""
    row_upper: FloatArray
    """Greatest activity by row."""
    column_lower: FloatArray
    """Least value by column."""
    column_upper: FloatArray
    """Greatest value by column."""

    @classmethod
    def from_program(cls, lp: LinearProgram) -> "Bounds":
        """The bounds of a program; the arrays are its own."""
        return cls(lp.row_lower, lp.row_upper, lp.column_lower, lp.column_upper)

    def copy_arrays(self) -> "Bounds":
        """The same in arrays of its own, to be written to."""
        return Bounds(*(getattr(self, name).copy() for name in self.__slots__))

    def apply_to(self, program: Program) -> Program:
        """A program with these bounds."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return replace(program, lp=replace(program.lp, **named))


BOUND_ARRAYS = ("row_lower", "row_upper", "column_lower", "column_upper")


@dataclass(frozen=True, slots=True)
class BoundPath:
    """Bounds that move in a straight line: `start` + t · `step`."""

    start: Bounds
    """Bounds at t = 0."""
    step: Bounds
    """What one unit of t adds; 0 where nothing moves."""

    @classmethod
    def interpolate(cls, start: Bounds, end: Bounds) -> "BoundPath":
        """From one set of bounds (t = 0) to another (t = 1); ValueError where a bound is infinite in one of them alone."""
        steps = []
        for name in BOUND_ARRAYS:
            a, b = getattr(start, name), getattr(end, name)
            if (np.isfinite(a) != np.isfinite(b)).any():
                raise ValueError("a limit is there at one end only")
            steps.append(
                np.where(np.isfinite(a), np.where(np.isfinite(b), b, 0.0) - np.where(np.isfinite(a), a, 0.0), 0.0)
            )
        return cls(start, Bounds(*steps))

    @classmethod
    def for_limit(cls, start: Bounds, position: int, sign: float) -> "BoundPath":
        """One more unit of one limit: a row, or the number of rows plus a column; `sign` −1 for a least amount."""
        step = Bounds(*(np.zeros_like(getattr(start, name)) for name in BOUND_ARRAYS))
        rows = len(start.row_lower)
        kind, at = ("row", position) if position < rows else ("column", position - rows)
        side = "upper" if sign > 0 else "lower"
        getattr(step, f"{kind}_{side}")[at] = sign
        return cls(start, step)

    def bounds_at(self, t: float) -> Bounds:
        """The bounds at t; a lower bound of 0 is kept where a least amount would fall below it."""
        moved = {name: getattr(self.start, name) + t * getattr(self.step, name) for name in BOUND_ARRAYS}
        moved["column_lower"] = np.where(
            self.step.column_lower < 0, np.maximum(moved["column_lower"], 0.0), moved["column_lower"]
        )
        return Bounds(**moved)

    def compute_slope(self, lp: LinearProgram, point: OptimalPoint) -> float:
        """How the optimum changes per unit of t, from the prices at a point: a subgradient, the slope where there is one."""
        reduced = np.asarray(lp.cost - lp.matrix.T @ point.dual_values)
        return _price_step(point.dual_values, self.step.row_lower, self.step.row_upper) + _price_step(
            reduced, self.step.column_lower, self.step.column_upper
        )


def _price_step(price: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    return float(np.where(price > 0, price * lower, price * upper).sum())


def bounds_in_layout_of(program: Program, like: Program) -> Bounds | None:
    """The bounds of `program` for the rows and columns of `like`; None where it has some that `like` lacks, or other coefficients.

    Columns that `program` lacks are held at zero; rows that it lacks limit nothing, but balances, which are 0 = 0.
    """
    rows, columns = (
        _match_blocks(program.constraints, like.constraints),
        _match_blocks(program.variables, like.variables),
    )
    if rows is None or columns is None or not _has_same_coefficients(program, like, rows, columns):
        return None
    balance = like.constraints["balance"].block_slice
    out = Bounds(
        np.full(like.lp.row_count, -np.inf),
        np.full(like.lp.row_count, np.inf),
        np.zeros(like.lp.column_count),
        np.zeros(like.lp.column_count),
    )
    out.row_lower[balance] = out.row_upper[balance] = 0.0
    own = Bounds.from_program(program.lp)
    out.row_lower[rows], out.row_upper[rows] = own.row_lower, own.row_upper
    out.column_lower[columns], out.column_upper[columns] = own.column_lower, own.column_upper
    return out


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
    """Position in `other` of each row or column of `block`, −1 where it has none."""
    if not block.size or not other.size:
        return np.full(block.size, -1, dtype=np.int64)
    names = list(block.axes)
    tops = [int(max(block.axes[a].max(), other.axes[a].max())) + 1 for a in names]
    keys, known = (np.ravel_multi_index([b.axes[a] for a in names], tops) for b in (block, other))
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], keys), len(known) - 1)
    found = order[at]
    return np.asarray(np.where(known[found] == keys, found, -1), dtype=np.int64)


def _has_same_coefficients(program: Program, like: Program, rows: IntArray, columns: IntArray) -> bool:
    """Whether costs and coefficients are the same where both have them."""
    if not np.array_equal(program.lp.cost, like.lp.cost[columns]):
        return False
    part = like.lp.matrix.tocsr()[rows][:, columns]
    difference = (part - program.lp.matrix).tocsc()
    return bool(difference.nnz == 0 or np.abs(difference.data).max(initial=0.0) == 0.0)
