"""Commands about provinces as files: export and template."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from models import provinces as built_in
from models.sheets import SheetTable, tables_of
from service.cli import sources
from service.sheets.province import Pages, province_folder, province_workbook, province_zip, template_tables

app = typer.Typer(help="Provinces as workbooks and as folders of CSV.", no_args_is_help=True)

To = Annotated[Path, typer.Option("--to", help="File ending with .xlsx or .zip, or a folder for CSV files.")]


@app.command("export")
def export(
    source: Annotated[str, typer.Argument(help="Built-in province, or file or folder with one.")], to: To
) -> None:
    """Write a province, with its scenarios, as a workbook, a zip of CSV or a folder of CSV; it can be read again."""
    found = sources.read(source)
    notes, pages = built_in.load_notes(source) if source in built_in.builtin() else ({}, ())
    tables = tables_of(found.problem, found.name, found.scenarios, notes)
    _write(found.name or source, tables, {"sources": pages} if pages else {}, to)


@app.command("template")
def template(to: To) -> None:
    """Write the template of a province: every sheet and column, and two counties as example rows."""
    _write("Template of a province", template_tables(), {}, to)


def _write(title: str, tables: Sequence[SheetTable], pages: Pages, to: Path) -> None:
    if to.suffix.lower() == ".xlsx":
        with province_workbook(title, tables, pages) as file, to.open("wb") as sink:
            file.seek(0)
            shutil.copyfileobj(file, sink)
    elif to.suffix.lower() == ".zip":
        to.write_bytes(province_zip(tables, pages))
    else:
        province_folder(tables, pages, to)
    sources.err.print(f"{sum(len(table.rows) for table in tables):,} rows in {len(tables)} sheets written to {to}")
