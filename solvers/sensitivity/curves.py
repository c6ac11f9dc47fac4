"""Parametric curves and grids: plans for a range of factors or values of one change or two.

If a change moves bounds and right-hand sides proportionally, the objective is convex and piecewise linear along the change. The dual
values of each plan give a supporting line, and the lines of two plans meet at or below the curve. If the plan at that parameter lies
on the meeting point, the point is a breakpoint, without any tolerance to choose. Otherwise two shorter intervals remain. If
coefficients change, bounds appear or vanish, goals are ordered or own needs come first, the curve is sampled.

The next solve is where the linear interpolation may lie farthest above the curve. At the limit of time or solves, the result
includes the maximum error, or ends at the last parameter reached.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Literal

import numpy as np

from models.answers import CurvePoint, GridCell, ParameterGrid, ParametricCurve
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.options import PlanOptions
from models.plan import Infeasibility
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import InfeasibleError, SensitivityUnavailableError
from solvers.formulation import requires_whole_units
from solvers.lp.linear_program import Program
from solvers.lp.solution import Basis
from solvers.results.flows import Flows, clean_values
from solvers.results.limits import Limits
from solvers.results.summary import build_summary
from solvers.sensitivity.bounds import BoundPath, Bounds, bounds_in_layout_of
from solvers.sensitivity.changed_plan import open_changed
from solvers.sensitivity.goal_stages import compute_final_values
from solvers.sensitivity.infeasible_changes import explain_if_in_time
from solvers.sensitivity.parametric import PathPoint, PathResult, find_breakpoints
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import build_limit_price

MAX_SAMPLES = 13
"""Number of points of a sampled curve."""

MAX_TOP_LIMITS = 3
"""Number of limits reported at each point."""


def compute_curve(
    session: SensitivitySession,
    change: Change,
    start: float,
    end: float,
    *,
    max_solves: int = 40,
    time_limit_seconds: float = 60.0,
) -> ParametricCurve:
    """Compute the plan as the `factor` (or `value`) of a change goes from `start` to `end`.

    Raises
    ------
    InvalidProblemError
        The change is invalid.
    SensitivityUnavailableError
        No plan was found at `start`, though it is not infeasible.
    """
    deadline = monotonic() + time_limit_seconds
    problem = session.arrays.problem
    if is_multi_stage(problem):
        reason = "Ordered goals or own needs need several solves for each point"
        return _sample_curve(session, change, (start, end), min(max_solves, MAX_SAMPLES), deadline, reason)
    ends = [ProblemArrays.from_problem(apply_varied_change(problem, change, parameter)) for parameter in (start, end)]
    programs = [build_plan_program(arrays) for arrays in ends]
    layout = max(programs, key=lambda program: (program.lp.column_count, program.lp.row_count))
    bounds = [bounds_in_layout_of(program, layout) for program in programs]
    path = _find_straight_path(problem, change, (start, end), bounds, layout)
    if path is None or session.point.basis is None:
        reason = "The change affects more than limits"
        return _sample_curve(session, change, (start, end), min(max_solves, MAX_SAMPLES), deadline, reason)
    start_basis = WarmStart.from_program(session.program, session.point.basis).map_basis_to(layout)
    try:
        current = _open_curve_start(session, ends[0], path.start.apply_to_program(layout), start_basis, deadline)
        if current is None:
            return _build_unfinished_curve(change, start)
        found = find_breakpoints(current, path, (start, end), max_solves, time_limit_seconds, deadline)
    except InfeasibleError:
        reason = f"No plan satisfies every constraint at {start:g}"
        return _sample_curve(session, change, (start, end), min(max_solves, MAX_SAMPLES), deadline, reason)
    return _build_exact_curve(problem, change, (start, end), path, layout, found, deadline)


def _build_exact_curve(
    problem: PlanningProblem,
    change: Change,
    ends: tuple[float, float],
    path: BoundPath,
    layout: Program,
    found: PathResult,
    deadline: float,
) -> ParametricCurve:
    start, end = ends
    shown = [
        _build_curve_point(
            path.compute_bounds_at(s.t).apply_to_program(layout),
            apply_varied_change(problem, change, s.parameter),
            s,
            end - start,
        )
        for s in found.points
    ]
    inner = [
        p.model_copy(update={"is_breakpoint": 0 < k < len(shown) - 1, "shadow_price": _compute_slope_after(shown, k)})
        for k, p in enumerate(shown)
    ]
    infeasible = () if found.infeasible_parameter is None else (found.infeasible_parameter,)
    return ParametricCurve(
        outcome="optimal",
        relaxed=requires_whole_units(problem),
        change=change,
        points=tuple(inner),
        exact=found.max_error == 0,
        max_error=found.max_error,
        explored_until=found.points[-1].parameter if found.infeasible_parameter is None else end,
        infeasible_parameters=infeasible,
        infeasibility=_explain_first(problem, change, infeasible, deadline),
        note=found.note,
    )


def _build_unfinished_curve(change: Change, start: float) -> ParametricCurve:
    reason = f"The time limit was reached before the plan at {start:g} was found."
    return ParametricCurve(
        outcome="unknown", change=change, points=(), exact=False, max_error=None, explored_until=start, note=reason
    )


def _explain_first(
    problem: PlanningProblem, change: Change, infeasible: Sequence[float], deadline: float
) -> Infeasibility | None:
    """Return why the first of the parameters without a plan has none; None without one, or without time."""
    if not infeasible:
        return None
    return explain_if_in_time(apply_varied_change(problem, change, infeasible[0]), PlanOptions(), deadline)


def _open_curve_start(
    session: SensitivitySession, arrays: ProblemArrays, program: Program, start_basis: Basis, deadline: float
) -> SensitivitySession | None:
    """Open a session at the start of a curve; return None if the time limit is reached."""
    own, there = Bounds.from_program(session.lp), Bounds.from_program(program.lp)
    if all(np.array_equal(getattr(own, name), getattr(there, name)) for name in Bounds.__slots__):
        return SensitivitySession.from_basis(arrays, program, start_basis)  # the original plan
    try:
        return SensitivitySession.from_nearby_basis(arrays, program, start_basis, max(deadline - monotonic(), 1.0))
    except InfeasibleError:
        raise
    except SensitivityUnavailableError:
        return None


def apply_varied_change(problem: PlanningProblem, change: Change, parameter: float) -> PlanningProblem:
    """Return the problem with the factor or value of a change set to a parameter."""
    field = "value" if change.factor is None else "factor"
    raw = change.model_dump(exclude_none=True) | {field: float(parameter)}
    return apply_changes(problem, (Change.model_validate(raw),))


def compute_served_share(session: SensitivitySession) -> float:
    """Return the served share of the plan before rounding."""
    values = clean_values(session.program, session.plan_values)
    return build_summary(session.arrays, session.program, values, session.compute_flows()).served_share_of_needs


def _find_straight_path(
    problem: PlanningProblem,
    change: Change,
    ends: tuple[float, float],
    bounds: Sequence[Bounds | None],
    layout: Program,
) -> BoundPath | None:
    """Return the path between both ends if the bounds at the midpoint lie on it; else None."""
    if bounds[0] is None or bounds[1] is None:
        return None
    try:
        path = BoundPath.interpolate(bounds[0], bounds[1])
    except ValueError:
        return None
    middle = bounds_in_layout_of(
        build_plan_program(ProblemArrays.from_problem(apply_varied_change(problem, change, sum(ends) / 2))), layout
    )
    if middle is None:
        return None
    expected = path.compute_bounds_at(0.5)
    is_equal = all(
        np.allclose(getattr(expected, n), getattr(middle, n), rtol=1e-12, atol=1e-9) for n in Bounds.__slots__
    )
    return path if is_equal else None


def _compute_slope_after(points: Sequence[CurvePoint], k: int) -> float:
    """Return the won saved per unit on the segment after a point, or on the last segment for the last point."""
    a, b = (points[k], points[k + 1]) if k + 1 < len(points) else (points[max(k - 1, 0)], points[k])
    return 0.0 if a.parameter == b.parameter else (a.objective - b.objective) / (b.parameter - a.parameter)


def _build_curve_point(
    program: Program, problem: PlanningProblem, path_point: PathPoint, parameter_range: float
) -> CurvePoint:
    """Build a point of the curve, with the demand and weights of the problem at the point."""
    arrays = ProblemArrays.from_problem(problem)
    values = clean_values(program, path_point.point.values)
    flows = Flows.from_solution(arrays, program, values, path_point.point.dual_values)
    summary = build_summary(arrays, program, values, flows)
    limits = Limits.from_solution(arrays, program, values, path_point.point.dual_values)
    priced = limits.find_priced_limits()
    value = limits.shadow_price[priced] * np.abs(limits.limit[priced])
    leading = priced[np.argsort(-value, kind="stable")[:MAX_TOP_LIMITS]]
    return CurvePoint(
        parameter=path_point.parameter,
        objective=path_point.point.objective,
        shadow_price=-path_point.slope / parameter_range,
        served_share=summary.served_share_of_needs,
        by_priority=summary.by_priority,
        top_limits=tuple(build_limit_price(limits, int(k)) for k in leading),
        is_breakpoint=False,
    )


def _sample_curve(
    session: SensitivitySession, change: Change, ends: tuple[float, float], count: int, deadline: float, reason: str
) -> ParametricCurve:
    """Sample points at equal distances, each solved from its neighbour, until the time limit."""
    points, infeasible = list[CurvePoint](), list[float]()
    current, reached = session, ends[0]
    for parameter in np.linspace(*ends, count):
        if (points or infeasible) and monotonic() > deadline:
            break
        problem = apply_varied_change(session.arrays.problem, change, float(parameter))
        try:
            opened = open_changed(current, problem, deadline - monotonic())
        except SensitivityUnavailableError:
            break
        reached = float(parameter)
        if opened is None:
            infeasible.append(reached)
            continue
        current = opened
        shown = _build_curve_point(current.program, problem, PathPoint(reached, 0.0, current.point, 0.0), 1.0)
        goals = compute_final_values(current.goal_stages, current.point.values)
        points.append(
            shown.model_copy(update={"objective": current.plain_objective, "shadow_price": None, "goal_values": goals})
        )
    note = f"{reason}, so the curve is sampled at equal distances; breakpoints between the points are unknown."
    if reached != ends[1]:
        note += f" The time limit was reached at {reached:g}."
    if infeasible:
        note += f" {len(infeasible)} of the parameters tried have no plan."
    return ParametricCurve(
        outcome="optimal" if points else "infeasible" if infeasible else "unknown",
        relaxed=session.is_relaxed,
        change=change,
        points=tuple(points),
        exact=False,
        max_error=None,
        explored_until=reached,
        infeasible_parameters=tuple(infeasible),
        infeasibility=_explain_first(session.arrays.problem, change, infeasible, deadline),
        note=note,
    )


def compute_grid(
    session: SensitivitySession,
    first: tuple[Change, Sequence[float]],
    second: tuple[Change, Sequence[float]],
    *,
    time_limit_seconds: float = 600.0,
) -> ParameterGrid:
    """Compute the plan for each pair of parameters of two changes, each from the basis of its neighbour, until the time limit."""
    deadline = monotonic() + time_limit_seconds
    problem, cells, current = session.arrays.problem, list[GridCell](), session
    pairs = [(a, b) for k, a in enumerate(first[1]) for b in (second[1] if k % 2 == 0 else tuple(reversed(second[1])))]
    for a, b in pairs:
        if cells and monotonic() > deadline:
            break
        changed = apply_varied_change(apply_varied_change(problem, first[0], a), second[0], b)
        try:
            opened = open_changed(current, changed, deadline - monotonic())
        except SensitivityUnavailableError:
            break
        current = opened or current
        objective, share = (None, None) if opened is None else (opened.plain_objective, compute_served_share(opened))
        outcome: Literal["optimal", "infeasible"] = "infeasible" if opened is None else "optimal"
        cells.append(GridCell(first=a, second=b, outcome=outcome, objective=objective, served_share=share))
    cells.sort(key=lambda c: (list(first[1]).index(c.first), list(second[1]).index(c.second)))
    infeasible = next((cell for cell in cells if cell.outcome == "infeasible"), None)
    reason = None
    if infeasible is not None:
        changed = apply_varied_change(problem, first[0], infeasible.first)
        changed = apply_varied_change(changed, second[0], infeasible.second)
        reason = explain_if_in_time(changed, PlanOptions(), deadline)
    return ParameterGrid(
        relaxed=session.is_relaxed,
        cells=tuple(cells),
        infeasibility=reason,
        not_evaluated=len(pairs) - len(cells),
    )
