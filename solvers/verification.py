"""Verification of a plan by the independent reference model."""

from dataclasses import dataclass

from models.plan import GoalResult, VerificationResult
from models.problem.planning_problem import PlanningProblem
from solvers import reference_model
from solvers.lp.linear_program import FloatArray

REFERENCE_SOLVER = "cbc"
"""Solver of the reference model; plans usually come from another one."""

AGREEMENT_TOLERANCE = 1e-6
"""Relative tolerance of the comparison; CBC writes values with eight digits."""


@dataclass(frozen=True, slots=True)
class PlanClaim:
    """Results of a plan to verify, before quotas are rounded to whole units."""

    objective: float
    """Objective in won."""
    goals: tuple[GoalResult, ...]
    """Results of the goals."""
    shortage_without_swaps: FloatArray | None
    """Units short in the plan without swaps, (counties, items, periods); None without own_needs_first."""


def verify_plan(
    problem: PlanningProblem, claim: PlanClaim, tolerance: float, time_limit_seconds: float
) -> VerificationResult | None:
    """Solve the reference model and compare; return None if it finds neither an optimum nor a conflict in time.

    With ordered goals, the optima of the last goal are compared, because the goals need not determine the objective.
    """
    reference = reference_model.solve_reference_model(
        problem,
        REFERENCE_SOLVER,
        shortage_without_swaps=_index_shortage(problem, claim.shortage_without_swaps),
        time_limit_seconds=time_limit_seconds,
    )
    if reference.status in ("infeasible", "unbounded"):
        return VerificationResult(solver=reference.solver, objective=None, difference=None, agrees=False)
    if reference.status != "optimal" or reference.objective is None:
        return None
    expected, stated = reference.objective, claim.objective
    if claim.goals:
        expected, stated = reference.goal_optima[-1][1], claim.goals[-1].value
    difference = abs(expected - stated) / max(1.0, abs(stated))
    agrees = difference <= max(AGREEMENT_TOLERANCE, tolerance)
    return VerificationResult(
        solver=reference.solver, objective=reference.objective, difference=difference, agrees=agrees
    )


def _index_shortage(problem: PlanningProblem, short: FloatArray | None) -> dict[tuple[str, str, int], float] | None:
    if short is None:
        return None
    return {
        (county.id, key, t): float(short[c, i, t])
        for c, county in enumerate(problem.counties)
        for i, key in enumerate(reference_model.list_needs(problem))
        for t in range(len(problem.periods))
        if short[c, i, t] > 0
    }
