"""Commands that solve nothing: validate, demand, provinces."""

import csv
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from models import provinces as builtins
from models.demand import DemandEstimate, calculate_demand
from models.heads import GroupHeads, compute_heads
from models.problem.planning_problem import PlanningProblem
from models.sheets.formulas import escape_formula
from service.cli import problem_sources
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share

if TYPE_CHECKING:
    import _csv


def validate_problem(
    file: Annotated[
        Path, typer.Argument(help="JSON file, workbook, or zip or folder of CSV with a problem.", exists=True)
    ],
    marked: Annotated[
        Path | None,
        typer.Option(
            help="Workbook to write: a copy of the sheets with a coloured cell and a comment for each finding."
        ),
    ] = None,
) -> None:
    """Report all errors and warnings of a problem; nothing is solved."""
    if marked is not None:
        problem_sources.write_marked_copy(file, marked)
    found = problem_sources.read_source(str(file))
    if found.warnings:
        problem_sources.show_findings(found.warnings)
    problem_sources.output_console.print(f"{file} is a valid problem; warnings: {len(found.warnings)}.")


def export_demand(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    groups: Annotated[bool, typer.Option("--groups", help="A row for each group of people.")] = False,
) -> None:
    """Write the estimated demand as CSV: a row for each county and item, a column for each period.

    With --groups: a row for each county, item and group of people, with its heads, norm and need over the whole plan.
    """
    problem = problem_sources.load_problem(source, scenario, change)
    rows = calculate_demand(problem)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if groups:
        _write_demand_of_groups(writer, problem, rows)
        return
    writer.writerow(["county", "item", *map(escape_formula, problem.periods)])
    for row in rows:
        writer.writerow([escape_formula(row.county), escape_formula(row.item), *row.quantity])


def _write_demand_of_groups(writer: "_csv.Writer", problem: PlanningProblem, rows: Sequence[DemandEstimate]) -> None:
    """Write a row for each group; stated demand has one row without a group, whose quantity is the sum of its periods."""
    unit_of = {need.id: need.unit for need in problem.needs}
    writer.writerow(["county", "item", "unit", "source", "group", "heads", "heads_source", "error", "norm", "quantity"])
    for row in rows:
        key = [escape_formula(text) for text in (row.county, row.item, unit_of[row.item], row.source)]
        if row.source == "stated":
            writer.writerow([*key, "", "", "", "", "", math.fsum(row.quantity)])
        for part in row.groups:
            error = "" if part.error is None else part.error
            estimate = [part.heads, part.heads_source, error, part.norm, part.quantity]
            writer.writerow([*key, escape_formula(part.group), *estimate])


_HEADS_METHODS = {"census": "yearly growth", "ages": "cohorts by sex and age"}


def show_population(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
) -> None:
    """Print the heads of the plan's year by county and group: stated, or projected from a census with an error.

    Example: `allot population ryanggang`
    """
    problem = problem_sources.load_problem(source, scenario, change)
    rows = compute_heads(problem)
    problem_sources.output_console.print(_build_heads_table(problem, rows))
    if any(row.projected is not None for row in rows):
        problem_sources.output_console.print(_build_projection_table(problem, rows))


def _build_heads_table(problem: PlanningProblem, rows: Sequence[GroupHeads]) -> Table:
    groups = list(dict.fromkeys(row.group for row in rows))
    heads = {(row.county, row.group): row.heads for row in rows}
    table = Table("county", *groups, title="Heads of the plan")
    for county in problem.counties:
        table.add_row(county.id, *(f"{heads.get((county.id, group), 0.0):,.0f}" for group in groups))
    totals = (sum(row.heads for row in rows if row.group == group) for group in groups)
    table.add_row("total", *(f"{total:,.0f}" for total in totals))
    return table


def _build_projection_table(problem: PlanningProblem, rows: Sequence[GroupHeads]) -> Table:
    years = problem.population_projection
    title = f"Census of {years.census_year:g} projected to {years.plan_year:g}"
    table = Table("county", "group", "projected", "± share", "method", "heads of the plan", title=title)
    for row in rows:
        if row.projected is not None and row.error is not None and row.method is not None:
            plan = "projected" if row.source != "stated" else f"stated: {row.heads:,.0f}"
            method = _HEADS_METHODS[row.method]
            table.add_row(row.county, row.group, f"{row.projected:,.0f}", format_share(row.error), method, plan)
    return table


def list_provinces() -> None:
    """List the built-in provinces and their scenarios."""
    table = Table("province", "scenario", "what it stands for")
    for name in builtins.list_builtin_provinces():
        province = builtins.load_builtin_province(name)
        for scenario in province.scenarios:
            table.add_row(province.id, scenario.id, scenario.name)
    problem_sources.output_console.print(table)
