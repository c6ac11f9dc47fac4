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


def open_sheet_source(raw: bytes, kind: SpreadsheetKind, settings: Settings) -> SheetSource:
    """Open a workbook or a zip of CSV files. Raises InvalidFileError, and ContentTooLargeError beyond the limits."""
    limits = get_file_limits(settings)
    return XlsxWorkbook(raw, limits) if kind == "xlsx" else CsvFiles.from_zip(raw, limits)


def read_sheets(raw: bytes, kind: SpreadsheetKind, settings: Settings) -> ProvinceDocument:
    """Read a workbook or a zip of CSV files; the result holds the findings.

    Raises ContentTooLargeError beyond the limits.
    """
    try:
        return read_sheet_tables(open_sheet_source(raw, kind, settings))
    except InvalidFileError as error:
        return _make_failed_reading(error)


def read_sheets_path(path: Path, settings: Settings) -> ProvinceDocument:
    """Read a file or a folder. Raises OSError, ContentTooLargeError."""
    try:
        return read_sheet_tables(open_path_source(path, settings))
    except InvalidFileError as error:
        return _make_failed_reading(error)


def open_path_source(path: Path, settings: Settings) -> SheetSource:
    """Open a file or a folder. Raises OSError, InvalidFileError, ContentTooLargeError."""
    if path.is_dir():
        return CsvFiles.from_folder(path, get_file_limits(settings))
    return open_sheet_source(path.read_bytes(), "zip" if path.suffix.lower() == ".zip" else "xlsx", settings)


def _make_failed_reading(error: InvalidFileError) -> ProvinceDocument:
    reading = ProvinceDocument()
    reading.add_finding("bad_file", None, str(error), "Save it again as .xlsx, or zip the CSV files again.")
    return reading
