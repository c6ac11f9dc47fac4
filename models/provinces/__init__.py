"""Provinces as data: the built-in ones, each a folder of CSV files in the layout of `models.sheets`, and any other folder.

ryanggang/README.md says how to edit one by hand; docs/provinces.md names the sheets.
"""

from functools import cache
from pathlib import Path

from models.provinces.errors import InvalidMarksError, ProvinceError, UnknownProvinceError
from models.provinces.figures import Figure, read_figures, read_notes
from models.provinces.province import Province
from models.provinces.reader import read_province
from models.sheets import RowNotes

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
    """Identifiers of the provinces that come with Allot, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _PROVINCES_FOLDER.glob("*/province.csv")))


@cache
def load_builtin_province(name: str) -> Province:
    """The built-in province of that name; UnknownProvinceError if there is none."""
    return read_province(_find_builtin_folder(name))


def load_province_folder(path: Path) -> Province:
    """The province in the folder `path`. Raises OSError, and InvalidProblemError with all findings, by sheet, row and column."""
    return read_province(path)


def load_province_figures(name: str) -> tuple[Figure, ...]:
    """Every figure of a built-in province, with its mark (found, derived, assumed) and its sources."""
    return read_figures(_find_builtin_folder(name))


def load_province_notes(name: str) -> tuple[RowNotes, dict[str, list[list[str]]]]:
    """What the sheets of a built-in province say for people of each row, and its sheets for people, the header first."""
    return read_notes(_find_builtin_folder(name))


def _find_builtin_folder(name: str) -> Path:
    if name not in list_builtin_provinces():
        raise UnknownProvinceError(
            f"there is no built-in province “{name}”; there is {', '.join(list_builtin_provinces())}"
        )
    return _PROVINCES_FOLDER / name
