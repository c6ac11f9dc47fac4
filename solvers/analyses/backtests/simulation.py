"""Simulation of one way of planning in one drawn year.

In every period t, the values of the factors in t are seen, the periods before t are fixed as they came out, and a program is solved
with the true limits of t and the forecast of the later ones; what it decides for t is applied. In periods of planning its quotas are
those in force from then on. In the periods between, lines make at most their quotas in force, and all else follows what is possible.
What is decided for t satisfies every constraint of t under the true limits, with more shortage where they are lower than expected.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.analyses.backtest import PlanningPolicy
from models.analyses.study import Factor
from solvers.analyses.backtests.look_ahead import LookAhead, LookAheadPlan, Reason
from solvers.analyses.backtests.year_model import YearModel
from solvers.analyses.studies.distribution_functions import compute_mean
from solvers.lp.certificate import measure_primal_residual
from solvers.lp.linear_program import FloatArray
from solvers.sensitivity.bounds import Bounds

FindLookAhead = Callable[[PlanningPolicy, int], LookAhead]
"""Returns the look-ahead of a policy from a period."""


@dataclass(slots=True)
class SimulatedYear:
    """A year as it came out under a policy; n variables, f future periods."""

    reason: Reason = "optimal"
    """`infeasible` or `failed` if it came to a period without a plan."""
    values: FloatArray | None = None
    """Values of all variables, (n,); None if it came to a period without a plan."""
    quota_value: list[float] = field(default_factory=list)
    """Value of the quotas in force for each future period, in won."""
    quota_change: list[float] = field(default_factory=list)
    """Value of the changes of quotas by the plan made in each future period, in won; 0 without a plan."""
    revised_value: float = 0.0
    """Value of the quotas that later plans could change, in won, summed over these plans."""


class Simulator:
    """Simulates policies with one model of the year."""

    def __init__(
        self,
        year: YearModel,
        factors: tuple[Factor, ...],
        find_look_ahead: FindLookAhead,
        tolerance: float,
        time_limit_seconds: float,
    ) -> None:
        """Simulate with the look-aheads that a function returns, within a time limit for each solve."""
        self._year, self._find_look_ahead = year, find_look_ahead
        self._tolerance, self._time_limit_seconds = tolerance, time_limit_seconds
        self._means = np.array([compute_mean(factor.distribution) for factor in factors])
        make = year.program.variables["make"]
        self._make = make.block_slice
        self._make_period = make.axes["period"]
        item = year.arrays.lines.item[make.axes["line"]]
        self._value = year.arrays.items.counted_value[item]

    def simulate(self, policy: PlanningPolicy, path: FloatArray) -> SimulatedYear:
        """Simulate a policy in a year with these values of the factors, (f, k)."""
        year, first = self._year, self._year.first_period
        result = SimulatedYear()
        values = np.zeros(year.program.lp.column_count)
        first_quotas: FloatArray | None = None
        quotas: FloatArray | None = None
        for step in range(year.future_count):
            period = first + step
            is_planning = quotas is None or (policy.replan_every is not None and step % policy.replan_every == 0)
            bounds = year.compute_bounds(self._expect(policy, path, step))
            bounds = year.fix_before(bounds, values, period)
            ceilings = first_quotas if policy.quotas == "ceilings" else None
            limit_quotas(year, bounds, ceilings if is_planning else quotas, period)
            found = self._plan(policy, bounds, first_quotas, period, is_limited=not is_planning)
            if found.values is None:
                result.reason = found.reason
                return result
            if is_planning:
                planned = found.values[self._make]
                self._record_plan(result, quotas, planned, period)
                quotas = planned
                first_quotas = planned if first_quotas is None else first_quotas
            else:
                result.quota_change.append(0.0)
            if quotas is not None:
                result.quota_value.append(float((self._value * quotas)[self._make_period == period].sum()))
            applied = (year.column_period == period) | (year.column_period < 0)
            applied |= (step == 0) & (year.column_period < first)
            values[applied] = found.values[: len(values)][applied]
        self._finish(result, path, values)
        return result

    def find_best_year(self, policy: PlanningPolicy, path: FloatArray) -> SimulatedYear:
        """Return the optimum of a year with these values of the factors, (f, k), as a policy that looks ahead in all periods finds it."""
        year, result = self._year, SimulatedYear()
        found = self._find_look_ahead(policy, year.first_period).solve(
            year.compute_bounds(path), self._time_limit_seconds, is_foresight=True
        )
        if found.values is None:
            result.reason = found.reason
        else:
            self._finish(result, path, found.values)
        return result

    def _finish(self, result: SimulatedYear, path: FloatArray, values: FloatArray) -> None:
        """Record the values, (n,), of a year if they satisfy its true constraints."""
        true_lp = self._year.compute_bounds(path).apply_to_program(self._year.program).lp
        if measure_primal_residual(true_lp, values) > self._tolerance:
            result.reason = "failed"
        else:
            result.values = values

    def _expect(self, policy: PlanningPolicy, path: FloatArray, step: int) -> FloatArray:
        """Return the values of the factors that are seen until a period and expected after it, (f, k)."""
        if policy.forecast == "perfect":
            return path
        expected = path.copy()
        later = {"base": np.ones(path.shape[1]), "last": path[step], "mean": self._means}[policy.forecast]
        expected[step + 1 :] = later
        return expected

    def _plan(
        self,
        policy: PlanningPolicy,
        bounds: Bounds,
        first_quotas: FloatArray | None,
        period: int,
        *,
        is_limited: bool,
    ) -> LookAheadPlan:
        look_ahead = self._find_look_ahead(policy, period)
        if policy.quotas == "kept_close":
            bounds = self._extend_bounds(look_ahead, bounds, first_quotas, period)
        return look_ahead.solve(bounds, self._time_limit_seconds, is_limited=is_limited)

    def _extend_bounds(
        self, look_ahead: LookAhead, bounds: Bounds, first_quotas: FloatArray | None, period: int
    ) -> Bounds:
        """Return the bounds with those of the distances from the first plan's quotas, which count from a period on."""
        extended = Bounds.from_program(look_ahead.program.lp).copy_arrays()
        rows, columns = len(bounds.row_lower), len(bounds.column_lower)
        extended.row_lower[:rows], extended.row_upper[:rows] = bounds.row_lower, bounds.row_upper
        extended.column_lower[:columns], extended.column_upper[:columns] = bounds.column_lower, bounds.column_upper
        if first_quotas is not None:
            counts = self._make_period >= period
            extended.row_lower[rows:] = np.where(counts, first_quotas, -np.inf)
            extended.row_upper[rows:] = np.where(counts, first_quotas, np.inf)
        return extended

    def _record_plan(self, result: SimulatedYear, before: FloatArray | None, planned: FloatArray, period: int) -> None:
        """Record how a plan changes the quotas in force from a period on."""
        if before is None:
            result.quota_change.append(0.0)
            return
        future = self._make_period >= period
        result.quota_change.append(float((self._value * np.abs(planned - before))[future].sum()))
        result.revised_value += float((self._value * before)[future].sum())


def limit_quotas(year: YearModel, bounds: Bounds, quotas: FloatArray | None, period: int) -> None:
    """Limit what lines make from a period on to quotas, (l·t,), if any, in place; least quotas hold in any case."""
    if quotas is None:
        return
    make = year.program.variables["make"]
    upper, lower = bounds.column_upper[make.block_slice], bounds.column_lower[make.block_slice]
    limited = np.maximum(np.minimum(upper, quotas), lower)
    bounds.column_upper[make.block_slice] = np.where(make.axes["period"] >= period, limited, upper)
