"""Reports of outputs from JSON, CSV or a workbook, as rows that `models.outputs` checks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.outputs import FactoryOutput
from models.sheets import CsvSheets, RawSheet
from models.sheets.cells import parse_cell
from models.sheets.columns import Column, SheetLayout, make_columns
from models.sheets.layout import NOTE_COLUMNS
from models.sheets.rows import read_sheet_rows
from models.tables import QuotaRow
from models.validation.checks import Finding
from models.validation.finding import SheetCell
from service.core.errors import UnprocessableContentError
from service.core.json_documents import decode_json_object
from service.core.settings import Settings
from service.domain.schemas.fulfilment import OutputRow
from service.spreadsheets.archive import CellCounter, FileLimits, InvalidFileError
from service.spreadsheets.file_kinds import XLSX_MEDIA_TYPE
from service.spreadsheets.reader import get_file_limits
from service.spreadsheets.xlsx_reader import XlsxWorkbook

CSV_MEDIA_TYPE = "text/csv"

OUTPUTS_SHEET = SheetLayout(
    "outputs",
    "A row is what a factory made of an item in a period.",
    (
        *make_columns(FactoryOutput, *FactoryOutput.model_fields),
        Column("recipe", "text", "Recipe; the rows of all recipes of an item are summed."),
    ),
)
"""Sheet of a report."""

_UNREAD_COLUMNS = {*NOTE_COLUMNS, *OutputRow.model_fields, *QuotaRow.model_fields} - {
    column.name for column in OUTPUTS_SHEET.columns
}
"""Columns that a report may have and that are not read: notes, and what Allot adds to outputs and quotas that it exports."""

_REPORT_CODES = {"bad_file": "not_csv", "bad_row": "ragged_row", "repeated_column": "unknown_column"}
"""Codes of findings about a CSV file of outputs, by the code of the same finding about a sheet of a province."""


@dataclass(frozen=True, slots=True)
class RawReport:
    """A report before its rows are checked."""

    rows: list[Any]
    """Objects with `factory`, `item`, `period` and `quantity`, or any other value that was sent."""
    locate_row: Callable[[int], str]
    """Place of a row: a JSON pointer, or `row/` and its number in the file, where the header is row 1."""
    warnings: tuple[Finding, ...] = ()
    """Warnings about the cells of a file."""
    sheet: str = ""
    """Name of the sheet; empty for JSON."""

    def locate_findings(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return findings about the rows with their cells, if the report is a file."""
        if not self.sheet:
            return tuple(findings)
        return tuple(
            finding.model_copy(update={"cell": self._locate_cell(finding.path)}) if finding.path else finding
            for finding in findings
        )

    def _locate_cell(self, path: str) -> SheetCell:
        _, number, *column = path.split("/")
        return SheetCell(sheet=self.sheet, row=int(number), column="".join(column[:1]))


@dataclass
class _ReportSheet:
    """A sheet of outputs being read."""

    raw: RawSheet
    list_file_findings: Callable[[], Iterable[Finding]]
    findings: list[Finding] = field(default_factory=list)

    def read(self, codes: dict[str, str]) -> RawReport:
        """Read the rows; raise UnprocessableContentError with all findings about the sheet. `codes` replaces codes."""
        sheet = read_sheet_rows(OUTPUTS_SHEET, self.raw, (), self.findings, _UNREAD_COLUMNS)
        rows, numbers = _sum_recipes(
            (row.number, {column.name: parse_cell(column, row.cells[column.name]) for column in OUTPUTS_SHEET.columns
                          if column.name in row.cells}) for row in sheet.rows
        )  # fmt: skip
        found = [*self.list_file_findings(), *self.findings]
        if not sheet.headers and not found:
            names = ", ".join(FactoryOutput.model_fields)
            found = [
                _make_finding(
                    "row/1", "missing_column", f"There is no column {column.name!r}.", f"The columns are: {names}."
                )
                for column in OUTPUTS_SHEET.columns
                if column.required
            ]
        elif not rows and not any(finding.severity == "error" for finding in found):
            found.append(
                _make_finding("row/2", "missing", "There are no rows below the header.", "Report at least one output.")
            )
        located = [self._locate(finding, codes) for finding in found]
        if any(finding.severity == "error" for finding in located):
            raise _make_unprocessable_error(located)
        return RawReport(rows, lambda k: f"row/{numbers[k]}", tuple(located), self.raw.name)

    def _locate(self, finding: Finding, codes: dict[str, str]) -> Finding:
        """Return a finding about a cell with the path of the cell."""
        cell = finding.cell
        if cell is None:
            return finding
        in_header = finding.code in ("missing_column", "unknown_column", "repeated_column")
        column = f"/{cell.column}" if cell.column and not in_header else ""
        path = f"row/{max(1, cell.row)}{column}"
        cell = cell.model_copy(update={"sheet": self.raw.name})
        return finding.model_copy(update={"path": path, "code": codes.get(finding.code, finding.code), "cell": cell})


