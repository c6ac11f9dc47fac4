"""Sheets whose rows are objects, or entries under a key, of what the problem holds."""

from typing import TYPE_CHECKING, Any

from models.sheets.cells import taken
from models.sheets.columns import Column, Path
from models.sheets.layout import IDENTIFIED_BY
from models.sheets.rows import Row, Rows

if TYPE_CHECKING:
    from models.sheets.document_reader import Reading


def read_entries(rows: Rows, reading: "Reading") -> None:
    """Put what every row says at its place in the document."""
    Entries(rows, reading).read()


class Entries:
    """One sheet being read into the document."""

    def __init__(self, rows: Rows, reading: "Reading") -> None:
        """Read `rows` into `reading`."""
        self._sheet = rows
        self._layout = rows.layout
        self._reading = reading
        self._periods: list[str] = list(reading.problem.get("periods", ()))
        self._spread = {
            column.name: [f"{column.name} {period}" for period in self._periods]
            for column in rows.layout.fields
            if column.by_period
        }

    def read(self) -> None:
        """Read all rows."""
        if self._layout.empty_counts:
            _container(self._reading.document, self._layout.path, keyed=True)
        for row in self._sheet.rows:
            owner = self._owner(row)
            if owner is not None:
                self._put(row, *owner)

    def _owner(self, row: Row) -> tuple[Any, Path] | None:
        """What the row belongs to, with its path; None, and a finding, where that is not there."""
        layout, names = self._layout, []
        for column in layout.columns[: len(layout.parents)]:
            name = self._filled(row, column)
            if name is None:
                return None
            names.append(str(name))
        path = self._reading.places.owner(layout.parents, tuple(names))
        if path is None:
            column = layout.columns[len(names) - 1]
            what = " ".join(names)
            self._note(
                "unknown_row",
                row,
                column.name,
                f"The sheet {layout.parents[-1]} has no {what[:200]!r}.",
                "Add it there, or take this row out.",
            )
            return None
        owner: Any = self._reading.document
        for part in path:
            owner = owner[part]
        return owner, path

    def _put(self, row: Row, owner: Any, path: Path) -> None:
        layout, way = self._layout, self._layout.path
        if layout.branch:
            word = self._filled(row, layout.columns[len(layout.parents)])
            if word not in layout.branch:
                if word is not None:
                    column = layout.columns[len(layout.parents)]
                    self._note(
                        "unknown_row",
                        row,
                        column.name,
                        f"{str(word)[:100]!r} is neither {' nor '.join(layout.branch)}.",
                        "Choose one.",
                    )
                return
            way = (*way, layout.branch[str(word)])
        said = self._said(row)
        held = _container(owner, way, keyed=bool(layout.key))
        if layout.key:
            self._put_under_key(row, held, (*path, *way), said)
            return
        held.append(said)
        self._reading.places.put((*path, *way, len(held) - 1), layout, row.number)
        self._remember(said, (*path, *way, len(held) - 1), path)

    def _put_under_key(self, row: Row, held: dict[str, Any], path: Path, said: Any) -> None:
        column = self._layout.column(self._layout.key)
        key = self._filled(row, column) if column is not None else None
        if key is None:
            return
        if str(key) in held:
            self._note(
                "repeated_row",
                row,
                self._layout.key,
                f"{str(key)[:100]!r} stands in a row above already.",
                "Keep one of them.",
            )
            return
        held[str(key)] = said
        self._reading.places.put((*path, str(key)), self._layout, row.number)

    def _remember(self, said: Any, path: Path, owner: Path) -> None:
        """Let rows of other sheets find what this row is."""
        if isinstance(said, dict):
            name = said.get(IDENTIFIED_BY.get(self._layout.name, "id"))
            if isinstance(name, str):
                self._reading.places.name(self._layout.name, owner, name, path)

    def _said(self, row: Row) -> Any:
        """The object that a row is, or its one value."""
        layout = self._layout
        values = {column.name: value for column in layout.fields for value in self._value(row, column)}
        if layout.value:
            if layout.value not in values and not self._spoilt(row, layout.value):
                self._note("missing_cell", row, layout.value, "The cell is empty.", "Fill it, or take the row out.")
            return values.get(layout.value)
        if layout.name == "goals" and values.keys() == {"goal"}:
            return values["goal"]
        return values

    def _value(self, row: Row, column: Column) -> list[Any]:
        """The value of a field, alone in a list; an empty list where the cell is empty."""
        headers = self._spread.get(column.name, [])
        filled = [header for header in headers if header in row.cells]
        if not filled:
            return [taken(column, row.cells[column.name])] if column.name in row.cells else []
        if column.name in row.cells:
            self._note(
                "number_and_list",
                row,
                column.name,
                "Here stands one number for all periods, and beside it numbers by period.",
                "Keep one of both.",
            )
        for header in headers:
            if header not in row.cells and not self._spoilt(row, header):
                self._note(
                    "missing_cell", row, header, "Other periods of this row say a number, this one none.", "Fill it."
                )
        return [[taken(column, row.cells.get(header)) for header in headers]]

    def _filled(self, row: Row, column: Column) -> Any:
        value = taken(column, row.cells.get(column.name))
        if value is None and not self._spoilt(row, column.name):
            self._note("missing_cell", row, column.name, "The cell is empty.", "Fill it, or take the row out.")
        return value

    def _spoilt(self, row: Row, column: str) -> bool:
        """Whether the cell was found wrong already."""
        cell = self._sheet.cell(row.number, column)
        return any(one.cell == cell for one in self._reading.found[-50:])

    def _note(self, code: str, row: Row, column: str, message: str, remedy: str) -> None:
        self._reading.note(code, self._sheet.cell(row.number, column), message, remedy)


def _container(owner: Any, path: Path, *, keyed: bool) -> Any:
    """The list or object at a path below `owner`, made if it is not there."""
    for part in path[:-1]:
        owner = owner.setdefault(part, {})
    return owner.setdefault(path[-1], {} if keyed else [])
