"""Provinces as data: `builtin()` names those that come with Allot, `load(name)` reads one, `load_folder(path)` any other.

A province is a folder of CSV files that a person can read and edit; see ryanggang/README.md for the files and their columns.
"""

from functools import cache
from pathlib import Path

from models.provinces.errors import MalformedProvinceError, ProvinceError, TableProblem, UnknownProvinceError
from models.provinces.figures import Figure
from models.provinces.notes import Notes, read_province_notes
from models.provinces.province import Province
from models.provinces.reader import read_figures, read_province

__all__ = [
    "Figure",
    "MalformedProvinceError",
    "Notes",
    "Province",
    "ProvinceError",
    "TableProblem",
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
    """The built-in province of that name; UnknownProvinceError if there is none, MalformedProvinceError if its tables are broken."""
    return read_province(_find_builtin_folder(name))


def load_province_folder(path: Path) -> Province:
    """The province whose tables lie in the folder `path`; MalformedProvinceError names every cell that cannot be read."""
    return read_province(path)


def load_province_figures(name: str) -> tuple[Figure, ...]:
    """Every figure of a built-in province, with its mark (found, derived, assumed) and its sources."""
    return read_figures(_find_builtin_folder(name))


def load_province_notes(name: str) -> tuple[Notes, tuple[tuple[str, ...], ...]]:
    """What the tables of a built-in province say for people of each row, and its list of sources, the header first."""
    return read_province_notes(_find_builtin_folder(name))


def _find_builtin_folder(name: str) -> Path:
    if name not in list_builtin_provinces():
        raise UnknownProvinceError(
            f"there is no built-in province “{name}”; there is {', '.join(list_builtin_provinces())}"
        )
    return _PROVINCES_FOLDER / name
