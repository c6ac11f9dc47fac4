"""Trade-offs between ordered goals."""

from collections.abc import Sequence

from models.comparisons import GoalTradeOff
from models.options import PlanOptions
from models.plan import GoalResult
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.lexicographic import list_goal_costs
from solvers.algorithms.run_state import SolveRun
from solvers.algorithms.warm_start import WarmStart
from solvers.sensitivity.goal_stages import GoalStage, compute_final_values, solve_unconstrained
from solvers.sensitivity.session import SensitivitySession


def compute_goal_tradeoffs(
    problem: PlanningProblem, options: PlanOptions | None = None, warm_start: WarmStart | None = None
) -> tuple[GoalTradeOff, ...]:
    """Compute the trade-offs of the ordered goals: each goal solved in order and unconstrained; empty without goals.

    With own_needs_first, all solves keep the shortages of the plan without swaps as limits.

    Raises
    ------
    SensitivityUnavailableError
        A goal has no proved optimum.
    """
    return (
        compute_session_goal_tradeoffs(
            SensitivitySession.from_problem(problem, options=options, warm_start=warm_start), options
        )
        if problem.policy.goals
        else ()
    )


def compute_session_goal_tradeoffs(
    session: SensitivitySession, options: PlanOptions | None = None
) -> tuple[GoalTradeOff, ...]:
    """Compute the trade-offs of the ordered goals of an open session."""
    arrays, goal_stages = session.arrays, session.goal_stages
    if not arrays.problem.policy.goals:
        return ()
    final = compute_final_values(goal_stages, session.point.values)
    run, rows = SolveRun(options or PlanOptions()), []
    for k, (goal, stage) in enumerate(zip(list_goal_costs(arrays, session.program), goal_stages, strict=True)):
        value = stage.point.objective
        by_itself = solve_unconstrained(goal, session.program, run, goal_stages[0].point.basis)
        reached = GoalResult(
            goal=goal.goal.label,
            value=stage.objective_sign * value,
            tolerance_bound=stage.objective_sign * stage.compute_tolerance_bound(value),
            final_value=final[stage.name],
        )
        rows.append(
            GoalTradeOff(
                goal=goal.goal.label,
                result=reached,
                unconstrained_value=stage.objective_sign * by_itself,
                loss_to_earlier_goals=max(value - by_itself, 0.0),
                shadow_prices=_read_goal_shadow_prices(goal_stages[:k], stage),
            )
        )
    return tuple(rows)


def _read_goal_shadow_prices(earlier: Sequence[GoalStage], goal_stage: GoalStage) -> dict[str, float]:
    rows = goal_stage.program.constraints["goal"]
    return {t.name: max(0.0, -float(goal_stage.point.dual_values[rows.start + k])) for k, t in enumerate(earlier)}
