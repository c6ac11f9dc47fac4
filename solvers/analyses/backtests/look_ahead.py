"""Programs with which a policy looks ahead: all periods, or some months in detail and quarters after them, warm from run to run."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from models.analyses.backtest import Horizon
from solvers import backends
from solvers.algorithms.period_aggregation import PeriodAggregation, aggregate_periods
from solvers.algorithms.portfolio import INTERIOR_POINT
from solvers.algorithms.select import LARGE_PROGRAM_COLUMNS
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession, Method
from solvers.errors import SensitivityUnavailableError
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program
from solvers.lp.solution import BASIC, Basis, Solution
from solvers.sensitivity.bounds import Bounds

PERIODS_OF_QUARTER = 3
"""Periods that are one period after the detailed ones."""

WARM_METHODS: tuple[Method, ...] = ("dual-devex", "primal", "ipm-primal-cleanup")
"""Methods from the last basis, in turn until a solution is proved."""

Reason = Literal["optimal", "infeasible", "failed"]


@dataclass(frozen=True, slots=True)
class LookAheadPlan:
    """A plan of a look-ahead program."""

    reason: Reason
    """How the solve ended."""
    values: FloatArray | None = None
    """Values of the variables of the whole program, (n,): of detailed periods exact, of others split; None without an optimum."""


@dataclass(slots=True)
class LookAhead:
    """A program in a solver session, with the basis from which each simulation starts."""

    program: Program
    """The program in the problem's own periods, with n variables."""
    aggregation: PeriodAggregation | None
    """How later periods are added up; None if all periods are in detail."""
    start: Basis
    """Basis at the start of each simulation."""
    session: HighsSession
    """Solver session."""
    first: LinearProgram
    """The program with which each simulation starts."""
    loaded: LinearProgram
    """The program in the session with its present bounds."""

    @classmethod
    def from_basis(cls, program: Program, basis: Basis) -> Self:
        """Look ahead in all periods, from a basis of the program, or of the program without its last constraints and variables."""
        lp = program.lp
        columns = np.append(basis.columns, np.zeros(lp.column_count - len(basis.columns), np.int8))
        rows = np.append(basis.rows, np.full(lp.row_count - len(basis.rows), BASIC, np.int8))
        return cls(program, None, Basis(columns, rows), HighsSession(lp), lp, lp)

    @classmethod
    def from_horizon(
        cls, program: Program, bounds: Bounds, horizon: Horizon, period: int, time_limit_seconds: float
    ) -> Self:
        """Look ahead from a period in detail, then by quarters, from the optimum for some bounds.

        Raises
        ------
        SensitivityUnavailableError
            There is no optimum for these bounds within the time limit.
        """
        groups = build_horizon_groups(len(program.labels["period"]), period, int(horizon.months))
        aggregation = aggregate_periods(program, groups)
        lp = aggregation.aggregate_bounds(bounds.apply_to_program(program).lp)
        name = INTERIOR_POINT if lp.column_count >= LARGE_PROGRAM_COLUMNS else "highs"
        solved = backends.get_backend(name).solve_program(lp, SolveOptions(time_limit_seconds))
        if solved.termination.reason != "optimal" or solved.basis is None:
            raise SensitivityUnavailableError("the base has no optimum in longer periods")
        return cls(program, aggregation, solved.basis, HighsSession(lp), lp, lp)

    def return_to_start(self) -> None:
        """Start from the first basis again, with nothing left of earlier simulations."""
        self.session, self.loaded = HighsSession(self.first), self.first
        self.session.set_basis(self.start)

    def solve(self, bounds: Bounds, time_limit_seconds: float) -> LookAheadPlan:
        """Solve for bounds of the program in the problem's own periods, from the basis of the last solve."""
        own = bounds.apply_to_program(self.program).lp
        lp = own if self.aggregation is None else self.aggregation.aggregate_bounds(own)
        self._load_bounds(lp)
        for method in WARM_METHODS:
            solution = self.session.solve_program(method, time_limit_seconds=time_limit_seconds, with_basis=False)
            if solution.termination.reason == "infeasible":
                return LookAheadPlan("infeasible")
            if solution.termination.reason == "limit":
                break
            if solution.values is not None and _is_proved(lp, solution):
                values = solution.values
                return LookAheadPlan(
                    "optimal",
                    values if self.aggregation is None else self.aggregation.disaggregate_values(own, values),
                )
        return LookAheadPlan("failed")

    def _load_bounds(self, lp: LinearProgram) -> None:
        before = self.loaded
        rows = np.flatnonzero((before.row_lower != lp.row_lower) | (before.row_upper != lp.row_upper))
        columns = np.flatnonzero((before.column_lower != lp.column_lower) | (before.column_upper != lp.column_upper))
        if len(rows):
            self.session.change_row_bounds(rows, lp.row_lower[rows], lp.row_upper[rows])
        if len(columns):
            self.session.change_column_bounds(columns, lp.column_lower[columns], lp.column_upper[columns])
        self.loaded = lp


def build_horizon_groups(period_count: int, period: int, months: int) -> IntArray:
    """Return the group of each period, (T,): single ones until `months` from `period` on, then three at a time."""
    detailed = min(period + months, period_count)
    later = np.arange(period_count - detailed) // PERIODS_OF_QUARTER
    return np.concatenate([np.arange(detailed), detailed + later]).astype(np.int64)


def _is_proved(lp: LinearProgram, solution: Solution) -> bool:
    return solution.termination.reason == "optimal" and certify_solution(lp, solution).passed
