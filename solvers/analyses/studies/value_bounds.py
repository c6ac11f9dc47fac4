r"""Bounds of the optimal objective V(ξ) at any point ξ of the factors, from runs that were solved elsewhere.

Where the factors move right-hand sides and bounds only, V is convex. A run at ξᵣ proves by its dual values, which stay dual feasible,

    V(ξ) ≥ Lᵣ + gᵣ·(ξ − ξᵣ) − mᵣ        for all ξ: a cut, with the dual objective Lᵣ and its slopes gᵣ

and a convex combination of the plans of runs is a plan for the same combination of their limits:

    V(ξ) ≤ Σᵣ λᵣ·Uᵣ + m        with Σᵣ λᵣ·ξᵣ = ξ, Σᵣ λᵣ = 1, λ ≥ 0

The least such combination is the optimum of a small linear program. A plan stays a plan as limits are relaxed. So the equation of a factor
that only relaxes limits becomes Σᵣ λᵣ·ξᵣ ≤ ξ, and ≥ for one that only tightens them.

Margins m are 0 where limits follow the factors exactly; where they are rounded to whole units, m is the price of what rounding can move.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from solvers.analyses.studies.bound_model import BoundModel
from solvers.backends.highs_session import HighsSession
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram

POINT_TOLERANCE = 1e-7
"""Largest distance of a combination of runs from its point, relative to the range of each factor."""

CHUNK_ELEMENTS = 4_000_000
"""Elements of the largest array by which cuts are evaluated."""


@dataclass(frozen=True, slots=True)
class SolvedRuns:
    """What solved runs prove about the objective; r runs, k factors."""

    points: FloatArray
    """Values of the factors, (r, k)."""
    lower: FloatArray
    """Dual objective at the point in won, (r,); −inf for a run without dual values."""
    slopes: FloatArray
    """Change of the dual objective per unit of each factor, (r, k)."""
    upper: FloatArray
    """Objective of a plan at the point in won, (r,); +inf for a run without a plan, as of a relaxation."""
    margin: FloatArray
    """Most that rounding to whole units changes the bounds of the run elsewhere, in won, (r,)."""
    directions: IntArray
    """By factor, (k,): 1 if a greater value only relaxes limits, −1 if it only tightens them, 0 otherwise."""

    @classmethod
    def without_runs(cls, directions: IntArray) -> Self:
        """Return no runs of factors with these directions."""
        factors, nothing = len(directions), np.empty(0)
        empty = np.empty((0, factors))
        return cls(empty, nothing, empty, nothing, nothing, directions)


def find_directions(model: BoundModel) -> IntArray:
    """Return for each factor, (k,), whether a greater value only relaxes limits (1), only tightens them (−1), or neither (0).

    Limits that are rounded to whole units may move a little the other way, which the margin of each run covers.
    """
    found = []
    for step in model.steps:
        lower, upper = np.append(step.row_lower, step.column_lower), np.append(step.row_upper, step.column_upper)
        relaxes, tightens = (lower <= 0).all() and (upper >= 0).all(), (lower >= 0).all() and (upper <= 0).all()
        found.append(int(relaxes) - int(tightens))
    return np.array(found, dtype=np.int64)


def compute_margin(model: BoundModel, dual_values: FloatArray, reduced_costs: FloatArray) -> float:
    """Return the most that rounding changes a dual objective from one point to another, at dual values, (m,), and reduced costs, (n,)."""
    if model.is_exact:
        return 0.0
    allowance = model.allowance
    rows, columns = (
        np.maximum(getattr(allowance, f"{kind}_lower"), getattr(allowance, f"{kind}_upper"))
        for kind in ("row", "column")
    )
    return 2.0 * float(np.abs(dual_values) @ rows + np.abs(reduced_costs) @ columns)


@dataclass(slots=True)
class ValueBounds:
    """Bounds of the objective from solved runs."""

    runs: SolvedRuns
    """The runs."""
    _hull: "_ConvexHull | None" = field(default=None, init=False)

    def compute_lower_bounds(self, points: FloatArray) -> FloatArray:
        """Return the greatest cut at each point, (q,), given points, (q, k); −inf without cuts."""
        runs = self.runs
        has_cut = np.isfinite(runs.lower)
        slopes = runs.slopes[has_cut]
        constant = runs.lower[has_cut] - runs.margin[has_cut] - (slopes * runs.points[has_cut]).sum(axis=1)
        step = max(1, CHUNK_ELEMENTS // max(1, len(slopes)))
        parts = [
            (points[at : at + step] @ slopes.T + constant).max(axis=1, initial=-np.inf)
            for at in range(0, len(points), step)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def compute_upper_bounds(self, points: FloatArray) -> FloatArray:
        """Return the least combination of plans at each point, (q,), given points, (q, k); +inf outside of their hull."""
        if self._hull is None:
            has_plan = np.isfinite(self.runs.upper)
            if not has_plan.any():
                return np.full(len(points), np.inf)
            self._hull = _ConvexHull.from_runs(self.runs, has_plan)
        return np.array([self._hull.combine_runs(point) for point in points])


@dataclass(frozen=True, slots=True)
class _ConvexHull:
    """The linear program of the least convex combination of runs with plans, kept open from point to point."""

    session: HighsSession
    points: FloatArray
    """Points of the runs, (r, k)."""
    upper: FloatArray
    """Their objectives, (r,)."""
    margin: float
    """Largest margin of a run."""
    slope: FloatArray
    """Largest absolute slope by factor, (k,)."""
    scale: FloatArray
    """Range of each factor, (k,)."""
    directions: IntArray
    """As in `SolvedRuns`."""

    @classmethod
    def from_runs(cls, runs: SolvedRuns, has_plan: npt.NDArray[np.bool_]) -> Self:
        points, upper = runs.points[has_plan], runs.upper[has_plan]
        scale = np.maximum(np.ptp(points, axis=0), 1e-12)
        rows = np.vstack([points.T / scale[:, None], np.ones(len(points))])
        size = float(np.abs(upper).max()) or 1.0
        free = np.zeros(len(scale))
        lp = LinearProgram(
            upper / size,
            np.zeros(len(points)),
            np.full(len(points), np.inf),
            np.append(free, 1.0),
            np.append(free, 1.0),
            sparse.csc_array(rows),
        )
        margin = float(runs.margin[has_plan].max())
        slope = np.abs(runs.slopes).max(axis=0, initial=0.0)
        return cls(HighsSession(lp), points, upper, margin, slope, scale, runs.directions)

    def combine_runs(self, point: FloatArray) -> float:
        """Return the bound at a point, (k,); +inf if no combination reaches it, which is checked in the arrays."""
        target = point / self.scale
        lower = np.where(self.directions > 0, -np.inf, target)
        upper = np.where(self.directions < 0, np.inf, target)
        self.session.change_row_bounds(np.arange(len(target)), lower, upper)
        solution = self.session.solve_program("dual", with_basis=False)
        if solution.termination.reason != "optimal" or solution.values is None:
            return np.inf
        weights = np.maximum(solution.values, 0.0)
        weights /= weights.sum()
        reached = weights @ self.points
        beyond = np.maximum(reached - point, 0.0) * (self.directions >= 0)
        short = np.maximum(point - reached, 0.0) * (self.directions <= 0)
        distance = np.maximum(beyond, short)
        if (distance > POINT_TOLERANCE * self.scale).any():
            return np.inf
        return float(weights @ self.upper + self.margin + distance @ self.slope)
