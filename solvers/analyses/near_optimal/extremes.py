"""Least and greatest value of one linear measure within slacks of the optimum, by warm simplex.

Slacks are solved in ascending order. For the first one, primal simplex starts from the basis of the plan, which is feasible.
For a greater slack, one right-hand side rises: the last basis is dual feasible, and dual simplex goes on from it. Each result is
certified from the arrays. Extremes only widen with the slack, since a plan within a slack is within every greater one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from solvers.analyses.near_optimal.linear_measures import LinearMeasure
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.backends.highs_session import HighsSession, Method
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import FloatArray, LinearProgram
from solvers.lp.solution import Solution

TIME_LIMIT_NOTE = "not found within the time limit"
UNCERTIFIED_NOTE = "no certified value was found"


@dataclass(frozen=True, slots=True)
class Extremes:
    """Least and greatest value of a measure within a slack; None where none was certified in time."""

    slack: float
    """Slack, relative to max(1, |optimum|)."""
    least: float | None
    """Least value."""
    greatest: float | None
    """Greatest value."""
    note: str = ""
    """Why a value is missing; empty if none is."""


def find_extremes(
    near: NearOptimalSet,
    measure: LinearMeasure,
    slacks: Sequence[float],
    here: float,
    tolerance: float,
    time_limit_seconds: float,
) -> tuple[Extremes, ...]:
    """Return the extremes of a measure for each slack, in the order of the slacks.

    Parameters
    ----------
    here
        Value of the measure in the plan, which lies between its extremes.
    tolerance
        Tolerance of the certificates.
    """
    if not measure.coefficients.any():
        return tuple(Extremes(slack, here, here) for slack in slacks)
    deadline = monotonic() + time_limit_seconds
    ascending = sorted(set(slacks))
    search = _Search(near, measure, tolerance, deadline)
    least = search.find_in_turn(1.0, ascending, here)
    greatest = search.find_in_turn(-1.0, ascending, here)
    notes = dict.fromkeys(ascending, "")
    for slack, low, high in zip(ascending, least, greatest, strict=True):
        if low is None or high is None:
            notes[slack] = TIME_LIMIT_NOTE if monotonic() >= deadline else UNCERTIFIED_NOTE
    found = {s: Extremes(s, low, high, notes[s]) for s, low, high in zip(ascending, least, greatest, strict=True)}
    return tuple(found[slack] for slack in slacks)


class _Search:
    """Solves of one measure in one solver session."""

    def __init__(self, near: NearOptimalSet, measure: LinearMeasure, tolerance: float, deadline: float) -> None:
        self._near, self._measure, self._tolerance, self._deadline = near, measure, tolerance, deadline
        self._session = HighsSession(near.program.lp)
        self._every = np.arange(near.program.lp.column_count)
        # Costs near 1, so that tolerances of the solver and of the certificate are those of quantities, not of shares.
        size = np.abs(measure.coefficients[measure.coefficients != 0])
        self._scale = 1.0 / float(np.exp(np.log(size).mean()))

    def find_in_turn(self, sign: float, slacks: Sequence[float], here: float) -> list[float | None]:
        """Return the least (sign 1) or greatest (sign −1) value for ascending slacks; None where none was certified in time."""
        cost = sign * self._scale * self._measure.coefficients
        self._session.change_costs(self._every, cost)
        self._session.set_basis(self._near.basis)
        found: list[float | None] = []
        widest = here
        for position, slack in enumerate(slacks):
            lp = replace(self._near.limit_to(slack), cost=cost, offset=0.0)
            limits = lp.row_upper[self._near.rows]
            self._session.change_row_bounds(self._near.rows, lp.row_lower[self._near.rows], limits)
            values = self._solve(lp, "primal" if position == 0 else "dual-devex")
            if values is None:
                found.append(None)
                continue
            value = self._measure.compute_value(values)
            widest = min(widest, value) if sign > 0 else max(widest, value)
            found.append(widest)
        return found

    def _solve(self, lp: LinearProgram, first: Method) -> FloatArray | None:
        """Return the values of a certified optimum; None without one before the deadline."""
        methods: tuple[Method, ...] = (first, "primal", "ipm-primal-cleanup")
        for method in methods:
            seconds = self._deadline - monotonic()
            if seconds <= 0:
                return None
            solution = self._session.solve_program(method, time_limit_seconds=seconds, with_basis=False)
            if self._is_proved(lp, solution):
                return solution.values
        return None

    def _is_proved(self, lp: LinearProgram, solution: Solution) -> bool:
        if solution.termination.reason != "optimal" or solution.values is None:
            return False
        return certify_solution(lp, solution, self._tolerance).passed
