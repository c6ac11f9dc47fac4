"""How much more of a lever mends a need: exact amounts by Newton's steps, others by doubling and halving; see `remedies`."""

from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.goal_stages import GoalStage, OptimalPoint
from solvers.sensitivity.remedies.candidate_changes import CandidateChange
from solvers.sensitivity.remedies.shortage_targets import ShortageTarget
from solvers.sensitivity.session import SensitivitySession

MAX_NEWTON_STEPS = 15
"""Warm solves that one amount may take for one goal."""

MAX_MULTIPLE = 100.0
"""Beyond so many times the limit no remedy is looked for."""

RESOLUTION = 0.05
"""Relative width to which `free` amounts are searched."""


def min_reserved_amount(
    session: SensitivitySession,
    candidate: CandidateChange,
    tolerance_bounds: Bounds,
    reallocation_point: OptimalPoint | None,
) -> tuple[float, OptimalPoint] | None:
    """The least amount with which the need is served and no goal is worse, and the plan then; None if there is none."""
    way, amount = candidate.bound_path(tolerance_bounds), 0.0
    point: OptimalPoint | None = None
    before: list[float] = []
    for stage in session.goal_stages:
        begun = (
            reallocation_point
            if len(session.goal_stages) == 1
            else session.solve_goal_stage(stage, way.bounds_at(amount), before)
        )
        solved = _solve_stage_amount(session, candidate, way, (stage, before), (amount, begun))
        if solved is None:
            return None
        amount, point = solved
        before.append(stage.no_worse_bound)
    return None if point is None or amount > candidate.max_amount * (1 + 1e-9) else (amount, point)


AmountStage = tuple[GoalStage, list[float]]
"""A goal in its turn, and at what those before it are held."""


def _solve_stage_amount(
    session: SensitivitySession,
    candidate: CandidateChange,
    way: BoundPath,
    stage: AmountStage,
    begun: tuple[float, OptimalPoint | None],
) -> tuple[float, OptimalPoint] | None:
    """The least amount, from that of the goals before, with which one goal is no worse.

    Where the need cannot be served at all without more, there is no plan to take Newton's first step from; then the amount is
    bracketed by doubling and halved to a thousandth.
    """
    turn, before = stage
    amount, point = begun
    if point is None:
        return _bracket_amount(session, candidate, way, stage, amount)
    for _ in range(MAX_NEWTON_STEPS):
        if point.objective <= turn.no_worse_bound:
            return amount, point
        slope = way.compute_slope(turn.program.lp, point)
        if slope > -1e-12:
            return None
        # aims at the present value, a hair below what is allowed, so that rounding does not ask for one more step
        amount += (point.objective - turn.point.objective) / -slope
        if amount > candidate.max_amount * (1 + 1e-9):
            return None
        following = session.solve_goal_stage(turn, way.bounds_at(amount), before)
        if following is None:
            return None
        point = following
    return None


def _bracket_amount(
    session: SensitivitySession,
    candidate: CandidateChange,
    way: BoundPath,
    stage: AmountStage,
    least: float,
) -> tuple[float, OptimalPoint] | None:
    turn, before = stage
    short, long = least, min(candidate.max_amount, least + max(candidate.limit * 0.01, 1.0))
    held: tuple[float, OptimalPoint] | None = None
    for _ in range(2 * MAX_NEWTON_STEPS):
        point = session.solve_goal_stage(turn, way.bounds_at(long), before)
        if point is not None and point.objective <= turn.no_worse_bound:
            held = (long, point)
        else:
            short = long
        if held is not None and held[0] - short <= 1e-3 * held[0]:
            return held
        if held is None and (long >= candidate.max_amount or long > MAX_MULTIPLE * (1 + candidate.limit)):
            return None
        long = min(2 * long, candidate.max_amount) if held is None else (short + held[0]) / 2
    return held


def min_unreserved_amount(
    session: SensitivitySession, candidate: CandidateChange, need: ShortageTarget, least: float
) -> tuple[float, OptimalPoint] | None:
    """An amount with which the best plan serves the need of itself, and that plan; None where none is found."""
    way = candidate.bound_path(Bounds.from_program(session.lp))
    short, long = least, min(candidate.max_amount, max(least, 1e-6 * (1 + candidate.limit)))
    held: tuple[float, OptimalPoint] | None = None
    for _ in range(MAX_NEWTON_STEPS):
        point = session.solve_all_goals(way.bounds_at(long))
        if point is None:
            return None
        if float(point.values[need.columns].sum()) <= need.target * (1 + 1e-9) + 1e-7:
            held = (long, point)
        elif long >= candidate.max_amount or (held is None and _is_saturated(session, way, point)):
            return held  # it has no price any more, or there is no more of it: yet more would change nothing
        else:
            short = long
        if held is not None and held[0] - short <= RESOLUTION * held[0]:
            return held
        long = min(2 * long, candidate.max_amount) if held is None else (short + held[0]) / 2
    return held


def _is_saturated(session: SensitivitySession, way: BoundPath, point: OptimalPoint) -> bool:
    """Whether more would change nothing; with ordered goals the last one's prices do not tell."""
    return len(session.goal_stages) == 1 and way.compute_slope(session.lp, point) > -1e-12
