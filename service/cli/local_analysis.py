"""Running an analysis in this process, or in processes of its own, without a service."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.queues import Queue
from queue import Empty
from typing import Any

import typer
from pydantic import BaseModel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from models.analyses.kinds import BASE_TABLES, AnalysisKind
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.cli import problem_sources
from service.cli.plan_summary import print_infeasibility
from solvers.analyses.analysis import Analysis, AnalysisBase, AnalysisConclusion, AnalysisTask, OnRow
from solvers.analyses.opening import open_analysis
from solvers.planning import PlanResult, make_plan
from solvers.sensitivity import InfeasibleError, SensitivityUnavailableError

POLL_SECONDS = 0.2
"""Longest time between two looks at whether a process ended."""

_worker: dict[str, Any] = {}
"""What a worker process opened when it began."""


def solve_and_analyze(
    kind: AnalysisKind, problem: PlanningProblem, request: BaseModel, *, workers: int = 1
) -> AnalysisConclusion:
    """Plan a problem and run an analysis of it, with a progress bar.

    Exits with 1 and all findings if the request does not fit the problem, or if there is no plan and the analysis needs one.
    """
    with _show_progress() as bar:
        task = bar.add_task("base plan", total=None)
        base, plan = _plan_base(kind, problem)
        bar.update(task, description=kind, total=0)

        def advance(total: int, done: int) -> None:
            bar.update(task, total=total, completed=done)

        try:
            with problem_sources.exit_on_invalid_problem():
                return run_analysis(kind, base, request.model_dump_json(), advance, workers=workers)
        except SensitivityUnavailableError as error:
            bar.stop()
            problem_sources.error_console.print(f"{error}.")
            if isinstance(error, InfeasibleError) and plan.plan.infeasibility is not None:
                print_infeasibility(plan.plan.infeasibility, problem_sources.error_console)
            raise typer.Exit(1) from error


def run_analysis(
    kind: AnalysisKind, base: AnalysisBase, request: str, on_progress: Callable[[int, int], None], *, workers: int = 1
) -> AnalysisConclusion:
    """Run all rounds of an analysis, in this process or in `workers` processes; `on_progress` gets total and stored rows."""
    analysis = open_analysis(kind, base, request)
    rows: dict[int, bytes] = {}

    def run_rounds(run_tasks: Callable[[tuple[AnalysisTask, ...], OnRow], None]) -> None:
        while tasks := analysis.plan_tasks(rows):
            total = len(rows) + sum(len(task.rows) for task in tasks)

            def store(number: int, content: bytes, total: int = total) -> None:
                rows[number] = content
                on_progress(total, len(rows))

            on_progress(total, len(rows))
            run_tasks(tasks, store)

    if workers > 1:
        with _open_workers(kind, base, request, workers) as run_tasks:
            run_rounds(run_tasks)
    else:
        run_rounds(lambda tasks, store: _run_here(analysis, tasks, store))
    return analysis.conclude(rows)


def _run_here(analysis: Analysis, tasks: tuple[AnalysisTask, ...], store: OnRow) -> None:
    for task in tasks:
        analysis.run_task(task, store)


@contextmanager
def _open_workers(
    kind: AnalysisKind, base: AnalysisBase, request: str, workers: int
) -> Iterator[Callable[[tuple[AnalysisTask, ...], OnRow], None]]:
    """Start processes that open the analysis once each, and yield a function that runs tasks in them."""
    context = multiprocessing.get_context("spawn")
    finished: Queue[tuple[int, bytes]] = context.Queue()
    arguments = (kind, base, request, finished)
    with ProcessPoolExecutor(workers, context, _begin_worker, arguments) as pool:
        yield lambda tasks, store: _collect_rows(pool, finished, tasks, store)


def _collect_rows(
    pool: ProcessPoolExecutor, finished: "Queue[tuple[int, bytes]]", tasks: tuple[AnalysisTask, ...], store: OnRow
) -> None:
    """Run tasks and store their rows as they come; the exception of a task ends the analysis."""
    futures: list[Future[None]] = [pool.submit(_run_in_worker, task) for task in tasks]
    expected = {number for task in tasks for number in task.rows}
    while expected:
        try:
            number, content = finished.get(timeout=POLL_SECONDS)
        except Empty:
            for future in futures:
                if future.done():
                    future.result()
            continue
        store(number, content)
        expected.discard(number)


def _begin_worker(kind: AnalysisKind, base: AnalysisBase, request: str, finished: "Queue[tuple[int, bytes]]") -> None:
    _worker.update(analysis=open_analysis(kind, base, request), finished=finished)


def _run_in_worker(task: AnalysisTask) -> None:
    finished = _worker["finished"]
    _worker["analysis"].run_task(task, lambda number, content: finished.put((number, content)))


def _plan_base(kind: AnalysisKind, problem: PlanningProblem) -> tuple[AnalysisBase, PlanResult]:
    options = PlanOptions()
    result = make_plan(problem, options)
    tables = {name: result.tables[name] for name in BASE_TABLES[kind] if name in result.tables}
    return AnalysisBase(problem, options, result.basis, tables), result


def _show_progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=problem_sources.error_console,
        transient=True,
        disable=not problem_sources.error_console.is_terminal,
    )
