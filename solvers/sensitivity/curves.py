"""Curves: a plan as one limit or share is varied, with the points at which prices change.

Where a change moves only bounds and right-hand sides, in proportion, the objective along it is convex and piecewise linear.
Two points, each with a supporting line from its prices, are then enough to go on: their lines meet below the curve, and the
curve is solved there. If it lies on the meeting point, both lines are the curve, and that point is a breakpoint: exact, with no
tolerance to choose. Else there are two shorter stretches to look at. Where coefficients change too (machine condition does not,
norms under `worst_fulfilment` do), bounds come and go, goals are ordered or own needs held, the curve is sampled instead and says so.

Solves go where the lines between points may lie farthest above the curve. When the time or the number of solves is over, what was
found is given with the most that it can be wrong by; where even the far end was not reached, as far as it came.
"""

from collections.abc import Sequence
from time import monotonic

import numpy as np

from models.answers import CurvePoint, ParametricCurve
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import in_turns, program_of
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import Program
from solvers.lp.solution import Basis
from solvers.results.flows import Flows, tidy
from solvers.results.limits import Limits
from solvers.results.summary import summarise
from solvers.sensitivity.bound_paths import Way
from solvers.sensitivity.bounds_alignment import aligned
from solvers.sensitivity.errors import NoPlan, NothingToAsk
from solvers.sensitivity.goal_stages import final_values
from solvers.sensitivity.parametric import Solved, kinks
from solvers.sensitivity.reopening import restand
from solvers.sensitivity.session import Bounds, Standing
from solvers.sensitivity.shadow_prices import plain_price

SAMPLES = 13
"""Points of a curve that is sampled."""

LEADING = 3
"""Limits named at each point."""


def curve(
    standing: Standing, change: Change, start: float, end: float, *, most: int = 40, seconds: float = 60.0
) -> ParametricCurve:
    """The plan as the `factor` (or `value`) of a change runs from `start` to `end`; about `most` solves and `seconds` at most.

    Raises InvalidProblem for a change that cannot be made, NothingToAsk where `start` has no plan.
    """
    until = monotonic() + seconds
    problem = standing.index.problem
    if in_turns(problem):
        why = "Each point is planned by the goals in their order and what own needs hold"
        return _sampled(standing, change, (start, end), min(most, SAMPLES), until, why)
    ends = [ProblemIndex.of(varied(problem, change, at)) for at in (start, end)]
    programs = [program_of(index) for index in ends]
    like = max(programs, key=lambda program: (program.lp.columns, program.lp.rows))
    bounds = [aligned(program, like) for program in programs]
    way = _straight(problem, change, (start, end), bounds, like)
    if way is None or standing.point.basis is None:
        why = "The change moves more than limits"
        return _sampled(standing, change, (start, end), min(most, SAMPLES), until, why)
    near = WarmStart.of(standing.program, standing.point.basis).fit(like)
    stood = _opened(standing, ends[0], way.start.on(like), near, until)
    if stood is None:
        why = f"There was no time to find the plan at {start:g}."
        return ParametricCurve(change=change, points=(), exact=False, max_error=None, explored_until=start, note=why)
    found = kinks(stood, way, (start, end), most, until)
    shown = [_shown(way.at(s.t).on(like), varied(problem, change, s.at), s, end - start) for s in found.points]
    inner = [
        p.model_copy(update={"is_breakpoint": 0 < k < len(shown) - 1, "shadow_price": _price_after(shown, k)})
        for k, p in enumerate(shown)
    ]
    return ParametricCurve(
        change=change,
        points=tuple(inner),
        exact=found.missed == 0,
        max_error=found.missed,
        explored_until=found.points[-1].at,
        note=found.note,
    )


def _opened(standing: Standing, index: ProblemIndex, program: Program, near: Basis, until: float) -> Standing | None:
    """The program at the start of a curve; None where there is no time to find its plan."""
    own, there = Bounds.of(standing.lp), Bounds.of(program.lp)
    if all(np.array_equal(getattr(own, name), getattr(there, name)) for name in Bounds.__slots__):
        return Standing.at(index, program, near)  # the plan itself
    try:
        return Standing.near(index, program, near, max(until - monotonic(), 1.0))
    except NoPlan:
        raise
    except NothingToAsk:
        return None


