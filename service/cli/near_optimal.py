"""Commands that state what is left open within some slack of the optimum: ranges and alternatives."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models.analyses.measures import RangeMeasure
from models.analyses.near_optimal import AlternativesRequest, AlternativesResult, RangesRequest, RangesResult
from models.number_text import format_amount
from models.validation.parsing import validate_model
from service.cli import analysis_texts, local_analysis, problem_sources
from service.cli.analysis_options import FormatOption, WorkersOption, write_tables
from service.cli.comparisons import JsonOption
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from solvers.analyses.requests import parse_request
from solvers.results.writing import write_table_files

MAX_DIFFERENCES = 8
"""Most differences of an alternative on the terminal."""


def show_ranges(
    source: SourceArgument,
    measure: Annotated[
        list[str],
        typer.Option(
            "--measure",
            "-m",
            help="MEASURE [of SELECTION], such as `made of item soap`; may be repeated. By default the main figures of the plan.",
        ),
    ] = [],  # noqa: B006
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    slack: Annotated[
        list[float], typer.Option(help="Allowed increase of the objective, relative to the optimum; may be repeated.")
    ] = [0.001, 0.01],  # noqa: B006
    workers: WorkersOption = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for the table of ranges.")] = None,
    table_format: FormatOption = "csv",
    as_json: JsonOption = False,
) -> None:
    """State the least and greatest value of measures over all plans almost as good as the optimum.

    Example: `allot ranges ryanggang -s crisis -m 'served_share of county hyesan' -m 'made of item soap' --slack 0.01`.
    Measures: served_share, made, shipped, taken, given, stock and power_used.
    """
    problem = problem_sources.load_problem(source, scenario, change)
    stated = {"slack": slack, "measures": [analysis_texts.parse_measure(text) for text in measure] or None}
    with problem_sources.exit_on_invalid_problem():
        request = parse_request(RangesRequest, problem, stated)
    found = local_analysis.solve_and_analyze("ranges", problem, request, workers=workers)
    head = RangesResult.model_validate(found.head)
    if as_json:
        typer.echo(head.model_dump_json(indent=2))
    else:
        problem_sources.output_console.print(_build_range_table(head))
        for note in dict.fromkeys(row.note for row in head.ranges if row.note):
            problem_sources.output_console.print(f"- {note}", soft_wrap=True)
    write_tables(found, out, table_format)


def _build_range_table(head: RangesResult) -> Table:
    table = Table("measure", "slack", "least", "here", "greatest", title="What is left open, before rounding")
    for row in head.ranges:
        least = _format_end(row.least, row.least_bound, row.least_found, row.unit)
        greatest = _format_end(row.greatest, row.greatest_found, row.greatest_bound, row.unit)
        label = RangeMeasure.model_validate({"measure": row.measure, "of": row.of}).label
        table.add_row(label, format_share(row.slack), least, _format_measure(row.here, row.unit), greatest)
    return table


def _format_end(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """Return an end of a range; if it is not proved, the two figures that it lies between."""
    if value is not None:
        return _format_measure(value, unit)
    return " to ".join("open" if one is None else _format_measure(one, unit) for one in (low, high))


def _format_measure(value: float, unit: str) -> str:
    return f"{format_amount(value, 5)} {unit}" if unit else format_share(value)


def show_alternatives(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    slack: Annotated[
        list[float], typer.Option(help="Allowed increase of the objective, relative to the optimum; may be repeated.")
    ] = [0.01],  # noqa: B006
    count: Annotated[int, typer.Option("--count", "-n", help="Number of plans for each slack.")] = 3,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the tables of the plans: a folder for each alternative.")
    ] = None,
    table_format: FormatOption = "csv",
    as_json: JsonOption = False,
) -> None:
    """Make plans that are almost as good as the optimum, and as different from it as possible.

    Example: `allot alternatives ryanggang --slack 0.01 -n 2`
    """
    problem = problem_sources.load_problem(source, scenario, change)
    with problem_sources.exit_on_invalid_problem():
        request = validate_model(AlternativesRequest, {"slack": slack, "count": count})
    found = local_analysis.solve_and_analyze("alternatives", problem, request)
    head = AlternativesResult.model_validate(found.head)
    if as_json:
        typer.echo(head.model_dump_json(indent=2))
    else:
        _print_alternatives(head)
    if out is not None:
        for number, plan in enumerate(found.plans, start=1):
            write_table_files(plan.tables, out / f"alternative-{number}", table_format)
        problem_sources.error_console.print(f"{len(found.plans)} plans written to {out}/")


def _print_alternatives(head: AlternativesResult) -> None:
    if not head.alternatives:
        problem_sources.output_console.print("There are no alternatives within the slack.")
    for number, one in enumerate(head.alternatives, start=1):
        problem_sources.output_console.print(
            f"Alternative {number}: slack {format_share(one.slack)}, objective {one.objective:,.2f} weighted won, "
            f"{format_amount(one.distance, 5)} won differ from all plans before it.",
            soft_wrap=True,
        )
        table = Table("measure", "plan", "alternative")
        for row in one.differences[:MAX_DIFFERENCES]:
            before, after = (_format_measure(value, row.unit) for value in (row.before, row.after))
            if before != after:
                table.add_row(row.measure, before, after)
        problem_sources.output_console.print(table)
