"""The command that studies a plan under many draws of what is not known."""

import shutil
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
import typer
from rich.table import Table

from models.analyses.study import Fidelity, Hold, Quantiles, StudyRequest, StudyResult
from models.number_text import format_amount
from models.problem.planning_problem import PlanningProblem
from service.cli import analysis_texts, problem_sources
from service.cli.analysis_options import (
    CorrelationOption,
    FactorOption,
    FormatOption,
    WorkersOption,
    read_request_file,
    write_tables,
)
from service.cli.comparisons import JsonOption
from service.cli.local_analysis import solve_and_analyze
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from solvers.analyses.analysis import AnalysisConclusion
from solvers.analyses.requests import parse_request

DesignKind = Literal["sobol", "latin_hypercube", "grid"]
"""Designs that options can state."""

Keep = Literal["summary", "tables"]
"""What is kept of each run."""

RELATIVE_NOISE = 1e-9
"""Amounts smaller than this, relative to the objective, are noise of the solver."""

MAX_DRIVERS = 40
"""Most rows of drivers on the terminal; files have all."""


def study_plan(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    request: Annotated[
        Path | None, typer.Option(help="JSON file with the whole study, as for POST /v1/studies but without `base`.")
    ] = None,
    factor: FactorOption = [],  # noqa: B006
    correlation: CorrelationOption = [],  # noqa: B006
    lever: Annotated[
        list[str], typer.Option(help="NAME=CHANGE;CHANGE…: what could be done, under the same draws; may be repeated.")
    ] = [],  # noqa: B006
    outcome: Annotated[
        list[str], typer.Option(help="What to record, such as `served_share of county hyesan`; may be repeated.")
    ] = [],  # noqa: B006
    threshold: Annotated[
        list[str], typer.Option(help="Where a plan fails, such as `served_share of priority 1 < 0.6`; may be repeated.")
    ] = [],  # noqa: B006
    size: Annotated[int, typer.Option("--size", "-n", help="Number of draws; powers of two are best.")] = 256,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    design: Annotated[DesignKind, typer.Option(help="How draws are made; a grid has --levels.")] = "sobol",
    levels: Annotated[int, typer.Option(help="Values of each factor of a grid.")] = 3,
    fidelity: Annotated[Fidelity, typer.Option(help="Length of the periods in which runs are solved.")] = "month",
    hold: Annotated[Hold, typer.Option(help="What the plan holds in every run.")] = "nothing",
    keep: Annotated[Keep, typer.Option(help="With tables: also counties and items of each run.")] = "summary",
    workers: WorkersOption = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables of the study.")] = None,
    workbook: Annotated[Path | None, typer.Option(help="File for the study as a workbook (.xlsx).")] = None,
    table_format: FormatOption = "csv",
    as_json: JsonOption = False,
) -> None:
    """Study a plan under many draws of what is not known: quantiles, thresholds, drivers, boxes, regret of levers.

    Example: `allot study ryanggang -s crisis -f 'power_limit*uniform(0.75,1.25)' -f 'delivered*triangular(0.6,0.9,1)'
    -n 64 --fidelity year --threshold 'served_share of priority 1 < 0.6'`
    """
    problem = problem_sources.load_problem(source, scenario, change)
    stated: dict[str, Any] = {
        "factors": [analysis_texts.parse_factor(text) for text in factor],
        "rank_correlation": [analysis_texts.parse_correlation(text) for text in correlation],
        "levers": [analysis_texts.parse_lever(text) for text in lever],
        "outcomes": [analysis_texts.parse_outcome(text) for text in outcome],
        "thresholds": [analysis_texts.parse_threshold(text) for text in threshold],
        "design": _state_design(design, size, seed, levels),
        "fidelity": fidelity,
        "hold": hold,
        "keep": keep,
    }
    with problem_sources.exit_on_invalid_problem():
        study = parse_request(StudyRequest, problem, stated if request is None else _read_request(request, factor))
    found = solve_and_analyze("study", problem, study, workers=workers)
    _show_study(problem, found, as_json=as_json)
    write_tables(found, out, table_format)
    if workbook is not None:
        _write_workbook(workbook, problem, study, found)


def _read_request(path: Path, factors: list[str]) -> dict[str, Any]:
    if factors:
        problem_sources.error_console.print("State the study either by --request or by --factor and other options.")
        raise typer.Exit(2)
    return read_request_file(path)


def _state_design(kind: str, size: int, seed: int, levels: int) -> dict[str, Any]:
    return {"kind": kind, "seed": seed} | ({"levels": levels} if kind == "grid" else {"size": size})


def format_outcome(outcome: str, value: float) -> str:
    """Format a value of an outcome: served shares in per cent, other outcomes as amounts."""
    return format_share(value) if outcome.startswith("served_share") else format_amount(value, 5)


def _show_study(problem: PlanningProblem, found: AnalysisConclusion, *, as_json: bool) -> None:
    head = StudyResult.model_validate(found.head)
    if as_json:
        typer.echo(head.model_dump_json(indent=2))
    else:
        _print_study(problem.name, head, found)


