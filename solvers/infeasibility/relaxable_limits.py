"""Which rules could give way, and what a unit of each is measured against."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, is_past_period
from solvers.lp.linear_program import FloatArray, IntArray, Program

DEFINING_CONSTRAINTS = ("central_distance", "quota_distance", "worst_fulfilment")
"""Rules that only define what a goal measures; nothing would be had by giving way."""

BALANCE_PENALTY = 1e4
"""Weight of breaking a balance: it would make goods from nothing, or make them vanish."""


@dataclass(frozen=True, slots=True)
class RelaxableLimits:
    """Sides of rows and column bounds that could give way, each array (s,)."""

    position: IntArray
    """Row or column in the program."""
    is_column: IntArray
    """1 for a bound of a column, 0 for a row."""
    sign: FloatArray
    """+1 for an upper limit, −1 for a lower one."""
    bound: FloatArray
    """The limit, in its own unit."""
    scale: FloatArray
    """Units that count as one: the limit's own size, or that of its kind where it is small or zero."""
    weight: FloatArray
    """Cost of giving way by `scale`."""

    @classmethod
    def from_program(cls, arrays: ProblemArrays, program: Program) -> Self:
        """All that could give way in a program: rules, the bounds in BOUNDS, and balances as a last resort."""
        parts = [
            _collect_row_limits(arrays, program, name)
            for name in program.constraints
            if name not in DEFINING_CONSTRAINTS
        ]
        parts += [_collect_column_limits(arrays, program, *key) for key in BOUNDS if key[0] in program.variables]
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def select_limits(self, positions: IntArray) -> "RelaxableLimits":
        """Some of them, by position."""
        return RelaxableLimits(*(getattr(self, name)[positions] for name in self.__slots__))


LimitArrays = tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray, FloatArray]


def _collect_row_limits(arrays: ProblemArrays, program: Program, name: str) -> LimitArrays:
    block, lp = program.constraints[name], program.lp
    weight = BALANCE_PENALTY if name == "balance" else 1.0
    sizes = {"local_floor": _compute_floor_sizes, "swap_balance": _compute_swap_sizes}
    typical = sizes[name](arrays, program) if name in sizes else None
    sides = (lp.row_lower[block.block_slice], lp.row_upper[block.block_slice])
    return _build_limit_sides(block.positions, 0, sides, weight, typical)


def _collect_column_limits(arrays: ProblemArrays, program: Program, variable: str, side: str) -> LimitArrays:
    """Bounds that say something: a lower one above 0; of shortage only where the bands leave some demand out."""
    block, lp = program.variables[variable], program.lp
    nothing = np.full(block.size, np.inf)
    if variable == "worst" or (variable == "short" and arrays.band_width.sum() >= 1 - 1e-9):
        return _build_limit_sides(block.positions, 1, (-nothing, nothing), 1.0, None)
    past = is_past_period(arrays, block)  # what has happened cannot give
    if side == "upper":
        upper = np.where(past, np.inf, lp.column_upper[block.block_slice])
        return _build_limit_sides(block.positions, 1, (-nothing, upper), 1.0, None)
    lower = np.where(past, 0.0, lp.column_lower[block.block_slice])
    return _build_limit_sides(block.positions, 1, (np.where(lower > 0, lower, -np.inf), nothing), 1.0, None)


def _build_limit_sides(
    positions: IntArray,
    is_column: int,
    sides: tuple[FloatArray, FloatArray],
    weight: float,
    typical_size: FloatArray | None,
) -> LimitArrays:
    finite = [np.flatnonzero(np.isfinite(side)) for side in sides]
    bound = np.concatenate([side[k] for side, k in zip(sides, finite, strict=True)])
    sign = np.concatenate([np.full(len(k), s) for k, s in zip(finite, (-1.0, 1.0), strict=True)])
    size = np.abs(bound)
    if typical_size is None:
        common = float(np.median(size[size > 0])) if (size > 0).any() else 1.0
        scale = np.maximum(size, common)
    else:
        scale = np.maximum(size, np.concatenate([typical_size[k] for k in finite]))
    where = np.concatenate([positions[k] for k in finite])
    return where, np.full(len(where), is_column), sign, bound, np.maximum(scale, 1e-3), np.full(len(where), weight)


def _compute_floor_sizes(arrays: ProblemArrays, program: Program) -> FloatArray:
    """What is needed of what each floor is about, in the floor's own measure."""
    needed = arrays.centre.floor_weight @ arrays.demand.sum(axis=(0, 2))
    return np.asarray(needed[program.constraints["local_floor"].axes["group"]])


def _compute_swap_sizes(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Won's worth that a partner offers in all."""
    offered = (arrays.partners.offers.sum(axis=2) * arrays.items.value).sum(axis=1)
    return np.asarray(offered[program.constraints["swap_balance"].axes["partner"]])
