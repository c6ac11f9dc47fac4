"""Feasibility relaxation: the smallest weighted violation of limits that makes a program feasible.

    minimise    Σ weight · r
    subject to  lower − scale·r ≤ A x ≤ upper + scale·r   for constraints and, as constraints, for variable bounds;   r ≥ 0

The relaxed program is always feasible. Its certificate proves infeasibility of the original program: a dual objective above 0 is
a lower bound on the violation of every plan.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy import sparse

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, is_past_period
from solvers.formulation.balance_rows import BALANCE_CONSTRAINTS
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program

DEFINING_CONSTRAINTS = (
    "central_distance",
    "given_away",
    "left_over",
    "quota_distance",
    "rate_change",
    "worst_fulfilment",
)
"""Constraints that only define a measure; relaxing them does not help."""

BALANCE_PENALTY = 1e4
"""Penalty weight of a balance or requirement constraint, relaxed only as a last resort: goods would appear or vanish."""


@dataclass(frozen=True, slots=True)
class RelaxableLimits:
    """Sides of constraints and variable bounds that the relaxation may violate; each array has shape (s,)."""

    position: IntArray
    """Row or column of the program."""
    is_column: IntArray
    """1 for a variable bound, 0 for a constraint."""
    sign: FloatArray
    """+1 for an upper limit, −1 for a lower limit."""
    bound: FloatArray
    """Value of the limit, in its own unit."""
    scale: FloatArray
    """Units of violation that count as 1: the size of the limit, or the typical size of its kind if that is larger."""
    weight: FloatArray
    """Penalty of a violation by `scale`."""

    @classmethod
    def from_program(cls, arrays: ProblemArrays, program: Program) -> Self:
        """Collect the relaxable limits of a program: constraints, the bounds in BOUNDS, and balances as a last resort."""
        parts = [
            _collect_row_limits(arrays, program, name)
            for name in program.constraints
            if name not in DEFINING_CONSTRAINTS and not (name == "shortage_width" and _covers_need(arrays))
        ]
        parts += [_collect_column_limits(arrays, program, *key) for key in BOUNDS if key[0] in program.variables]
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def select_limits(self, positions: IntArray) -> "RelaxableLimits":
        """Return the limits at these positions."""
        return RelaxableLimits(*(getattr(self, name)[positions] for name in self.__slots__))


LimitArrays = tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray, FloatArray]


def _covers_need(arrays: ProblemArrays) -> bool:
    """Whether the shortage bands cover the whole need, so that wider bands would not help."""
    return bool(arrays.band_width.sum() >= 1 - 1e-9)


def _collect_row_limits(arrays: ProblemArrays, program: Program, name: str) -> LimitArrays:
    block, lp = program.constraints[name], program.lp
    weight = BALANCE_PENALTY if name in BALANCE_CONSTRAINTS else 1.0
    sizes = {
        "local_floor": _compute_floor_sizes,
        "swap_balance": _compute_swap_sizes,
        "served_least": _read_served_least,
        "basket_share": _read_basket_needs,
    }
    typical = sizes[name](arrays, program) if name in sizes else None
    sides = (lp.row_lower[block.block_slice], lp.row_upper[block.block_slice])
    return _build_limit_sides(block.positions, 0, sides, weight, typical)


def _collect_column_limits(arrays: ProblemArrays, program: Program, variable: str, side: str) -> LimitArrays:
    """Return the bounds a planner can change: lower bounds above 0, upper bounds, and bands that cover less than the demand."""
    block, lp = program.variables[variable], program.lp
    infinite = np.full(block.size, np.inf)
    if variable == "worst" or (variable == "short" and _covers_need(arrays)):
        return _build_limit_sides(block.positions, 1, (-infinite, infinite), 1.0, None)
    past = is_past_period(arrays, block)  # past variables are fixed
    if side == "upper":
        upper = np.where(past, np.inf, lp.column_upper[block.block_slice])
        return _build_limit_sides(block.positions, 1, (-infinite, upper), 1.0, None)
    lower = np.where(past, 0.0, lp.column_lower[block.block_slice])
    return _build_limit_sides(block.positions, 1, (np.where(lower > 0, lower, -np.inf), infinite), 1.0, None)


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
    """Return the demand that each floor covers, in the unit of the floor."""
    demand = arrays.centre.floor_weight @ arrays.demand.sum(axis=(0, 2))
    return np.asarray(demand[program.constraints["local_floor"].axes["group"]])


def _read_served_least(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Return the least amount to be served of each need, in units; the right-hand side is less."""
    axes = program.constraints["served_least"].axes
    return np.asarray(arrays.served_least[axes["place"], axes["item"], axes["period"]])


