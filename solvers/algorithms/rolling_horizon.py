"""Periods solved one after another, each ending with the stock that the joined places foretell: a vertex near the best plan.

What a period hands on in all, item by item, is foretold (`solvers.algorithms.aggregation`); the period itself decides in which places it
lies. More or less than foretold is worth a little less, or costs a little more, than the foretold price, so that a period is
never without a plan for want of a unit. Where the foretelling is right, what the periods cost adds up to the foretold cost but for haulage.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from solvers.algorithms.aggregation import AggregateSolution
from solvers.algorithms.period_decomposition import PeriodDecomposition, Subproblem
from solvers.algorithms.portfolio import Cancelled
from solvers.algorithms.progress_monitor import CpuTimer
from solvers.backends.highs_session import HighsSession, Method
from solvers.backends.trivial_cases import AT_LOWER, BASIC
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram
from solvers.lp.solution import Basis, BasisStatus, Solution

MAX_COST_DEVIATION = 2e-4
"""How far a period may be from what was foretold for it, as a part of the cost of a mean period. In provinces where links seldom
bind it is 2e-6 to 5e-5; in the years of Ryanggang 5e-3, and a chain leads nowhere (decision 0019)."""

DEVIATION_PENALTY = 0.02
"""By how much of its price stock beyond or short of the foretold amount is worth less or costs more."""


@dataclass(slots=True)
class CrashBasis:
    """A plan that keeps all rules, and a basis for it in which some stock rests between its bounds. Shapes: n columns, m rows."""

    values: FloatArray
    """What the chain handed on, by column, (n,); 0 for what is no stock."""
    columns: BasisStatus
    """Status by column, (n,)."""
    rows: BasisStatus
    """Status by row, (m,)."""
    fixed_stock: npt.NDArray[np.bool_]
    """Whether a column is stock that rests at its value, wherever its bounds are, (n,)."""
    iterations: int = 0
    """Iterations made so far."""


@dataclass(frozen=True, slots=True)
class _TargetStock:
    """What is foretold of stock, by column of the whole, (n,)."""

    group: IntArray
    """The group of balances in which it is handed on; −1 for what is no stock."""
    unit_value: FloatArray
    """What a unit is worth in the next period."""

    @classmethod
    def from_aggregate(cls, periods: PeriodDecomposition, aggregate: AggregateSolution) -> "_TargetStock":
        columns = np.flatnonzero(periods.stock_columns)
        entries = periods.lp.matrix[:, columns].tocoo()
        rows, stock = entries.coords[0], columns[entries.coords[1]]
        own = (periods.row_period[rows] == periods.column_period[stock]) & (aggregate.group[rows] >= 0)
        after = periods.row_period[rows] == periods.column_period[stock] + 1
        group = np.full(periods.lp.column_count, -1, dtype=np.int64)
        group[stock[own]] = aggregate.group[rows[own]]
        worth = np.zeros(periods.lp.column_count)
        np.add.at(worth, stock[after], entries.data[after] * aggregate.dual_values[rows[after]])
        return cls(group, worth)


def forward_pass(
    periods: PeriodDecomposition, aggregate: AggregateSolution, seconds: float, should_stop: Cancelled
) -> CrashBasis | None:
    """A vertex for the whole, period by period; None where one has no plan, or costs another amount than was foretold.

    The first period, which tells most, may take so many `seconds` of this thread.
    """
    return _ForwardPass(periods, aggregate, _TargetStock.from_aggregate(periods, aggregate)).solve_periods(
        seconds, should_stop
    )


class _ForwardPass:
    """Walks the periods; each begins with the stock, and where it can with the basis, of the one before."""

    def __init__(self, periods: PeriodDecomposition, aggregate: AggregateSolution, target_stock: _TargetStock) -> None:
        n, m = periods.lp.column_count, periods.lp.row_count
        self._periods, self._foretold, self._guide = periods, aggregate, target_stock
        self._near = MAX_COST_DEVIATION * abs(float(periods.lp.cost @ aggregate.values)) / periods.period_count
        self._vertex = CrashBasis(
            np.zeros(n), np.zeros(n, np.int8), np.full(m, BASIC, np.int8), np.zeros(n, dtype=bool)
        )
        self._before: tuple[Subproblem, Basis] | None = None
        """The period before, and its basis with rows and columns for foretold stock."""

    def solve_periods(self, seconds: float, should_stop: Cancelled) -> CrashBasis | None:
        """Through all periods; see `chained`."""
        spending = CpuTimer()

        def is_over_trial_time() -> bool:
            return spending.has_exceeded(seconds) or should_stop()

        vertex, last = self._vertex, self._periods.period_count - 1
        for period in range(last + 1):
            part = self._periods.build_subproblem(period, period, vertex.values)
            if period == last:
                ended = _solve_from_basis(part.lp, self._build_start_basis(part, part.lp), "near", should_stop)
            else:
                ended = self._solve_period(part, is_over_trial_time if period == 0 else should_stop)
            if ended is None or ended.basis is None:
                return None
            vertex.columns[part.columns], vertex.rows[part.rows] = ended.basis.columns, ended.basis.rows
            vertex.iterations += ended.iterations
        return vertex

    def _solve_period(self, part: Subproblem, should_stop: Cancelled) -> Solution | None:
        """One period with about the foretold stock at its end; then the same with just the stock it chose, as a vertex."""
        stock = np.flatnonzero(self._periods.stock_columns[part.columns])
        guided = _add_stock_targets(part, stock, self._guide, self._foretold)
        found = _solve_from_basis(guided, self._build_start_basis(part, guided), "near", should_stop)
        if found is None or found.values is None or found.basis is None:
            return None
        expected = float(part.lp.cost @ self._foretold.values[part.columns])
        if abs(float(guided.cost @ found.values) - expected) > self._near:
            return None
        self._before = part, found.basis
        kept = np.clip(found.values[stock], part.lp.column_lower[stock], part.lp.column_upper[stock])
        lower, upper = part.lp.column_lower.copy(), part.lp.column_upper.copy()
        lower[stock] = upper[stock] = kept
        self._vertex.values[part.columns[stock]] = kept
        self._vertex.fixed_stock[part.columns[stock]] = True
        columns = found.basis.columns[: part.lp.column_count].copy()
        columns[stock] = AT_LOWER  # left in the basis they cost twice the time: counties-40 6.3 s in all instead of 4.5
        start = Basis(columns, found.basis.rows[: part.lp.row_count])
        ended = _solve_from_basis(
            replace(part.lp, column_lower=lower, column_upper=upper), start, "primal", should_stop
        )
        return None if ended is None else replace(ended, iterations=found.iterations + ended.iterations)

    def _build_start_basis(self, part: Subproblem, lp: LinearProgram) -> Basis | None:
        """The basis of the period before, if it is of the same shape; rows and columns for foretold stock come last, if at all."""
        if self._before is None:
            return None
        before, basis = self._before
        alike = (before.lp.row_count, before.lp.column_count) == (part.lp.row_count, part.lp.column_count)
        if not alike or len(basis.columns) < lp.column_count or len(basis.rows) < lp.row_count:
            return None
        return Basis(basis.columns[: lp.column_count], basis.rows[: lp.row_count])


def _add_stock_targets(
    part: Subproblem, stock: IntArray, target_stock: _TargetStock, aggregate: AggregateSolution
) -> LinearProgram:
    """A period with rows that ask for the foretold stock of each group, and columns for what is short of it or beyond."""
    lp, columns = part.lp, part.columns[stock]
    groups, of = np.unique(target_stock.group[columns], return_inverse=True)
    count, stocks = len(groups), len(stock)
    request = np.bincount(of, weights=aggregate.values[columns], minlength=count)
    worth = np.bincount(of, weights=target_stock.unit_value[columns], minlength=count) / np.bincount(
        of, minlength=count
    )
    spread = DEVIATION_PENALTY * np.abs(worth) + 1e-6 * np.abs(worth).max(initial=0.0)
    each = np.arange(count)
    total = sparse.csc_array(
        (
            np.concatenate([np.ones(stocks + count), -np.ones(count)]),
            (
                np.concatenate([of, each, each]),
                np.concatenate([stock, lp.column_count + each, lp.column_count + count + each]),
            ),
        ),
        shape=(count, lp.column_count + 2 * count),
    )
    wider = sparse.hstack([lp.matrix, sparse.csc_array((lp.row_count, 2 * count))])
    return replace(
        lp,
        cost=np.concatenate([lp.cost, worth + spread, spread - worth]),
        column_lower=np.concatenate([lp.column_lower, np.zeros(2 * count)]),
        column_upper=np.concatenate([lp.column_upper, np.full(2 * count, np.inf)]),
        row_lower=np.concatenate([lp.row_lower, request]),
        row_upper=np.concatenate([lp.row_upper, request]),
        matrix=sparse.csc_array(sparse.vstack([wider, total])),
    )


def _solve_from_basis(
    lp: LinearProgram, start: Basis | None, method: Method, should_stop: Cancelled
) -> Solution | None:
    """A program solved from a basis by that method, without one by dual simplex; None where there is no optimum."""
    session = HighsSession(lp)
    if start is not None:
        session.set_basis(start)
    solution = session.solve_program("dual" if start is None else method, should_cancel=should_stop)
    return solution if solution.termination.reason == "optimal" else None
