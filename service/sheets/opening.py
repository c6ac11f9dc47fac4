"""From bytes or a path to what the sheets say."""

from pathlib import Path

from models.sheets import Reading, Source, read_tables
from service.settings import Settings
from service.sheets.archive import BadFile, Limits
from service.sheets.csv_files import CsvFiles
from service.sheets.kinds import SheetKind
from service.sheets.xlsx import Workbook


def limits_of(settings: Settings) -> Limits:
    """How much may be in a file."""
    return Limits(settings.max_unpacked_bytes, settings.max_sheet_cells, settings.max_body_objects)


def read_sheets(raw: bytes, kind: SheetKind, settings: Settings) -> Reading:
    """What a workbook or a zip of CSV says; what is wrong with it is in `found`. Raises TooLarge beyond the limits."""
    limits = limits_of(settings)
    try:
        return read_tables(Workbook(raw, limits) if kind == "xlsx" else CsvFiles.of_zip(raw, limits))
    except BadFile as error:
        return _unreadable(error)


def read_path(path: Path, settings: Settings) -> Reading:
    """The same for a file or a folder. Raises OSError, TooLarge."""
    if path.is_dir():
        source: Source = CsvFiles.of_folder(path, limits_of(settings))
        return read_tables(source)
    return read_sheets(path.read_bytes(), "zip" if path.suffix.lower() == ".zip" else "xlsx", settings)


def _unreadable(error: BadFile) -> Reading:
    reading = Reading()
    reading.note("bad_file", None, str(error), "Save it again as .xlsx, or zip the CSV files again.")
    return reading
