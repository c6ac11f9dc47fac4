"""The second opinion held against a finished plan."""

from dataclasses import dataclass

from models.plan import GoalResult, VerificationResult
from models.problem.planning_problem import PlanningProblem
from solvers import reference_model
from solvers.lp.linear_program import FloatArray

REFERENCE_SOLVER = "cbc"
"""Another solver than the one the plan usually comes from."""

AGREEMENT_DIGITS = 1e-6
"""Relative difference within which two solvers agree; CBC writes eight digits of each value."""


@dataclass(frozen=True, slots=True)
class PlanClaim:
    """What the plan says, before quotas are rounded to whole units."""

    objective: float
    """Its objective, in won."""
    goals: tuple[GoalResult, ...]
    """What its goals reached."""
    without_swaps: FloatArray | None
    """Units short when no swaps are allowed, (counties, items, periods); None without own_needs_first."""


def verify_plan(
    problem: PlanningProblem, claim: PlanClaim, tolerance: float, time_limit_seconds: float
) -> VerificationResult | None:
    """Solve once more by the independent formulation and compare; None where that found no optimum in time.

    With ordered goals the last goal's optimum is compared, since the objective itself is not what they settle.
    """
    opinion = reference_model.solve_reference_model(
        problem,
        REFERENCE_SOLVER,
        shortage_without_swaps=_shortage_by_need(problem, claim.without_swaps),
        time_limit_seconds=time_limit_seconds,
    )
    if opinion.status != "optimal" or opinion.objective is None:
        return None
    theirs, ours = opinion.objective, claim.objective
    if claim.goals:
        theirs, ours = opinion.goal_optima[-1][1], claim.goals[-1].value
    difference = abs(theirs - ours) / max(1.0, abs(ours))
    agrees = difference <= max(AGREEMENT_DIGITS, tolerance)
    return VerificationResult(solver=opinion.solver, objective=opinion.objective, difference=difference, agrees=agrees)


def _shortage_by_need(problem: PlanningProblem, short: FloatArray | None) -> dict[tuple[str, str, int], float] | None:
    if short is None:
        return None
    return {
        (county.id, item.id, t): float(short[c, i, t])
        for c, county in enumerate(problem.counties)
        for i, item in enumerate(problem.items)
        for t in range(len(problem.periods))
        if short[c, i, t] > 0
    }
