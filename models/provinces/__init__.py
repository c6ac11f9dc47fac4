"""Provinces: the built-in ones, and folders of CSV files in the layout of `models.sheets`.

ryanggang/README.md explains how to edit a province by hand; docs/how-to/import-a-province-from-excel.md describes the sheets.
"""

from functools import cache
from pathlib import Path

from models.provinces.figures import Figure, open_csv_folder, read_figures, read_notes, read_text_rows
from models.provinces.province import InvalidMarksError, Province, ProvinceError, UnknownProvinceError
from models.sheets import CsvSheets, RowNotes, read_sheet_tables
from models.validation.parsing import validate_model

__all__ = [
    "Figure",
    "InvalidMarksError",
    "Province",
    "ProvinceError",
    "UnknownProvinceError",
    "list_builtin_provinces",
    "load_builtin_province",
    "load_province_figures",
    "load_province_folder",
    "load_province_notes",
]

_PROVINCES_FOLDER = Path(__file__).parent


def list_builtin_provinces() -> tuple[str, ...]:
    """Return the identifiers of the built-in provinces in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _PROVINCES_FOLDER.glob("*/province.csv")))


@cache
def load_builtin_province(name: str) -> Province:
    """Return the built-in province `name`; raise UnknownProvinceError if it does not exist."""
    return load_province_folder(_find_builtin_folder(name))


def load_province_folder(path: Path) -> Province:
    """Read the province in the folder `path`.

    Raises OSError, and InvalidProblemError with all findings, located by sheet, row and column.
    """
    files = open_csv_folder(path)
    document = read_sheet_tables(files)
    problem, scenarios = document.parse_parts()
    content = {
        "id": path.name,
        "name": document.content.get("name") or problem.name or path.name,
        "local_name": _find_local_name(files),
        "notes": problem.notes,
        "problem": problem,
        "scenarios": scenarios,
    }
    with document.locate_errors():
        return validate_model(Province, content)


def load_province_figures(name: str) -> tuple[Figure, ...]:
    """Return every figure of a built-in province, with its mark (found, derived, assumed) and its sources."""
    return read_figures(_find_builtin_folder(name))


def load_province_notes(name: str) -> tuple[RowNotes, dict[str, list[list[str]]]]:
    """Return the notes on rows of a built-in province, and its sheets for people, header first."""
    return read_notes(_find_builtin_folder(name))


def _find_builtin_folder(name: str) -> Path:
    if name not in list_builtin_provinces():
        raise UnknownProvinceError(
            f"unknown built-in province “{name}”; available: {', '.join(list_builtin_provinces())}"
        )
    return _PROVINCES_FOLDER / name


def _find_local_name(files: CsvSheets) -> str:
    """Return the name in the region's own language, which only the sheet `underlying_figures` contains."""
    if "underlying_figures" not in files.list_sheet_names():
        return ""
    _, rows = read_text_rows(files, "underlying_figures")
    return next((cells[3] for _, cells in rows if cells[:3] == ["province", "", "local_name"]), "")
