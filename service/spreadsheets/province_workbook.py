"""A province as a workbook, a zip or a folder of CSV files; and the template."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from models.changes.change import Scenario
from models.examples import two_counties_raw
from models.sheets import SHEET_LAYOUTS, CellValue, Column, SheetTable, build_sheet_tables
from models.sheets.columns import LIST_KINDS
from models.sheets.formulas import escape_formula
from models.validation.parsing import parse_problem
from service.spreadsheets.workbook import Sheet, WorkbookWriter, open_workbook

_ENTRY_ROWS = 20_000
_FLAG_CHOICES = ("yes", "no")

ExtraSheets = Mapping[str, Sequence[Sequence[str]]]
"""Sheets for readers: rows of texts by name, the header first."""

README_LINES = (
    "A province for Allot. Each sheet (or CSV file) holds one kind of thing, a row each; the first row names the columns.",
    "Empty cells have the default value; for limits that is no limit. Rows that are all empty are passed over.",
    "A column that may differ by period holds one number for all periods, or is left empty beside a column for every period.",
    "Such a column is called by the name and the period: “hours 2002-01”.",
    "Identifiers are letters, digits, “-”, “_” and “.”; names in any script go into name and local_name.",
    "The columns mark, source, marks and note and the sheets read_me, sources and underlying_figures are for people; Allot passes over them.",
    "Numbers have a point for decimals. In CSV files a text that begins with = + - @ has an apostrophe before it.",
)
"""Text of the first sheet, and of README.txt in the zip."""


def build_template_tables() -> tuple[SheetTable, ...]:
    """Build the template: every sheet and column, with two counties as example rows."""
    scenarios = (
        Scenario.model_validate(
            {"id": "dry", "name": "A dry year", "changes": [{"what": "power_limit", "factor": 0.6}]}
        ),
    )
    return build_sheet_tables(parse_problem(two_counties_raw()), "Two counties", scenarios)


def write_province_workbook(title: str, tables: Sequence[SheetTable], pages: ExtraSheets) -> IO[bytes]:
    """Write a workbook with a sheet for each table and a comment on every header, to a temporary file."""
    with open_workbook(title, in_memory=True) as (book, file):
        front = book.add_sheet("read_me")
        front.set_column(0, 0, 120)
        for row, text in enumerate(README_LINES):
            front.write_string(row, 0, text, book.formats["wrapped"])
        for table in tables:
            _add_table_sheet(book, table)
        for name, rows in pages.items():
            sheet = book.add_sheet(name)
            for number, texts in enumerate(rows):
                sheet.write_texts(number, list(texts), None if number else book.formats["head"])
    return file


def _add_table_sheet(book: WorkbookWriter, table: SheetTable) -> None:
    sheet = book.add_sheet(table.layout.name)
    sheet.freeze_panes(1, 1)
    for position, (name, column) in enumerate(table.header):
        texts = column is None or column.kind not in ("number", "whole")
        sheet.set_column(position, position, max(12, len(name) + 3), book.formats["text"] if texts else None)
        if column is not None:
            sheet.write_comment(0, position, _format_comment(column), {"x_scale": 2, "y_scale": 1.2})
            _add_choice_list(sheet, position, column)
    sheet.write_texts(0, [name for name, _ in table.header], book.formats["head"])
    for number, row in enumerate(table.rows, 1):
        for position, value in enumerate(row):
            _write_cell(book, sheet, number, position, value)


def _write_cell(book: WorkbookWriter, sheet: Sheet, row: int, position: int, value: CellValue) -> None:
    if isinstance(value, str):
        sheet.write_string(row, position, value, book.formats["text"])
    elif isinstance(value, int | float):
        sheet.write_number(row, position, value)


def _add_choice_list(sheet: Sheet, position: int, column: Column) -> None:
    """Offer the allowed words in the cells of a column."""
    words = _FLAG_CHOICES if column.kind == "flag" else column.choices
    if words and len(",".join(words)) < 250:
        sheet.data_validation(1, position, _ENTRY_ROWS, position, {"validate": "list", "source": list(words)})


def _format_comment(column: Column) -> str:
    parts = [column.description]
    if column.choices:
        parts.append(f"One of: {', '.join(column.choices)}.")
    if column.kind == "flag":
        parts.append("yes or no.")
    if column.kind in LIST_KINDS:
        parts.append("Several with ; between; one as a list with a ; after it.")
    if column.by_period:
        parts.append(f"One number for all periods, or columns “{column.name} <period>”.")
    return " ".join((*parts, "Must be filled." if column.required else "")).strip()


def build_csv_files(tables: Sequence[SheetTable], pages: ExtraSheets) -> Iterator[tuple[str, bytes]]:
    """List names and contents of the CSV files, and of a README.txt that describes every column."""
    yield "README.txt", _build_readme().encode()
    for table in tables:
        yield f"{table.layout.name}.csv", _encode_csv([[name for name, _ in table.header], *table.rows])
    for name, rows in pages.items():
        yield f"{name}.csv", _encode_csv(rows)


def build_province_zip(tables: Sequence[SheetTable], pages: ExtraSheets) -> bytes:
    """Build the zip of CSV files."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in build_csv_files(tables, pages):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def write_province_folder(tables: Sequence[SheetTable], pages: ExtraSheets, folder: Path) -> int:
    """Write the CSV files into a folder; return their number. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, content in build_csv_files(tables, pages):
        (folder / name).write_bytes(content)
        count += 1
    return count


def _encode_csv(rows: Sequence[Sequence[CellValue]]) -> bytes:
    """Format CSV with a byte-order mark, by which spreadsheets recognize UTF-8."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink)
    for row in rows:
        writer.writerow(
            [escape_formula(cell) if isinstance(cell, str) else "" if cell is None else repr(cell) for cell in row]
        )
    return b"\xef\xbb\xbf" + sink.getvalue().encode()


def _build_readme() -> str:
    lines = [*README_LINES, ""]
    for layout in SHEET_LAYOUTS:
        lines += [
            f"{layout.name}.csv: {layout.description}",
            *(f"  {one.name}: {_format_comment(one)}" for one in layout.columns),
            "",
        ]
    return "\r\n".join(lines)