def _print_study(name: str, head: StudyResult, found: AnalysisConclusion) -> None:
    console = problem_sources.output_console
    without = [
        f"{count:,} {text}"
        for count, text in (
            (head.infeasible_count, "without a plan"),
            (head.failed_count, "without a proved optimum"),
            (head.clipped_count, "with clipped draws"),
        )
        if count
    ]
    console.print(f"[bold]{name}[/bold]: " + ", ".join([f"{head.run_count:,} runs by {head.fidelity}", *without]))
    console.print(_build_quantile_table(head.quantiles))
    if head.thresholds:
        console.print(_build_threshold_table(head))
    _print_table(found.tables.get("drivers"), _build_driver_table)
    _print_table(found.tables.get("boxes"), _build_box_table)
    if head.perfect_information is not None:
        _print_table(found.tables.get("regret"), _build_regret_table)
        worth = format_amount(_drop_noise(head.perfect_information, head), 5)
        console.print(f"To know the factors before a lever is chosen is worth {worth} weighted won.", soft_wrap=True)
    if head.multi_fidelity is not None:
        multi = head.multi_fidelity
        console.print(
            f"Solved by {multi.fidelity}, corrected by {multi.corrected_by} runs by month: correlation "
            f"{multi.correlation:.4f}, largest correction {format_share(multi.largest_correction)}.",
            soft_wrap=True,
        )
    if not head.is_convex:
        console.print(f"There are no certified bounds between runs: {head.convexity_reason}.", soft_wrap=True)


def _drop_noise(amount: float, head: StudyResult) -> float:
    """Return 0 for an amount of won that is small beside the objective as solvers are exact."""
    largest = max((abs(row.mean) for row in head.quantiles if row.outcome == "objective"), default=0.0)
    return amount if abs(amount) > RELATIVE_NOISE * largest else 0.0


def _print_table(table: pa.Table | None, build: Any) -> None:
    """Print a table of the study if it has rows."""
    if table is not None and table.num_rows:
        problem_sources.output_console.print(build(table.to_pylist()))


def _build_quantile_table(rows: tuple[Quantiles, ...]) -> Table:
    table = Table(
        "lever",
        "outcome",
        "mean",
        "10 %",
        "median",
        "90 %",
        "worst tenth",
        title="Outcomes (95 % confidence intervals)",
    )
    for row in rows:
        cells = [
            f"{format_outcome(row.outcome, getattr(row, name))}\n"
            + " to ".join(format_outcome(row.outcome, end) for end in getattr(row, f"{name}_interval"))
            for name in ("mean", "p10", "p50", "p90")
        ]
        table.add_row(row.lever, row.outcome, *cells, format_outcome(row.outcome, row.cvar90))
    return table


def _build_threshold_table(head: StudyResult) -> Table:
    table = Table("lever", "fails if", "probability", "from", "to", title="Thresholds")
    for row in head.thresholds:
        sign, value = ("<", row.least) if row.least is not None else (">", row.most)
        shares = (format_share(share) for share in (row.probability, *row.interval))
        table.add_row(row.lever, f"{row.outcome} {sign} {value:g}", *shares)
    return table


def _build_driver_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        "outcome", "factor", "alone", "in all", "effect over its range", "fit", title="Drivers: shares of the variance"
    )
    shown = [row for row in rows if row["lever"] == "base" and row["fit"] is not None][:MAX_DRIVERS]
    for row in shown:
        indices = [
            "" if row[name] is None else f"{round(row[name], 2) + 0.0:.2f} ± {row[f'{name}_error']:.2f}"
            for name in ("first_order", "total")
        ]
        effect = "" if row["morris_mean"] is None else format_effect(row["outcome"], row["morris_mean"])
        table.add_row(row["outcome"], row["factor"], *indices, effect, format_share(row["fit"]))
    return table


def format_effect(outcome: str, effect: float) -> str:
    """Format an effect on an outcome: percentage points of served shares, other outcomes as amounts."""
    return f"{100 * effect:.1f} points" if outcome.startswith("served_share") else format_amount(effect, 5)


def _build_box_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        "lever",
        "fails if",
        "box",
        "factor",
        "from",
        "to",
        "of failures",
        "fails in it",
        "chance",
        title="Boxes of failure",
    )
    for row in rows:
        ends = (format_amount(row[name], 4) for name in ("least", "greatest"))
        shares = (format_share(row[name]) for name in ("coverage", "density", "probability"))
        table.add_row(row["lever"], row["threshold"], str(row["box"]), row["factor"], *ends, *shares)
    return table


def _build_regret_table(rows: list[dict[str, Any]]) -> Table:
    table = Table("lever", "mean", "greatest", "best in", title="Regret, weighted won")
    for lever in dict.fromkeys(row["lever"] for row in rows):
        regrets = [row["regret"] for row in rows if row["lever"] == lever and row["regret"] is not None]
        if regrets:
            best = sum(regret <= 1e-9 * max(map(abs, regrets), default=1.0) for regret in regrets) / len(regrets)
            mean = sum(regrets) / len(regrets)
            table.add_row(lever, format_amount(mean, 5), format_amount(max(regrets), 5), format_share(best))
    return table


def _write_workbook(path: Path, problem: PlanningProblem, request: StudyRequest, found: AnalysisConclusion) -> None:
    from service.spreadsheets.study_workbook import StudyWorkbookContent, write_study_workbook  # takes time to load

    tables = {name: partial(_open_table, table) for name, table in found.tables.items()}
    head = StudyResult.model_validate(found.head)
    content = StudyWorkbookContent(f"{problem.name or 'Plan'}: study", "", request, head, problem, tables)
    with write_study_workbook(content) as file, path.open("wb") as sink:
        file.seek(0)
        shutil.copyfileobj(file, sink)
    problem_sources.error_console.print(f"The study as a workbook is in {path}")


def _open_table(table: pa.Table) -> tuple[pa.Schema, list[pa.RecordBatch]]:
    return table.schema, table.to_batches()
