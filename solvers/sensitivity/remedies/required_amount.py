"""How much more of a lever mends a need: exact amounts by Newton's steps, others by doubling and halving; see `remedies`."""

from solvers.sensitivity.bound_paths import Way
from solvers.sensitivity.goal_stages import Point, Turn
from solvers.sensitivity.remedies.candidate_changes import Lever
from solvers.sensitivity.remedies.shortage_targets import Need
from solvers.sensitivity.session import Bounds, Standing

NEWTON_STEPS = 15
"""Warm solves that one amount may take for one goal."""

MOST_TIMES = 100.0
"""Beyond so many times the limit no remedy is looked for."""

RESOLUTION = 0.05
"""Relative width to which `free` amounts are searched."""


def kept(
    standing: Standing,
    lever: Lever,
    held: Bounds,
    shared: Point | None,
) -> tuple[float, Point] | None:
    """The least amount with which the need is served and no goal is worse, and the plan then; None if there is none."""
    way, amount = lever.way(held), 0.0
    point: Point | None = None
    before: list[float] = []
    for turn in standing.turns:
        begun = shared if len(standing.turns) == 1 else standing.solve_turn(turn, way.at(amount), before)
        solved = _enough(standing, lever, way, (turn, before), (amount, begun))
        if solved is None:
            return None
        amount, point = solved
        before.append(turn.allowed)
    return None if point is None or amount > lever.most * (1 + 1e-9) else (amount, point)


Stage = tuple[Turn, list[float]]
"""A goal in its turn, and at what those before it are held."""


def _enough(
    standing: Standing,
    lever: Lever,
    way: Way,
    stage: Stage,
    begun: tuple[float, Point | None],
) -> tuple[float, Point] | None:
    """The least amount, from that of the goals before, with which one goal is no worse.

    Where the need cannot be served at all without more, there is no plan to take Newton's first step from; then the amount is
    bracketed by doubling and halved to a thousandth.
    """
    turn, before = stage
    amount, point = begun
    if point is None:
        return _bracketed(standing, lever, way, stage, amount)
    for _ in range(NEWTON_STEPS):
        if point.objective <= turn.allowed:
            return amount, point
        slope = way.slope(turn.program.lp, point)
        if slope > -1e-12:
            return None
        # aims at the present value, a hair below what is allowed, so that rounding does not ask for one more step
        amount += (point.objective - turn.point.objective) / -slope
        if amount > lever.most * (1 + 1e-9):
            return None
        following = standing.solve_turn(turn, way.at(amount), before)
        if following is None:
            return None
        point = following
    return None


def _bracketed(
    standing: Standing,
    lever: Lever,
    way: Way,
    stage: Stage,
    least: float,
) -> tuple[float, Point] | None:
    turn, before = stage
    short, long = least, min(lever.most, least + max(lever.limit * 0.01, 1.0))
    held: tuple[float, Point] | None = None
    for _ in range(2 * NEWTON_STEPS):
        point = standing.solve_turn(turn, way.at(long), before)
        if point is not None and point.objective <= turn.allowed:
            held = (long, point)
        else:
            short = long
        if held is not None and held[0] - short <= 1e-3 * held[0]:
            return held
        if held is None and (long >= lever.most or long > MOST_TIMES * (1 + lever.limit)):
            return None
        long = min(2 * long, lever.most) if held is None else (short + held[0]) / 2
    return held


def free(standing: Standing, lever: Lever, need: Need, least: float) -> tuple[float, Point] | None:
    """An amount with which the best plan serves the need of itself, and that plan; None where none is found."""
    way = lever.way(Bounds.of(standing.lp))
    short, long = least, min(lever.most, max(least, 1e-6 * (1 + lever.limit)))
    held: tuple[float, Point] | None = None
    for _ in range(NEWTON_STEPS):
        point = standing.best(way.at(long))
        if point is None:
            return None
        if float(point.values[need.columns].sum()) <= need.target * (1 + 1e-9) + 1e-7:
            held = (long, point)
        elif long >= lever.most or (held is None and _idle(standing, way, point)):
            return held  # it has no price any more, or there is no more of it: yet more would change nothing
        else:
            short = long
        if held is not None and held[0] - short <= RESOLUTION * held[0]:
            return held
        long = min(2 * long, lever.most) if held is None else (short + held[0]) / 2
    return held


def _idle(standing: Standing, way: Way, point: Point) -> bool:
    """Whether more would change nothing; with ordered goals the last one's prices do not tell."""
    return len(standing.turns) == 1 and way.slope(standing.lp, point) > -1e-12
