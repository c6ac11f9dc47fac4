"""Irreducible infeasible subset (IIS): limits in conflict of which none can be removed without resolving the conflict.

A deletion filter starts from the limits with a nonzero dual value in the feasibility relaxation. Where these are not in conflict,
because the duals of a badly scaled program are inexact, it starts from the IIS of HiGHS instead.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.backends.work import WORK_PER_SECOND, count_iterations, count_work
from solvers.infeasibility.relaxation import RelaxableLimits, restrict_to_limits
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram

MOST_WORK = 30 * WORK_PER_SECOND
"""Work of the deletion filter, in both passes together."""


@dataclass(slots=True)
class _Effort:
    """What the search may still take."""

    deadline: float
    """Deadline of the analysis, by `time.monotonic`."""
    work: float
    """Work that is left, in the unit of `solvers.backends.work`."""

    @property
    def is_used_up(self) -> bool:
        return self.work <= 0 or time.monotonic() > self.deadline


@dataclass(frozen=True, slots=True)
class IrreducibleSubset:
    """Limits that are in conflict."""

    positions: IntArray
    """Positions in the relaxable limits."""
    is_irreducible: bool
    """Whether the filter has tested every limit and found it necessary."""


def find_iis(
    lp: LinearProgram, limits: RelaxableLimits, candidates: IntArray, row_duals: FloatArray, time_limit_seconds: float
) -> IrreducibleSubset:
    """Find an irreducible infeasible subset of `limits` by a deletion filter.

    The first pass keeps only constraints with a nonzero dual value, so its programs are small. The second pass keeps all
    constraints that are not relaxable, so the subset is irreducible in the whole program.

    Parameters
    ----------
    candidates
        Positions in `limits` with a nonzero dual value in the feasibility relaxation.
    row_duals
        Dual value of each constraint in the feasibility relaxation, (m,).
    """
    effort = _Effort(time.monotonic() + time_limit_seconds, MOST_WORK)
    found = _filter_by_deletion(lp, limits, candidates, row_duals, effort)
    if found is None:
        found = IrreducibleSubset(_find_candidates_by_highs(lp, limits, effort.deadline), True)
    if not found.is_irreducible:
        return found
    return _filter_by_deletion(lp, limits, found.positions, None, effort) or IrreducibleSubset(candidates, False)


def _find_candidates_by_highs(lp: LinearProgram, limits: RelaxableLimits, deadline: float) -> IntArray:
    """Return the positions of the limits in the IIS of HiGHS, which also has members that no planner can change.

    HiGHS gets half of the remaining time, and the deletion filter the rest.
    """
    session = HighsSession(replace(lp, cost=np.zeros(lp.column_count), offset=0.0))
    rows, columns = session.find_iis(max((deadline - time.monotonic()) / 2, 0.1))
    is_member = np.where(limits.is_column == 1, np.isin(limits.position, columns), np.isin(limits.position, rows))
    return np.flatnonzero(is_member)


def _filter_by_deletion(
    lp: LinearProgram, limits: RelaxableLimits, candidates: IntArray, row_duals: FloatArray | None, effort: _Effort
) -> IrreducibleSubset | None:
    """Remove candidates, several at a time while the others stay in conflict; None if the candidates are not in conflict."""
    deletion_filter = _DeletionFilter(
        *extract_connected_subproblem(
            restrict_to_limits(lp, limits, candidates, row_duals), limits.select_limits(candidates)
        )
    )
    if not deletion_filter.is_conflicting(effort):
        return None
    untested, necessary, step = np.arange(len(candidates)), np.empty(0, dtype=np.int64), max(1, len(candidates) // 8)
    while len(untested):
        if effort.is_used_up:
            return IrreducibleSubset(candidates[np.sort(np.concatenate([necessary, untested]))], False)
        chunk, rest = untested[:step], untested[step:]
        deletion_filter.remove_limits(chunk)
        if deletion_filter.is_conflicting(effort):
            untested, step = rest, 2 * step
            continue
        deletion_filter.restore_limits(chunk)
        if step == 1:
            necessary, untested = np.concatenate([necessary, chunk]), rest
        step = max(1, step // 2)
    # a test that the end of the effort stopped proves nothing
    return IrreducibleSubset(candidates[np.sort(necessary)], not effort.is_used_up)


class _DeletionFilter:
    """A loaded program in which limits are removed and restored."""

    def __init__(self, lp: LinearProgram, limits: RelaxableLimits) -> None:
        self._limits = limits
        self._session = HighsSession(lp)
        self._bounds = ((lp.row_lower.copy(), lp.row_upper.copy()), (lp.column_lower.copy(), lp.column_upper.copy()))

    def remove_limits(self, positions: IntArray) -> None:
        """Remove limits; variables stay at 0 or above."""
        floor = np.where(self._limits.is_column[positions] == 1, 0.0, -np.inf)
        self._set_bounds(positions, np.where(self._limits.sign[positions] > 0, np.inf, floor))

    def restore_limits(self, positions: IntArray) -> None:
        """Restore removed limits."""
        self._set_bounds(positions, self._limits.bound[positions])

    def is_conflicting(self, effort: _Effort) -> bool:
        """Return whether the solver proves with the effort that is left that the remaining limits are in conflict."""
        columns, seconds = self._session.column_count, max(effort.deadline - time.monotonic(), 0.1)
        solution = self._session.solve_program(
            time_limit_seconds=seconds, with_basis=False, max_iterations=count_iterations(effort.work, columns)
        )
        effort.work -= count_work(solution.iterations, columns)
        return solution.termination.reason == "infeasible"

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


def extract_connected_subproblem(lp: LinearProgram, limits: RelaxableLimits) -> tuple[LinearProgram, RelaxableLimits]:
    """Return the part of a program connected to `limits` by coefficients, with the positions of the limits in this part.

    Constraints without a finite bound connect nothing. The other parts share no variable with this part, so each part can
    be checked for feasibility alone.
    """
    active = np.isfinite(lp.row_lower) | np.isfinite(lp.row_upper)
    entries = lp.matrix.tocoo()
    is_active = active[entries.row]
    row, column = entries.row[is_active], entries.col[is_active]
    size = lp.row_count + lp.column_count
    graph = sparse.coo_array((np.ones(len(row)), (row, lp.row_count + column)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    anchors = limits.position + lp.row_count * limits.is_column
    inside = np.isin(component, component[anchors])
    rows, columns = np.flatnonzero(inside[: lp.row_count] & active), np.flatnonzero(inside[lp.row_count :])
    subproblem = replace(
        lp,
        cost=lp.cost[columns],
        column_lower=lp.column_lower[columns],
        column_upper=lp.column_upper[columns],
        row_lower=lp.row_lower[rows],
        row_upper=lp.row_upper[rows],
        matrix=sparse.csc_array(lp.matrix.tocsr()[rows][:, columns]),
    )
    new_positions = np.where(
        limits.is_column == 1, np.searchsorted(columns, limits.position), np.searchsorted(rows, limits.position)
    )
    return subproblem, replace(limits, position=new_positions)


def is_feasible_within(lp: LinearProgram, deadline: float) -> bool:
    """Return whether the solver finds a feasible point of a program before the deadline."""
    options = SolveOptions(time_limit_seconds=max(deadline - time.monotonic(), 0.1))
    return backends.get_backend("highs").solve_program(lp, options).termination.reason == "optimal"
