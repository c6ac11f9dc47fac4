"""A small analysis for tests of the driver: it plans a problem with its electricity multiplied, and rounds follow rounds.

The request is `{"rounds": 2, "tasks": 3, "rows": 4, "seconds": 0.0, "crash": [], "crash_once": {}}`: rounds of tasks of rows. Row r
is the objective with half the electricity. `crash`: rows at which the worker process ends, whenever it comes to them. `crash_once`:
a file by row, whose absence ends the process there; it is made first, so that the next process goes on.
"""

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from pydantic import BaseModel

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.validation.checks import Finding, InvalidProblemError
from service.workers.fork_server import run_fork_server
from solvers.analyses import opening
from solvers.analyses.analysis import AnalysisBase, AnalysisConclusion, AnalysisTask, OnRow
from solvers.planning import PlanResult, make_plan


class CountingResult(BaseModel):
    """How many rows there are."""

    row_count: int
    rounds: int


class CountingAnalysis:
    """Plans with less electricity."""

    def __init__(self, base: AnalysisBase, request: str) -> None:
        self._base = base
        defaults = {"rounds": 1, "tasks": 2, "rows": 4, "seconds": 0.0, "crash": [], "crash_once": {}, "plans": 0}
        self._request = defaults | json.loads(request)
        if "wrong" in self._request:
            raise InvalidProblemError((Finding(path="/wrong", code="invalid", message="No.", remedy="Leave it out."),))
        self._plans: dict[int, PlanResult] = {}

    def plan_tasks(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        size, tasks = self._request["rows"], self._request["tasks"]
        done = len(rows) // (size * tasks)
        if done >= self._request["rounds"]:
            return ()
        first = done * size * tasks
        return tuple(
            AnalysisTask(tuple(range(first + k * size, first + (k + 1) * size)), f"round {done}".encode())
            for k in range(tasks)
        )

    def run_task(self, task: AnalysisTask, on_row: OnRow) -> None:
        for row in task.rows:
            if row in self._request["crash"] or self._comes_first(row):
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(self._request["seconds"])
            objective = self._plan(5).plan.objective
            assert objective is not None
            on_row(row, json.dumps([row, task.body.decode(), objective.value]).encode())

    def _comes_first(self, row: int) -> bool:
        """Return whether no process came to a row of `crash_once` before, and mark it."""
        mark = self._request["crash_once"].get(str(row))
        if mark is None or Path(mark).exists():
            return False
        Path(mark).touch()
        return True

    def conclude(self, rows: Mapping[int, bytes]) -> AnalysisConclusion:
        values = [json.loads(body) for body in rows.values()]
        head = CountingResult(row_count=len(values), rounds=self._request["rounds"])
        table = pa.table({"run": [one[0] for one in values], "objective": [one[2] for one in values]})
        plans = tuple(self._plan(k) for k in range(self._request["plans"]))
        return AnalysisConclusion(head, {"runs": table}, plans, b"state")

    def _plan(self, tenths: int) -> PlanResult:
        if tenths not in self._plans:
            change = Change(what="power_limit", factor=1 - tenths / 10)
            self._plans[tenths] = make_plan(apply_changes(self._base.problem, [change]), self._base.options)
        return self._plans[tenths]


def register() -> None:
    """Let studies of this process be counting analyses."""
    opening._OPENERS["study"] = CountingAnalysis


if __name__ == "__main__":
    import sys

    register()
    run_fork_server(int(sys.argv[1]))
