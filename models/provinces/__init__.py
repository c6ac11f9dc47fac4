"""Provinces as data: `builtin()` names those that come with Allot, `load(name)` reads one.

A province is a folder of CSV files that a person can read and edit; see ryanggang/README.md for the files and their columns.
"""

from models.provinces.errors import MalformedProvince, ProvinceError, TableProblem, UnknownProvince
from models.provinces.province import Province

__all__ = ["MalformedProvince", "Province", "ProvinceError", "TableProblem", "UnknownProvince", "builtin", "load"]


def builtin() -> tuple[str, ...]:
    """Identifiers of the provinces that come with Allot, in alphabetical order."""
    return ()


def load(name: str) -> Province:
    """The built-in province of that name; UnknownProvince if there is none, MalformedProvince if its tables are broken."""
    raise UnknownProvince(name)
