"""Solves in longer periods: the program with the constraints of three or all periods added up.

Such a solve takes a hundredth of the time. Its optimum is a lower bound of that of the problem's own periods, proved in the
arrays of their program, and its values, split over the periods, give outcomes. It has no plan, so it proves no upper bound.
"""

from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal

import numpy as np

from solvers import backends
from solvers.algorithms.period_aggregation import (
    CertifiedLowerBound,
    PeriodAggregation,
    aggregate_periods,
    build_period_groups,
)
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession, Method
from solvers.errors import NoSolutionError
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram, Program
from solvers.lp.solution import Basis, Solution, TerminationReason
from solvers.sensitivity.bounds import Bounds

CoarseFidelity = Literal["quarter", "year"]
"""Fidelities in which constraints of periods are added up."""

PERIODS_OF_QUARTER = 3
"""Periods that a quarter adds up."""

PROOF_TOLERANCE = 1e-6
"""Largest relative difference of the optimum and what its dual values prove, and largest relative dual residual."""

SIMPLEX_COLUMNS = 20_000
"""Most variables of a program that dual simplex solves first; interior point is sooner for larger ones."""

WARM_METHODS: tuple[Method, ...] = ("dual-devex", "ipm-primal-cleanup")
"""Methods of a run, the next where one gives no proved optimum."""


@dataclass(frozen=True, slots=True)
class CoarseRun:
    """One run in longer periods. The program of the problem's own periods has n variables and m constraints."""

    reason: TerminationReason
    """How it ended. `infeasible` holds for the problem's own periods as well."""
    objective: float | None = None
    """Optimum in longer periods, in won."""
    lower_bound: float | None = None
    """Lower bound of the optimum of the problem's own periods, in won."""
    values: FloatArray | None = None
    """Values split over the periods, (n,): within their bounds, but constraints hold for groups of periods only."""
    dual_values: FloatArray | None = None
    """Dual values that prove the lower bound, (m,)."""
    iterations: int = 0
    """Iterations of the solver."""


@dataclass(slots=True)
class CoarseSolver:
    """A program in longer periods, kept in a solver session from run to run."""

    program: Program
    """The program of the problem's own periods, whose bounds runs replace."""
    aggregation: PeriodAggregation
    """How it is added up."""
    base_basis: Basis
    """Optimal basis for the bounds of `program`."""
    session: HighsSession
    """Solver session; its basis is that of the last run."""

    @classmethod
    def from_program(
        cls, program: Program, fidelity: CoarseFidelity, time_limit_seconds: float = 600.0
    ) -> "CoarseSolver":
        """Build the program in longer periods and solve it for the bounds of `program`.

        Raises
        ------
        NoSolutionError
            It has no proved optimum.
        """
        aggregation = _aggregate(program, fidelity)
        lp = aggregation.aggregate_bounds(program.lp)
        solution = _solve_cold(lp, time_limit_seconds)
        if solution.termination.reason != "optimal" or solution.basis is None:
            raise NoSolutionError(f"by {fidelity}, the base has no optimum: {solution.termination.reason}")
        solver = cls(program, aggregation, solution.basis, HighsSession(lp))
        solver.return_to_base()
        return solver

    def return_to_base(self) -> None:
        """Start the next run from the basis of the base, with nothing left of earlier runs."""
        self.session = HighsSession(self.aggregation.aggregate_bounds(self.program.lp))
        self.session.set_basis(self.base_basis)

    def solve_run(self, bounds: Bounds, time_limit_seconds: float = 600.0) -> CoarseRun:
        """Solve for other bounds of the program, from the basis of the last run."""
        own = bounds.apply_to_program(self.program).lp
        lp = self.aggregation.aggregate_bounds(own)
        self.session.change_row_bounds(np.arange(lp.row_count), lp.row_lower, lp.row_upper)
        self.session.change_column_bounds(np.arange(lp.column_count), lp.column_lower, lp.column_upper)
        iterations = 0
        for method in WARM_METHODS:
            solution = self.session.solve_program(method, time_limit_seconds=time_limit_seconds, with_basis=False)
            iterations += solution.iterations
            if solution.termination.reason == "infeasible":
                return CoarseRun("infeasible", iterations=iterations)
            run = _prove_run(self.aggregation, own, lp, solution)
            if run is not None:
                return replace(run, iterations=iterations)
        return CoarseRun("numerical", iterations=iterations)


def solve_program_once(program: Program, fidelity: CoarseFidelity, time_limit_seconds: float) -> CoarseRun | None:
    """Solve a program in longer periods, without a session for further runs; None without a proved optimum in the time limit."""
    started = monotonic()
    aggregation = _aggregate(program, fidelity)
    lp = aggregation.aggregate_bounds(program.lp)
    left = time_limit_seconds - (monotonic() - started)
    return None if left <= 0 else _prove_run(aggregation, program.lp, lp, _solve_cold(lp, left))


def _aggregate(program: Program, fidelity: CoarseFidelity) -> PeriodAggregation:
    return aggregate_periods(program, build_fidelity_groups(len(program.labels["period"]), fidelity))


def _solve_cold(lp: LinearProgram, time_limit_seconds: float) -> Solution:
    backend = "highs" if lp.column_count < SIMPLEX_COLUMNS else "highs-ipm-primal-cleanup"
    return backends.get_backend(backend).solve_program(lp, SolveOptions(time_limit_seconds))


def _prove_run(
    aggregation: PeriodAggregation, own: LinearProgram, lp: LinearProgram, solution: Solution
) -> CoarseRun | None:
    """Return the run if its dual values prove its objective in the arrays of the program `own`; None otherwise."""
    if solution.termination.reason != "optimal" or solution.values is None or solution.dual_values is None:
        return None
    objective = float(lp.cost @ solution.values) + lp.offset
    proof = aggregation.certify_lower_bound(own, solution.dual_values)
    if not _is_proved(proof, objective):
        return None
    values = aggregation.disaggregate_values(own, solution.values)
    return CoarseRun("optimal", objective, proof.lower_bound, values, proof.dual_values, iterations=solution.iterations)


def build_fidelity_groups(period_count: int, fidelity: CoarseFidelity) -> IntArray:
    """Return the group of each period, (T,)."""
    return build_period_groups(period_count, PERIODS_OF_QUARTER if fidelity == "quarter" else period_count)


def _is_proved(proof: CertifiedLowerBound, objective: float) -> bool:
    difference = abs(objective - proof.lower_bound)
    return proof.dual_residual <= PROOF_TOLERANCE and difference <= PROOF_TOLERANCE * (1.0 + abs(objective))