def _sum_recipes(numbered: Iterable[tuple[int, dict[str, Any]]]) -> tuple[list[Any], list[int]]:
    """Sum the quantities of rows that differ in `recipe` only; return the rows without it, and their first numbers.

    Rows that name a recipe twice, or with a quantity that is no number, stay apart, so that the checks name them.
    """
    rows, numbers = list[Any](), list[int]()
    first: dict[tuple[Any, ...], tuple[int, set[Any]]] = {}
    for number, row in numbered:
        recipe, quantity = row.pop("recipe", ""), row.get("quantity")
        key = (row.get("factory"), row.get("item"), row.get("period"))
        position, recipes = first.setdefault(key, (len(rows), set()))
        former = rows[position].get("quantity") if position < len(rows) else None
        if recipe not in recipes and isinstance(former, int | float) and isinstance(quantity, int | float):
            rows[position]["quantity"] = former + quantity
        else:
            rows.append(row)
            numbers.append(number)
        recipes.add(recipe)
    return rows, numbers


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


def read_csv_report(raw: bytes, limits: FileLimits) -> RawReport:
    """Read the rows of a CSV file with a header; columns in any order, empty lines ignored.

    UnprocessableContentError, ContentTooLargeError.
    """
    source = CsvSheets({"outputs": raw}, count_cells=CellCounter(limits).count_cells)
    return _ReportSheet(source.open_sheet("outputs"), source.list_findings).read(_REPORT_CODES)


def read_workbook_report(raw: bytes, limits: FileLimits) -> RawReport:
    """Read the rows of the sheet `outputs` of a workbook, or of its first sheet.

    UnprocessableContentError, ContentTooLargeError.
    """
    try:
        book = XlsxWorkbook(raw, limits)
        names = list(book.list_sheet_names())
        chosen = next((name for name in names if name.strip().casefold() == "outputs"), None)
        sheet = names[0] if chosen is None and names else chosen
        opened = RawSheet("outputs", ()) if sheet is None else book.open_sheet(sheet)
    except InvalidFileError as error:
        raise _make_unprocessable_error(
            [_make_finding("", "bad_file", str(error), "Save it again as .xlsx.")]
        ) from error
    return _ReportSheet(opened, book.list_findings).read({})


def read_report_file(path: Path, settings: Settings) -> RawReport:
    """Read the rows of a file: a workbook by its ending, otherwise CSV.

    Raises OSError, UnprocessableContentError, ContentTooLargeError.
    """
    read = read_workbook_report if path.suffix.lower() == ".xlsx" else read_csv_report
    return read(path.read_bytes(), get_file_limits(settings))


def read_raw_report(raw: bytes, content_type: str | None, settings: Settings) -> RawReport:
    """Read the rows of a body of any supported media type."""
    kind = parse_media_type(content_type)
    if kind == XLSX_MEDIA_TYPE:
        return read_workbook_report(raw, get_file_limits(settings))
    return read_csv_report(raw, get_file_limits(settings)) if kind == CSV_MEDIA_TYPE else read_json_report(raw)


def _make_finding(path: str, code: str, message: str, remedy: str) -> Finding:
    return Finding(path=path, code=code, message=message, remedy=remedy)


def _make_unprocessable_error(findings: list[Finding]) -> UnprocessableContentError:
    return UnprocessableContentError(f"{findings[0].message} {findings[0].remedy}", findings=findings[:1000])
