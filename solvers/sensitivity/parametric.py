"""The points of a curve along which only limits move: its ends and breakpoints, or as much as there is time for.

Two points, each with a supporting line from its prices, are enough to go on: their lines meet below the curve, and the curve is solved
there (see `solvers.sensitivity.curves`). In small programs both ends are found at once. In large ones the far end may be thousands of
steps of dual simplex away: then the curve is walked in steps that take it about a second, as long as that promises to arrive in
time; where it does not, or where neighbours are too far apart, interior point solves anew.
"""

from dataclasses import dataclass
from itertools import pairwise
from time import monotonic

from solvers.sensitivity.bounds import BoundPath
from solvers.sensitivity.errors import SensitivityUnavailableError
from solvers.sensitivity.goal_stages import OptimalPoint
from solvers.sensitivity.session import SensitivitySession

SLOPE_DIGITS = 1e-9
"""Relative to 1 + the objective: a point this near its supporting line lies on it."""

QUICK_SOLVE_SECONDS = 4.0
"""Seconds that dual simplex has to go from one point to the next where interior point can solve anew."""

COLD_SOLVE_SECONDS = 45.0
"""Seconds that must be left for interior point to be tried: what a program too large for dual simplex takes it at least."""

FIRST_STEP = 1 / 160
"""Share of the way of the first step of a walk."""

EASY_SOLVE_SECONDS = 4.0
"""Seconds that a step of a walk should take; longer ones follow shorter ones, and the other way about."""

SMALLEST_STEP = 1 / 5000
"""Share of the way below which no step is taken."""

DOUBTFUL_GAP = 0.3
"""Share of the time after which a walk is given up that will not arrive at its pace."""


@dataclass(frozen=True, slots=True)
class PathPoint:
    """A plan along the way."""

    parameter: float
    """Value or factor of what is varied."""
    t: float
    """Share of the way."""
    point: OptimalPoint
    """The plan."""
    slope: float
    """How its objective changes over the whole way, by its prices."""


@dataclass(frozen=True, slots=True)
class PathResult:
    """What there was time to find."""

    points: list[PathPoint]
    """Points in order."""
    max_error: float | None
    """The most that the true curve can lie below the lines between them; None where there is but one point."""
    note: str
    """How it ended."""


def find_breakpoints(
    session: SensitivitySession, path: BoundPath, ends: tuple[float, float], max_solves: int, until: float
) -> PathResult:
    """Ends and breakpoints in order, as far as solves and time allow; NothingToAsk where there is no plan at a point."""
    search = BreakpointSearch(session, path, ends, monotonic(), until)
    left = search.step_warm(0.0, 600.0)
    if left is None:
        raise SensitivityUnavailableError(f"the plan at {ends[0]:g} was not found again")
    whole = search.step_warm(1.0, QUICK_SOLVE_SECONDS) if monotonic() < until else None
    if whole is None:
        session.reset_to_base()
    kept = [left, whole] if whole is not None else search.walk_path(left, max_solves)
    if kept[-1].t < 1 and (end := search.solve_cold(1.0, 0.9 * search.remaining_seconds)) is not None:
        kept.append(end)
    if len(kept) > 1:
        return _refine_between(search, kept, max_solves)
    far = left.point.objective + left.slope
    took = f"There was no time to leave the start ({monotonic() - search.started:.0f} s)."
    return PathResult([left], None, f"{took} By its prices the objective at {ends[1]:g} is at least {far:,.6g} won.")


