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

from models.answers import CurvePoint, GridCell, ParameterGrid, ParametricCurve
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.lp.solution import Basis
from solvers.results.flows import Flows, clean_values
from solvers.results.limits import Limits
from solvers.results.summary import build_summary
from solvers.sensitivity.bounds import BoundPath, Bounds, bounds_in_layout_of
from solvers.sensitivity.changed_plan import open_changed
from solvers.sensitivity.errors import InfeasibleError, SensitivityUnavailableError
from solvers.sensitivity.goal_stages import compute_final_values
from solvers.sensitivity.parametric import PathPoint, find_breakpoints
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import build_limit_price

SAMPLE_COUNT = 13
"""Points of a curve that is sampled."""

TOP_LIMITS = 3
"""Limits named at each point."""


def compute_curve(
    session: SensitivitySession,
    change: Change,
    start: float,
    end: float,
    *,
    max_solves: int = 40,
    time_limit_seconds: float = 60.0,
) -> ParametricCurve:
    """The plan as the `factor` (or `value`) of a change runs from `start` to `end`; about `most` solves and `seconds` at most.

    Raises InvalidProblem for a change that cannot be made, NothingToAsk where `start` has no plan.
    """
    until = monotonic() + time_limit_seconds
    problem = session.arrays.problem
    if is_multi_stage(problem):
        why = "Each point is planned by the goals in their order and what own needs hold"
        return _sample_curve(session, change, (start, end), min(max_solves, SAMPLE_COUNT), until, why)
    ends = [ProblemArrays.from_problem(vary_change(problem, change, at)) for at in (start, end)]
    programs = [build_plan_program(arrays) for arrays in ends]
    like = max(programs, key=lambda program: (program.lp.column_count, program.lp.row_count))
    bounds = [bounds_in_layout_of(program, like) for program in programs]
    way = _find_straight_path(problem, change, (start, end), bounds, like)
    if way is None or session.point.basis is None:
        why = "The change moves more than limits"
        return _sample_curve(session, change, (start, end), min(max_solves, SAMPLE_COUNT), until, why)
    near = WarmStart.from_program(session.program, session.point.basis).map_basis_to(like)
    stood = _open_curve_start(session, ends[0], way.start.apply_to(like), near, until)
    if stood is None:
        why = f"There was no time to find the plan at {start:g}."
        return ParametricCurve(change=change, points=(), exact=False, max_error=None, explored_until=start, note=why)
    found = find_breakpoints(stood, way, (start, end), max_solves, until)
    shown = [
        _build_curve_point(way.bounds_at(s.t).apply_to(like), vary_change(problem, change, s.parameter), s, end - start)
        for s in found.points
    ]
    inner = [
        p.model_copy(update={"is_breakpoint": 0 < k < len(shown) - 1, "shadow_price": _slope_after(shown, k)})
        for k, p in enumerate(shown)
    ]
    return ParametricCurve(
        change=change,
        points=tuple(inner),
        exact=found.max_error == 0,
        max_error=found.max_error,
        explored_until=found.points[-1].parameter,
        note=found.note,
    )


def _open_curve_start(
    session: SensitivitySession, arrays: ProblemArrays, program: Program, near: Basis, until: float
) -> SensitivitySession | None:
    """The program at the start of a curve; None where there is no time to find its plan."""
    own, there = Bounds.from_program(session.lp), Bounds.from_program(program.lp)
    if all(np.array_equal(getattr(own, name), getattr(there, name)) for name in Bounds.__slots__):
        return SensitivitySession.from_basis(arrays, program, near)  # the plan itself
    try:
        return SensitivitySession.from_nearby_basis(arrays, program, near, max(until - monotonic(), 1.0))
    except InfeasibleError:
        raise
    except SensitivityUnavailableError:
        return None


def vary_change(problem: PlanningProblem, change: Change, at: float) -> PlanningProblem:
    """A problem with a change whose factor or value is `at`."""
    field = "value" if change.factor is None else "factor"
    raw = change.model_dump(exclude_none=True) | {field: float(at)}
    return apply_changes(problem, (Change.model_validate(raw),))


def compute_served_share(session: SensitivitySession) -> float:
    """Served share of the plan before rounding."""
    values = clean_values(session.program, session.point.values)
    return build_summary(session.arrays, session.program, values, session.compute_flows()).served_share


