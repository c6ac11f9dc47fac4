"""The rows of a sheet by column, with headers checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from models.sheets.cells import Odd, RawSheet, Value, blank
from models.sheets.codes import SHEET_CODES, sheet_finding
from models.sheets.columns import Column, Layout
from models.sheets.layout import NOTE_COLUMNS
from models.validation.checks.context import close_to
from models.validation.finding import Finding, SheetCell

_ODD = {
    "date_cell": (
        "The spreadsheet made a date of what was typed here.",
        "Format the cells as text, then type it again.",
    ),
    "error_cell": ("A formula came to an error here.", "Mend the formula, or type the value."),
    "formula": (
        "A formula stands here; the value it had when the file was saved was taken.",
        "Paste it as a value to be sure.",
    ),
    "formula_without_value": (
        "A formula stands here, without its value.",
        "Paste it as a value, or open and save the file in a spreadsheet.",
    ),
}

MOST_FINDINGS = 1000
"""Findings about one sheet at most."""


@dataclass(frozen=True)
class Row:
    """One row, by column."""

    number: int
    """Its number in the file."""
    cells: dict[str, Value]
    """Filled cells by header."""


@dataclass
class Rows:
    """A sheet being read."""

    layout: Layout
    """Which sheet it is."""
    headers: dict[str, Column] = field(default_factory=dict)
    """Headers that are read, with the column each belongs to."""
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    """Its rows; to be gone through once."""

    def cell(self, row: int, column: str = "") -> SheetCell:
        """A cell of this sheet."""
        return SheetCell(sheet=self.layout.name, row=row, column=column)


def read_rows(layout: Layout, raw: RawSheet, periods: Sequence[str], found: list[Finding]) -> Rows:
    """The rows of a sheet; what is wrong with headers and odd cells is added to `found`."""
    begun = iter(raw.rows)
    first = next(begun, None)
    sheet = Rows(layout)
    if first is None:
        return sheet
    number, header = first
    names = _headers(sheet, number, header, periods, found)
    needed = [one.name for one in layout.columns if one.required and one.name not in sheet.headers]
    if needed:
        found += [
            sheet_finding(
                "missing_column", sheet.cell(number, name), f"The column {name} is missing.", f"Add a column {name}."
            )
            for name in needed
        ]
        return sheet
    sheet.rows = _rows(sheet, names, begun, found)
    return sheet


def _headers(
    sheet: Rows, number: int, header: list[Value], periods: Sequence[str], found: list[Finding]
) -> list[str | None]:
    """For each position the header that is read there, or None."""
    names: list[str | None] = []
    known = {one.name: one for one in sheet.layout.columns}
    by_period = {f"{one.name} {period}": one for one in sheet.layout.columns if one.by_period for period in periods}
    for cell in header:
        name = " ".join(str(cell.value if isinstance(cell, Odd) else "" if cell is None else cell).split())
        column = known.get(name) or by_period.get(name)
        if name and column is None and name not in NOTE_COLUMNS and len(found) < MOST_FINDINGS:
            remedy = (
                close_to(name, [*known, *by_period]) or f"Take it out, or call it note; known are {', '.join(known)}."
            )
            found.append(
                sheet_finding(
                    "unknown_column", sheet.cell(number, name[:100]), f"There is no column {name[:100]!r}.", remedy
                )
            )
        if column is not None and name in sheet.headers:
            found.append(
                sheet_finding("repeated_column", sheet.cell(number, name), "The column is there twice.", "Keep one.")
            )
            column = None
        names.append(name if column is not None else None)
        if column is not None:
            sheet.headers[name] = column
    return names


def _rows(
    sheet: Rows, names: list[str | None], rows: Iterator[tuple[int, list[Value]]], found: list[Finding]
) -> Iterator[Row]:
    complaints = 0
    for number, cells in rows:
        filled: dict[str, Value] = {
            name: cell
            for name, cell in zip(names, cells, strict=False)
            if name is not None and cell is not None and cell != ""
        }
        if all(blank(cell) for cell in filled.values()):
            continue
        if complaints < MOST_FINDINGS:
            odd = list(islice(_oddities(sheet, number, filled), MOST_FINDINGS - complaints))
            complaints += len(odd)
            found += odd
        for name in [name for name, cell in filled.items() if isinstance(cell, Odd) and _spoils(cell)]:
            del filled[name]
        yield Row(number, filled)


def _spoils(cell: Odd) -> bool:
    return SHEET_CODES[cell.what].severity == "error"


def _oddities(sheet: Rows, number: int, cells: dict[str, Value]) -> Iterator[Finding]:
    for name, cell in cells.items():
        if isinstance(cell, Odd):
            message, remedy = _ODD[cell.what]
            shown = f" It shows {str(cell.value)[:100]!r}." if cell.value is not None and cell.what != "formula" else ""
            yield sheet_finding(cell.what, sheet.cell(number, name), message + shown, remedy)
