"""Estimates by solves in longer periods: of changes of a plan, and of a plan that is not solved yet.

Of changes, it is the optimum by year, plus what adding up periods leaves out. What it leaves out is known of the plan, and grows and
falls with the optimum: in the crisis year it is 5 to 6 % of it. Of a plan that is not solved yet, it is the optimum by year alone.
Either comes with a lower bound of the objective, proved in the arrays of the program of the problem's own periods.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from models.answers import CoarseEstimate, ObjectiveEstimate
from models.plan import PlanSummary
from models.plan_estimate import PlanEstimate
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import BackendError, NoSolutionError
from solvers.lp.linear_program import FloatArray, Program
from solvers.results.flows import Flows, clean_values
from solvers.results.summary import build_summary
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.changed_plan import differs_only_in_bounds
from solvers.sensitivity.coarse_solver import CoarseFidelity, CoarseSolver, solve_program_once
from solvers.sensitivity.session import SensitivitySession

FIDELITY: CoarseFidelity = "year"
"""Length of the periods: by quarter, the crisis year takes ten times as long."""

ESTIMATED_COLUMNS = 100_000
"""Variables of a program from which a solve takes so long that figures by year come first."""
ESTIMATE_TIME_SHARE = 0.05
"""Greatest share of the time limit of a plan that its estimate takes; a year of Ryanggang takes 1 to 3 % of its solve."""

MOST_SCALED = 2.0
"""Greatest factor by which what adding up leaves out is taken to grow or fall with the optimum."""


@dataclass(frozen=True, slots=True)
class CoarsePoint:
    """Figures of a problem in longer periods."""

    objective: float
    """Optimum, in weighted won."""
    lower_bound: float
    """Lower bound of the optimum in the problem's own periods, in weighted won."""
    served_share: float
    """Served share of all needs by value."""


@dataclass(slots=True)
class CoarseEstimator:
    """A plan in longer periods, kept from estimate to estimate."""

    session: SensitivitySession
    """The plan; nothing is solved in it."""
    solver: CoarseSolver
    """Its program in longer periods."""
    base: CoarsePoint

    @classmethod
    def from_session(cls, session: SensitivitySession) -> Self | None:
        """Solve a plan in longer periods; None if it has one period or several stages, or if this fails."""
        if len(session.arrays.problem.periods) < 2 or is_multi_stage(session.arrays.problem):
            return None
        try:
            solver = CoarseSolver.from_program(session.program, FIDELITY)
        except NoSolutionError:
            return None
        base = _solve_point(solver, session.arrays, session.program)
        return None if base is None else cls(session, solver, base)

    def refine_estimate(self, estimate: ObjectiveEstimate, problem: PlanningProblem) -> ObjectiveEstimate:
        """Return an estimate of changes with that in longer periods, given the changed problem.

        It stays as it is if it is exact, or if the changed problem has several stages or no optimum in longer periods.
        """
        if estimate.exact or is_multi_stage(problem):
            return estimate
        arrays = ProblemArrays.from_problem(problem)
        program = build_plan_program(arrays)
        try:
            solver = self._find_solver(program)
        except NoSolutionError:
            return estimate
        changed = _solve_point(solver, arrays, program)
        if changed is None:
            return estimate
        return estimate.model_copy(update={"coarse": self._build_estimate(changed, estimate.objective_change)})

    def _find_solver(self, program: Program) -> CoarseSolver:
        """Return the solver of the plan, from whose basis a change of bounds is solved, or another one for other coefficients."""
        if differs_only_in_bounds(self.session.lp, program.lp) and self.session.lp.offset == program.lp.offset:
            self.solver.return_to_base()
            return self.solver
        return CoarseSolver.from_program(program, FIDELITY)

    def _build_estimate(self, changed: CoarsePoint, known_change: float | None) -> CoarseEstimate:
        """Build the estimate; `known_change` is a lower bound of the change, if one is known."""
        before = self.session.plain_objective
        known = -np.inf if known_change is None else before + known_change
        bound = max(changed.lower_bound, known)
        objective = max(changed.objective + self._predict_left_out(changed.objective), bound)
        before_changes = _summarize_values(self.session.arrays, self.session.program, self.session.point.values)
        share = before_changes.served_share_of_needs
        estimated = min(max(share + changed.served_share - self.base.served_share, 0.0), 1.0)
        return CoarseEstimate(
            fidelity=FIDELITY,
            objective=objective,
            objective_change=objective - before,
            lower_bound=bound,
            served_share=(share, estimated),
        )

    def _predict_left_out(self, coarse_objective: float) -> float:
        """Return what adding up leaves out at another optimum in longer periods: as of the plan, in proportion to the optimum."""
        left_out, base = self.session.plain_objective - self.base.objective, self.base.objective
        if base <= 0:
            return left_out
        return left_out * float(np.clip(coarse_objective / base, 1 / MOST_SCALED, MOST_SCALED))


def estimate_new_plan(
    arrays: ProblemArrays, program: Program, time_limit_seconds: float = 600.0
) -> PlanEstimate | None:
    """Estimate a plan that is not solved, given the program of `build_plan_program`, by one solve by year.

    None with several stages, one period, or no proved optimum within the time limit, whatever the solver says or raises; also if
    the plan is infeasible by year, which nothing proves yet.
    """
    if len(arrays.problem.periods) < 2 or is_multi_stage(arrays.problem):
        return None
    try:
        run = solve_program_once(program, FIDELITY, time_limit_seconds)
    except BackendError:
        return None
    if run is None or run.values is None or run.objective is None or run.lower_bound is None:
        return None
    summary = _summarize_values(arrays, program, run.values)
    return PlanEstimate(
        fidelity=FIDELITY,
        objective=run.objective,
        lower_bound=run.lower_bound,
        served_share=summary.served_share_of_needs,
        by_priority=summary.by_priority,
    )


def _solve_point(solver: CoarseSolver, arrays: ProblemArrays, program: Program) -> CoarsePoint | None:
    """Solve for the bounds of a program; None without an optimum."""
    run = solver.solve_run(Bounds.from_program(program.lp))
    if run.values is None or run.objective is None or run.lower_bound is None:
        return None
    share = _summarize_values(arrays, program, run.values).served_share_of_needs
    return CoarsePoint(run.objective, run.lower_bound, share)


def _summarize_values(arrays: ProblemArrays, program: Program, values: FloatArray) -> PlanSummary:
    clean = clean_values(program, values)
    flows = Flows.from_solution(arrays, program, clean, np.zeros(program.lp.row_count))
    return build_summary(arrays, program, clean, flows)
