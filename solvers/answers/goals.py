"""What each of the ordered goals gave up for those before it, and how evenly scarcity is shared out."""

import numpy as np

from models.comparisons import BandUse, Evenness, GoalPrice
from models.options import PlanOptions
from models.plan import GoalResult, ServedShare
from models.problem import PlanningProblem
from solvers.answers.errors import NothingToAsk
from solvers.answers.standing import Standing
from solvers.index import ProblemIndex
from solvers.program import Program
from solvers.report.flows import NOTHING
from solvers.solution import Basis
from solvers.strategy.goals import GoalCost, ordered
from solvers.strategy.run import Attempt, Run
from solvers.strategy.stages import program_of
from solvers.strategy.variants import with_cost, with_row_bounds


def goal_prices(problem: PlanningProblem, options: PlanOptions | None = None) -> tuple[GoalPrice, ...]:
    """The goals of a problem's policy in order, each solved in its turn and once by itself; none where none are listed.

    Without own_needs_first, whose bounds would depend on the goals. Raises NothingToAsk where a goal has no proved optimum.
    """
    if problem.policy.own_needs_first and problem.partners:
        raise NothingToAsk("goals are priced for plans without own_needs_first")
    index = ProblemIndex.of(problem)
    program, run = program_of(index), Run(options or PlanOptions())
    goals = ordered(index, program)
    bounds, rows, basis = np.full(len(goals), np.inf), [], None
    turns: list[tuple[Attempt, float, float]] = []
    for k, goal in enumerate(goals):
        held = with_row_bounds(program, "goal", upper=bounds)
        attempt = _solved(run, with_cost(held, goal.cost), goal, basis)
        value = _value(goal, attempt)
        bounds[k] = value + goal.goal.tolerance * max(1.0, abs(value))
        turns.append((attempt, value, float(bounds[k])))
        basis = attempt.solution.basis
    last = turns[-1][0].solution.values if turns else None
    for k, (goal, (attempt, value, held_at)) in enumerate(zip(goals, turns, strict=True)):
        first = _solved(run, with_cost(with_row_bounds(program, "goal"), goal.cost), goal, turns[0][0].solution.basis)
        alone = _value(goal, first)
        final = value if last is None else float(goal.cost @ last)
        result = GoalResult(
            goal=goal.goal.goal, value=goal.sign * value, held_at=goal.sign * held_at, final=goal.sign * final
        )
        rows.append(
            GoalPrice(
                goal=goal.goal.goal,
                reached=result,
                alone=goal.sign * alone,
                paid=max(value - alone, 0.0),
                prices=_prices(program, goals[:k], attempt),
            )
        )
    return tuple(rows)


def _solved(run: Run, program: Program, goal: GoalCost, basis: Basis | None) -> Attempt:
    attempt = run.solve(program, goal.goal.goal, basis)
    if not attempt.proved:
        raise NothingToAsk(f"the goal {goal.goal.goal} has no proved optimum")
    return attempt


def _value(goal: GoalCost, attempt: Attempt) -> float:
    values = attempt.solution.values
    if values is None:
        raise NothingToAsk(f"the goal {goal.goal.goal} has no plan")
    return float(goal.cost @ values)


def _prices(program: Program, earlier: tuple[GoalCost, ...], attempt: Attempt) -> dict[str, float]:
    price = attempt.solution.row_price
    if price is None:
        return {}
    rows = program.rules["goal"]
    return {f"{k + 1} {goal.goal.goal}": max(0.0, -float(price[rows.start + k])) for k, goal in enumerate(earlier)}


def evenness(standing: Standing) -> Evenness:
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
    return Evenness(by_county=by_county, spread=spread, bands=_bands(standing))


def _bands(standing: Standing) -> tuple[BandUse, ...]:
    block, index = standing.program.decisions["short"], standing.index
    values, upper = standing.point.values[block.span], standing.lp.column_upper[block.span]
    worth = values * index.items.counted_value[block.axes["item"]]
    out = []
    for k, weight in enumerate(index.band_weight):
        mine = block.axes["band"] == k
        used = mine & (values > NOTHING)
        full = used & (values >= upper - 1e-7 * (1 + upper))
        out.append(
            BandUse(
                band=k + 1,
                weight=float(weight),
                won=float(worth[mine].sum()),
                needs=int(used.sum()),
                full=int(full.sum()),
            )
        )
    return tuple(out)