def _find_straight_path(
    problem: PlanningProblem,
    change: Change,
    ends: tuple[float, float],
    bounds: Sequence[Bounds | None],
    like: Program,
) -> BoundPath | None:
    """The way between both ends, if the bounds in the middle lie in the middle."""
    if bounds[0] is None or bounds[1] is None:
        return None
    try:
        way = BoundPath.interpolate(bounds[0], bounds[1])
    except ValueError:
        return None
    middle = bounds_in_layout_of(
        build_plan_program(ProblemArrays.from_problem(vary_change(problem, change, sum(ends) / 2))), like
    )
    if middle is None:
        return None
    guess = way.bounds_at(0.5)
    same = all(np.allclose(getattr(guess, n), getattr(middle, n), rtol=1e-12, atol=1e-9) for n in Bounds.__slots__)
    return way if same else None


def _slope_after(points: Sequence[CurvePoint], k: int) -> float:
    """Won saved per unit along the line that begins at a point; at the last point, along the line that ends there."""
    a, b = (points[k], points[k + 1]) if k + 1 < len(points) else (points[max(k - 1, 0)], points[k])
    return 0.0 if a.parameter == b.parameter else (a.objective - b.objective) / (b.parameter - a.parameter)


def _build_curve_point(program: Program, problem: PlanningProblem, solved: PathPoint, length: float) -> CurvePoint:
    """A point of the curve; needs and weights are those of the problem there."""
    here = ProblemArrays.from_problem(problem)
    values = clean_values(program, solved.point.values)
    flows = Flows.from_solution(here, program, values, solved.point.dual_values)
    summary = build_summary(here, program, values, flows)
    limits = Limits.from_solution(here, program, values, solved.point.dual_values)
    priced = limits.find_priced()
    worth = limits.shadow_price[priced] * np.abs(limits.limit[priced])
    leading = priced[np.argsort(-worth, kind="stable")[:TOP_LIMITS]]
    return CurvePoint(
        parameter=solved.parameter,
        objective=solved.point.objective,
        shadow_price=-solved.slope / length,
        served_share=summary.served_share,
        by_priority=summary.by_priority,
        top_limits=tuple(build_limit_price(limits, int(k)) for k in leading),
        is_breakpoint=False,
    )


def _sample_curve(
    session: SensitivitySession, change: Change, ends: tuple[float, float], count: int, until: float, why: str
) -> ParametricCurve:
    """Points at even distances, each solved from its neighbour, as long as there is time."""
    points: list[CurvePoint] = []
    stood, reached = session, ends[0]
    for at in np.linspace(*ends, count):
        if points and monotonic() > until:
            break
        problem = vary_change(session.arrays.problem, change, float(at))
        try:
            following = open_changed(stood, problem, until - monotonic())
        except SensitivityUnavailableError:
            break
        reached = float(at)
        if following is None:
            continue
        stood = following
        shown = _build_curve_point(stood.program, problem, PathPoint(reached, 0.0, stood.point, 0.0), 1.0)
        goals = compute_final_values(stood.goal_stages, stood.point.values)
        points.append(
            shown.model_copy(update={"objective": stood.plain_objective, "shadow_price": None, "goal_values": goals})
        )
    note = f"{why}, so the curve is sampled at even distances; it may bend between points."
    if reached != ends[1]:
        note += f" There was time to come to {reached:g} only."
    return ParametricCurve(
        change=change, points=tuple(points), exact=False, max_error=None, explored_until=reached, note=note
    )


def compute_grid(
    session: SensitivitySession,
    first: tuple[Change, Sequence[float]],
    second: tuple[Change, Sequence[float]],
    *,
    time_limit_seconds: float = 600.0,
) -> ParameterGrid:
    """The plan at each pair of values of two changes; solved to and fro, each from the basis of its neighbour, as long as there is time."""
    until = monotonic() + time_limit_seconds
    problem, cells, stood = session.arrays.problem, list[GridCell](), session
    pairs = [(a, b) for k, a in enumerate(first[1]) for b in (second[1] if k % 2 == 0 else tuple(reversed(second[1])))]
    for a, b in pairs:
        if cells and monotonic() > until:
            break
        changed = vary_change(vary_change(problem, first[0], a), second[0], b)
        try:
            following = open_changed(stood, changed, until - monotonic())
        except SensitivityUnavailableError:
            break
        if following is None:
            cells.append(GridCell(first=a, second=b, objective=None, served_share=None))
            continue
        stood = following
        cells.append(
            GridCell(first=a, second=b, objective=stood.plain_objective, served_share=compute_served_share(stood))
        )
    cells.sort(key=lambda c: (list(first[1]).index(c.first), list(second[1]).index(c.second)))
    return ParameterGrid(cells=tuple(cells), not_evaluated=len(pairs) - len(cells))
