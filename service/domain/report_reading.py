"""Reports of outputs from JSON, CSV or a workbook, as rows that `models.outputs` checks."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.outputs import FactoryOutput
from models.sheets import CellValue, UnsupportedCell, restore_digits
from models.sheets.codes import SHEET_CODES
from models.validation.checks import Finding
from service.core.errors import UnprocessableContentError
from service.core.json_documents import count_occurrences, decode_json_object
from service.core.settings import Settings
from service.spreadsheets.archive import CellCounter, FileLimits, InvalidFileError
from service.spreadsheets.file_kinds import XLSX_MEDIA_TYPE
from service.spreadsheets.reader import get_file_limits
from service.spreadsheets.xlsx_reader import XlsxWorkbook

CSV_MEDIA_TYPE = "text/csv"

OUTPUT_COLUMNS = tuple(FactoryOutput.model_fields)
"""Columns of a report in a spreadsheet."""


@dataclass(frozen=True, slots=True)
class RawReport:
    """A report before its rows are checked."""

    rows: list[Any]
    """Objects with `factory`, `item`, `period` and `quantity`, or any other value that was sent."""
    locate_row: Callable[[int], str]
    """Place of a row: a JSON pointer, or `row/` and its number in the file, where the header is row 1."""


def parse_media_type(content_type: str | None) -> str:
    """Parse the stated media type of a request body."""
    return (content_type or "").partition(";")[0].strip().lower()


def read_json_report(raw: bytes) -> RawReport:
    """Read the rows of a JSON body. Raises BadRequestError, UnprocessableContentError."""
    document = decode_json_object(raw)
    rows = document.get("outputs")
    strange = [name for name in document if name != "outputs"]
    findings = [
        _make_finding(f"/{name}", "unknown_field", f"There is no field {name!r}.", "Send `outputs` alone.")
        for name in strange
    ]
    if not isinstance(rows, list) or not rows:
        findings.append(
            _make_finding("/outputs", "missing", "There is no list of outputs.", "Send at least one output.")
        )
    if findings or not isinstance(rows, list):
        raise _make_unprocessable_error(findings)
    return RawReport(rows, lambda k: f"/outputs/{k}")


def read_csv_report(raw: bytes, limits: FileLimits | None = None) -> RawReport:
    """Read the rows of a CSV file with a header; columns in any order, empty lines ignored.

    UnprocessableContentError, ContentTooLargeError.
    """
    if limits is not None:
        rows = count_occurrences(raw, b"\n")
        CellCounter(limits).count_cells(count_occurrences(raw, b",") + rows, rows)
    try:
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _make_unprocessable_error(
            [_make_finding("row/1", "not_csv", f"The file is not CSV in UTF-8: {error}.", "Save it as CSV UTF-8.")]
        ) from error
    numbered = [(number, cells) for number, cells in enumerate(lines, 1) if number == 1 or any(map(str.strip, cells))]
    return _build_report([(number, list[CellValue](cells)) for number, cells in numbered])


def read_workbook_report(raw: bytes, limits: FileLimits) -> RawReport:
    """Read the rows of the sheet `outputs` of a workbook, or of its first sheet.

    UnprocessableContentError, ContentTooLargeError.
    """
    try:
        book = XlsxWorkbook(raw, limits)
        names = list(book.list_sheet_names())
        chosen = next((name for name in names if name.strip().casefold() == "outputs"), None)
        sheet = names[0] if chosen is None and names else chosen
        rows = [] if sheet is None else list(book.open_sheet(sheet).rows)
    except InvalidFileError as error:
        raise _make_unprocessable_error(
            [_make_finding("", "bad_file", str(error), "Save it again as .xlsx.")]
        ) from error
    wrong = [one for one in book.list_findings() if one.severity == "error"]
    if wrong:
        raise _make_unprocessable_error(wrong)
    width = len(rows[0][1]) if rows else 0
    return _build_report([(number, [*cells, *[None] * (width - len(cells))]) for number, cells in rows])


def _build_report(lines: list[tuple[int, list[CellValue]]]) -> RawReport:
    """Build a report from the rows below a header; report cells outside the columns.

    Raises UnprocessableContentError.
    """
    names = [str(name or "").strip().lower() for name in lines[0][1]] if lines else []
    findings = _check_header(names)
    if findings:
        raise _make_unprocessable_error(findings)
    filled = lines[1:]
    for number, cells in filled:
        if len(cells) != len(names):
            message = f"The row has {len(cells)} cells, but the header {len(names)}."
            findings.append(
                _make_finding(f"row/{number}", "ragged_row", message, "Give every row a cell for each column.")
            )
        for name, cell in zip(names, cells, strict=False):
            if isinstance(cell, UnsupportedCell) and cell.kind != "formula":
                remedy = "Type the value itself, in a cell formatted as text or number."
                message = f"{SHEET_CODES[cell.kind].meaning} It shows {cell.value!r}."
                findings.append(_make_finding(f"row/{number}/{name}", cell.kind, message, remedy))
    if not filled:
        findings.append(
            _make_finding("row/2", "missing", "There are no rows below the header.", "Report at least one output.")
        )
    if findings:
        raise _make_unprocessable_error(findings)
    rows = [{name: _parse_cell(name, cell) for name, cell in zip(names, cells, strict=True)} for _, cells in filled]
    return RawReport(rows, lambda k: f"row/{filled[k][0]}")


def _check_header(names: list[str]) -> list[Finding]:
    remedy = f"The columns are: {', '.join(OUTPUT_COLUMNS)}."
    findings = [
        _make_finding("row/1", "missing_column", f"There is no column {name!r}.", remedy)
        for name in OUTPUT_COLUMNS
        if name not in names
    ]
    for k, name in enumerate(names):
        if name not in OUTPUT_COLUMNS or name in names[:k]:
            message = f"The column {name[:60]!r} is not known, or comes twice."
            findings.append(_make_finding("row/1", "unknown_column", message, remedy))
    return findings


def read_raw_report(raw: bytes, content_type: str | None, settings: Settings) -> RawReport:
    """Read the rows of a body of any supported media type."""
    kind = parse_media_type(content_type)
    if kind == XLSX_MEDIA_TYPE:
        return read_workbook_report(raw, get_file_limits(settings))
    return read_csv_report(raw, get_file_limits(settings)) if kind == CSV_MEDIA_TYPE else read_json_report(raw)


def _parse_cell(name: str, cell: CellValue) -> Any:
    """Parse a number where one is expected; otherwise return the text, which is checked later."""
    value = cell.value if isinstance(cell, UnsupportedCell) else cell
    if name != "quantity":
        return restore_digits(value).strip() if isinstance(value, str | float) else value
    if not isinstance(value, str):
        return value
    try:
        return float(value.strip())
    except ValueError:
        return value.strip()


def _make_finding(path: str, code: str, message: str, remedy: str) -> Finding:
    return Finding(path=path, code=code, message=message, remedy=remedy)


def _make_unprocessable_error(findings: list[Finding]) -> UnprocessableContentError:
    return UnprocessableContentError(f"{findings[0].message} {findings[0].remedy}", findings=findings[:1000])