def _read_basket_needs(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Return the need for the requirement of each share in its period, in units; the right-hand side is often 0."""
    axes, requirements = program.constraints["basket_share"].axes, arrays.requirements
    item = requirements.item_count + requirements.share_requirement[axes["basket"]]
    return np.asarray(arrays.demand[axes["place"], item, axes["period"]])


def _compute_swap_sizes(arrays: ProblemArrays, program: Program) -> FloatArray:
    """Return the value of all offers of each partner, in won."""
    offered = (arrays.partners.offers.sum(axis=2) * arrays.items.value).sum(axis=1)
    return np.asarray(offered[program.constraints["swap_balance"].axes["partner"]])


def build_relaxation(lp: LinearProgram, limits: RelaxableLimits) -> LinearProgram:
    """Build the relaxed program: variables x (n) then r (s); constraints of `lp` (m), then one for each relaxable bound."""
    bounds = np.flatnonzero(limits.is_column)
    rows = np.flatnonzero(limits.is_column == 0)
    count, bound_count = len(limits.position), len(bounds)
    row_relaxation = sparse.csc_array(
        (-(limits.sign * limits.scale)[rows], (limits.position[rows], rows)), shape=(lp.row_count, count)
    )
    picked = sparse.csc_array(
        (np.ones(bound_count), (np.arange(bound_count), limits.position[bounds])), shape=(bound_count, lp.column_count)
    )
    bound_relaxation = sparse.csc_array(
        (-(limits.sign * limits.scale)[bounds], (np.arange(bound_count), bounds)), shape=(bound_count, count)
    )
    old = sparse.hstack([lp.matrix, row_relaxation], format="csr")
    new = sparse.hstack([picked, bound_relaxation], format="csr")
    matrix = sparse.csc_array(sparse.vstack([old, new], format="csc"))
    matrix.sort_indices()
    lower, upper = drop_column_bounds(lp, limits.position[bounds])
    return LinearProgram(
        cost=np.concatenate([np.zeros(lp.column_count), limits.weight]),
        column_lower=np.concatenate([lower, np.zeros(count)]),
        column_upper=np.concatenate([upper, np.full(count, np.inf)]),
        row_lower=np.concatenate([lp.row_lower, np.where(limits.sign[bounds] < 0, limits.bound[bounds], -np.inf)]),
        row_upper=np.concatenate([lp.row_upper, np.where(limits.sign[bounds] > 0, limits.bound[bounds], np.inf)]),
        matrix=matrix,
    )


def drop_column_bounds(lp: LinearProgram, columns: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the variable bounds without those of some columns; a lower bound of 0 stays, as no quantity is negative."""
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    lower[columns] = np.minimum(lower[columns], 0.0)
    upper[columns] = np.inf
    return lower, upper


def find_supporting_limits(limits: RelaxableLimits, row_duals: FloatArray, rows: int) -> IntArray:
    """Return the positions of the limits with a nonzero dual value in the relaxed program; `row_duals` has shape (m + bounds,)."""
    duals = np.empty(len(limits.position))
    is_row = limits.is_column == 0
    duals[is_row] = row_duals[limits.position[is_row]]
    duals[~is_row] = row_duals[rows:]
    return np.flatnonzero(-duals * limits.sign * limits.scale > 1e-9 * limits.weight)


def apply_relaxation(lp: LinearProgram, limits: RelaxableLimits, amounts: FloatArray) -> LinearProgram:
    """Return the program with each limit relaxed by `amounts`, (s,), and a rounding margin of 1e-6."""
    extra = amounts * (1 + 1e-6) + np.where(amounts > 0, 1e-6 * limits.scale, 0.0)
    bounds = {name: getattr(lp, name).copy() for name in ("column_lower", "column_upper", "row_lower", "row_upper")}
    for is_column, kind in ((1, "column"), (0, "row")):
        for sign, side in ((-1.0, "lower"), (1.0, "upper")):
            which = (limits.is_column == is_column) & (limits.sign == sign)
            bounds[f"{kind}_{side}"][limits.position[which]] += sign * extra[which]
    return replace(lp, cost=np.zeros(lp.column_count), **bounds)


def restrict_to_limits(
    lp: LinearProgram, limits: RelaxableLimits, positions: IntArray, row_duals: FloatArray | None = None
) -> LinearProgram:
    """Return the program without costs in which only the limits at `positions` are in force.

    Parameters
    ----------
    row_duals
        Dual value of each constraint, (m,). If given, other constraints with the dual value 0 are dropped as well.
    """
    removed_positions = np.setdiff1d(np.arange(len(limits.position)), positions)
    removed = limits.select_limits(removed_positions)
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    row_lower, row_upper = lp.row_lower.copy(), lp.row_upper.copy()
    for sides, is_column, floor in (((lower, upper), 1, 0.0), ((row_lower, row_upper), 0, -np.inf)):
        mask = removed.is_column == is_column
        sides[0][removed.position[mask & (removed.sign < 0)]] = floor
        sides[1][removed.position[mask & (removed.sign > 0)]] = np.inf
    if row_duals is not None:
        remaining = limits.select_limits(positions)
        is_idle = row_duals == 0
        is_idle[remaining.position[remaining.is_column == 0]] = False
        row_lower[is_idle], row_upper[is_idle] = -np.inf, np.inf
    cost = np.zeros(lp.column_count)
    return replace(
        lp, cost=cost, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper, offset=0.0
    )
