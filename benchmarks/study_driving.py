"""Run a study in worker processes, as the service does, without storage."""

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from models.analyses.study import StudyResult
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.core.codecs import decode_basis, encode_basis
from solvers.analyses.analysis import Analysis, AnalysisBase, AnalysisConclusion, AnalysisTask
from solvers.analyses.opening import open_analysis
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.study_design import build_task
from solvers.analyses.studies.study_rounds import OWN_PERIODS
from solvers.lp.linear_program import FloatArray
from solvers.lp.solution import Basis

Json = dict[str, Any]

Start = tuple[PlanningProblem, str, bytes | None]
"""What a worker process opens a study from: problem, request and basis."""

SolveRuns = Callable[[FloatArray], list[RunRecord]]
"""Solves runs at points, (q, k)."""

_opened: list[Analysis] = []
"""The study of this worker process."""


@dataclass(frozen=True, slots=True)
class StudyRun:
    """A study that was run."""

    rows: Mapping[int, bytes]
    """Rows by number."""
    conclusion: AnalysisConclusion
    """What came out."""
    seconds: float
    """Wall time."""
    cpu_seconds: float
    """Processor time of all processes."""

    @property
    def head(self) -> StudyResult:
        """Head of the study."""
        assert isinstance(self.conclusion.head, StudyResult)
        return self.conclusion.head


def build_factor(name: str, low: float, high: float) -> Json:
    """Return a factor that is evenly spread between two ends, named after what it changes."""
    return {
        "name": name,
        "changes": [{"what": name}],
        "distribution": {"kind": "uniform", "low": low, "high": high},
    }


def build_request(factors: Sequence[Json], size: int, **fields: Any) -> Json:
    """Return the request of a study with Sobol points."""
    return {"factors": list(factors), "design": {"kind": "sobol", "size": size, "seed": 1}, **fields}


def run_study(problem: PlanningProblem, request: Json, basis: Basis | None = None, processes: int = 2) -> StudyRun:
    """Run a study to its end."""
    began, cpu_before = time.perf_counter(), _measure_cpu()
    start = _encode_start(problem, request, basis)
    analysis = _open(*start)
    rows: dict[int, bytes] = {}
    with _open_pool(start, processes) as pool:
        while tasks := analysis.plan_tasks(rows):
            for found in pool.map(_run_task, tasks):
                rows |= found
    conclusion = analysis.conclude(rows)
    return StudyRun(rows, conclusion, time.perf_counter() - began, _measure_cpu() - cpu_before)


@contextmanager
def open_run_solver(problem: PlanningProblem, request: Json, processes: int = 2) -> Iterator[SolveRuns]:
    """Open worker processes that solve single runs of a study in the problem's own periods."""
    with _open_pool(_encode_start(problem, request, None), processes) as pool:

        def solve(points: FloatArray) -> list[RunRecord]:
            tasks = [build_task((k,), 0, OWN_PERIODS, points[[k]], is_alone=True) for k in range(len(points))]
            return [RunRecord.decode(row) for found in pool.map(_run_task, tasks) for row in found.values()]

        yield solve


def iterate_outcomes(run: StudyRun) -> Iterator[float]:
    """Iterate over the objectives of the runs that have one, in their order."""
    return (value for value in run.conclusion.tables["runs"].column("objective").to_pylist() if value is not None)


def _encode_start(problem: PlanningProblem, request: Json, basis: Basis | None) -> Start:
    return problem, orjson.dumps(request).decode(), None if basis is None else encode_basis(basis)


def _open_pool(start: Start, processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_open_in_worker, initargs=start
    )


def _open(problem: PlanningProblem, request: str, basis: bytes | None) -> Analysis:
    base = AnalysisBase(problem, PlanOptions(), None if basis is None else decode_basis(basis))
    return open_analysis("study", base, request)


def _open_in_worker(problem: PlanningProblem, request: str, basis: bytes | None) -> None:
    _opened[:] = [_open(problem, request, basis)]


def _run_task(task: AnalysisTask) -> dict[int, bytes]:
    rows: dict[int, bytes] = {}
    _opened[0].run_task(task, rows.__setitem__)
    return rows


def _measure_cpu() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
