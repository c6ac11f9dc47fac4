"""Trade-offs between ordered goals, and the equity of served shares."""

from collections.abc import Sequence

import numpy as np

from models.comparisons import EquityReport, GoalTradeOff, ShortageBandUsage
from models.options import PlanOptions
from models.plan import GoalResult, ServedShare
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.lexicographic import list_goal_costs
from solvers.algorithms.run_state import SolveRun
from solvers.algorithms.warm_start import WarmStart
from solvers.results.flows import NEGLIGIBLE_AMOUNT
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
            goal=goal.goal.goal,
            value=stage.objective_sign * value,
            tolerance_bound=stage.objective_sign * stage.compute_tolerance_bound(value),
            final_value=final[stage.name],
        )
        rows.append(
            GoalTradeOff(
                goal=goal.goal.goal,
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


def compute_equity(session: SensitivitySession) -> EquityReport:
    """Compute served shares by county and priority before rounding, and the use of shortage bands."""
    arrays, flows = session.arrays, session.compute_flows()
    counties, item_value = arrays.places.county_count, arrays.items.counted_value[:, None]
    needed = (flows.demand[:counties] * item_value).sum(axis=2)
    short = (flows.shortage[:counties] * item_value).sum(axis=2)
    priority = np.array([item.priority for item in arrays.problem.items])
    by_county: dict[str, tuple[ServedShare, ...]] = {}
    shares: dict[str, list[float]] = {}
    for n, county in enumerate(arrays.labels["county"]):
        rows = []
        for level in (1, 2, 3):
            is_member = priority == level
            demand, unmet = float(needed[n, is_member].sum()), float(short[n, is_member].sum())
            if demand > 0:
                share = 1 - unmet / demand
                rows.append(ServedShare(key=str(level), demand=demand, served=demand - unmet, share=share))
                shares.setdefault(str(level), []).append(share)
        by_county[county] = tuple(rows)
    spread = {level: max(values) - min(values) for level, values in sorted(shares.items())}
    return EquityReport(by_county=by_county, served_share_range=spread, shortage_bands=_count_shortage_bands(session))


def _count_shortage_bands(session: SensitivitySession) -> tuple[ShortageBandUsage, ...]:
    block, arrays = session.program.variables["short"], session.arrays
    values, upper = session.plan_values[block.block_slice], session.lp.column_upper[block.block_slice]
    item_value = values * arrays.items.counted_value[block.axes["item"]]
    out = []
    for k, weight in enumerate(arrays.band_weight):
        is_member = block.axes["band"] == k
        is_used = is_member & (values > NEGLIGIBLE_AMOUNT)
        is_full = is_used & (values >= upper - 1e-7 * (1 + upper))
        out.append(
            ShortageBandUsage(
                band=k + 1,
                weight=float(weight),
                value=float(item_value[is_member].sum()),
                need_count=int(is_used.sum()),
                filled_count=int(is_full.sum()),
            )
        )
    return tuple(out)
