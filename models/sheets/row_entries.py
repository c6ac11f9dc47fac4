"""Sheets whose rows are objects, or entries under a key, of what the problem holds."""

from typing import TYPE_CHECKING, Any

from models.sheets.cells import parse_cell
from models.sheets.columns import Column, JsonPath
from models.sheets.layout import ID_COLUMNS
from models.sheets.rows import SheetRow, SheetRows

if TYPE_CHECKING:
    from models.sheets.document_reader import ProvinceDocument


def read_sheet_entries(rows: SheetRows, document: "ProvinceDocument") -> None:
    """Put what every row says at its place in the document."""
    RowReader(rows, document).read_all_rows()


class RowReader:
    """One sheet being read into the document."""

    def __init__(self, rows: SheetRows, document: "ProvinceDocument") -> None:
        """Read `rows` into `reading`."""
        self._sheet = rows
        self._layout = rows.layout
        self._document = document
        periods: list[str] = list(document.problem.get("periods", ()))
        self._fields: list[tuple[Column, list[str]]] = []
        for column in rows.layout.field_columns:
            headers = [f"{column.name} {period}" for period in periods] if column.by_period else []
            self._fields.append((column, [] if rows.headers.keys().isdisjoint(headers) else headers))
        self._key = rows.layout.find_column(rows.layout.key_column)
        self._owners: dict[tuple[str, ...], tuple[Any, JsonPath]] = {}

    def read_all_rows(self) -> None:
        """Read all rows."""
        if self._layout.is_empty_significant:
            _ensure_container(self._document.content, self._layout.path, keyed=True)
        for row in self._sheet.rows:
            owner = self._find_owner(row)
            if owner is not None:
                self._store_entry(row, *owner)

    def _find_owner(self, row: SheetRow) -> tuple[Any, JsonPath] | None:
        """What the row belongs to, with its path; None, and a finding, where that is not there."""
        layout, names = self._layout, []
        for column in layout.columns[: len(layout.parent_sheets)]:
            name = self._parse_required_cell(row, column)
            if name is None:
                return None
            names.append(str(name))
        if tuple(names) in self._owners:
            return self._owners[tuple(names)]
        path = self._document.locations.find_owner_path(layout.parent_sheets, tuple(names))
        if path is None:
            column = layout.columns[len(names) - 1]
            what = " ".join(names)
            self._add_finding(
                "unknown_row",
                row,
                column.name,
                f"The sheet {layout.parent_sheets[-1]} has no {what[:200]!r}.",
                "Add it there, or take this row out.",
            )
            return None
        owner: Any = self._document.content
        for part in path:
            owner = owner[part]
        return self._owners.setdefault(tuple(names), (owner, path))

    def _store_entry(self, row: SheetRow, owner: Any, path: JsonPath) -> None:
        layout, way = self._layout, self._layout.path
        if layout.branch_paths:
            word = self._parse_required_cell(row, layout.columns[len(layout.parent_sheets)])
            if word not in layout.branch_paths:
                if word is not None:
                    column = layout.columns[len(layout.parent_sheets)]
                    self._add_finding(
                        "unknown_row",
                        row,
                        column.name,
                        f"{str(word)[:100]!r} is neither {' nor '.join(layout.branch_paths)}.",
                        "Choose one.",
                    )
                return
            way = (*way, layout.branch_paths[str(word)])
        said = self._parse_entry(row)
        held = _ensure_container(owner, way, keyed=bool(layout.key_column))
        if layout.key_column:
            self._store_under_key(row, held, (*path, *way), said)
            return
        held.append(said)
        self._document.locations.add_row_location((*path, *way, len(held) - 1), layout, row.number)
        self._register_name(said, (*path, *way, len(held) - 1), path)

    def _store_under_key(self, row: SheetRow, held: dict[str, Any], path: JsonPath, said: Any) -> None:
        key = self._parse_required_cell(row, self._key) if self._key is not None else None
        if key is None:
            return
        if str(key) in held:
            self._add_finding(
                "repeated_row",
                row,
                self._layout.key_column,
                f"{str(key)[:100]!r} stands in a row above already.",
                "Keep one of them.",
            )
            return
        held[str(key)] = said
        self._document.locations.add_row_location((*path, str(key)), self._layout, row.number)

    def _register_name(self, said: Any, path: JsonPath, owner: JsonPath) -> None:
        """Let rows of other sheets find what this row is."""
        if isinstance(said, dict):
            name = said.get(ID_COLUMNS.get(self._layout.name, "id"))
            if isinstance(name, str):
                self._document.locations.register_name(self._layout.name, owner, name, path)

    def _parse_entry(self, row: SheetRow) -> Any:
        """The object that a row is, or its one value."""
        layout = self._layout
        values: dict[str, Any] = {}
        for column, headers in self._fields:
            if headers and not row.cells.keys().isdisjoint(headers):
                values[column.name] = self._parse_periods(row, column, headers)
            elif column.name in row.cells:
                values[column.name] = parse_cell(column, row.cells[column.name])
        if layout.value_column:
            if layout.value_column not in values and not self._is_cell_rejected(row, layout.value_column):
                self._add_finding(
                    "missing_cell", row, layout.value_column, "The cell is empty.", "Fill it, or take the row out."
                )
            return values.get(layout.value_column)
        if layout.name == "goals" and values.keys() == {"goal"}:
            return values["goal"]
        return values

    def _parse_periods(self, row: SheetRow, column: Column, headers: list[str]) -> list[Any]:
        """The numbers of a field by period, of which at least one is there."""
        if column.name in row.cells:
            self._add_finding(
                "number_and_list",
                row,
                column.name,
                "Here stands one number for all periods, and beside it numbers by period.",
                "Keep one of both.",
            )
        for header in headers:
            if header not in row.cells and not self._is_cell_rejected(row, header):
                self._add_finding(
                    "missing_cell", row, header, "Other periods of this row say a number, this one none.", "Fill it."
                )
        return [parse_cell(column, row.cells.get(header)) for header in headers]

    def _parse_required_cell(self, row: SheetRow, column: Column) -> Any:
        value = parse_cell(column, row.cells.get(column.name))
        if value is None and not self._is_cell_rejected(row, column.name):
            self._add_finding("missing_cell", row, column.name, "The cell is empty.", "Fill it, or take the row out.")
        return value

    def _is_cell_rejected(self, row: SheetRow, column: str) -> bool:
        """Whether the cell was found wrong already."""
        cell = self._sheet.locate_cell(row.number, column)
        return any(one.cell == cell for one in self._document.findings[-50:])

    def _add_finding(self, code: str, row: SheetRow, column: str, message: str, remedy: str) -> None:
        self._document.add_finding(code, self._sheet.locate_cell(row.number, column), message, remedy)


def _ensure_container(owner: Any, path: JsonPath, *, keyed: bool) -> Any:
    """The list or object at a path below `owner`, made if it is not there."""
    for part in path[:-1]:
        owner = owner.setdefault(part, {})
    return owner.setdefault(path[-1], {} if keyed else [])
