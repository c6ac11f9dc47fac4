"""The protocol of an analysis: tasks that can run in any order and process, rows of results, and a conclusion.

A driver asks for the tasks of the next round, runs each in some worker process, stores its rows as they come, and asks again,
until there is no further task; then it asks for the conclusion. Rows are keyed by number, so that a task that ran twice,
after a crash, adds nothing: equal tasks give equal rows. A round depends on the stored rows only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa
from pydantic import BaseModel

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.lp.solution import Basis
from solvers.planning import PlanResult

OnRow = Callable[[int, bytes], None]
"""Receives the number and the content of a row as soon as it is complete."""


@dataclass(frozen=True, slots=True)
class AnalysisBase:
    """The plan that an analysis starts from."""

    problem: PlanningProblem
    """Problem of the plan."""
    options: PlanOptions
    """Options with which it was solved."""
    basis: Basis | None = None
    """Its basis; None if it has none, as an infeasible plan."""
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    """Its tables by name; empty if it has none."""


@dataclass(frozen=True, slots=True)
class AnalysisTask:
    """A part of an analysis that one worker process runs at a time."""

    rows: tuple[int, ...]
    """Numbers of the rows that it produces, unique in the analysis."""
    body: bytes = b""
    """What it needs beside the request and the base, such as points chosen after an earlier round."""


@dataclass(frozen=True, slots=True)
class AnalysisConclusion:
    """The result of an analysis."""

    head: BaseModel
    """Head: `StudyResult`, `RangesResult`, `AlternativesResult` or `BacktestResult`."""
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    """Tables by name."""
    plans: tuple[PlanResult, ...] = ()
    """Plans that it found, which become plans of their own."""
    state: bytes = b""
    """What later queries need, such as the cuts of a study's bounds; empty if there are no such queries."""


class Analysis(Protocol):
    """An analysis that was opened from its request and its base."""

    def plan_tasks(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        """Return the tasks of the next round, given all stored rows; none once the analysis can be concluded."""

    def run_task(self, task: AnalysisTask, on_row: OnRow) -> None:
        """Run a task and report each row once. Equal tasks give equal rows, whatever ran before in this process."""

    def conclude(self, rows: Mapping[int, bytes]) -> AnalysisConclusion:
        """Return the result, given all rows. Equal rows give equal results."""
