"""The runs of a study: numbers, levers and points, and how they are split into tasks.

Runs are numbered by lever, then by draw. A row has the number of its run; the row of a run that is solved again in the problem's own
periods follows after those of all runs, and those of further points, which an adaptive design chooses, after these.
"""

from dataclasses import dataclass

import numpy as np
import orjson

from solvers.analyses.analysis import AnalysisTask
from solvers.analyses.studies.run_order import order_by_nearness, split_into_chunks
from solvers.lp.linear_program import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class TaskBody:
    """What a task solves beside the rows that it produces; k factors."""

    lever: int
    """Position of the lever."""
    fidelity: str
    """Length of the periods."""
    points: tuple[tuple[float, ...], ...]
    """Points in the order of the rows, each (k,)."""
    is_alone: bool = False
    """Whether it is one run far from the others, which starts without their basis."""

    def encode(self) -> bytes:
        """Return it as bytes."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, body: bytes) -> "TaskBody":
        """Read `encode` output."""
        fields = orjson.loads(body)
        return cls(**fields | {"points": tuple(tuple(point) for point in fields["points"])})


@dataclass(frozen=True, slots=True)
class StudyDesign:
    """Points of a study by lever, which differ where the lever moves the range of a field; r draws, k factors."""

    points: tuple[FloatArray, ...]
    """Points under each lever, clipped to the range of the fields, (r, k)."""
    scale: FloatArray
    """Width of the range of each factor, (k,)."""

    @property
    def draw_count(self) -> int:
        """Number of draws."""
        return len(self.points[0])

    @property
    def run_count(self) -> int:
        """Number of runs: draws times levers."""
        return len(self.points) * self.draw_count

    @property
    def first_corrected_row(self) -> int:
        """Row of run 0 in the problem's own periods, where it was solved in longer ones before."""
        return self.run_count

    @property
    def first_further_row(self) -> int:
        """First row of the points that an adaptive design chooses."""
        return 2 * self.run_count

    def split_runs(self, runs: IntArray, fidelity: str) -> list[AnalysisTask]:
        """Return tasks for runs of one or more levers, in the order of nearness; rows are the numbers of the runs."""
        tasks = []
        for lever, points in enumerate(self.points):
            draws = runs[runs // self.draw_count == lever] - lever * self.draw_count
            order = order_by_nearness(points[draws], self.scale, np.ones(points.shape[1]))
            for chunk in split_into_chunks(draws[order]):
                rows = tuple((chunk + lever * self.draw_count).tolist())
                tasks.append(build_task(rows, lever, fidelity, points[chunk]))
        return tasks

    def split_corrected_runs(self, runs: IntArray, fidelity: str) -> list[AnalysisTask]:
        """Return a task for each run that is solved in the problem's own periods after it was solved in longer ones."""
        levers, draws = np.divmod(runs, self.draw_count)
        return [
            build_task(
                (run + self.first_corrected_row,), lever, fidelity, self.points[lever][draw : draw + 1], is_alone=True
            )
            for run, lever, draw in zip(runs.tolist(), levers.tolist(), draws.tolist(), strict=True)
        ]


def build_task(
    rows: tuple[int, ...], lever: int, fidelity: str, points: FloatArray, *, is_alone: bool = False
) -> AnalysisTask:
    """Return a task that solves points, (q, k), in this order; `is_alone` as in `TaskBody`."""
    return AnalysisTask(rows, TaskBody(lever, fidelity, tuple(map(tuple, points.tolist())), is_alone).encode())
