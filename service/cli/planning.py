"""Commands that plan: plan and export."""

import shutil
from functools import partial
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.progress import BarColumn, Progress as Bar, SpinnerColumn, TextColumn, TimeElapsedColumn

from models.options import PlanOptions, SolverName
from models.problem.planning_problem import PlanningProblem
from service.cli import plan_summary, problem_sources
from service.cli.first_figures import print_plan_estimate
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.spreadsheets.plan_workbook import PlanWorkbookContent, write_plan_workbook
from solvers.backends.highs import format_mps_text
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.lp.export import format_lp_text
from solvers.lp.solution import Progress
from solvers.planning import PlanResult, make_plan
from solvers.results.writing import TableFormat, write_table_files


def plan_province(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    out: Annotated[Path | None, typer.Option(help="Folder for the tables of the plan.")] = None,
    workbook: Annotated[Path | None, typer.Option(help="File for the plan as a workbook (.xlsx).")] = None,
    table_format: Annotated[TableFormat, typer.Option("--format", help="Format of the tables.")] = "csv",
    solver: Annotated[SolverName, typer.Option(help="Solver; auto lets Allot choose.")] = "auto",
    time_limit: Annotated[float, typer.Option(help="Time limit of the solve in seconds.")] = 600.0,
    verify: Annotated[
        bool, typer.Option("--verify", help="Verify the plan with the independent reference model.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON instead of tables.")] = False,
) -> None:
    """Plan a province: print a summary and write the tables into a folder.

    Exit with 1 if there is no plan, or if the second solver of --verify disagrees.
    """
    problem = problem_sources.load_problem(source, scenario, change)
    options = PlanOptions(solver=solver, time_limit_seconds=time_limit, verify=verify)
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=problem_sources.error_console,
        transient=True,
    ) as bar:
        task = bar.add_task("read", total=None)

        def update_progress_bar(progress: Progress) -> None:
            total = None if progress.share_done is None else 1.0
            bar.update(
                task,
                description=plan_summary.format_progress(progress),
                total=total,
                completed=progress.share_done or 0.0,
            )

        result = make_plan(
            problem, options, update_progress_bar, on_built=partial(print_plan_estimate, bar.console, time_limit)
        )
    if workbook is not None:
        _write_workbook(problem, result, workbook)
    show_and_write_plan(problem.name, result, out, table_format, as_json=as_json)


def show_and_write_plan(
    name: str, result: PlanResult, out: Path | None, table_format: TableFormat, *, as_json: bool = False
) -> None:
    """Print a plan, write its tables into a folder if one is named, and exit with 1 if there is no plan or it is unverified."""
    _show_plan(name, result, as_json=as_json)
    if out is not None and result.tables:
        written = write_table_files(result.tables, out, table_format)
        problem_sources.error_console.print(f"{len(written)} files written to {out}/")
    if result.plan.outcome not in ("optimal", "feasible"):
        raise typer.Exit(1)


def _write_workbook(problem: PlanningProblem, result: PlanResult, path: Path) -> None:
    tables = {name: partial(_open_table, table) for name, table in result.tables.items()}
    with (
        write_plan_workbook(
            PlanWorkbookContent(problem.name or "Plan", "", None, result.plan, problem, tables)
        ) as file,
        path.open("wb") as sink,
    ):
        file.seek(0)
        shutil.copyfileobj(file, sink)
    problem_sources.error_console.print(f"The plan as a workbook is in {path}")


def _open_table(table: pa.Table) -> tuple[pa.Schema, list[pa.RecordBatch]]:
    return table.schema, table.to_batches()


def _show_plan(name: str, result: PlanResult, *, as_json: bool) -> None:
    if as_json:
        typer.echo(result.plan.model_dump_json(indent=2))
    else:
        plan_summary.print_plan(name, result.plan, problem_sources.output_console)


def export_program(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    mps: Annotated[Path | None, typer.Option(help="File for the linear program in MPS format.")] = None,
    lp: Annotated[Path | None, typer.Option(help="File for the linear program in LP format.")] = None,
) -> None:
    """Export the linear program for another solver."""
    if mps is None and lp is None:
        problem_sources.error_console.print("State --mps FILE or --lp FILE.")
        raise typer.Exit(2)
    program = build_program(ProblemArrays.from_problem(problem_sources.load_problem(source, scenario, change)))
    for path, text in ((mps, format_mps_text), (lp, format_lp_text)):
        if path is not None:
            path.write_text(text(program), encoding="utf-8")
            problem_sources.error_console.print(
                f"{program.lp.row_count} rows and {program.lp.column_count} columns written to {path}"
            )
