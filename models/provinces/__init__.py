"""Provinces as data: `builtin()` names those that come with Allot, `load(name)` reads one.

A province is a folder of CSV files that a person can read and edit; see ryanggang/README.md for the files and their columns.
"""

from models.provinces.errors import MalformedProvinceError, ProvinceError, TableProblem, UnknownProvinceError
from models.provinces.province import Province

__all__ = [
    "MalformedProvinceError",
    "Province",
    "ProvinceError",
    "TableProblem",
    "UnknownProvinceError",
    "builtin",
    "load",
]


def builtin() -> tuple[str, ...]:
    """Identifiers of the provinces that come with Allot, in alphabetical order."""
    return ()


def load(name: str) -> Province:
    """The built-in province of that name; UnknownProvinceError if there is none, MalformedProvinceError if its tables are broken."""
    raise UnknownProvinceError(name)
