"""Commands for a plan in execution: fulfilment and replan, from files to files."""

from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from pyarrow import csv, parquet
from rich.table import Table

from models.fulfilment import FulfilmentGrouping, compute_fulfilment as fulfilment_of, sum_recipes
from models.options import PlanOptions
from models.outputs import LineAndPeriod, read_output_report
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from service.cli import problem_sources
from service.cli.planning import show_and_write_plan
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from solvers.planning import make_plan
from solvers.replanning import UnreportedOutput, build_replan_problem as replan_problem
from solvers.results.writing import TableFormat

PlanFolder = Annotated[Path, typer.Option("--plan", help="Folder that `allot plan --out` wrote the plan's tables to.")]
OutputsFile = Annotated[
    Path, typer.Option("--outputs", help="CSV or workbook of outputs: factory, item, period, quantity.", exists=True)
]
_REPLAN_TABLES = ("quotas", "supply", "shipments", "swaps")


def show_fulfilment(
    source: SourceArgument,
    plan: PlanFolder,
    outputs: OutputsFile,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    by: Annotated[FulfilmentGrouping, typer.Option(help="Grouping of the rows.")] = "factory",
    through: Annotated[str | None, typer.Option(help="Last period that counts; the last reported if absent.")] = None,
) -> None:
    """Compare outputs of factories with their quotas, the lowest fulfilment first."""
    problem = problem_sources.load_problem(source, scenario, change)
    made = _read_outputs(outputs, problem)
    last = through or max((period for _, _, period in made), key=problem.periods.index)
    if last not in problem.periods:
        problem_sources.error_console.print(f"There is no period {last}; there are: {', '.join(problem.periods)}.")
        raise typer.Exit(2)
    columns = [_read_plan_table(plan, "quotas")[name].to_pylist() for name in ("factory", "item", "period", "quantity")]
    quotas = sum_recipes(zip(*columns, strict=True))
    rows, total = fulfilment_of(problem, quotas, made, by, last)
    shown = Table("", by, "fulfilment", "made, won", "due, won", "not reported", title=f"Fulfilment through {last}")
    for row in (*rows, total):
        share = "–" if row.fulfilment is None else format_share(row.fulfilment)
        rank = "" if row.rank is None else str(row.rank)
        amounts = (f"{row.made_value:,.0f}", f"{row.planned_value:,.0f}", f"{row.unreported} of {row.lines}")
        shown.add_row(rank, row.name or "all", share, *amounts)
    problem_sources.output_console.print(shown)


def replan_from_outputs(
    source: SourceArgument,
    plan: PlanFolder,
    outputs: OutputsFile,
    start: Annotated[str, typer.Option("--from", help="First period to plan again.")],
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    unreported: Annotated[UnreportedOutput, typer.Option(help="Assumed output of lines without a report.")] = "quota",
    keep_quotas_close: Annotated[
        bool, typer.Option("--keep-quotas-close", help="Keep quotas close to the old ones.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables of the new plan.")] = None,
    table_format: Annotated[TableFormat, typer.Option("--format", help="Format of the tables.")] = "csv",
    problem_file: Annotated[Path | None, typer.Option("--problem", help="File for the problem with its past.")] = None,
) -> None:
    """Plan the remaining periods again from reported outputs. Exit with 1 if there is no plan."""
    problem = problem_sources.load_problem(source, scenario, change)
    made = _read_outputs(outputs, problem)
    try:
        again = replan_problem(
            problem,
            {name: _read_plan_table(plan, name) for name in _REPLAN_TABLES},
            made,
            start,
            unreported=unreported,
            keep_quotas_close=keep_quotas_close,
        )
    except InvalidProblemError as invalid:
        problem_sources.exit_with_findings(invalid.findings)
    problem_sources.error_console.print(
        f"{again.reported_count} outputs reported; {again.assumed_count} not, taken for their {unreported}."
    )
    if problem_file is not None:
        problem_file.write_text(again.problem.model_dump_json(exclude_defaults=True, by_alias=True), encoding="utf-8")
    show_and_write_plan(problem.name, make_plan(again.problem, PlanOptions()), out, table_format)


def _read_plan_table(folder: Path, name: str) -> pa.Table:
    """Read a table that `allot plan --out` wrote."""
    if (path := folder / f"{name}.parquet").is_file():
        return parquet.read_table(path)
    if not (path := folder / f"{name}.csv").is_file():
        problem_sources.error_console.print(
            f"{folder} has no table {name}; write them with `allot plan … --out {folder}`."
        )
        raise typer.Exit(2)
    words = ("factory", "item", "recipe", "period", "county", "link", "from", "to", "partner")
    table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=dict.fromkeys(words, pa.string())))
    columns = [
        pa.chunked_array([pa.array([word.removeprefix("'") for word in column.to_pylist()], pa.string())])
        if pa.types.is_string(column.type)
        else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _read_outputs(path: Path, problem: PlanningProblem) -> dict[LineAndPeriod, float]:
    # what a service would refuse is refused here in the same words; its errors take the web framework's time to load
    from service.core.errors import ContentTooLargeError, UnprocessableContentError
    from service.core.settings import Settings
    from service.domain.report_reading import read_report_file

    try:
        raw = read_report_file(path, Settings())
    except UnprocessableContentError as invalid:
        problem_sources.exit_with_findings(tuple(invalid.findings))
    except ContentTooLargeError as error:
        problem_sources.error_console.print(error.detail)
        raise typer.Exit(2) from error
    report = read_output_report(
        raw.rows, problem, 0 if problem.past is None else len(problem.past.periods), raw.locate_row
    )
    if report.findings:
        problem_sources.exit_with_findings(raw.locate_findings(report.findings))
    problem_sources.show_findings((*raw.locate_findings(report.warnings), *raw.warnings))
    return {output.line_and_period: output.quantity for output in report.outputs}
