"""The rows of a sheet by column, with headers checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from models.sheets.cells import CellValue, RawSheet, UnsupportedCell, is_blank_cell
from models.sheets.codes import SHEET_CODES, make_sheet_finding
from models.sheets.columns import Column, SheetLayout
from models.sheets.layout import NOTE_COLUMNS
from models.validation.checks.context import suggest_similar_names
from models.validation.finding import Finding, SheetCell

_UNSUPPORTED_CELL_TEXTS = {
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

MAX_FINDINGS = 1000
"""Findings about one sheet at most."""


@dataclass(frozen=True)
class SheetRow:
    """One row, by column."""

    number: int
    """Its number in the file."""
    cells: dict[str, CellValue]
    """Filled cells by header."""


@dataclass
class SheetRows:
    """A sheet being read."""

    layout: SheetLayout
    """Which sheet it is."""
    headers: dict[str, Column] = field(default_factory=dict)
    """Headers that are read, with the column each belongs to."""
    rows: Iterator[SheetRow] = field(default_factory=lambda: iter(()))
    """Its rows; to be gone through once."""

    def locate_cell(self, row: int, column: str = "") -> SheetCell:
        """A cell of this sheet."""
        return SheetCell(sheet=self.layout.name, row=row, column=column)


def read_sheet_rows(layout: SheetLayout, raw: RawSheet, periods: Sequence[str], findings: list[Finding]) -> SheetRows:
    """The rows of a sheet; what is wrong with headers and odd cells is added to `found`."""
    begun = iter(raw.rows)
    first = next(begun, None)
    sheet = SheetRows(layout)
    if first is None:
        return sheet
    number, header = first
    names = _match_headers(sheet, number, header, periods, findings)
    needed = [one.name for one in layout.columns if one.required and one.name not in sheet.headers]
    if needed:
        findings += [
            make_sheet_finding(
                "missing_column",
                sheet.locate_cell(number, name),
                f"The column {name} is missing.",
                f"Add a column {name}.",
            )
            for name in needed
        ]
        return sheet
    sheet.rows = _iterate_rows(sheet, names, begun, findings)
    return sheet


def _match_headers(
    sheet: SheetRows, number: int, header: list[CellValue], periods: Sequence[str], findings: list[Finding]
) -> list[str | None]:
    """For each position the header that is read there, or None."""
    names: list[str | None] = []
    known = {one.name: one for one in sheet.layout.columns}
    by_period = {f"{one.name} {period}": one for one in sheet.layout.columns if one.by_period for period in periods}
    for cell in header:
        name = " ".join(str(cell.value if isinstance(cell, UnsupportedCell) else "" if cell is None else cell).split())
        column = known.get(name) or by_period.get(name)
        if name and column is None and name not in NOTE_COLUMNS and len(findings) < MAX_FINDINGS:
            remedy = (
                suggest_similar_names(name, [*known, *by_period])
                or f"Take it out, or call it note; known are {', '.join(known)}."
            )
            findings.append(
                make_sheet_finding(
                    "unknown_column",
                    sheet.locate_cell(number, name[:100]),
                    f"There is no column {name[:100]!r}.",
                    remedy,
                )
            )
        if column is not None and name in sheet.headers:
            findings.append(
                make_sheet_finding(
                    "repeated_column", sheet.locate_cell(number, name), "The column is there twice.", "Keep one."
                )
            )
            column = None
        names.append(name if column is not None else None)
        if column is not None:
            sheet.headers[name] = column
    return names


def _iterate_rows(
    sheet: SheetRows, names: list[str | None], rows: Iterator[tuple[int, list[CellValue]]], findings: list[Finding]
) -> Iterator[SheetRow]:
    complaints = 0
    known = [(position, name) for position, name in enumerate(names) if name is not None]
    for number, cells in rows:
        if len(cells) < len(names):
            cells += [None] * (len(names) - len(cells))
        filled: dict[str, CellValue] = {
            name: cell for position, name in known if (cell := cells[position]) is not None and cell != ""
        }
        if all(map(is_blank_cell, filled.values())):
            continue
        unsupported = [name for name, cell in filled.items() if isinstance(cell, UnsupportedCell)]
        if unsupported and complaints < MAX_FINDINGS:
            odd = list(islice(_report_unsupported_cells(sheet, number, filled), MAX_FINDINGS - complaints))
            complaints += len(odd)
            findings += odd
        for name in unsupported:
            cell = filled[name]
            if isinstance(cell, UnsupportedCell) and _is_rejected_cell(cell):
                del filled[name]
        yield SheetRow(number, filled)


def _is_rejected_cell(cell: UnsupportedCell) -> bool:
    return SHEET_CODES[cell.kind].severity == "error"


def _report_unsupported_cells(sheet: SheetRows, number: int, cells: dict[str, CellValue]) -> Iterator[Finding]:
    for name, cell in cells.items():
        if isinstance(cell, UnsupportedCell):
            message, remedy = _UNSUPPORTED_CELL_TEXTS[cell.kind]
            shown = f" It shows {str(cell.value)[:100]!r}." if cell.value is not None and cell.kind != "formula" else ""
            yield make_sheet_finding(cell.kind, sheet.locate_cell(number, name), message + shown, remedy)
