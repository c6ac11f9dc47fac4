"""Limits that must grow together: the smallest amounts with which a reservation makes no goal worse.

    minimise    Σ θ[j] / limit[j]
    subject to  the constraints of the plan with the reservation, where each limit that is used up grows by θ[j]
                objective ≤ that of the plan, and each ordered goal within its tolerance
                0 ≤ θ[j] ≤ the largest possible amount

Where two limits bind together, one of them has the whole shadow price at a degenerate vertex, and more of it alone gives nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

import numpy as np
from scipy import sparse

from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.results.limits import RULE_NAMES
from solvers.sensitivity.remedies.candidate_changes import list_limit_candidates
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.remedies.remedy_building import Enlargement, TargetSearch
from solvers.sensitivity.session import SensitivitySession

LEAST_AMOUNT = 1e-7
"""Smaller amounts, relative to the limit, are noise."""

ADDED_GOODS = ("opening_stock", "offers")
"""Rules of which more adds the item itself. They need no other limit."""

Obstacle = Literal["unreachable", "worse", "time"]
"""Why no amounts suffice; see `Remedies.reason`."""


@dataclass(frozen=True, slots=True)
class CombinedAmounts:
    """Limits that suffice together, or the reason why none do."""

    parts: tuple[Enlargement, ...]
    """Limits with their amounts; empty if none suffice."""
    obstacle: Obstacle | None
    """Why no limits suffice; None if some do."""


def find_combined_amounts(search: TargetSearch) -> CombinedAmounts:
    """Return the smallest amounts of limits that together permit the reservation without making the plan worse."""
    candidates = list_used_up_candidates(search.session)
    for has_goals in (True, False):
        remaining = search.session.deadline - monotonic()
        if remaining <= 0:
            return CombinedAmounts((), "time")
        lp = _build_program(search, candidates, has_goals=has_goals)
        found = backends.get_backend("highs").solve_program(lp, SolveOptions(time_limit_seconds=min(remaining, 600.0)))
        if found.termination.reason == "optimal" and found.values is not None:
            amounts = found.values[search.session.lp.column_count :]
            return (
                CombinedAmounts(_select_needed(candidates, amounts), None)
                if has_goals
                else CombinedAmounts((), "worse")
            )
        if found.termination.reason != "infeasible":
            return CombinedAmounts((), "time")
    return CombinedAmounts((), "unreachable")


def _select_needed(candidates: Sequence[CandidateChange], amounts: FloatArray) -> tuple[Enlargement, ...]:
    """Return the candidates with an amount above 0; `amounts` has shape (k,)."""
    needed = [k for k, candidate in enumerate(candidates) if amounts[k] > LEAST_AMOUNT * _get_scale(candidate)]
    return tuple((candidates[k], float(amounts[k])) for k in needed)


def list_used_up_candidates(session: SensitivitySession) -> list[CandidateChange]:
    """Return one candidate for each limit that is used up, whatever its shadow price."""
    limits = session.list_limits()
    found: dict[tuple[str, ...], CandidateChange] = {}
    for k in np.flatnonzero(limits.is_used_up):
        if RULE_NAMES[limits.rule[k]] in ADDED_GOODS:
            continue
        for candidate in list_limit_candidates(session, limits, int(k))[:1]:
            found.setdefault(tuple(candidate.limit_reference.values()), candidate)
    return list(found.values())


def _get_scale(candidate: CandidateChange) -> float:
    return candidate.limit if candidate.limit > 0 else 1.0


def _build_program(search: TargetSearch, candidates: Sequence[CandidateChange], *, has_goals: bool) -> LinearProgram:
    """Build the program of the smallest amounts: variables of the plan, (n,), then the amounts of the candidates, (k,)."""
    session, count = search.session, len(candidates)
    lp = search.bounds.apply_to_program(session.program).lp
    moved_columns = _find_moved(candidates, "column")
    picked = sparse.eye_array(lp.column_count, format="csr")[moved_columns]
    blocks: list[list[Any]] = [
        [lp.matrix, -_build_moves(candidates, "row", lp.row_count)],
        [picked, -_build_moves(candidates, "column", lp.column_count)[moved_columns]],
    ]
    row_lower, row_upper = (
        [lp.row_lower, lp.column_lower[moved_columns]],
        [lp.row_upper, lp.column_upper[moved_columns]],
    )
    lower, upper = lp.column_lower.copy(), lp.column_upper.copy()
    lower[moved_columns], upper[moved_columns] = np.minimum(lower[moved_columns], 0.0), np.inf
    if has_goals:
        costs, most = _list_goal_bounds(session)
        blocks.append([sparse.csr_array(costs), sparse.csr_array((len(most), count))])
        row_lower.append(np.full(len(most), -np.inf))
        row_upper.append(most)
    matrix = sparse.csc_array(sparse.block_array(blocks, format="csc"))
    matrix.sort_indices()
    return LinearProgram(
        cost=np.concatenate([np.zeros(lp.column_count), [1 / _get_scale(c) for c in candidates]]),
        column_lower=np.concatenate([lower, np.zeros(count)]),
        column_upper=np.concatenate([upper, [c.max_amount for c in candidates]]),
        row_lower=np.concatenate(row_lower),
        row_upper=np.concatenate(row_upper),
        matrix=matrix,
    )


def _find_moved(candidates: Sequence[CandidateChange], kind: str) -> IntArray:
    """Return the positions of the rows or columns whose bounds a candidate moves."""
    moved = [p for c in candidates for name, p, _ in c.bound_steps if name.startswith(kind)]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *moved])).astype(np.int64)


def _build_moves(candidates: Sequence[CandidateChange], kind: str, size: int) -> sparse.csr_array:
    """Return by how much one unit of each candidate moves the bounds of rows or columns, (size, k).

    An equation moves on both sides alike. Every other limit that a candidate moves has one side.
    """
    moves: dict[tuple[int, int], float] = {}
    for k, candidate in enumerate(candidates):
        for name, positions, units in candidate.bound_steps:
            if name.startswith(kind):
                moves |= {(int(p), k): float(u) for p, u in zip(positions, units, strict=True)}
    places = np.array(list(moves), dtype=np.int64).reshape(-1, 2)
    return sparse.csr_array((list(moves.values()), (places[:, 0], places[:, 1])), shape=(size, len(candidates)))


def _list_goal_bounds(session: SensitivitySession) -> tuple[FloatArray, FloatArray]:
    """Return the cost of each goal, (g, n), and the largest value that is not worse than in the plan, (g,)."""
    costs = np.array([stage.program.lp.cost for stage in session.goal_stages])
    most = [stage.no_worse_bound - stage.program.lp.offset for stage in session.goal_stages]
    return costs, np.array(most)