def varied(problem: PlanningProblem, change: Change, at: float) -> PlanningProblem:
    """A problem with a change whose factor or value is `at`."""
    field = "value" if change.factor is None else "factor"
    raw = change.model_dump(exclude_none=True) | {field: float(at)}
    return apply_changes(problem, (Change.model_validate(raw),))


def served(standing: Standing) -> float:
    """Served share of the plan before rounding."""
    values = tidy(standing.program, standing.point.values)
    return summarise(standing.index, standing.program, values, standing.flows()).served_share


def _straight(
    problem: PlanningProblem,
    change: Change,
    ends: tuple[float, float],
    bounds: Sequence[Bounds | None],
    like: Program,
) -> Way | None:
    """The way between both ends, if the bounds in the middle lie in the middle."""
    if bounds[0] is None or bounds[1] is None:
        return None
    try:
        way = Way.between(bounds[0], bounds[1])
    except ValueError:
        return None
    middle = aligned(program_of(ProblemIndex.of(varied(problem, change, sum(ends) / 2))), like)
    if middle is None:
        return None
    guess = way.at(0.5)
    same = all(np.allclose(getattr(guess, n), getattr(middle, n), rtol=1e-12, atol=1e-9) for n in Bounds.__slots__)
    return way if same else None


def _price_after(points: Sequence[CurvePoint], k: int) -> float:
    """Won saved per unit along the line that begins at a point; at the last point, along the line that ends there."""
    a, b = (points[k], points[k + 1]) if k + 1 < len(points) else (points[max(k - 1, 0)], points[k])
    return 0.0 if a.parameter == b.parameter else (a.objective - b.objective) / (b.parameter - a.parameter)


def _shown(program: Program, problem: PlanningProblem, solved: Solved, length: float) -> CurvePoint:
    """A point of the curve; needs and weights are those of the problem there."""
    here = ProblemIndex.of(problem)
    values = tidy(program, solved.point.values)
    flows = Flows.of(here, program, values, solved.point.row_price)
    summary = summarise(here, program, values, flows)
    limits = Limits.of(here, program, values, solved.point.row_price)
    priced = limits.priced()
    worth = limits.gain[priced] * np.abs(limits.limit[priced])
    leading = priced[np.argsort(-worth, kind="stable")[:LEADING]]
    return CurvePoint(
        parameter=solved.at,
        objective=solved.point.objective,
        shadow_price=-solved.slope / length,
        served_share=summary.served_share,
        by_priority=summary.by_priority,
        top_limits=tuple(plain_price(limits, int(k)) for k in leading),
        is_breakpoint=False,
    )


def _sampled(
    standing: Standing, change: Change, ends: tuple[float, float], count: int, until: float, why: str
) -> ParametricCurve:
    """Points at even distances, each solved from its neighbour, as long as there is time."""
    points: list[CurvePoint] = []
    stood, reached = standing, ends[0]
    for at in np.linspace(*ends, count):
        if points and monotonic() > until:
            break
        problem = varied(standing.index.problem, change, float(at))
        try:
            following = restand(stood, problem, until - monotonic())
        except NothingToAsk:
            break
        reached = float(at)
        if following is None:
            continue
        stood = following
        shown = _shown(stood.program, problem, Solved(reached, 0.0, stood.point, 0.0), 1.0)
        goals = final_values(stood.turns, stood.point.values)
        points.append(shown.model_copy(update={"objective": stood.won, "shadow_price": None, "goal_values": goals}))
    note = f"{why}, so the curve is sampled at even distances; it may bend between points."
    if reached != ends[1]:
        note += f" There was time to come to {reached:g} only."
    return ParametricCurve(
        change=change, points=tuple(points), exact=False, max_error=None, explored_until=reached, note=note
    )
