"""Read tables into a province document."""

from collections.abc import Iterable
from typing import Any, Protocol

from models.sheets.border_rows import read_border_rows
from models.sheets.cells import RawSheet, parse_cell
from models.sheets.columns import SheetLayout
from models.sheets.document import ProvinceDocument
from models.sheets.layout import BORDERS_SHEET, NOTE_SHEETS, PERIODS_SHEET, PROVINCE_SHEET, SETTING_KEYS, SHEET_LAYOUTS
from models.sheets.row_entries import RowReader
from models.sheets.rows import SheetRows, read_sheet_rows
from models.validation.checks.context import suggest_similar_names
from models.validation.finding import Finding, SheetCell


class SheetSource(Protocol):
    """An open workbook or folder of CSV files."""

    def list_sheet_names(self) -> Iterable[str]:
        """Return the names of the sheets, or of the files without `.csv`."""
        ...

    def open_sheet(self, name: str) -> RawSheet:
        """Open a sheet; its rows are read on demand."""
        ...

    def list_findings(self) -> tuple[Finding, ...]:
        """Return the findings about the file itself so far."""
        ...


def read_sheet_tables(source: SheetSource) -> ProvinceDocument:
    """Read the tables of a source into a document.

    Never raises: the document contains the findings about the tables.
    """
    document = ProvinceDocument()
    names = _match_sheet_names(source, document)
    if not names:
        known = ", ".join(layout.name for layout in SHEET_LAYOUTS)
        document.add_finding(
            "no_sheets",
            None,
            "The file contains no sheet of a province.",
            f"Use the sheet (or CSV file) names of the template: {known}.",
        )
    else:
        for layout in SHEET_LAYOUTS:
            if layout.name in names:
                _read_sheet(layout, source.open_sheet(names[layout.name]), document)
    # What is wrong with a file as a whole causes most of what is wrong with the rows, so it comes first.
    document.findings = [*source.list_findings(), *document.findings]
    return document


def _match_sheet_names(source: SheetSource, document: ProvinceDocument) -> dict[str, str]:
    """Return the name in the source for each sheet of the layout that exists."""
    known = {layout.name for layout in SHEET_LAYOUTS}
    names: dict[str, str] = {}
    for name in source.list_sheet_names():
        key = name.strip().casefold()
        if key in known and key not in names:
            names[key] = name
        elif key not in NOTE_SHEETS:
            document.add_finding(
                "unknown_sheet",
                SheetCell(sheet=name[:200]),
                "The sheet is not part of the layout and was ignored.",
                "Rename the sheet if it contains data of the province.",
            )
    return names


def _read_sheet(layout: SheetLayout, raw: RawSheet, document: ProvinceDocument) -> None:
    rows: SheetRows = read_sheet_rows(layout, raw, document.problem.get("periods", ()), document.findings)
    if layout is PROVINCE_SHEET:
        _read_province_settings(rows, document)
    elif layout is PERIODS_SHEET:
        _read_periods(rows, document)
    elif layout is BORDERS_SHEET:
        read_border_rows(rows, document)
    else:
        RowReader(rows, document).read_all_rows()


def _read_province_settings(rows: SheetRows, document: ProvinceDocument) -> None:
    """Store the settings of the problem at their paths."""
    seen: dict[str, int] = {}
    for row in rows.rows:
        key = str(parse_cell(rows.layout.columns[0], row.cells.get("key")) or "").strip()
        if key not in SETTING_KEYS:
            remedy = suggest_similar_names(key, list(SETTING_KEYS)) or f"Known keys: {', '.join(SETTING_KEYS)}."
            document.add_finding(
                "unknown_key", rows.locate_cell(row.number, "key"), f"The setting {key[:100]!r} is unknown.", remedy
            )
        elif key in seen:
            document.add_finding(
                "repeated_row",
                rows.locate_cell(row.number, "key"),
                f"The setting {key} is already defined in row {seen[key]}.",
                "Keep one of the rows.",
            )
        elif "value" in row.cells:
            path, column = SETTING_KEYS[key]
            _set_value_at(document.content, path, parse_cell(column, row.cells["value"]))
            document.locations.add_cell_location(path, rows.locate_cell(row.number, "value"))
        seen.setdefault(key, row.number)


def _set_value_at(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        document = document.setdefault(part, {})
    document[path[-1]] = value


def _read_periods(rows: SheetRows, document: ProvinceDocument) -> None:
    """Store the periods, with days and delivered shares that differ by period."""
    period_rows = list(rows.rows)
    periods = [parse_cell(PERIODS_SHEET.columns[0], row.cells.get("period")) for row in period_rows]
    for t, row in enumerate(period_rows):
        if periods[t] is None and not any(
            finding.cell == rows.locate_cell(row.number, "period") for finding in document.findings
        ):
            document.add_finding(
                "missing_cell",
                rows.locate_cell(row.number, "period"),
                "The period has no identifier.",
                "Fill the cell, or remove the row.",
            )
        document.locations.add_cell_location(("problem", "periods", t), rows.locate_cell(row.number, "period"))
    document.problem["periods"] = ["" if period is None else period for period in periods]
    document.locations.periods = [str(period) for period in document.problem["periods"]]
    for name, path in (("days", ("problem", "period_days")), ("delivered", ("problem", "supply_shares", "delivered"))):
        filled = [row.cells.get(name) for row in period_rows]
        if all(value is None for value in filled):
            continue
        column = PERIODS_SHEET.find_column(name)
        assert column is not None  # noqa: S101 - a column of the layout
        for t, row in enumerate(period_rows):
            document.locations.add_cell_location((*path, t), rows.locate_cell(row.number, name))
            if filled[t] is None:
                document.add_finding(
                    "missing_cell",
                    rows.locate_cell(row.number, name),
                    "The cell is empty, but other periods have a number.",
                    "Fill the cell.",
                )
        if path in document.locations:
            document.add_finding(
                "number_and_list",
                document.locations.get_cell_location(path),
                f"The sheet periods also contains {name}.",
                "Keep only one of the two forms.",
            )
        _set_value_at(document.content, path, [parse_cell(column, value) for value in filled])
