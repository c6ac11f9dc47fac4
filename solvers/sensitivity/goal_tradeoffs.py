"""What each of the ordered goals gave up for those before it, and how evenly scarcity is shared out."""

from collections.abc import Sequence

import numpy as np

from models.comparisons import EquityReport, GoalTradeOff, ShortageBandUsage
from models.options import PlanOptions
from models.plan import GoalResult, ServedShare
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.lexicographic import ordered
from solvers.algorithms.run_state import Run
from solvers.algorithms.warm_start import WarmStart
from solvers.results.flows import NOTHING
from solvers.sensitivity.goal_stages import Turn, alone, final_values
from solvers.sensitivity.session import Standing


def goal_prices(
    problem: PlanningProblem, options: PlanOptions | None = None, start: WarmStart | None = None
) -> tuple[GoalTradeOff, ...]:
    """The goals of a problem's policy in order, each solved in its turn and once by itself; none where none are listed.

    With own_needs_first, all is measured within what the plan without swaps (goals in order) leaves every county short of.
    Raises NothingToAsk where a goal has no proved optimum.
    """
    return goals_of(Standing.of(problem, options=options, start=start), options) if problem.policy.goals else ()


def goals_of(standing: Standing, options: PlanOptions | None = None) -> tuple[GoalTradeOff, ...]:
    """The same of a plan that stands ready."""
    index, turns = standing.index, standing.turns
    if not index.problem.policy.goals:
        return ()
    final = final_values(turns, standing.point.values)
    run, rows = Run(options or PlanOptions()), []
    for k, (goal, turn) in enumerate(zip(ordered(index, standing.program), turns, strict=True)):
        value = turn.point.objective
        by_itself = alone(goal, standing.program, run, turns[0].point.basis)
        reached = GoalResult(
            goal=goal.goal.goal,
            value=turn.sign * value,
            tolerance_bound=turn.sign * turn.held(value),
            final_value=final[turn.name],
        )
        rows.append(
            GoalTradeOff(
                goal=goal.goal.goal,
                result=reached,
                unconstrained_value=turn.sign * by_itself,
                loss_to_earlier_goals=max(value - by_itself, 0.0),
                shadow_prices=_prices(turns[:k], turn),
            )
        )
    return tuple(rows)


def _prices(earlier: Sequence[Turn], turn: Turn) -> dict[str, float]:
    rows = turn.program.rules["goal"]
    return {t.name: max(0.0, -float(turn.point.row_price[rows.start + k])) for k, t in enumerate(earlier)}


def evenness(standing: Standing) -> EquityReport:
    """Served share by county and priority, before rounding, and how the bands of shortages are used."""
    index, flows = standing.index, standing.flows()
    counties, worth = index.places.counties, index.items.counted_value[:, None]
    needed = (flows.demand[:counties] * worth).sum(axis=2)
    short = (flows.short[:counties] * worth).sum(axis=2)
    priority = np.array([item.priority for item in index.problem.items])
    by_county: dict[str, tuple[ServedShare, ...]] = {}
    shares: dict[str, list[float]] = {}
    for n, county in enumerate(index.labels["county"]):
        rows = []
        for level in (1, 2, 3):
            mine = priority == level
            demand, lost = float(needed[n, mine].sum()), float(short[n, mine].sum())
            if demand > 0:
                share = 1 - lost / demand
                rows.append(ServedShare(key=str(level), demand=demand, served=demand - lost, share=share))
                shares.setdefault(str(level), []).append(share)
        by_county[county] = tuple(rows)
    spread = {level: max(values) - min(values) for level, values in sorted(shares.items())}
    return EquityReport(by_county=by_county, served_share_range=spread, shortage_bands=_bands(standing))


def _bands(standing: Standing) -> tuple[ShortageBandUsage, ...]:
    block, index = standing.program.decisions["short"], standing.index
    values, upper = standing.point.values[block.span], standing.lp.column_upper[block.span]
    worth = values * index.items.counted_value[block.axes["item"]]
    out = []
    for k, weight in enumerate(index.band_weight):
        mine = block.axes["band"] == k
        used = mine & (values > NOTHING)
        full = used & (values >= upper - 1e-7 * (1 + upper))
        out.append(
            ShortageBandUsage(
                band=k + 1,
                weight=float(weight),
                value=float(worth[mine].sum()),
                need_count=int(used.sum()),
                filled_count=int(full.sum()),
            )
        )
    return tuple(out)
