"""The points of a curve along which only limits move: its ends and breakpoints, or as much as there is time for.

Two points, each with a supporting line from its prices, are enough to go on: their lines meet below the curve, and the curve is solved
there (see `solvers.sensitivity.curves`). In small programs both ends are found at once. In large ones the far end may be thousands of
steps of dual simplex away: then the curve is walked in steps that take it about a second, as long as that promises to arrive in
time; where it does not, or where neighbours are too far apart, interior point solves anew.
"""

from dataclasses import dataclass
from itertools import pairwise
from time import monotonic

from solvers.sensitivity.bound_paths import Way
from solvers.sensitivity.errors import NothingToAsk
from solvers.sensitivity.goal_stages import Point
from solvers.sensitivity.session import Standing

DIGITS = 1e-9
"""Relative to 1 + the objective: a point this near its supporting line lies on it."""

QUICK = 4.0
"""Seconds that dual simplex has to go from one point to the next where interior point can solve anew."""

ANEW = 45.0
"""Seconds that must be left for interior point to be tried: what a program too large for dual simplex takes it at least."""

FIRST_STEP = 1 / 160
"""Share of the way of the first step of a walk."""

EASY = 4.0
"""Seconds that a step of a walk should take; longer ones follow shorter ones, and the other way about."""

SMALLEST = 1 / 5000
"""Share of the way below which no step is taken."""

DOUBTFUL = 0.3
"""Share of the time after which a walk is given up that will not arrive at its pace."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan along the way."""

    at: float
    """Value or factor of what is varied."""
    t: float
    """Share of the way."""
    point: Point
    """The plan."""
    slope: float
    """How its objective changes over the whole way, by its prices."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there was time to find."""

    points: list[Solved]
    """Points in order."""
    missed: float | None
    """The most that the true curve can lie below the lines between them; None where there is but one point."""
    note: str
    """How it ended."""


def kinks(stood: Standing, way: Way, ends: tuple[float, float], most: int, until: float) -> Found:
    """Ends and breakpoints in order, as far as solves and time allow; NothingToAsk where there is no plan at a point."""
    search = Search(stood, way, ends, monotonic(), until)
    left = search.near(0.0, 600.0)
    if left is None:
        raise NothingToAsk(f"the plan at {ends[0]:g} was not found again")
    whole = search.near(1.0, QUICK) if monotonic() < until else None
    if whole is None:
        stood.home()
    kept = [left, whole] if whole is not None else search.walk(left, most)
    if kept[-1].t < 1 and (end := search.anew(1.0, 0.9 * search.left)) is not None:
        kept.append(end)
    if len(kept) > 1:
        return _between(search, kept, most)
    far = left.point.objective + left.slope
    took = f"There was no time to leave the start ({monotonic() - search.begun:.0f} s)."
    return Found([left], None, f"{took} By its prices the objective at {ends[1]:g} is at least {far:,.6g} won.")


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for plans along a way, within a time."""

    stood: Standing
    """The plan at the start."""
    way: Way
    """How the limits move."""
    ends: tuple[float, float]
    """Value or factor of what is varied, at the start and at the end."""
    begun: float
    """When it began, as `time.monotonic` has it."""
    until: float
    """When its time is over."""

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.until - monotonic()

    def near(self, t: float, seconds: float) -> Solved | None:
        """The plan at t, from where the session stands."""
        return self._solved(t, self.stood.solve(self.way.at(t), max(seconds, 0.05)))

    def anew(self, t: float, seconds: float) -> Solved | None:
        """The plan at t by interior point, where there is time for that."""
        return None if seconds < ANEW else self._solved(t, self.stood.solve_anew(self.way.at(t), seconds))

    def either(self, t: float) -> Solved | None:
        """The plan at t, from where the session stands, or else anew."""
        return self.near(t, min(self.left, QUICK)) or self.anew(t, self.left)

    def walk(self, left: Solved, most: int) -> list[Solved]:
        """Points from the start on, until the end, or until there is no time to arrive."""
        kept, step = [left], FIRST_STEP
        while kept[-1].t < 1 and len(kept) < most and self.left > 0 and step > SMALLEST:
            spent, far = monotonic() - self.begun, kept[-1].t
            if (
                spent > DOUBTFUL * (self.until - self.begun)
                and far * self.left < (1 - far) * spent
                and self.left > ANEW
            ):
                break
            asked = monotonic()
            following = self.near(min(far + step, 1.0), self.left / 3)
            if following is None:
                step /= 4
                continue
            kept.append(following)
            taken = monotonic() - asked
            step = step * 2 if taken < EASY / 2 else step / 2 if taken > EASY * 2 else step
        return kept

    def _solved(self, t: float, point: Point | None) -> Solved | None:
        at = self.ends[1] if t == 1 else self.ends[0] + t * (self.ends[1] - self.ends[0])
        if self.stood.impossible:
            raise NothingToAsk(f"no plan keeps every rule at {at:g}")
        return None if point is None else Solved(at, t, point, self.way.slope(self.stood.lp, point))


def _between(search: Search, kept: list[Solved], most: int) -> Found:
    """Points between those known, where the lines between them may lie farthest above the curve."""
    missed, solves = 0.0, len(kept)
    open_stretches = list(pairwise(kept))
    while open_stretches:
        open_stretches.sort(key=lambda pair: _gap(*pair)[1])
        a, b = open_stretches.pop()
        t, gap = _gap(a, b)
        if gap <= DIGITS * (1 + abs(a.point.objective)):
            continue
        middle = search.either(t) if solves < most and search.left > 0 else None
        if middle is None:
            missed = gap
            break
        solves += 1
        below = a.point.objective + a.slope * (t - a.t)
        kept.append(middle)
        if middle.point.objective - below > DIGITS * (1 + abs(below)):
            open_stretches += [(a, middle), (middle, b)]
    kept.sort(key=lambda s: s.t)
    if missed > 0:
        note = f"Stopped after {solves} solves: the true curve lies at most {missed:,.4g} won below the lines between points."
    else:
        note = "Every point at which the price changes is shown; between two of them the objective is a straight line."
    if kept[-1].t < 1:
        note += f" There was time to come to {kept[-1].at:g} only."
    return Found(_bends(kept) if missed == 0 else kept, missed, note)


def _gap(a: Solved, b: Solved) -> tuple[float, float]:
    """Where the supporting lines of two points meet, and how far below the line between the points."""
    fa, fb = a.point.objective, b.point.objective
    if abs(b.slope - a.slope) <= 1e-12 * (1 + abs(a.slope)):
        return (a.t + b.t) / 2, 0.0
    t = (fa - a.slope * a.t - fb + b.slope * b.t) / (b.slope - a.slope)
    t = min(max(t, a.t), b.t)
    on_line = fa + a.slope * (t - a.t)
    chord = fa + (fb - fa) * (t - a.t) / (b.t - a.t)
    return t, max(chord - on_line, 0.0)


def _bends(kept: list[Solved]) -> list[Solved]:
    """Without the points at which the curve does not bend."""
    out = [kept[0]]
    for k in range(1, len(kept) - 1):
        a, s, b = out[-1], kept[k], kept[k + 1]
        chord = a.point.objective + (b.point.objective - a.point.objective) * (s.t - a.t) / (b.t - a.t)
        if chord - s.point.objective > 10 * DIGITS * (1 + abs(chord)):
            out.append(s)
    return [*out, kept[-1]]
