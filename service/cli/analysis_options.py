"""Options and files that the commands of analyses share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.validation.json_text import decode_json
from service.cli import problem_sources
from solvers.analyses.analysis import AnalysisConclusion
from solvers.results.writing import TableFormat, write_table_files

FactorOption = Annotated[
    list[str],
    typer.Option(
        "--factor",
        "-f",
        help="WHAT@WHERE@PERIODS*DISTRIBUTION(NUMBERS), such as power_limit*uniform(0.75,1.25); NAME= may come first, WHERE and PERIODS may be left out.",
    ),
]
CorrelationOption = Annotated[
    list[str], typer.Option("--correlation", help="FACTOR,FACTOR=VALUE: rank correlation of two factors.")
]
WorkersOption = Annotated[int, typer.Option(help="Processes that solve; 1 solves in this one.", min=1)]
FormatOption = Annotated[TableFormat, typer.Option("--format", help="Format of the tables.")]


def write_tables(found: AnalysisConclusion, out: Path | None, table_format: TableFormat) -> None:
    """Write the tables of an analysis into a folder if one is named."""
    if out is not None and found.tables:
        written = write_table_files(found.tables, out, table_format)
        problem_sources.error_console.print(f"{len(written)} files written to {out}/")


def read_request_file(path: Path) -> dict[str, Any]:
    """Read the JSON object of a file; exit with 2 for any other file."""
    try:
        value, _ = decode_json(path.read_bytes())
    except OSError as error:
        problem_sources.error_console.print(f"{path}: {error.strerror}.")
        raise typer.Exit(2) from error
    if not isinstance(value, dict):
        problem_sources.error_console.print(f"{path} is not a JSON object.")
        raise typer.Exit(2)
    return value
