"""Programs with which a policy looks ahead: all periods, or some months in detail and quarters after them, warm from run to run.

With a horizon, each period has a program of its own, without the variables before it: these are fixed, and move right-hand sides.
"""

from dataclasses import dataclass, field
from time import monotonic
from typing import Literal, Self

import numpy as np
from scipy import sparse

from solvers.algorithms.period_aggregation import PeriodAggregation, aggregate_periods, find_period_spans
from solvers.backends.highs_session import HighsSession, Method
from solvers.data.item_arrays import BoolArray
from solvers.errors import SensitivityUnavailableError
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program
from solvers.lp.scaling import Scaling
from solvers.lp.solution import BASIC, Basis, Solution
from solvers.sensitivity.bounds import Bounds

PERIODS_OF_QUARTER = 3
"""Periods that are one period after the detailed ones."""

WARM_METHODS: tuple[Method, ...] = ("dual-devex", "primal", "ipm-primal-cleanup")
"""Methods from the last basis, in turn until a solution is proved."""

MOST_WARM_WORK = 6e8
"""Iterations of dual simplex from the last basis times variables, with a horizon: some 4,000 in a year of Ryanggang, or a second.
Few solves need more, and those up to 30,000; dual simplex without a basis takes 22,000 in two seconds, since presolve comes first."""

MOST_DETAILED_WORK = 6e9
"""The same without a horizon: some 20,000 in a year of Ryanggang, about as long as interior point takes, 40 seconds."""

MOST_FORESIGHT_WORK = 2e8
"""The same for a whole year that is drawn anew: its limits differ in every period, so either some hundred iterations are enough, or
dual simplex takes 47 to 157 seconds, and interior point 40."""

MOST_COLD_WORK = 1e10
"""Iterations of dual simplex without a basis times variables; then interior point, which takes ten seconds, comes next."""

Reason = Literal["optimal", "infeasible", "failed"]


