"""Rows of a sheet by column, after a check of the headers."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from models.labels import normalise_label
from models.sheets.cells import CellValue, RawSheet, UnsupportedCell, is_blank_cell
from models.sheets.codes import SHEET_CODES, make_sheet_finding
from models.sheets.columns import Column, SheetLayout
from models.sheets.layout import NOTE_COLUMNS
from models.validation.checks.context import suggest_similar_names
from models.validation.finding import Finding, SheetCell

_UNSUPPORTED_CELL_TEXTS = {
    "date_cell": (
        "The spreadsheet converted the input to a date.",
        "Format the cells as text, and enter the value again.",
    ),
    "error_cell": ("The formula resulted in an error.", "Correct the formula, or enter the value."),
    "formula": (
        "The cell contains a formula; its value at the time of saving was used.",
        "Replace the formula by its value.",
    ),
    "empty_formula": (
        "The cell contains a formula that shows nothing; it was read as an empty cell.",
        "Clear the cell, or replace the formula by its value.",
    ),
    "formula_without_value": (
        "The cell contains a formula, and the file does not contain its value.",
        "Replace the formula by its value, or open and save the file in a spreadsheet program.",
    ),
}

MAX_FINDINGS = 1000
"""Largest number of findings about one sheet."""


@dataclass(frozen=True)
class SheetRow:
    """One row, by column."""

    number: int
    """Row number in the file."""
    cells: dict[str, CellValue]
    """Nonempty cells by header."""


@dataclass
class SheetRows:
    """An open sheet."""

    layout: SheetLayout
    """Layout of the sheet."""
    headers: dict[str, Column] = field(default_factory=dict)
    """Known headers, with their columns."""
    rows: Iterator[SheetRow] = field(default_factory=lambda: iter(()))
    """Rows; may be iterated only once."""

    def locate_cell(self, row: int, column: str = "") -> SheetCell:
        """Return a cell of this sheet."""
        return SheetCell(sheet=self.layout.name, row=row, column=column)


def read_sheet_rows(
    layout: SheetLayout,
    raw: RawSheet,
    periods: Sequence[str],
    findings: list[Finding],
    unread_columns: Collection[str] = NOTE_COLUMNS,
) -> SheetRows:
    """Read the rows of a sheet; add findings about headers and unsupported cells to `findings`.

    `unread_columns` are headers that may be there, and whose cells are not read.
    """
    iterator = iter(raw.rows)
    first = next(iterator, None)
    sheet = SheetRows(layout)
    if first is None:
        return sheet
    number, header = first
    names = _match_headers(sheet, number, header, periods, findings, unread_columns)
    missing = [column.name for column in layout.columns if column.required and column.name not in sheet.headers]
    if missing:
        findings += [
            make_sheet_finding(
                "missing_column",
                sheet.locate_cell(number, name),
                f"The column {name} is missing.",
                f"Add the column {name}.",
            )
            for name in missing
        ]
        return sheet
    sheet.rows = _iterate_rows(sheet, names, iterator, findings)
    return sheet


def _match_headers(
    sheet: SheetRows,
    number: int,
    header: list[CellValue],
    periods: Sequence[str],
    findings: list[Finding],
    unread_columns: Collection[str],
) -> list[str | None]:
    """Return the known header at each position, or None."""
    names: list[str | None] = []
    known = {column.name: column for column in sheet.layout.columns}
    by_period = {
        f"{column.name} {period}": column for column in sheet.layout.columns if column.by_period for period in periods
    }
    columns = known | by_period
    # `ID` and `Item` are taken for `id` and `item`; two names that differ only in case stay apart.
    cases = Counter(name.casefold() for name in columns)
    folded = {name.casefold(): name for name in columns if cases[name.casefold()] == 1}
    repeats: Counter[str] = Counter()
    for cell in header:
        name = normalise_label(str(cell.value if isinstance(cell, UnsupportedCell) else "" if cell is None else cell))
        name = name if name in columns else folded.get(name.casefold(), name)
        match = columns.get(name)
        if name and match is None and name.casefold() not in unread_columns and len(findings) < MAX_FINDINGS:
            remedy = (
                suggest_similar_names(name, [*known, *by_period])
                or f"Remove the column, or rename it to note. Known columns: {', '.join(known)}."
            )
            findings.append(
                make_sheet_finding(
                    "unknown_column",
                    sheet.locate_cell(number, name[:100]),
                    f"The column {name[:100]!r} is unknown.",
                    remedy,
                )
            )
        if match is not None and name in sheet.headers:
            repeats[name] += 1
            match = None
        names.append(name if match is not None else None)
        if match is not None:
            sheet.headers[name] = match
    findings += _report_repeated_columns(sheet, number, repeats)
    return names


def _report_repeated_columns(sheet: SheetRows, number: int, repeats: Mapping[str, int]) -> list[Finding]:
    """Return one finding for each header that repeats an earlier one; `repeats` counts the repetitions."""
    return [
        make_sheet_finding(
            "repeated_column",
            sheet.locate_cell(number, name),
            f"The column occurs {count + 1:,} times.",
            "Keep one of the columns.",
        )
        for name, count in repeats.items()
    ]


def _iterate_rows(
    sheet: SheetRows, names: list[str | None], rows: Iterator[tuple[int, list[CellValue]]], findings: list[Finding]
) -> Iterator[SheetRow]:
    finding_count = 0
    known = [(position, name) for position, name in enumerate(names) if name is not None]
    leading = sheet.layout.columns[0].name
    for number, cells in rows:
        if len(cells) < len(names):
            cells += [None] * (len(names) - len(cells))
        filled: dict[str, CellValue] = {
            name: cell for position, name in known if (cell := cells[position]) is not None and cell != ""
        }
        if _is_empty_row(filled, leading):
            continue
        unsupported = [name for name, cell in filled.items() if isinstance(cell, UnsupportedCell)]
        if unsupported and finding_count < MAX_FINDINGS:
            cell_findings = list(islice(_report_unsupported_cells(sheet, number, filled), MAX_FINDINGS - finding_count))
            finding_count += len(cell_findings)
            findings += cell_findings
        for name in unsupported:
            cell = filled[name]
            if isinstance(cell, UnsupportedCell) and (_is_rejected_cell(cell) or is_blank_cell(cell)):
                del filled[name]
        yield SheetRow(number, filled)


def _is_empty_row(cells: dict[str, CellValue], leading: str) -> bool:
    """Whether a row shows nothing, or is a prepared row: formulas alone, without anything in the `leading` column.

    A prepared row without a formula in that column is empty only if its formulas have no result but zeros and errors.
    """
    if not isinstance(cells.get(leading), UnsupportedCell) and not is_blank_cell(cells.get(leading)):
        return False  # most rows
    shown = [cell for cell in cells.values() if not is_blank_cell(cell)]
    formulas = [cell for cell in shown if isinstance(cell, UnsupportedCell) and cell.kind in ("formula", "error_cell")]
    if len(formulas) < len(shown) or not is_blank_cell(cells.get(leading)):
        return False
    return leading in cells or all(cell.kind == "error_cell" or not cell.value for cell in formulas)


def _is_rejected_cell(cell: UnsupportedCell) -> bool:
    return SHEET_CODES[cell.kind].severity == "error"


def _report_unsupported_cells(sheet: SheetRows, number: int, cells: dict[str, CellValue]) -> Iterator[Finding]:
    for name, cell in cells.items():
        if isinstance(cell, UnsupportedCell):
            message, remedy = _UNSUPPORTED_CELL_TEXTS["empty_formula" if is_blank_cell(cell) else cell.kind]
            shown = (
                f" The cell shows {str(cell.value)[:100]!r}."
                if cell.value is not None and cell.kind != "formula"
                else ""
            )
            yield make_sheet_finding(cell.kind, sheet.locate_cell(number, name), message + shown, remedy)
