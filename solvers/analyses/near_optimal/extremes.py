"""Least and greatest value of one linear measure within slacks of the optimum, by warm simplex.

Slacks are solved in ascending order. For the first one, primal simplex starts from the basis of the plan, which is feasible.
For a greater slack, one right-hand side rises: the last optimal basis is dual feasible, and dual simplex goes on from it. Each result
is certified from the arrays. Extremes only widen with the slack, since a plan within a slack is within every greater one.

The iterations of a solve are limited, so that equal requests have equal answers on every machine; those of a large program further,
where many variables would still improve the point. Primal simplex that is stopped is
at a plan within the slack, whose value is found although no extreme is proved. Then corrected sums give an outer bound: the extreme
lies between the value found and the bound, and counts as proved where these are close. Where they are not, interior point seeks
plans nearer to the bounds, guided by their dual values, for each slack that is open; mixtures of two plans are within a slack as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from solvers.algorithms.select import LARGE_PROGRAM_COLUMNS
from solvers.analyses.near_optimal.corrected_sums import CorrectedSums
from solvers.analyses.near_optimal.guided_search import find_guided_plans, mix_within_slack
from solvers.analyses.near_optimal.linear_measures import LinearMeasure
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.backends.highs_session import HighsSession, Method
from solvers.lp.certificate import certify_solution, measure_primal_residual
from solvers.lp.linear_program import FloatArray, LinearProgram
from solvers.lp.solution import Solution

MOST_WORK = 1.2e9
"""Iterations of a solve times variables: some 4,000 iterations for a year of Ryanggang, in about ten seconds. With 2,200, ends of the
normal year that simplex reaches otherwise stay open (decision 0100)."""

WORK_SHARE = 0.125
"""Share of the most work after which primal simplex of a large program goes on only if few variables would still improve its point."""

FEW_IMPROVING = 0.06
"""Share of the variables that are few. At ends of the normal year that simplex reaches it is 0.0004 to 0.049 at each such stop; at the
first stop of ends of the crisis year, none of which it reaches, 0.08 to 0.6 (decision 0101)."""

IMPROVING_COST = 1e-7
"""Reduced cost from which a variable improves a point: the tolerance of the solver, for costs near 1."""

PROVED_WIDTH = 5e-4
"""Distance of a value found from its bound up to which it counts as proved, relative to them; of a share, the distance itself."""

NOT_PROVED_NOTE = "not proved within the limits of the search; the end lies between the value found and the bound"
"""Why a value is missing."""


@dataclass(frozen=True, slots=True)
class Extremes:
    """Least and greatest value of a measure within a slack; None where none was proved."""

    slack: float
    """Slack, relative to max(1, |optimum|)."""
    least: float | None
    """Least value."""
    greatest: float | None
    """Greatest value."""
    least_found: float
    """Least value found in a plan within the slack."""
    greatest_found: float
    """Greatest value found in a plan within the slack."""
    least_bound: float | None
    """Proved bound of the least value; None if none is."""
    greatest_bound: float | None
    """Proved bound of the greatest value; None if none is."""

    @property
    def note(self) -> str:
        """Why a value is missing; empty if none is."""
        return NOT_PROVED_NOTE if self.least is None or self.greatest is None else ""


def find_extremes(
    near: NearOptimalSet,
    measure: LinearMeasure,
    slacks: Sequence[float],
    here: float,
    tolerance: float,
    time_limit_seconds: float,
    get_sums: Callable[[], CorrectedSums],
) -> tuple[Extremes, ...]:
    """Return the extremes of a measure for each slack, in the order of the slacks, within a time limit.

    Parameters
    ----------
    here
        Value of the measure in the plan, which lies between its extremes.
    tolerance
        Tolerance of the certificates.
    get_sums
        Returns the relaxation that bounds what is not proved.
    """
    if not measure.coefficients.any():
        return tuple(Extremes(slack, here, here, here, here, here, here) for slack in slacks)
    ascending = sorted(set(slacks))
    deadline = monotonic() + time_limit_seconds
    search = _Search(near, measure, tolerance, deadline)
    bounding = _Bounding(near, measure, here, tolerance, deadline, get_sums)
    least, greatest = (
        bounding.bound_unproved(search.find_in_turn(sign, ascending, here), sign, ascending) for sign in (1.0, -1.0)
    )
    found = {
        slack: Extremes(
            slack,
            low.value if low.is_proved else None,
            high.value if high.is_proved else None,
            low.value,
            high.value,
            low.bound,
            high.bound,
        )
        for slack, low, high in zip(ascending, least, greatest, strict=True)
    }
    return tuple(found[slack] for slack in slacks)


@dataclass(frozen=True, slots=True)
class _Extreme:
    value: float
    is_proved: bool
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class _Bounding:
    """Bounds of the extremes of one measure that a search left open, and plans nearer to them."""

    near: NearOptimalSet
    measure: LinearMeasure
    here: float
    tolerance: float
    deadline: float
    get_sums: Callable[[], CorrectedSums]

    def bound_unproved(self, extremes: Sequence[_Extreme], sign: float, slacks: Sequence[float]) -> list[_Extreme]:
        """Return the least (sign 1) or greatest (sign −1) values for rising slacks with their bounds; a value near its bound is proved."""
        is_open = np.array([not one.is_proved for one in extremes])
        if not is_open.any():
            return [replace(one, bound=one.value) for one in extremes]
        measure, cost = self.measure, sign * self.measure.coefficients
        least_here = sign * (self.here - measure.constant)
        open_slacks = np.array(slacks)[is_open].tolist()
        proved = self.get_sums().bound_least(cost, least_here, open_slacks, self.deadline)
        bounds = np.array([one.value for one in extremes])
        bounds[is_open] = sign * proved.bounds + measure.constant
        bounded = [self._bound(*pair, sign) for pair in zip(extremes, bounds.tolist(), strict=True)]
        if all(one.is_proved for one in bounded):
            return bounded
        plans = find_guided_plans(self.near, cost, proved.dual_values, open_slacks, self.tolerance, self.deadline)
        nearer = [self._approach(one, plans, slack, sign) for one, slack in zip(bounded, slacks, strict=True)]
        return [self._bound(*pair, sign) for pair in zip(nearer, bounds.tolist(), strict=True)]

    def _bound(self, extreme: _Extreme, bound: float, sign: float) -> _Extreme:
        """Return an extreme with its bound, proved if its value is near it."""
        bound = min(bound, extreme.value) if sign > 0 else max(bound, extreme.value)
        size = max(abs(bound), abs(extreme.value)) if self.measure.unit else 1.0
        is_near = abs(bound - extreme.value) <= PROVED_WIDTH * size
        return _Extreme(extreme.value, extreme.is_proved or is_near, bound if np.isfinite(bound) else None)

    def _approach(self, extreme: _Extreme, plans: Sequence[FloatArray], slack: float, sign: float) -> _Extreme:
        """Return an extreme with the value of a mixture of plans, (n,), where one is within the slack and farther."""
        mixed = mix_within_slack(self.near, sign * self.measure.coefficients, plans, slack)
        value = self.measure.compute_value(mixed)
        is_farther = sign * value < sign * extreme.value
        if (
            extreme.is_proved
            or not is_farther
            or measure_primal_residual(self.near.limit_to(slack), mixed) > self.tolerance
        ):
            return extreme
        return replace(extreme, value=value)


class _Search:
    """Solves of one measure, from slack to slack in one solver session."""

    def __init__(self, near: NearOptimalSet, measure: LinearMeasure, tolerance: float, deadline: float) -> None:
        self._near, self._measure, self._tolerance, self._deadline = near, measure, tolerance, deadline
        self._most_iterations = int(MOST_WORK / near.program.lp.column_count)
        self._is_small = near.program.lp.column_count < LARGE_PROGRAM_COLUMNS
        # Costs near 1, so that tolerances of the solver and of the certificate are those of quantities, not of shares.
        size = np.abs(measure.coefficients[measure.coefficients != 0])
        self._scale = 1.0 / float(np.exp(np.log(size).mean()))

    def find_in_turn(self, sign: float, slacks: Sequence[float], here: float) -> list[_Extreme]:
        """Return the least (sign 1) or greatest (sign −1) value for ascending slacks."""
        cost = sign * self._scale * self._measure.coefficients
        session: HighsSession | None = None
        found: list[_Extreme] = []
        widest, is_proved = here, False
        for slack in slacks:
            if found and not is_proved and not self._is_small:
                found.append(_Extreme(widest, is_proved=False))  # it would be stopped again
                continue
            lp = replace(self._near.limit_to(slack), cost=cost, offset=0.0)
            if session is not None and is_proved:
                rows = self._near.rows
                session.change_row_bounds(rows, lp.row_lower[rows], lp.row_upper[rows])
            else:
                # After a search that was stopped, primal simplex in the same session ends at points that are not feasible, even from
                # the basis of the plan.
                session = HighsSession(lp)
                session.set_basis(self._near.basis)
            values, is_proved = self._solve(session, lp, "dual-devex" if is_proved else "primal-unperturbed")
            if values is not None:
                value = self._measure.compute_value(values)
                widest = min(widest, value) if sign > 0 else max(widest, value)
            found.append(_Extreme(widest, is_proved))
        return found

    def _solve(self, session: HighsSession, lp: LinearProgram, first: Method) -> tuple[FloatArray | None, bool]:
        """Return values of a feasible point, if any, and whether it is a certified optimum."""
        values = None
        for method in (first, "primal", *(("ipm-primal-cleanup",) if self._is_small else ())):
            for most_iterations in self._split_iterations(method):
                seconds = self._deadline - monotonic()
                if seconds <= 0:
                    return values, False
                solution = session.solve_program(
                    method, time_limit_seconds=seconds, with_basis=False, max_iterations=most_iterations
                )
                if solution.values is None:
                    break
                certificate = certify_solution(lp, solution, self._tolerance)
                if certificate.primal_residual <= self._tolerance:
                    values = solution.values
                if solution.termination.reason == "optimal" and certificate.passed:
                    return values, True
                if solution.termination.reason != "limit" or not _is_near_optimum(lp, solution):
                    break
            if solution.termination.reason == "limit":
                break
        return values, False

    def _split_iterations(self, method: Method) -> list[int]:
        """Return the iterations of each part of a solve; after each, primal simplex of a large program tells if it is worth more."""
        parts = 1 if self._is_small or method == "dual-devex" else round(1 / WORK_SHARE)
        return [self._most_iterations // parts] * parts


def _is_near_optimum(lp: LinearProgram, solution: Solution) -> bool:
    """Return whether few variables would still improve the point at which primal simplex was stopped."""
    if solution.values is None or solution.dual_values is None:
        return False
    price = lp.cost - lp.matrix.T @ solution.dual_values
    is_improving = np.where(price < 0, solution.values < lp.column_upper, solution.values > lp.column_lower)
    is_improving &= np.abs(price) > IMPROVING_COST
    return bool(is_improving.mean() <= FEW_IMPROVING)
