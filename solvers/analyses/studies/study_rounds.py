"""Rounds of a study: which runs to solve next, given the rows that are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.analyses.study import StudyRequest
from solvers.analyses.analysis import AnalysisTask
from solvers.analyses.studies.adaptive_points import FactorRange, choose_next_points
from solvers.analyses.studies.multi_fidelity import choose_corrected_runs, count_corrected_runs
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.study_design import StudyDesign, build_task
from solvers.analyses.studies.value_bounds import SolvedRuns, ValueBounds
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.sensitivity.coarse_solver import CoarseFidelity

POINTS_OF_ROUND = 8
"""Points that an adaptive design chooses at a time."""

OWN_PERIODS = "month"
"""Fidelity of the problem's own periods."""


@dataclass(frozen=True, slots=True)
class StudyRounds:
    """The rounds of a study."""

    request: StudyRequest
    """Request."""
    design: StudyDesign
    """Runs."""
    first_fidelity: CoarseFidelity | str
    """Fidelity of all runs."""
    is_corrected: bool
    """Whether some runs are solved in the problem's own periods as well."""
    ranges: Sequence[FactorRange]
    """Ranges of the factors by lever."""
    directions: IntArray | None
    """Directions of the factors of the base, as in `SolvedRuns`; None if the objective is not convex in them."""

    def plan_tasks(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        """Return the tasks of the next round that have rows missing."""
        for tasks in (self._plan_runs(), *([self._plan_corrected_runs(rows)] if self._has_all_runs(rows) else [])):
            missing = [task for task in tasks if any(row not in rows for row in task.rows)]
            if missing:
                return tuple(missing)
        return self._plan_further_points(rows)

    def list_corrected_runs(self, records: Mapping[int, RunRecord]) -> IntArray:
        """Return the runs that are solved in the problem's own periods as well, given the records of all runs."""
        if not self.is_corrected:
            return np.empty(0, dtype=np.int64)
        count, chosen = self.design.draw_count, []
        for lever, points in enumerate(self.design.points):
            found = [records[lever * count + draw].objective for draw in range(count)]
            low = np.array([np.nan if one is None else one for one in found], dtype=np.float64)
            wanted = count_corrected_runs(points.shape[1], count, is_first_lever=lever == 0)
            chosen.append(choose_corrected_runs(low, points, wanted) + lever * count)
        return np.concatenate(chosen)

    def _has_all_runs(self, rows: Mapping[int, bytes]) -> bool:
        return all(run in rows for run in range(self.design.run_count))

    def _plan_runs(self) -> list[AnalysisTask]:
        return self.design.split_runs(np.arange(self.design.run_count), self.first_fidelity)

    def _plan_corrected_runs(self, rows: Mapping[int, bytes]) -> list[AnalysisTask]:
        """Return a task for each corrected run: they are few, far from each other and take long, so that all workers share them."""
        if not self.is_corrected:
            return []
        records = {run: RunRecord.decode(rows[run]) for run in range(self.design.run_count)}
        return self.design.split_corrected_runs(self.list_corrected_runs(records), OWN_PERIODS)

    def _plan_further_points(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        """Return the next points of an adaptive design, under the base, one in a task; each round depends on the rows before it."""
        adaptive = self.request.adaptive
        if adaptive is None or self.directions is None:
            return ()
        records = {row: RunRecord.decode(content) for row, content in sorted(rows.items())}
        first, last = self.design.first_further_row, self.design.first_further_row + adaptive.max_runs
        for start in range(first, last, POINTS_OF_ROUND):
            known = collect_solved_runs([one for row, one in records.items() if row < start], 0, self.directions)
            points = choose_next_points(
                ValueBounds(known), self.ranges[0], adaptive, min(POINTS_OF_ROUND, last - start)
            )
            tasks = [build_task((start + k,), 0, OWN_PERIODS, points[[k]]) for k in range(len(points))]
            missing = tuple(task for task in tasks if task.rows[0] not in rows)
            if missing or not tasks:
                return missing
        return ()


def collect_solved_runs(records: Sequence[RunRecord], lever: int, directions: IntArray) -> SolvedRuns:
    """Return what the runs under a lever prove about the objective."""
    proved = [record for record in records if record.lever == lever and record.outcome == "optimal" and record.slopes]
    if not proved:
        return SolvedRuns.without_runs(directions)
    return SolvedRuns(
        points=np.array([record.point for record in proved]),
        lower=_to_numbers([record.lower_bound for record in proved], -np.inf),
        slopes=np.array([record.slopes for record in proved]),
        upper=_to_numbers([record.upper_bound for record in proved], np.inf),
        margin=np.array([record.margin for record in proved]),
        directions=directions,
    )


def _to_numbers(values: Sequence[float | None], absent: float) -> FloatArray:
    return np.array([absent if value is None else value for value in values], dtype=np.float64)
