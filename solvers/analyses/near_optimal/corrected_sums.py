"""Dual values for bounds of ranges: all periods added up, with the limit on the objective in reduced costs.

The sums of the constraints over all periods are a relaxation (`period_aggregation`), but in a hard year their optimum is farther below
the optimum than a slack. So the limit keeps the prices y* of the single periods. With reduced costs c* = c − Aᵀy* and a = Ax:

    cᵀx ≤ z* + ε · max(1, |z*|)    is the same as    c*ᵀx + y*ᵀa ≤ z* + ε · max(1, |z*|)

Activities a within their bounds, and the sums of the constraints, are all that the relaxation keeps of Ax = a:

    min dᵀx    subject to    G(Ax − a) = 0,   r ≤ a ≤ r̄,   l ≤ x ≤ l̄,   the limit

At ε = 0 it has no plan below the optimum. With multipliers w of the sums and μ of the limit, its dual values in the program itself
are μy* + Gᵀw: the prices of single periods, corrected by one number for all periods.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np
from scipy import sparse

from solvers.algorithms.period_aggregation import group_rows
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.analyses.near_optimal.proved_bounds import BoundProver, drop_unbounded
from solvers.backends.highs_session import HighsSession
from solvers.data.item_arrays import BoolArray
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.lp.scaling import Scaling

MOST_ITERATIONS = 30_000
"""Iterations of simplex for one slack: a year of Ryanggang needs some 3,000."""

FAR_COST = 2.0
"""Reduced cost, in won per won of value, from which a variable with two bounds is kept at its better one at first."""

LOSS_SHARE = 0.02
"""Loss of a bound by variables that are kept at their bounds, relative to its distance from the plan, up to which no more are freed."""

MOST_ROUNDS = 4
"""Solves of the relaxation for all slacks; the last one frees all variables."""

PAYING_SHARE = 1e-9
"""Reduced cost of the wrong sign, relative to the largest cost, up to which a variable does not pay."""


@dataclass(frozen=True, slots=True)
class ProvedLeast:
    """Bounds of a cost over the plans within slacks, with the dual values that prove most."""

    bounds: FloatArray
    """Lower bound of the cost by slack, (s,); −∞ without one."""
    dual_values: FloatArray
    """Dual values of the program, by slack, (s, m)."""


class CorrectedSums:
    """The relaxation of one set, scaled to won; N = n variables and priced activities, M sums."""

    def __init__(self, near: NearOptimalSet, prover: BoundProver) -> None:
        """Add up the constraints of all periods."""
        program, lp = near.program, near.program.lp
        self._near, self._prover = near, prover
        scaling = Scaling.from_unit_values(program)
        self._columns, self._rows = scaling.columns, scaling.rows
        scaled = scaling.scale_program(lp)
        group = group_rows(program, np.zeros(len(program.labels["period"]), dtype=np.int64))
        group[near.rows] = -1
        self._group = group
        counted = np.flatnonzero(group >= 0)
        sum_count = int(group.max(initial=-1)) + 1
        total = sparse.csr_array((np.ones(len(counted)), (group[counted], counted)), shape=(sum_count, lp.row_count))
        prices = drop_unbounded(near.prices / scaling.rows, scaled.row_lower, scaled.row_upper)
        prices[:, near.rows] = 0.0
        self._prices = prices
        is_open = scaled.row_lower != scaled.row_upper
        priced = np.flatnonzero(is_open & (prices != 0).any(axis=0) & (group >= 0))
        is_priced = np.zeros(lp.row_count, dtype=bool)
        is_priced[priced] = True
        activity = sparse.csc_array(
            (-np.ones(len(priced)), (group[priced], np.arange(len(priced)))), shape=(sum_count, len(priced))
        )
        self._matrix = sparse.csc_array(sparse.hstack([total @ scaled.matrix, activity]))
        self._matrix.eliminate_zeros()
        self._lower = np.concatenate([scaled.column_lower, scaled.row_lower[priced]])
        self._upper = np.concatenate([scaled.column_upper, scaled.row_upper[priced]])
        summed = np.flatnonzero((group >= 0) & ~is_priced)
        self._sum_lower, self._sum_upper = (
            np.bincount(group[summed], weights=bound[summed], minlength=sum_count)
            for bound in (scaled.row_lower, scaled.row_upper)
        )
        reduced = scaled.matrix.tocsr()[near.rows].toarray() - (scaled.matrix.T @ prices.T).T
        self._reduced = np.hstack([reduced, prices[:, priced]])
        self._settled = self._sum_settled(scaled, ~is_priced)

    def _sum_settled(self, scaled: LinearProgram, is_settled: BoolArray) -> FloatArray:
        """Return what constraints without an activity of their own add to the limits at the least, (k,)."""
        bound = np.where(self._prices > 0, scaled.row_lower, np.where(self._prices < 0, scaled.row_upper, 0.0))
        return np.asarray((self._prices * bound * is_settled).sum(axis=1))

    def bound_least(self, cost: FloatArray, here: float, slacks: Sequence[float], deadline: float) -> ProvedLeast:
        """Bound a cost, (n,), from below for rising slacks, given its value in the plan, until a deadline by `time.monotonic`.

        Variables of a great reduced cost are kept at their better bounds, until those that would pay at the dual values found have been
        freed (column generation).
        """
        direction = np.concatenate([cost / self._columns, np.zeros(len(self._lower) - len(self._columns))])
        is_freed, is_open = np.zeros(len(direction), dtype=bool), np.ones(len(slacks), dtype=bool)
        proved = ProvedLeast(np.full(len(slacks), -np.inf), np.zeros((len(slacks), len(self._rows))))
        for rounds in range(1, MOST_ROUNDS + 1):
            found = self._solve(cost, direction, slacks, is_open, is_freed, deadline)
            proved = _choose(proved, found.proved)
            is_open &= np.isfinite(found.relaxed)
            relaxed, bounds = found.relaxed[is_open], proved.bounds[is_open]
            is_open[is_open] = relaxed - bounds > LOSS_SHARE * (here - relaxed)
            if not found.would_pay.any() or not is_open.any():
                break
            is_freed |= found.would_pay if rounds < MOST_ROUNDS - 1 else True
        return proved

    def _solve(
        self,
        cost: FloatArray,
        direction: FloatArray,
        slacks: Sequence[float],
        is_open: BoolArray,
        is_freed: BoolArray,
        deadline: float,
    ) -> "_Found":
        """Solve the relaxation for the open ones of rising slacks, and prove what its dual values prove in the program.

        Dual simplex from slack to slack takes 0.2 to 11 s in the crisis year, interior point always about 3 s.
        """
        kept, values = self._choose_columns(direction, is_freed)
        size = np.abs(direction[direction != 0])
        unit, constant = float(np.exp(np.log(size).mean())), float(direction @ values)
        weight, limits = self._weigh_limits(kept, values, slacks)
        session = HighsSession(self._restrict(direction / unit, kept, values, weight, limits[0]))
        count = self._matrix.shape[0]
        rows = np.arange(count, count + len(weight))
        duals = np.zeros((len(slacks), len(self._rows)))
        bounds = self._prover.bound_least(cost, duals[0], slacks)
        relaxed, would_pay = np.full(len(slacks), -np.inf), np.zeros(len(direction), dtype=bool)
        for k in np.flatnonzero(is_open):
            seconds = deadline - monotonic()
            if seconds <= 0:
                break
            session.change_row_bounds(rows, np.full(len(rows), -np.inf), limits[k])
            solved = session.solve_program(
                "ipm", time_limit_seconds=seconds, with_basis=False, max_iterations=MOST_ITERATIONS
            )
            if solved.termination.reason == "optimal":
                relaxed[k] = unit * session.objective_value + constant
            if solved.dual_values is None:
                continue
            of_sums = solved.dual_values[:count] * unit
            of_limits = np.minimum(solved.dual_values[count:], 0.0) * unit * weight
            would_pay |= self._find_paying(direction, of_sums, of_limits)
            own = self._carry(of_sums, of_limits)
            proved = self._prover.bound_least(cost, own, slacks)
            duals[proved > bounds] = own
            bounds = np.maximum(bounds, proved)
        would_pay[kept] = False
        return _Found(ProvedLeast(bounds, duals), relaxed, would_pay)

    def _weigh_limits(
        self, kept: IntArray, values: FloatArray, slacks: Sequence[float]
    ) -> tuple[FloatArray, list[FloatArray]]:
        """Return weights of the limits, (k,), and for each slack the limits on the variables that are kept, so weighed."""
        # pieces of shortages can have reduced costs far above those of all else, which would vanish beside them
        is_endless = kept[np.isinf(self._upper[kept])]
        largest = np.abs(self._reduced[:, is_endless]).max(axis=1, initial=0.0)
        weight = 1.0 / np.where(largest > 0, largest, 1.0)
        settled = self._settled + self._reduced @ values
        return weight, [weight * (self._near.compute_limits(slack) - settled) for slack in slacks]

    def _restrict(
        self, cost: FloatArray, kept: IntArray, values: FloatArray, weight: FloatArray, limit: FloatArray
    ) -> LinearProgram:
        """Return the relaxation in the variables that are kept, the others at their values, (N,)."""
        used = self._matrix @ values
        limits = weight[:, None] * self._reduced[:, kept]
        matrix = sparse.csc_array(sparse.vstack([self._matrix[:, kept], limits], format="csc"))
        matrix.eliminate_zeros()
        matrix.sort_indices()
        return LinearProgram(
            cost[kept],
            self._lower[kept],
            self._upper[kept],
            np.append(self._sum_lower - used, np.full(len(weight), -np.inf)),
            np.append(self._sum_upper - used, limit),
            matrix,
        )

    def _find_paying(self, direction: FloatArray, of_sums: FloatArray, of_limits: FloatArray) -> BoolArray:
        """Return which variables with two bounds, (N,), would better be away from the bound at which they are kept if out."""
        price = direction - self._matrix.T @ of_sums - of_limits @ self._reduced
        noise = PAYING_SHARE * np.abs(direction[direction != 0]).max()
        at_lower = self._reduced[0] > 0
        has_bounds = np.isfinite(self._lower) & np.isfinite(self._upper)
        return np.asarray(has_bounds & np.where(at_lower, price < -noise, price > noise))

    def _choose_columns(self, direction: FloatArray, is_freed: BoolArray) -> tuple[IntArray, FloatArray]:
        """Return which variables are kept, and values, (N,), of the others: 0 for those kept.

        Of equal variables without an upper bound the one of the least reduced cost is enough, where one limit is all that tells them apart.
        """
        lower, upper, first = self._lower, self._upper, self._reduced[0]
        is_empty = np.diff(self._matrix.indptr) == 0
        is_out = is_empty & (direction >= 0) & (self._reduced >= 0).all(axis=0) & np.isfinite(lower)
        values = np.where(is_out, lower, 0.0)
        if len(self._reduced) == 1:
            is_out |= ~is_empty & self._find_dominated(direction)
            is_far = ~is_out & ~is_freed & (np.abs(first) > FAR_COST) & np.isfinite(lower) & np.isfinite(upper)
            values = np.where(is_far, np.where(first > 0, lower, upper), values)
            is_out |= is_far
        return np.flatnonzero(~is_out), values

    def _find_dominated(self, direction: FloatArray) -> BoolArray:
        """Return which variables an equal one without an upper bound replaces at no higher reduced cost, (N,)."""
        # equal columns have equal weighted sums; by chance or by rounding, unequal ones could only spoil a bound, which is proved later
        weights = np.random.default_rng(0).standard_normal((self._matrix.shape[0], 2))
        sums = np.round(self._matrix.T @ weights, 9)
        keys = np.column_stack([np.diff(self._matrix.indptr), sums, direction])
        _, kind = np.unique(keys, axis=0, return_inverse=True)
        kind, reduced = kind.reshape(-1), self._reduced[0]
        is_endless = np.isinf(self._upper) & (self._lower == 0)
        order = np.lexsort((reduced, kind))
        order = order[is_endless[order]]
        is_first = np.append(True, np.diff(kind[order]) != 0)[: len(order)]
        cheapest = order[is_first]
        least = np.full(int(kind.max(initial=0)) + 1, np.inf)
        least[kind[cheapest]] = reduced[cheapest]
        is_dominated = (reduced >= least[kind]) & (self._lower == 0)
        is_dominated[cheapest] = False
        return np.asarray(is_dominated)

    def _carry(self, of_sums: FloatArray, of_limits: FloatArray) -> FloatArray:
        """Return dual values of the program, (m,), for those of the sums, (M,), and of the limits, (k,), which are at most 0."""
        carried = -of_limits @ self._prices
        counted = self._group >= 0
        carried[counted] += of_sums[self._group[counted]]
        carried *= self._rows
        carried[self._near.rows] = of_limits
        return np.asarray(carried)


@dataclass(frozen=True, slots=True)
class _Found:
    proved: ProvedLeast
    relaxed: FloatArray
    """Optimum of the relaxation by slack, (s,); −∞ where none was sought or found."""
    would_pay: BoolArray
    """Which variables kept at a bound would pay at the dual values of any slack, (N,)."""


def _choose(first: ProvedLeast, second: ProvedLeast) -> ProvedLeast:
    """Return the better bound of each slack."""
    is_better = second.bounds > first.bounds
    bounds = np.where(is_better, second.bounds, first.bounds)
    return ProvedLeast(bounds, np.where(is_better[:, None], second.dual_values, first.dual_values))
