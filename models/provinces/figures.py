"""Where every figure of a province comes from: found in a source, derived from marked figures, or assumed."""

from dataclasses import dataclass
from pathlib import Path

from models.provinces.tables import Folder, Row

FIGURE_MARKS = ("found", "derived", "assumed")
"""`found`: read in a source. `derived`: computed from marked figures. `assumed`: plausible, to be replaced by something better."""

NON_FIGURE_COLUMNS = frozenset({"mark", "source", "marks", "note"})
"""Columns that say something about the others."""


@dataclass(frozen=True)
class Figure:
    """One cell of a table with its mark."""

    file: str
    """File name."""
    row: int
    """Line of the file, counted from 1."""
    column: str
    """Column name."""
    value: str
    """The cell as it stands."""
    mark: str
    """One of `MARKS`."""
    source: str
    """Codes of sources.csv, separated by spaces."""


def list_figures(folder: Folder) -> tuple[Figure, ...]:
    """Every filled cell of the tables in `folder` but those of sources.csv, with its mark; problems are noted in the folder.

    A row's `mark` and `source` hold for all of its cells, except those that its `marks` name: `column=mark:source; …`.
    """
    sources = folder.keyed("sources.csv", "code", "title")
    found: list[Figure] = []
    for path in sorted(Path(folder.path).glob("*.csv")):
        if path.name != "sources.csv":
            for row in folder.table(path.name, "mark", "source"):
                found.extend(_list_row_figures(row, sources))
    return tuple(found)


def _list_row_figures(row: Row, sources: dict[str, Row]) -> list[Figure]:
    default = (row.known("mark", FIGURE_MARKS, "mark (found, derived, assumed)"), row.text("source"))
    special = _parse_special_marks(row)
    for column, (mark, source) in {"source": default, **special}.items():
        where = column if column == "source" else "marks"
        if mark not in FIGURE_MARKS:
            row.wrong(where, f"“{mark}” is not a known mark (found, derived, assumed)")
        for code in source.split() or [""]:
            if code not in sources:
                row.wrong(where, f"source “{code}” is not in sources.csv")
    cells = {column: value for column, value in row.cells.items() if value and column not in NON_FIGURE_COLUMNS}
    return [Figure(row.file, row.line, column, value, *special.get(column, default)) for column, value in cells.items()]


def _parse_special_marks(row: Row) -> dict[str, tuple[str, str]]:
    special: dict[str, tuple[str, str]] = {}
    for part in filter(None, (p.strip() for p in row.text("marks").split(";"))):
        column, equals, rest = part.partition("=")
        mark, colon, source = rest.partition(":")
        if not (equals and colon):
            row.wrong("marks", f"“{part}” must read column=mark:source")
        elif column not in row.cells:
            row.wrong("marks", f"there is no column “{column}”")
        else:
            special[column] = (mark, source)
    return special
