"""Commands that solve nothing: validate, demand, provinces."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models import provinces as builtins
from models.demand import calculate_demand
from service.cli import problem_sources


def validate_problem(
    file: Annotated[
        Path, typer.Argument(help="JSON file, workbook, or zip or folder of CSV with a problem.", exists=True)
    ],
) -> None:
    """Report all errors and warnings of a problem; nothing is solved."""
    found = problem_sources.read_source(str(file))
    if found.warnings:
        problem_sources.show_findings(found.warnings)
    problem_sources.output_console.print(f"{file} is a valid problem; warnings: {len(found.warnings)}.")


def export_demand(
    source: Annotated[str, typer.Argument(help="Built-in province or JSON file.")],
    scenario: Annotated[
        list[str], typer.Option("--scenario", "-s", help="Scenario of the province; may be repeated.")
    ] = [],  # noqa: B006
    change: Annotated[
        list[str], typer.Option("--change", "-c", help="WHAT[@WHERE]=VALUE or *FACTOR; may be repeated.")
    ] = [],  # noqa: B006
) -> None:
    """Write the estimated demand as CSV: a row for each county and item, a column for each period."""
    problem = problem_sources.load_problem(source, scenario, change)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["county", "item", *problem.periods])
    for row in calculate_demand(problem):
        writer.writerow([row.county, row.item, *row.quantity])


def list_provinces() -> None:
    """List the built-in provinces and their scenarios."""
    table = Table("province", "scenario", "what it stands for")
    for name in builtins.list_builtin_provinces():
        province = builtins.load_builtin_province(name)
        for scenario in province.scenarios:
            table.add_row(province.id, scenario.id, scenario.name)
    problem_sources.output_console.print(table)
