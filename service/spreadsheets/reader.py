"""Readers of spreadsheets, from bytes or a path."""

from pathlib import Path

from models.sheets import ProvinceDocument, SheetSource, read_sheet_tables
from service.core.settings import Settings
from service.spreadsheets.archive import FileLimits, InvalidFileError
from service.spreadsheets.csv_files import CsvFiles
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.spreadsheets.xlsx_reader import XlsxWorkbook


def get_file_limits(settings: Settings) -> FileLimits:
    """Return the limits of the settings on a file."""
    return FileLimits(settings.max_unpacked_bytes, settings.max_sheet_cells, settings.max_body_objects)


def read_sheets(raw: bytes, kind: SpreadsheetKind, settings: Settings) -> ProvinceDocument:
    """Read a workbook or a zip of CSV files; the result holds the findings.

    Raises ContentTooLargeError beyond the limits.
    """
    limits = get_file_limits(settings)
    try:
        return read_sheet_tables(XlsxWorkbook(raw, limits) if kind == "xlsx" else CsvFiles.from_zip(raw, limits))
    except InvalidFileError as error:
        return _make_failed_reading(error)


def read_sheets_path(path: Path, settings: Settings) -> ProvinceDocument:
    """Read a file or a folder. Raises OSError, ContentTooLargeError."""
    if path.is_dir():
        source: SheetSource = CsvFiles.from_folder(path, get_file_limits(settings))
        return read_sheet_tables(source)
    return read_sheets(path.read_bytes(), "zip" if path.suffix.lower() == ".zip" else "xlsx", settings)


def _make_failed_reading(error: InvalidFileError) -> ProvinceDocument:
    reading = ProvinceDocument()
    reading.add_finding("bad_file", None, str(error), "Save it again as .xlsx, or zip the CSV files again.")
    return reading
