"""Quantiles of the runs of a study by month, proved without solving every run by month.

Where the objective is convex in the factors, runs that were solved bound all others (`solvers.analyses.studies.value_bounds`). Quantiles
rise with each value, so those of the lower bounds and those of the upper bounds enclose those of the runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.study_driving import SolveRuns, StudyRun
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.study_bounds import StudyValueBounds
from solvers.analyses.studies.study_rounds import collect_solved_runs
from solvers.analyses.studies.value_bounds import ValueBounds
from solvers.lp.linear_program import FloatArray, IntArray

MOST_WIDTH = 5e-4
"""Distance of the bounds of a quantile, relative to them, at which to stop."""

POINTS_OF_ROUND = 6
"""Points that are solved at a time."""


@dataclass(slots=True)
class QuantileProof:
    """Bounds of quantiles of r runs in k factors, which further runs tighten."""

    points: FloatArray
    """Points of the runs, (r, k)."""
    shares: Sequence[float]
    """Shares below the quantiles."""
    directions: IntArray
    """Directions of the factors, as in `SolvedRuns`."""
    records: list[RunRecord]
    """Runs that are solved: by month, or by year with a lower bound only."""
    _lower: FloatArray = field(default_factory=lambda: np.empty(0))
    _upper: FloatArray = field(default_factory=lambda: np.empty(0))

    @classmethod
    def from_study(cls, study: StudyRun, shares: Sequence[float]) -> "QuantileProof":
        """Start from all runs of a study without levers, whose first rows are its runs."""
        state = StudyValueBounds.decode(study.conclusion.state).levers["base"]
        assert not state.reason, state.reason
        records = [RunRecord.decode(study.rows[row]) for row in sorted(study.rows)]
        points = np.array([record.point for record in records[: study.head.run_count]])
        return cls(points, shares, state.values.runs.directions, records)

    def solve_further_runs(self, solve: SolveRuns) -> Iterator[None]:
        """Solve runs by month until the quantiles are proved; gives nothing after each round."""
        self._evaluate()
        while len(points := self._choose_points()):
            self.records += solve(points)
            self._evaluate()
            yield

    def bound_quantiles(self) -> tuple[FloatArray, FloatArray]:
        """Return the least and the greatest value of each quantile."""
        return np.quantile(self._lower, self.shares), np.quantile(self._upper, self.shares)

    def describe(self) -> str:
        """Describe the bounds of the quantiles in one line."""
        low, high = self.bound_quantiles()
        return f"{len(self._list_runs_by_month())} runs by month: quantiles from {low.round(-3).tolist()} to {high.round(-3).tolist()}"

    def _evaluate(self) -> None:
        bounds = ValueBounds(collect_solved_runs(self.records, 0, self.directions))
        self._lower, self._upper = bounds.compute_lower_bounds(self.points), bounds.compute_upper_bounds(self.points)
        for record in self._list_runs_by_month():
            is_here = (self.points == record.point).all(axis=1)
            self._lower[is_here], self._upper[is_here] = record.lower_bound, record.upper_bound

    def _list_runs_by_month(self) -> list[RunRecord]:
        return [record for record in self.records if record.upper_bound is not None]

    def _choose_points(self) -> FloatArray:
        """Return the next points, (q, k): the tightest corner first, then points whose bounds enclose an open quantile."""
        if not np.isfinite(self._upper).all():
            return self._find_tightest_corner()
        is_open = np.zeros(len(self.points), dtype=bool)
        # A quantile lies between two runs in the order of their values, and both matter.
        beside = zip(
            *self.bound_quantiles(),
            np.quantile(self._lower, self.shares, method="lower"),
            np.quantile(self._upper, self.shares, method="higher"),
            strict=True,
        )
        for low, high, least, most in beside:
            if high - low > MOST_WIDTH * abs(high):
                is_open |= (self._lower < most) & (self._upper > least)
        is_solved = (
            (self.points[:, None, :] == [record.point for record in self._list_runs_by_month()]).all(axis=2).any(axis=1)
        )
        score = np.where(is_open & ~is_solved, self._upper - self._lower, 0.0)
        chosen: list[int] = []
        while len(chosen) < POINTS_OF_ROUND and score.any():
            chosen.append(int(np.argmax(score)))
            distance = np.linalg.norm(self.points - self.points[chosen[-1]], axis=1)
            score *= np.minimum(1.0, distance / np.linalg.norm(np.ptp(self.points, axis=0)))
        return self.points[chosen]

    def _find_tightest_corner(self) -> FloatArray:
        assert self.directions.all(), "a factor neither only relaxes limits nor only tightens them"
        corner: FloatArray = np.where(self.directions > 0, self.points.min(axis=0), self.points.max(axis=0))
        return corner[None, :]
