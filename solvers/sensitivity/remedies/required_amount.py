"""Amount of a candidate that meets a shortage target: Newton steps if reserved, bisection if unreserved; see `search`."""

from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.goal_stages import GoalStage, OptimalPoint
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.remedies.shortage_targets import ShortageTarget
from solvers.sensitivity.session import SensitivitySession

MAX_NEWTON_STEPS = 15
"""Maximum number of warm solves for one amount and one goal."""

MAX_MULTIPLE = 100.0
"""Maximum amount, as a multiple of the current limit."""

AMOUNT_RESOLUTION = 0.05
"""Relative width at which the bisection of unreserved amounts ends."""


def find_min_reserved_amount(
    session: SensitivitySession,
    candidate: CandidateChange,
    target_bounds: Bounds,
    reallocation_point: OptimalPoint | None,
) -> tuple[float, OptimalPoint] | None:
    """Return the smallest amount that meets the target with no goal worse, and its solution; None if there is none."""
    path, amount = candidate.build_bound_path(target_bounds), 0.0
    point: OptimalPoint | None = None
    earlier: list[float] = []
    for stage in session.goal_stages:
        start = (
            reallocation_point
            if len(session.goal_stages) == 1
            else session.solve_goal_stage(stage, path.compute_bounds_at(amount), earlier)
        )
        solved = _solve_stage_amount(session, candidate, path, (stage, earlier), (amount, start))
        if solved is None:
            return None
        amount, point = solved
        earlier.append(stage.no_worse_bound)
    return None if point is None or amount > candidate.max_amount * (1 + 1e-9) else (amount, point)


AmountStage = tuple[GoalStage, list[float]]
"""A goal stage and the bounds of the earlier goals."""


def _solve_stage_amount(
    session: SensitivitySession,
    candidate: CandidateChange,
    path: BoundPath,
    amount_stage: AmountStage,
    start: tuple[float, OptimalPoint | None],
) -> tuple[float, OptimalPoint] | None:
    """Return the smallest amount, from that of the earlier goals, at which one goal is no worse.

    If the target is infeasible without an additional amount, Newton steps have no starting point. Then doubling brackets the
    amount, and bisection narrows it to a relative width of 0.001.
    """
    goal_stage, earlier = amount_stage
    amount, point = start
    if point is None:
        return _bracket_amount(session, candidate, path, amount_stage, amount)
    for _ in range(MAX_NEWTON_STEPS):
        if point.objective <= goal_stage.no_worse_bound:
            return amount, point
        slope = path.compute_slope(goal_stage.program.lp, point)
        if slope > -1e-12:
            return None
        # aim at the current optimum, slightly below the allowed value, so that rounding needs no further step
        amount += (point.objective - goal_stage.point.objective) / -slope
        if amount > candidate.max_amount * (1 + 1e-9):
            return None
        following = session.solve_goal_stage(goal_stage, path.compute_bounds_at(amount), earlier)
        if following is None:
            return None
        point = following
    return None


def _bracket_amount(
    session: SensitivitySession,
    candidate: CandidateChange,
    path: BoundPath,
    amount_stage: AmountStage,
    min_amount: float,
) -> tuple[float, OptimalPoint] | None:
    goal_stage, earlier = amount_stage
    low, high = min_amount, min(candidate.max_amount, min_amount + max(candidate.limit * 0.01, 1.0))
    found: tuple[float, OptimalPoint] | None = None
    for _ in range(2 * MAX_NEWTON_STEPS):
        point = session.solve_goal_stage(goal_stage, path.compute_bounds_at(high), earlier)
        if point is not None and point.objective <= goal_stage.no_worse_bound:
            found = (high, point)
        else:
            low = high
        if found is not None and found[0] - low <= 1e-3 * found[0]:
            return found
        if found is None and (high >= candidate.max_amount or high > MAX_MULTIPLE * (1 + candidate.limit)):
            return None
        high = min(2 * high, candidate.max_amount) if found is None else (low + found[0]) / 2
    return found


def find_min_unreserved_amount(
    session: SensitivitySession, candidate: CandidateChange, shortage: ShortageTarget, min_amount: float
) -> tuple[float, OptimalPoint] | None:
    """Return an amount at which the unconstrained optimum meets the target, and its solution; None if none is found."""
    path = candidate.build_bound_path(Bounds.from_program(session.lp))
    low, high = min_amount, min(candidate.max_amount, max(min_amount, 1e-6 * (1 + candidate.limit)))
    found: tuple[float, OptimalPoint] | None = None
    for _ in range(MAX_NEWTON_STEPS):
        point = session.solve_all_goals(path.compute_bounds_at(high))
        if point is None:
            return None
        if float(point.values[shortage.shortage_columns].sum()) <= shortage.target_shortage * (1 + 1e-9) + 1e-7:
            found = (high, point)
        elif high >= candidate.max_amount or (found is None and _is_saturated(session, path, point)):
            return found  # a larger amount is impossible, or has a zero shadow price
        else:
            low = high
        if found is not None and found[0] - low <= AMOUNT_RESOLUTION * found[0]:
            return found
        high = min(2 * high, candidate.max_amount) if found is None else (low + found[0]) / 2
    return found


def _is_saturated(session: SensitivitySession, path: BoundPath, point: OptimalPoint) -> bool:
    """Return whether the limit has a zero shadow price; unknown with ordered goals."""
    return len(session.goal_stages) == 1 and path.compute_slope(session.lp, point) > -1e-12