@dataclass(frozen=True, slots=True)
class LookAheadPlan:
    """A plan of a look-ahead program."""

    reason: Reason
    """How the solve ended."""
    values: FloatArray | None = None
    """Values of the variables of the whole program, (n,): of detailed periods exact, of others split; None without an optimum."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """A program from some period on, with later periods added up; n variables of the whole program."""

    aggregation: PeriodAggregation
    """How later periods are added up."""
    columns: BoolArray
    """Which variables of the aggregated program are not before the period."""
    rows: BoolArray
    """Which constraints of the aggregated program have such a variable."""
    matrix: sparse.csc_array
    """Coefficients of these variables in these constraints."""
    past_matrix: sparse.csr_array
    """Coefficients of the other variables in these constraints."""

    @classmethod
    def from_program(cls, program: Program, period: int, months: int) -> Self:
        """Look from a period some months ahead in detail, and by quarters after them."""
        aggregation = aggregate_periods(program, build_horizon_groups(len(program.labels["period"]), period, months))
        column_period = np.full(program.lp.column_count, -1, dtype=np.int64)
        for block in program.variables.values():
            if "period" in block.axes:
                column_period[block.block_slice] = block.axes["period"]
        _, last_period = find_period_spans(program)
        shape = aggregation.matrix.shape
        columns = _find_groups(aggregation.column_class, (column_period >= period) | (column_period < 0), shape[1])
        rows = _find_groups(aggregation.row_group, (last_period >= period) | (last_period < 0), shape[0])
        counted = aggregation.matrix.tocsr()[np.flatnonzero(rows)].tocsc()
        return cls(
            aggregation,
            columns,
            rows,
            sparse.csc_array(counted[:, np.flatnonzero(columns)]),
            sparse.csr_array(counted[:, np.flatnonzero(~columns)]),
        )

    def reduce(self, lp: LinearProgram) -> LinearProgram:
        """Return the program for bounds of the whole program in which all variables before the period are fixed."""
        summed = self.aggregation.aggregate_bounds(lp)
        past = summed.column_lower[~self.columns]
        used, kept = self.past_matrix @ past, self.columns
        return LinearProgram(
            summed.cost[kept],
            summed.column_lower[kept],
            summed.column_upper[kept],
            summed.row_lower[self.rows] - used,
            summed.row_upper[self.rows] - used,
            self.matrix,
            summed.offset + float(summed.cost[~self.columns] @ past),
        )

    def restore(self, lp: LinearProgram, values: FloatArray) -> FloatArray:
        """Return values of the whole program, (n,), for values of the reduced one and the bounds that it was reduced from."""
        summed = self.aggregation.aggregate_bounds(lp).column_lower
        summed[self.columns] = values
        return self.aggregation.disaggregate_values(lp, summed)


@dataclass(slots=True)
class LookAhead:
    """A program in a solver session, with the bases from which each task starts.

    Solves that plan and solves that quotas in force limit have optima far from each other: dual simplex takes 40,000 iterations
    from the one to the other, and some hundred from year to year. So each of the two goes on from its own last basis.
    """

    program: Program
    """The program in the problem's own periods, with n variables."""
    horizon: Horizon | None
    """How far it looks; None if in detail over all periods."""
    starts: dict[bool, Basis]
    """Basis at the start of each task, by whether quotas in force are limits; without one, limited solves go on from the last one."""
    session: HighsSession
    """Solver session."""
    first: LinearProgram
    """The program with which each task starts."""
    loaded: LinearProgram
    """The program in the session with its present bounds."""
    start_values: FloatArray | None = None
    """Values of the optimum at the basis of solves that plan, (n,), with a horizon."""
    is_limited: bool = False
    """Whether quotas in force limited the last solve."""
    last: dict[bool, Basis] = field(default_factory=dict)
    """Last bases of solves of either kind, but for the kind of the last solve, whose basis is in the session."""

    @classmethod
    def from_basis(cls, program: Program, basis: Basis) -> Self:
        """Look ahead in all periods, from a basis of the program, or of the program without its last constraints and variables."""
        lp = program.lp
        columns = np.append(basis.columns, np.zeros(lp.column_count - len(basis.columns), np.int8))
        rows = np.append(basis.rows, np.full(lp.row_count - len(basis.rows), BASIC, np.int8))
        return cls(program, None, {False: Basis(columns, rows)}, HighsSession(lp), lp, lp)

    @classmethod
    def from_horizon(
        cls, program: Program, bounds: Bounds, months: int, period: int, time_limit_seconds: float
    ) -> Self:
        """Look ahead from a period in detail, then by quarters, from the optimum for some bounds.

        Raises
        ------
        SensitivityUnavailableError
            There is no optimum for these bounds within the time limit.
        """
        horizon = Horizon.from_program(program, period, months)
        own = bounds.apply_to_program(program).lp
        lp = horizon.reduce(own)
        session = HighsSession(lp)
        solved = _solve_cold(session, lp, time_limit_seconds)
        if solved.termination.reason != "optimal" or solved.basis is None or solved.values is None:
            raise SensitivityUnavailableError("the base has no optimum in longer periods")
        values = horizon.restore(own, solved.values)
        return cls(program, horizon, {False: solved.basis}, session, lp, lp, values)

    def return_to_start(self) -> None:
        """Start from the first bases again, with nothing left of earlier tasks."""
        self.session, self.loaded = HighsSession(self.first), self.first
        self.session.set_basis(self.starts[False])
        self.is_limited, self.last = False, {kind: self.starts[kind] for kind in self.starts if kind}

    def find_limited_start(self, bounds: Bounds, time_limit_seconds: float) -> FloatArray | None:
        """Start limited solves of each task from the optimum for some bounds; return its values, (n,), or None without an optimum."""
        self.return_to_start()
        found = self.solve(bounds, time_limit_seconds)
        basis = self.session.read_basis()
        if found.values is not None and basis is not None:
            self.starts[True] = basis
        return found.values

    def solve(
        self, bounds: Bounds, time_limit_seconds: float, *, is_limited: bool = False, is_foresight: bool = False
    ) -> LookAheadPlan:
        """Solve for bounds of the program in the problem's own periods, from the basis of the last such solve.

        `is_foresight` tells that the bounds are those of a whole year drawn anew, and not of the next period of the same year.
        """
        own = bounds.apply_to_program(self.program).lp
        lp = own if self.horizon is None else self.horizon.reduce(own)
        self._load_bounds(lp)
        self._turn_to(is_limited)
        deadline = monotonic() + time_limit_seconds
        most_iterations = int(self._choose_warm_work(is_foresight) / lp.column_count)
        for method in WARM_METHODS:
            solution = self.session.solve_program(
                method,
                time_limit_seconds=max(deadline - monotonic(), 0.0),
                with_basis=False,
                max_iterations=most_iterations if method == WARM_METHODS[0] else None,
            )
            if solution.termination.limit == "iterations":
                solution = self._solve_anew(lp, deadline)
            if solution.termination.reason == "infeasible":
                return LookAheadPlan("infeasible")
            if solution.termination.reason == "limit":
                break
            if solution.values is not None and _is_proved(lp, solution):
                values = solution.values
                return LookAheadPlan("optimal", values if self.horizon is None else self.horizon.restore(own, values))
        return LookAheadPlan("failed")

    def _choose_warm_work(self, is_foresight: bool) -> float:
        if self.horizon is not None:
            return MOST_WARM_WORK
        return MOST_FORESIGHT_WORK if is_foresight else MOST_DETAILED_WORK

    def _solve_anew(self, lp: LinearProgram, deadline: float) -> Solution:
        """Solve without a basis, and go on from the basis found: with a horizon by dual simplex first, else by interior point in won."""
        self.session = HighsSession(lp)
        if self.horizon is not None:
            return _solve_cold(self.session, lp, deadline - monotonic())
        scaling = Scaling.from_unit_values(self.program)
        solved = HighsSession(scaling.scale_program(lp)).solve_program(
            "ipm-primal-cleanup", time_limit_seconds=max(deadline - monotonic(), 0.0)
        )
        if solved.basis is not None:
            self.session.set_basis(solved.basis)
        return scaling.restore_units(solved)

    def _turn_to(self, is_limited: bool) -> None:
        """Go on from the last solve of this kind."""
        if is_limited == self.is_limited or True not in self.starts:
            return
        basis = self.session.read_basis()
        if basis is not None:
            self.last[self.is_limited] = basis
        self.session.set_basis(self.last.get(is_limited, self.starts[is_limited]))
        self.is_limited = is_limited

    def _load_bounds(self, lp: LinearProgram) -> None:
        before = self.loaded
        rows = np.flatnonzero((before.row_lower != lp.row_lower) | (before.row_upper != lp.row_upper))
        columns = np.flatnonzero((before.column_lower != lp.column_lower) | (before.column_upper != lp.column_upper))
        if len(rows):
            self.session.change_row_bounds(rows, lp.row_lower[rows], lp.row_upper[rows])
        if len(columns):
            self.session.change_column_bounds(columns, lp.column_lower[columns], lp.column_upper[columns])
        self.loaded = lp


