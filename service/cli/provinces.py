"""Commands for provinces as files: export and template."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from models import provinces as built_in
from models.sheets import SheetTable, build_sheet_tables
from service.cli import problem_sources
from service.spreadsheets.province_workbook import (
    ExtraSheets,
    build_province_zip,
    build_template_tables,
    write_province_folder,
    write_province_workbook,
)

app = typer.Typer(help="Provinces as workbooks and as folders of CSV.", no_args_is_help=True)

TargetOption = Annotated[Path, typer.Option("--to", help="File ending with .xlsx or .zip, or a folder for CSV files.")]


@app.command("export")
def export_province(
    source: Annotated[str, typer.Argument(help="Built-in province, or file or folder with one.")], target: TargetOption
) -> None:
    """Write a province with its scenarios as a workbook, a zip of CSV files or a folder of CSV files."""
    found = problem_sources.read_source(source)
    notes, pages = built_in.load_province_notes(source) if source in built_in.list_builtin_provinces() else ({}, {})
    tables = build_sheet_tables(found.problem, found.name, found.scenarios, notes)
    _write_province(found.name or source, tables, pages, target)


@app.command("template")
def export_template(target: TargetOption) -> None:
    """Write the template of a province: every sheet and column, and two counties as example rows."""
    _write_province("Template of a province", build_template_tables(), {}, target)


def _write_province(title: str, tables: Sequence[SheetTable], pages: ExtraSheets, target: Path) -> None:
    if target.suffix.lower() == ".xlsx":
        with write_province_workbook(title, tables, pages) as file, target.open("wb") as sink:
            file.seek(0)
            shutil.copyfileobj(file, sink)
    elif target.suffix.lower() == ".zip":
        target.write_bytes(build_province_zip(tables, pages))
    else:
        write_province_folder(tables, pages, target)
    problem_sources.error_console.print(
        f"{sum(len(table.rows) for table in tables):,} rows in {len(tables)} sheets written to {target}"
    )
