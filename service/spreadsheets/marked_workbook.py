"""A copy of a workbook, or of CSV files, in which every finding is a coloured cell with a comment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import IO

from models.labels import normalise_label
from models.sheets import CellValue, SheetSource, UnsupportedCell
from models.validation.checks import Finding
from service.spreadsheets.workbook import Sheet, WorkbookWriter, open_workbook

MAX_COMMENT_LENGTH = 2_000
"""Largest number of characters of a comment."""

FINDINGS_SHEET = "findings"
"""Name of the first sheet, which lists all findings."""

_LIST_HEADER = ("severity", "sheet", "row", "column", "code", "message", "remedy")

PlainValue = str | float | bool | None
"""Value of a cell; None if empty."""

Position = tuple[int, int]
"""Row and column of a cell, counted from 0."""


@dataclass
class _SheetMarks:
    """Findings of one sheet by the row that they name, counted from 1; 0 for the whole sheet."""

    by_row: dict[int, list[Finding]] = field(default_factory=dict)

    def take_positions(self, row: int, header: list[str], *, is_header: bool) -> Iterator[tuple[Position, Finding]]:
        """Yield the findings of a row with their cells; those of the whole sheet belong to its header."""
        found = self.by_row.pop(row, []) + (self.by_row.pop(0, []) if is_header else [])
        for finding in found:
            column = "" if finding.cell is None else normalise_label(finding.cell.column).casefold()
            yield (row - 1, header.index(column) if column in header else 0), finding


def write_marked_workbook(title: str, source: SheetSource, findings: Iterable[Finding]) -> IO[bytes]:
    """Write the values of the sheets of `source` with marked cells, and a first sheet with all findings.

    Errors are red and warnings yellow; a comment has the messages and remedies of a cell. Formats and formulas of the
    original are not copied.
    """
    listed = tuple(findings)
    with open_workbook(title, in_memory=True) as (book, file):
        _add_findings_sheet(book, listed)
        for name in source.list_sheet_names():
            key = name.strip().casefold()
            marks = _SheetMarks()
            for finding in listed:
                if finding.cell is not None and finding.cell.sheet.strip().casefold() == key:
                    marks.by_row.setdefault(finding.cell.row, []).append(finding)
            _copy_sheet(book, name, source.open_sheet(name).rows, marks)
    return file


def _add_findings_sheet(book: WorkbookWriter, findings: tuple[Finding, ...]) -> None:
    sheet = book.add_sheet(FINDINGS_SHEET)
    sheet.freeze_panes(1, 0)
    sheet.write_texts(0, _LIST_HEADER, book.formats["head"])
    for column, width in enumerate((10, 18, 8, 22, 20, 70, 70)):
        sheet.set_column(column, column, width)
    for row, finding in enumerate(findings, 1):
        cell = finding.cell
        place = ("", "", "") if cell is None else (cell.sheet, str(cell.row or ""), cell.column)
        sheet.write_texts(
            row,
            (finding.severity, *place, finding.code, finding.message, finding.remedy),
            book.formats[finding.severity],
        )


def _copy_sheet(
    book: WorkbookWriter, name: str, rows: Iterable[tuple[int, list[CellValue]]], marks: _SheetMarks
) -> None:
    sheet = book.add_sheet(name)
    header: list[str] | None = None
    comments: dict[Position, list[Finding]] = {}
    values: dict[Position, PlainValue] = {}
    for number, cells in rows:
        is_header = header is None
        if header is None:
            header = [normalise_label(str(_get_value(cell) or "")).casefold() for cell in cells]
        marked: dict[Position, list[Finding]] = {}
        for position, finding in marks.take_positions(number, header, is_header=is_header):
            marked.setdefault(position, []).append(finding)
        for column, cell in enumerate(cells):
            position = (number - 1, column)
            if position in marked:
                values[position] = _get_value(cell)
            else:
                _write_value(sheet, position, _get_value(cell))
        comments |= marked
    for row in list(marks.by_row):  # rows that the reader passed over, such as empty ones
        for position, finding in marks.take_positions(row, header or [], is_header=True):
            comments.setdefault((max(position[0], 0), position[1]), []).append(finding)
    for position, found in comments.items():
        severity = "error" if any(finding.severity == "error" for finding in found) else "warning"
        _write_value(sheet, position, values.get(position), book.formats[severity])
        text = "\n\n".join(f"{finding.message}\n{finding.remedy}" for finding in found)
        sheet.write_comment(*position, text[:MAX_COMMENT_LENGTH], {"x_scale": 2.5, "y_scale": 1.5})


def _get_value(cell: CellValue) -> PlainValue:
    return cell.value if isinstance(cell, UnsupportedCell) else cell


def _write_value(sheet: Sheet, position: Position, value: PlainValue, cell_format: object = None) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(*position, value, cell_format)
    elif isinstance(value, str):
        sheet.write_string(*position, value, cell_format)
    elif value is not None and not isfinite(value):  # a workbook cannot hold it as a number
        sheet.write_string(*position, str(value), cell_format)
    elif value is not None:
        sheet.write_number(*position, value, cell_format)
    elif cell_format is not None:
        sheet.write_blank(*position, None, cell_format)
