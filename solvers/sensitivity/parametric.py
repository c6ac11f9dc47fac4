"""Parametric programming: breakpoints of the value function along a path of bounds, within limits of work, solves and time.

`solvers.sensitivity.curves` describes the method. For small programs, the end of the path is one warm solve away. For large programs
it may be thousands of dual simplex iterations away, so the search walks along the path in steps of a few seconds while it can reach the
end. Otherwise, or if neighbours are too far apart, interior point solves cold.

The time limit of the request allows as much work as an idle core does in that time. The work decides where the search goes, so the
load of the machine does not; the clock only ends it, which the note of the curve tells.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from time import monotonic

from models.number_text import format_amount
from solvers.backends.work import WORK_PER_SECOND
from solvers.errors import InfeasibleError, SensitivityUnavailableError
from solvers.sensitivity.bounds import BoundPath
from solvers.sensitivity.goal_stages import OptimalPoint
from solvers.sensitivity.session import SensitivitySession

COLLINEARITY_TOLERANCE = 1e-9
"""Tolerance for a point on its supporting line, relative to 1 + the objective."""

WARM_WORK = 4 * WORK_PER_SECOND
"""Work of a warm solve by dual simplex if a cold solve by interior point is possible."""

COLD_WORK = 45 * WORK_PER_SECOND
"""Work that counts for a cold solve, and that must be left for it: the least that a program too large for dual simplex needs."""

INITIAL_STEP = 1 / 160
"""First step of a walk, as a share of the path."""

TARGET_STEP_WORK = 4 * WORK_PER_SECOND
"""Target work of a step; the step size is doubled or halved to meet it."""

MIN_STEP = 1 / 5000
"""Smallest step, as a share of the path."""

PACE_CHECK_SHARE = 0.3
"""Share of the work after which a walk stops if it cannot reach the end at its speed."""

END_TOLERANCE = 1e-7
"""Share of the path between the last plan and a point without a plan at which their search stops."""


class InfeasiblePointError(InfeasibleError):
    """No plan satisfies every constraint at a point of the path."""

    def __init__(self, parameter: float, t: float) -> None:
        """State the factor or value of the change, and the share of the path."""
        super().__init__(f"no plan satisfies every constraint at {parameter:g}")
        self.t = t


@dataclass(frozen=True, slots=True)
class PathPoint:
    """A plan on the path."""

    parameter: float
    """Factor or value of the change."""
    t: float
    """Share of the path, 0 to 1."""
    point: OptimalPoint
    """Optimal solution."""
    slope: float
    """Change of the objective over the whole path, from dual values."""


@dataclass(frozen=True, slots=True)
class PathResult:
    """Points found within the limits."""

    points: list[PathPoint]
    """Points in order."""
    max_error: float | None
    """Maximum distance of the true curve below the interpolation; None with a single point."""
    note: str
    """Sentence about completeness."""
    infeasible_parameter: float | None = None
    """The parameter nearest to the points at which no plan satisfies every constraint; None if there is none."""


def find_breakpoints(
    session: SensitivitySession,
    path: BoundPath,
    ends: tuple[float, float],
    max_solves: int,
    time_limit_seconds: float,
    deadline: float,
) -> PathResult:
    """Find both ends and the breakpoints, in order; if there is no plan at the end, up to the last plan on the path.

    Parameters
    ----------
    time_limit_seconds
        Time limit of the request, which decides how much work the search may take.
    deadline
        Deadline of the request, by `time.monotonic`.

    Raises
    ------
    InfeasibleError
        No plan satisfies every constraint at the start.
    SensitivityUnavailableError
        No plan was found at the start.
    """
    search = BreakpointSearch(session, path, ends, time_limit_seconds * WORK_PER_SECOND, deadline)
    first = search.step_warm(0.0)
    if first is None:
        raise SensitivityUnavailableError(f"no optimal plan was found at {ends[0]:g}")
    points, infeasible_t = search.find_end(first, max_solves)
    infeasible_parameter = None if infeasible_t is None else search.convert_to_parameter(infeasible_t)
    if len(points) > 1:
        return _refine_between(search, points, max_solves, infeasible_parameter)
    if infeasible_parameter is not None:
        note = f"No plan satisfies every constraint at {infeasible_parameter:g}; there is one at the start only."
        return PathResult([first], 0.0, note, infeasible_parameter)
    lower_bound = first.point.objective + first.slope
    reason = f"{search.describe_limit()} at the start."
    return PathResult(
        [first],
        None,
        f"{reason} By shadow prices, the objective at {ends[1]:g} is at least {format_amount(lower_bound)} weighted won.",
    )


@dataclass(frozen=True, slots=True)
class BreakpointSearch:
    """Search for plans along a path within limits of work and time."""

    session: SensitivitySession
    """Session at the start."""
    path: BoundPath
    """Path of the bounds."""
    ends: tuple[float, float]
    """Factor or value of the change at the start and at the end."""
    most_work: float
    """Work of the whole search, in the unit of `solvers.backends.work`."""
    deadline: float
    """Deadline of `time.monotonic`."""
    start_work: float = field(init=False)
    """Work of the session before the search."""

    def __post_init__(self) -> None:
        """Note the work of the session before the search."""
        object.__setattr__(self, "start_work", self.session.work)

    @property
    def remaining_seconds(self) -> float:
        """Remaining seconds."""
        return self.deadline - monotonic()

    @property
    def work(self) -> float:
        """Work so far."""
        return self.session.work - self.start_work

    @property
    def remaining_work(self) -> float:
        """Remaining work; none after the deadline."""
        return self.most_work - self.work if self.remaining_seconds > 0 else 0.0

    def describe_limit(self) -> str:
        """Say which limit ended the search."""
        return f"The {'time limit' if self.remaining_seconds <= 0 else 'limit of the search'} was reached"

    def find_end(self, first: PathPoint, max_points: int) -> tuple[list[PathPoint], float | None]:
        """Return points from the start to the end of the path or of the plans on it, and where the path has no plan any more."""
        points = [first]
        try:
            last = self.step_warm(1.0, WARM_WORK) if self.remaining_work > 0 else None
            if last is not None:
                return [first, last], None
            self.session.reset_to_base()
            self.step_along_path(points, max_points)
            if points[-1].t < 1 and (end := self.solve_cold(1.0)) is not None:
                points.append(end)
        except InfeasiblePointError as error:
            self.session.reset_to_base()
            last_point, infeasible_t = self._bisect_last_plan(points[-1], error.t)
            return points if last_point is points[-1] else [*points, last_point], infeasible_t
        return points, None

    def _bisect_last_plan(self, last: PathPoint, infeasible_t: float) -> tuple[PathPoint, float]:
        """Return the last plan before a point of the path without one, and the nearest such point that was tried.

        The points of the path with a plan form one interval, because the bounds are linear in t.
        """
        while infeasible_t - last.t > END_TOLERANCE and self.remaining_work > 0:
            try:
                middle = self.step_warm((last.t + infeasible_t) / 2, min(self.remaining_work, WARM_WORK))
            except InfeasiblePointError as error:
                infeasible_t = error.t
                continue
            if middle is None:
                break
            last = middle
        return last, infeasible_t

    def step_warm(self, t: float, most_work: float = inf) -> PathPoint | None:
        """Solve at t by dual simplex from the current basis."""
        seconds = 600.0 if t == 0 else max(self.remaining_seconds, 0.05)  # without a start, there is no curve at all
        bounds = self.path.compute_bounds_at(t)
        return self._build_path_point(t, self.session.solve_change(bounds, seconds, most_work=most_work))

    def solve_cold(self, t: float) -> PathPoint | None:
        """Solve at t by interior point, if enough work is left."""
        if self.remaining_work < COLD_WORK:
            return None
        self.session.work += COLD_WORK
        bounds = self.path.compute_bounds_at(t)
        return self._build_path_point(t, self.session.solve_change_cold(bounds, max(self.remaining_seconds, 0.05)))

    def solve_warm_or_cold(self, t: float) -> PathPoint | None:
        """Solve at t warm, or cold if the warm solve fails."""
        return self.step_warm(t, min(self.remaining_work, WARM_WORK)) or self.solve_cold(t)

    def step_along_path(self, points: list[PathPoint], max_points: int) -> None:
        """Append points after the last until the end or until the end is out of reach."""
        step = INITIAL_STEP
        while points[-1].t < 1 and len(points) < max_points and self.remaining_work > 0 and step > MIN_STEP:
            begin, lower_bound = self.work, points[-1].t
            if (
                begin > PACE_CHECK_SHARE * self.most_work
                and lower_bound * self.remaining_work < (1 - lower_bound) * begin
                and self.remaining_work > COLD_WORK
            ):
                break
            next_point = self.step_warm(min(lower_bound + step, 1.0), self.remaining_work / 3)
            if next_point is None:
                step /= 4
                continue
            points.append(next_point)
            work = self.work - begin
            step = step * 2 if work < TARGET_STEP_WORK / 2 else step / 2 if work > TARGET_STEP_WORK * 2 else step

    def convert_to_parameter(self, t: float) -> float:
        """Return the factor or value of the change at a share of the path."""
        return self.ends[1] if t == 1 else self.ends[0] + t * (self.ends[1] - self.ends[0])

    def _build_path_point(self, t: float, point: OptimalPoint | None) -> PathPoint | None:
        parameter = self.convert_to_parameter(t)
        if self.session.last_solve_infeasible:
            raise InfeasiblePointError(parameter, t)
        return (
            None if point is None else PathPoint(parameter, t, point, self.path.compute_slope(self.session.lp, point))
        )


def _refine_between(
    search: BreakpointSearch, points: list[PathPoint], max_points: int, infeasible_parameter: float | None
) -> PathResult:
    """Solve between known points where the interpolation may lie farthest above the curve."""
    max_gap, solves = 0.0, len(points)
    intervals = list(pairwise(points))
    while intervals:
        intervals.sort(key=lambda pair: _measure_gap(*pair)[1])
        a, b = intervals.pop()
        t, gap = _measure_gap(a, b)
        if gap <= COLLINEARITY_TOLERANCE * (1 + abs(a.point.objective)):
            continue
        middle = search.solve_warm_or_cold(t) if solves < max_points and search.remaining_work > 0 else None
        if middle is None:
            max_gap = gap
            break
        solves += 1
        below = a.point.objective + a.slope * (t - a.t)
        points.append(middle)
        if middle.point.objective - below > COLLINEARITY_TOLERANCE * (1 + abs(below)):
            intervals += [(a, middle), (middle, b)]
    points.sort(key=lambda s: s.t)
    if max_gap > 0:
        note = f"Stopped after {solves} solves; the true curve is at most {format_amount(max_gap, 4)} weighted won below the lines between points."
    else:
        note = "All breakpoints are shown; the objective is linear between two points."
    if infeasible_parameter is not None:
        note += f" No plan satisfies every constraint at {infeasible_parameter:g} and beyond."
    elif points[-1].t < 1:
        note += f" {search.describe_limit()} at {points[-1].parameter:g}."
    return PathResult(_remove_collinear(points) if max_gap == 0 else points, max_gap, note, infeasible_parameter)


def _measure_gap(a: PathPoint, b: PathPoint) -> tuple[float, float]:
    """Return where the supporting lines of two points meet, and the distance below the interpolation."""
    fa, fb = a.point.objective, b.point.objective
    if abs(b.slope - a.slope) <= 1e-12 * (1 + abs(a.slope)):
        return (a.t + b.t) / 2, 0.0
    t = (fa - a.slope * a.t - fb + b.slope * b.t) / (b.slope - a.slope)
    t = min(max(t, a.t), b.t)
    on_line = fa + a.slope * (t - a.t)
    chord = fa + (fb - fa) * (t - a.t) / (b.t - a.t)
    return t, max(chord - on_line, 0.0)


def _remove_collinear(points: list[PathPoint]) -> list[PathPoint]:
    """Remove points that are not breakpoints."""
    out = [points[0]]
    for k in range(1, len(points) - 1):
        a, s, b = out[-1], points[k], points[k + 1]
        chord = a.point.objective + (b.point.objective - a.point.objective) * (s.t - a.t) / (b.t - a.t)
        if chord - s.point.objective > 10 * COLLINEARITY_TOLERANCE * (1 + abs(chord)):
            out.append(s)
    return [*out, points[-1]]
