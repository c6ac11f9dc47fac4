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

    limits: IntArray
    """Positions in Soft."""
    is_irreducible: bool
    """Whether each was tried and found to be needed."""


def find_iis(
    lp: LinearProgram, soft: RelaxableLimits, suspects: IntArray, background: FloatArray, seconds: float
) -> IrreducibleSubset:
    """Delete suspects, several at a time while that goes well, as long as the others still conflict.

    `suspects`: positions in `soft` that an infeasibility certificate leans on; `background`: its prices of rows, (m,). First
    only the priced rows stand behind the suspects, which makes the programs small; what is left is tried again with all of
    them, so that the set is irreducible in the whole problem.
    """
    deadline = time.monotonic() + seconds
    kept, done = _filter_by_deletion(lp, soft, suspects, background, deadline)
    if done:
        kept, done = _filter_by_deletion(lp, soft, kept, None, deadline)
    return IrreducibleSubset(kept, done)


def _filter_by_deletion(
    lp: LinearProgram, soft: RelaxableLimits, suspects: IntArray, background: FloatArray | None, deadline: float
) -> tuple[IntArray, bool]:
    """What is left of the suspects, and whether each was tried."""
    bench = _DeletionFilter(
        *extract_connected_subproblem(restrict_to_limits(lp, soft, suspects, background), soft.select_limits(suspects))
    )
    untried, needed, step = np.arange(len(suspects)), np.empty(0, dtype=np.int64), max(1, len(suspects) // 8)
    while len(untried):
        if time.monotonic() > deadline:
            return suspects[np.sort(np.concatenate([needed, untried]))], False
        chunk, rest = untried[:step], untried[step:]
        bench.relax_limits(chunk)
        if bench.is_conflicting(deadline):
            untried, step = rest, 2 * step
            continue
        bench.restore_limits(chunk)
        if step == 1:
            needed, untried = np.concatenate([needed, chunk]), rest
        step = max(1, step // 2)
    return suspects[np.sort(needed)], True


class _DeletionFilter:
    """A program that stays loaded while limits are given up and kept again."""

    def __init__(self, lp: LinearProgram, soft: RelaxableLimits) -> None:
        self._soft = soft
        self._session = HighsSession(lp)
        self._bounds = ((lp.row_lower.copy(), lp.row_upper.copy()), (lp.column_lower.copy(), lp.column_upper.copy()))

    def relax_limits(self, which: IntArray) -> None:
        """Put some limits out of force; quantities stay at 0 or above."""
        floor = np.where(self._soft.of_column[which] == 1, 0.0, -np.inf)
        self._set_bounds(which, np.where(self._soft.sign[which] > 0, np.inf, floor))

    def restore_limits(self, which: IntArray) -> None:
        """Put some limits into force again."""
        self._set_bounds(which, self._soft.bound[which])

    def is_conflicting(self, deadline: float) -> bool:
        """Whether the limits in force are found to conflict before the deadline."""
        left = max(deadline - time.monotonic(), 0.1)
        return self._session.solve_program(time_limit_seconds=left, with_basis=False).termination.reason == "infeasible"

    def _set_bounds(self, which: IntArray, bounds: FloatArray) -> None:
        for of_column, change in ((0, self._session.change_row_bounds), (1, self._session.change_column_bounds)):
            mine = self._soft.of_column[which] == of_column
            positions, upper = self._soft.position[which][mine], self._soft.sign[which][mine] > 0
            held = self._bounds[of_column]
            held[0][positions[~upper]] = bounds[mine][~upper]
            held[1][positions[upper]] = bounds[mine][upper]
            touched = np.unique(positions)
            if len(touched):
                change(touched, held[0][touched], held[1][touched])


def is_feasible_within(lp: LinearProgram, deadline: float) -> bool:
    """Whether a program is found to have a point before the deadline."""
    options = SolveOptions(time_limit_seconds=max(deadline - time.monotonic(), 0.1))
    return backends.get_backend("highs").solve_program(lp, options).termination.reason == "optimal"
