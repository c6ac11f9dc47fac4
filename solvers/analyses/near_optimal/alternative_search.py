"""Search for plans within a slack of the optimum that make, ship and swap differently (modelling to generate alternatives).

Weights are those of hop-skip-jump (Brill, Chang, Hopkins 1982) as SPORES use them (Lombardi et al. 2020). With the amount a_j(x) of
each aggregate j, its largest amount a_j^max in all plans so far, and these plans x¹, x², …, the first being the optimum:

    w_j = Σ_k a_j(x^k) / a_j^max          next plan:  min Σ_j w_j · a_j(x) / a_j^max   within the slack

What earlier plans use much is avoided. Where that leads to a known plan again, weights are taken relative to their mean, so that
what earlier plans use little is sought; and then weights are drawn. Any point within the slack is a plan, so the search may end
before the minimum is proved.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from models.options import PlanOptions
from solvers.algorithms.item_rounding import ItemRounding
from solvers.algorithms.run_state import SolveRun
from solvers.analyses.near_optimal.aggregates import Aggregates
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.backends.highs_session import HighsSession
from solvers.formulation import WholeUnits, find_whole_units
from solvers.lp.certificate import measure_primal_residual
from solvers.lp.linear_program import FloatArray, Program, replace_column_bounds
from solvers.sensitivity.session import SensitivitySession

MOST_ITERATIONS = 5_000
"""Iterations of primal simplex for one alternative: under a minute for the crisis year, in which no minimum is proved."""

MOST_ROUNDINGS = 3
"""Solves of one alternative, each with less slack, until its plan in whole units is within the slack."""

EXCESS_FACTOR = 1.2
"""How much the slack is reduced after rounding, relative to the excess."""


LEAST_DISTANCE = 1e-3
"""Distance from every known plan, relative to the value of what the optimum makes and swaps, from which a plan is another one."""

SAME_PLAN = 1e-6
"""Distance, relative to the same value, up to which two plans are one."""

MOST_DRAWN = 12
"""Numbers of drawn weights for one alternative."""


@dataclass(frozen=True, slots=True)
class AlternativeValues:
    """An alternative before and after rounding."""

    relaxed: FloatArray
    """Values of the linear program, (n,)."""
    finished: FloatArray
    """Values in whole units, or the same, (n,)."""
    is_rounded: bool
    """Whether the values were rounded to whole units."""
    excess: float
    """How much the finished plan exceeds the slack, relative to max(1, |optimum|); 0 if it does not."""


class AlternativeSearch:
    """Alternatives of a plan for one slack, one after another."""

    def __init__(
        self,
        session: SensitivitySession,
        near: NearOptimalSet,
        aggregates: Aggregates,
        slack: float,
        options: PlanOptions,
        should_round: bool,
    ) -> None:
        """Begin with the plan of a session as the only known plan."""
        self._session, self._near, self._aggregates, self._slack = session, near, aggregates, slack
        self._options = options
        self._whole = find_whole_units(session.arrays, session.program) if should_round else None
        self._known = [session.plan_values]
        self._size = aggregates.measure_distance(session.plan_values, np.zeros_like(session.plan_values))
        self._highs = HighsSession(near.program.lp)
        self._highs.set_basis(near.basis)

    def find_next(self) -> AlternativeValues | None:
        """Return the next alternative; None if none was found that is another plan, in whole units and within the time limit."""
        run = SolveRun(self._options)
        cost = self._choose_cost(run)
        if cost is None:
            return None
        slack, found = self._slack, None
        for _ in range(MOST_ROUNDINGS):
            relaxed = self._solve(cost, slack, run)
            finished = relaxed if self._whole is None or relaxed is None else self._round(self._whole, relaxed, run)
            if relaxed is None or finished is None:
                break
            excess = self._measure_excess(finished)
            found = AlternativeValues(relaxed, finished, self._whole is not None, excess)
            if not excess or slack <= 0:
                break
            slack = max(slack - EXCESS_FACTOR * excess, 0.0)
        if found is None or self._measure_distance(found.finished) <= SAME_PLAN * self._size:
            return None
        self._known.append(found.finished)
        return found

    def _choose_cost(self, run: SolveRun) -> FloatArray | None:
        """Return the first cost, (n,), that leads to another plan, or else farthest from known plans; None without any plan."""
        best, best_distance = None, -1.0
        for cost in self._list_costs():
            relaxed = self._solve(cost, self._slack, run)
            if relaxed is None:
                break
            distance = self._measure_distance(relaxed)
            if distance > best_distance:
                best, best_distance = cost, distance
            if distance > LEAST_DISTANCE * self._size:
                break
        return best

    def _measure_distance(self, values: FloatArray) -> float:
        """Return the distance of a plan, (n,), from the nearest known one, in won."""
        return min(self._aggregates.measure_distance(values, known) for known in self._known)

    def _list_costs(self) -> Iterator[FloatArray]:
        """Yield costs of variables, (n,), that lead away from known plans: by weights, by weights relative to their mean, and drawn."""
        amounts = self._aggregates.amounts
        known = np.maximum(np.array([amounts @ values for values in self._known]), 0.0)
        most = known.max(axis=0)
        is_used, scale = most > 0, np.where(most > 0, most, 1.0)
        weights = (known / scale).sum(axis=0)
        mean = float(weights[is_used].mean()) if is_used.any() else 0.0
        generator = np.random.default_rng(len(self._known))
        drawn = (generator.choice((-1.0, 1.0), len(weights)) for _ in range(MOST_DRAWN))
        for direction in (weights, np.where(is_used, weights - mean, 0.0), *drawn):
            yield np.asarray(amounts.T @ (direction / scale))

    def _solve(self, cost: FloatArray, slack: float, run: SolveRun) -> FloatArray | None:
        """Return the best point that primal simplex reaches within the slack, (n,); None without a feasible one."""
        lp = self._near.limit_to(slack)
        rows, highs = self._near.rows, self._highs
        size = np.abs(cost[cost != 0])
        scaled = cost / np.exp(np.log(size).mean()) if len(size) else cost
        highs.change_costs(np.arange(lp.column_count), scaled)
        highs.change_row_bounds(rows, lp.row_lower[rows], lp.row_upper[rows])
        remaining = max(run.remaining_seconds(), 1e-3)
        found = highs.solve_program(
            "primal", time_limit_seconds=remaining, with_basis=False, max_iterations=MOST_ITERATIONS
        )
        if found.values is None or measure_primal_residual(lp, found.values) > self._options.tolerance:
            return None
        return found.values

    def _round(self, whole: WholeUnits, relaxed: FloatArray, run: SolveRun) -> FloatArray | None:
        """Return a plan in whole units near the values of the linear program, (n,); None if none was found."""
        program = self._limited_program()
        duals = self._session.point.dual_values
        rounding = ItemRounding(program.lp, whole, relaxed.copy(), duals, run.remaining_seconds)
        if not rounding.round_all():
            return None
        return _clean_residual(program, whole, rounding.values, run)

    def _limited_program(self) -> Program:
        """Return the program of the plan, in which the goals have the limits of the slack."""
        program = self._session.program
        if self._near.program.lp.row_count != program.lp.row_count:
            return program
        return replace(self._near.program, lp=self._near.limit_to(self._slack))

    def _measure_excess(self, values: FloatArray) -> float:
        """Return how much the objective or a goal exceeds its limit, relative to max(1, |optimum|); 0 if none does."""
        beyond = self._near.measure(values) - self._near.offset - self._near.compute_limits(self._slack)
        excess = beyond / np.maximum(1.0, np.abs(self._near.optima))
        worst = float(excess.max())
        return worst if worst > self._options.tolerance else 0.0


def _clean_residual(program: Program, whole: WholeUnits, values: FloatArray, run: SolveRun) -> FloatArray | None:
    """Return a whole plan, (n,), solved again around its whole values if rounding errors of many small programs have added up."""
    if measure_primal_residual(program.lp, values) <= run.options.tolerance:
        return values
    columns = np.flatnonzero(whole.is_discrete | whole.is_in_sum)
    fixed = replace_column_bounds(program, columns, values[columns], values[columns])
    solved = run.solve_stage(fixed, "whole units")
    return solved.solution.values if solved.is_feasible else None
