"""An irreducible set of rules in conflict: without any one of them the others can be kept."""

import time
from dataclasses import dataclass

import numpy as np

from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.infeasibility.connected_subproblem import extract_connected_subproblem
from solvers.infeasibility.relaxable_limits import RelaxableLimits
from solvers.infeasibility.relaxation import restrict_to_limits
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram


@dataclass(frozen=True, slots=True)
class IrreducibleSubset:
    """Limits that cannot be kept together."""

    positions: IntArray
    """Positions in Soft."""
    is_irreducible: bool
    """Whether each was tried and found to be needed."""


def find_iis(
    lp: LinearProgram, limits: RelaxableLimits, candidates: IntArray, row_duals: FloatArray, time_limit_seconds: float
) -> IrreducibleSubset:
    """Delete suspects, several at a time while that goes well, as long as the others still conflict.

    `suspects`: positions in `soft` that an infeasibility certificate leans on; `background`: its prices of rows, (m,). First
    only the priced rows stand behind the suspects, which makes the programs small; what is left is tried again with all of
    them, so that the set is irreducible in the whole problem.
    """
    deadline = time.monotonic() + time_limit_seconds
    needed, is_complete = _filter_by_deletion(lp, limits, candidates, row_duals, deadline)
    if is_complete:
        needed, is_complete = _filter_by_deletion(lp, limits, needed, None, deadline)
    return IrreducibleSubset(needed, is_complete)


def _filter_by_deletion(
    lp: LinearProgram, limits: RelaxableLimits, candidates: IntArray, row_duals: FloatArray | None, deadline: float
) -> tuple[IntArray, bool]:
    """What is left of the suspects, and whether each was tried."""
    deletion_filter = _DeletionFilter(
        *extract_connected_subproblem(
            restrict_to_limits(lp, limits, candidates, row_duals), limits.select_limits(candidates)
        )
    )
    untried, needed, step = np.arange(len(candidates)), np.empty(0, dtype=np.int64), max(1, len(candidates) // 8)
    while len(untried):
        if time.monotonic() > deadline:
            return candidates[np.sort(np.concatenate([needed, untried]))], False
        chunk, rest = untried[:step], untried[step:]
        deletion_filter.remove_limits(chunk)
        if deletion_filter.is_conflicting(deadline):
            untried, step = rest, 2 * step
            continue
        deletion_filter.restore_limits(chunk)
        if step == 1:
            needed, untried = np.concatenate([needed, chunk]), rest
        step = max(1, step // 2)
    return candidates[np.sort(needed)], True


class _DeletionFilter:
    """A program that stays loaded while limits are given up and kept again."""

    def __init__(self, lp: LinearProgram, limits: RelaxableLimits) -> None:
        self._limits = limits
        self._session = HighsSession(lp)
        self._bounds = ((lp.row_lower.copy(), lp.row_upper.copy()), (lp.column_lower.copy(), lp.column_upper.copy()))

    def remove_limits(self, positions: IntArray) -> None:
        """Put some limits out of force; quantities stay at 0 or above."""
        floor = np.where(self._limits.is_column[positions] == 1, 0.0, -np.inf)
        self._set_bounds(positions, np.where(self._limits.sign[positions] > 0, np.inf, floor))

    def restore_limits(self, positions: IntArray) -> None:
        """Put some limits into force again."""
        self._set_bounds(positions, self._limits.bound[positions])

    def is_conflicting(self, deadline: float) -> bool:
        """Whether the limits in force are found to conflict before the deadline."""
        remaining_seconds = max(deadline - time.monotonic(), 0.1)
        return (
            self._session.solve_program(time_limit_seconds=remaining_seconds, with_basis=False).termination.reason
            == "infeasible"
        )

    def _set_bounds(self, selected: IntArray, bounds: FloatArray) -> None:
        for of_column, change in ((0, self._session.change_row_bounds), (1, self._session.change_column_bounds)):
            mask = self._limits.is_column[selected] == of_column
            positions, upper = self._limits.position[selected][mask], self._limits.sign[selected][mask] > 0
            current = self._bounds[of_column]
            current[0][positions[~upper]] = bounds[mask][~upper]
            current[1][positions[upper]] = bounds[mask][upper]
            touched = np.unique(positions)
            if len(touched):
                change(touched, current[0][touched], current[1][touched])


def is_feasible_within(lp: LinearProgram, deadline: float) -> bool:
    """Whether a program is found to have a point before the deadline."""
    options = SolveOptions(time_limit_seconds=max(deadline - time.monotonic(), 0.1))
    return backends.get_backend("highs").solve_program(lp, options).termination.reason == "optimal"