def _solve_cold(session: HighsSession, lp: LinearProgram, time_limit_seconds: float) -> Solution:
    """Solve the program of a session that has no basis, by dual simplex, or by interior point where that takes long."""
    deadline = monotonic() + time_limit_seconds
    solved = session.solve_program(
        "dual",
        time_limit_seconds=max(time_limit_seconds, 0.0),
        max_iterations=int(MOST_COLD_WORK / max(lp.column_count, 1)),
    )
    if solved.termination.limit != "iterations":
        return solved
    return session.solve_program("ipm-primal-cleanup", time_limit_seconds=max(deadline - monotonic(), 0.0))


def build_horizon_groups(period_count: int, period: int, months: int) -> IntArray:
    """Return the group of each period, (T,): single ones until `months` from `period` on, then three at a time."""
    detailed = min(period + months, period_count)
    later = np.arange(period_count - detailed) // PERIODS_OF_QUARTER
    return np.concatenate([np.arange(detailed), detailed + later]).astype(np.int64)


def _find_groups(group_of: IntArray, is_member: BoolArray, count: int) -> BoolArray:
    """Return which groups have such a member, (count,)."""
    found = np.zeros(count, dtype=bool)
    found[group_of[(group_of >= 0) & is_member]] = True
    return found


def _is_proved(lp: LinearProgram, solution: Solution) -> bool:
    return solution.termination.reason == "optimal" and certify_solution(lp, solution).passed