@dataclass(frozen=True, slots=True)
class BreakpointSearch:
    """Looks for plans along a way, within a time."""

    session: SensitivitySession
    """The plan at the start."""
    path: BoundPath
    """How the limits move."""
    ends: tuple[float, float]
    """Value or factor of what is varied, at the start and at the end."""
    started: float
    """When it began, as `time.monotonic` has it."""
    until: float
    """When its time is over."""

    @property
    def remaining_seconds(self) -> float:
        """Seconds that are left."""
        return self.until - monotonic()

    def step_warm(self, t: float, seconds: float) -> PathPoint | None:
        """The plan at t, from where the session stands."""
        return self._make_path_point(t, self.session.solve_change(self.path.bounds_at(t), max(seconds, 0.05)))

    def solve_cold(self, t: float, seconds: float) -> PathPoint | None:
        """The plan at t by interior point, where there is time for that."""
        return (
            None
            if seconds < COLD_SOLVE_SECONDS
            else self._make_path_point(t, self.session.solve_change_cold(self.path.bounds_at(t), seconds))
        )

    def solve_at(self, t: float) -> PathPoint | None:
        """The plan at t, from where the session stands, or else anew."""
        return self.step_warm(t, min(self.remaining_seconds, QUICK_SOLVE_SECONDS)) or self.solve_cold(
            t, self.remaining_seconds
        )

    def walk_path(self, left: PathPoint, most: int) -> list[PathPoint]:
        """Points from the start on, until the end, or until there is no time to arrive."""
        kept, step = [left], FIRST_STEP
        while kept[-1].t < 1 and len(kept) < most and self.remaining_seconds > 0 and step > SMALLEST_STEP:
            spent, far = monotonic() - self.started, kept[-1].t
            if (
                spent > DOUBTFUL_GAP * (self.until - self.started)
                and far * self.remaining_seconds < (1 - far) * spent
                and self.remaining_seconds > COLD_SOLVE_SECONDS
            ):
                break
            request = monotonic()
            following = self.step_warm(min(far + step, 1.0), self.remaining_seconds / 3)
            if following is None:
                step /= 4
                continue
            kept.append(following)
            taken = monotonic() - request
            step = step * 2 if taken < EASY_SOLVE_SECONDS / 2 else step / 2 if taken > EASY_SOLVE_SECONDS * 2 else step
        return kept

    def _make_path_point(self, t: float, point: OptimalPoint | None) -> PathPoint | None:
        at = self.ends[1] if t == 1 else self.ends[0] + t * (self.ends[1] - self.ends[0])
        if self.session.last_solve_infeasible:
            raise SensitivityUnavailableError(f"no plan keeps every rule at {at:g}")
        return None if point is None else PathPoint(at, t, point, self.path.compute_slope(self.session.lp, point))


def _refine_between(search: BreakpointSearch, kept: list[PathPoint], most: int) -> PathResult:
    """Points between those known, where the lines between them may lie farthest above the curve."""
    missed, solves = 0.0, len(kept)
    open_stretches = list(pairwise(kept))
    while open_stretches:
        open_stretches.sort(key=lambda pair: _measure_gap(*pair)[1])
        a, b = open_stretches.pop()
        t, gap = _measure_gap(a, b)
        if gap <= SLOPE_DIGITS * (1 + abs(a.point.objective)):
            continue
        middle = search.solve_at(t) if solves < most and search.remaining_seconds > 0 else None
        if middle is None:
            missed = gap
            break
        solves += 1
        below = a.point.objective + a.slope * (t - a.t)
        kept.append(middle)
        if middle.point.objective - below > SLOPE_DIGITS * (1 + abs(below)):
            open_stretches += [(a, middle), (middle, b)]
    kept.sort(key=lambda s: s.t)
    if missed > 0:
        note = f"Stopped after {solves} solves: the true curve lies at most {missed:,.4g} won below the lines between points."
    else:
        note = "Every point at which the price changes is shown; between two of them the objective is a straight line."
    if kept[-1].t < 1:
        note += f" There was time to come to {kept[-1].parameter:g} only."
    return PathResult(_remove_collinear(kept) if missed == 0 else kept, missed, note)


def _measure_gap(a: PathPoint, b: PathPoint) -> tuple[float, float]:
    """Where the supporting lines of two points meet, and how far below the line between the points."""
    fa, fb = a.point.objective, b.point.objective
    if abs(b.slope - a.slope) <= 1e-12 * (1 + abs(a.slope)):
        return (a.t + b.t) / 2, 0.0
    t = (fa - a.slope * a.t - fb + b.slope * b.t) / (b.slope - a.slope)
    t = min(max(t, a.t), b.t)
    on_line = fa + a.slope * (t - a.t)
    chord = fa + (fb - fa) * (t - a.t) / (b.t - a.t)
    return t, max(chord - on_line, 0.0)


def _remove_collinear(kept: list[PathPoint]) -> list[PathPoint]:
    """Without the points at which the curve does not bend."""
    out = [kept[0]]
    for k in range(1, len(kept) - 1):
        a, s, b = out[-1], kept[k], kept[k + 1]
        chord = a.point.objective + (b.point.objective - a.point.objective) * (s.t - a.t) / (b.t - a.t)
        if chord - s.point.objective > 10 * SLOPE_DIGITS * (1 + abs(chord)):
            out.append(s)
    return [*out, kept[-1]]
