"""Read sheets whose rows are objects or keyed entries of the problem."""

from itertools import chain
from typing import Any

from models.labels import normalise_raw_label
from models.sheets.cell_locations import OwnerName
from models.sheets.cells import parse_cell
from models.sheets.columns import Column, get_id_fields
from models.sheets.document import ProvinceDocument
from models.sheets.rows import SheetRow, SheetRows
from models.validation.finding import JsonPath


class RowReader:
    """Reader of one sheet into the document."""

    def __init__(self, rows: SheetRows, document: ProvinceDocument) -> None:
        """Prepare to read `rows` into `document`."""
        self._sheet = rows
        self._layout = rows.layout
        self._document = document
        periods: list[str] = list(document.problem.get("periods", ()))
        self._fields: list[tuple[Column, list[str]]] = []
        for column in rows.layout.field_columns:
            headers = [f"{column.name} {period}" for period in periods] if column.by_period else []
            self._fields.append((column, [] if rows.headers.keys().isdisjoint(headers) else headers))
        self._key = rows.layout.find_column(rows.layout.key_column)
        self._owners: dict[tuple[OwnerName, ...], tuple[Any, JsonPath]] = {}

    def read_all_rows(self) -> None:
        """Read all rows."""
        if self._layout.is_empty_significant:
            _ensure_container(self._document.content, self._layout.path, keyed=True)
        for row in self._sheet.rows:
            owner = self._find_owner(row)
            if owner is not None:
                self._store_entry(row, *owner)

    def _find_owner(self, row: SheetRow) -> tuple[Any, JsonPath] | None:
        """Return the owner of a row with its path; None, with a finding, if it does not exist."""
        layout, names = self._layout, list[OwnerName]()
        for columns in layout.owner_columns:
            name = self._parse_owner_name(row, columns)
            if name is None:
                return None
            names.append(name)
        if tuple(names) in self._owners:
            return self._owners[tuple(names)]
        path = self._document.locations.find_owner_path(layout.parent_sheets, tuple(names))
        if path is None:
            texts = [(column, text) for column, text in zip(layout.columns, chain(*names), strict=False) if text]
            column, owner_name = texts[-1][0], " ".join(text for _, text in texts)
            self._add_finding(
                "unknown_row",
                row,
                column.name,
                f"The sheet {layout.parent_sheets[-1]} has no {owner_name[:200]!r}.",
                "Add the entry there, or remove this row.",
            )
            return None
        owner: Any = self._document.content
        for part in path:
            owner = owner[part]
        return self._owners.setdefault(tuple(names), (owner, path))

    def _parse_owner_name(self, row: SheetRow, columns: tuple[Column, ...]) -> OwnerName | None:
        """Return the texts that identify an owner; None, with a finding, if a required one is missing."""
        texts = []
        for column in columns:
            if column.required:
                text = self._parse_required_cell(row, column)
                if text is None:
                    return None
            else:
                text = normalise_raw_label(parse_cell(column, row.cells.get(column.name))) or ""
            texts.append(str(text))
        return tuple(texts)

    def _store_entry(self, row: SheetRow, owner: Any, path: JsonPath) -> None:
        layout, target = self._layout, self._layout.path
        if layout.branch_paths:
            word = self._parse_required_cell(row, layout.columns[layout.branch_position])
            if word not in layout.branch_paths:
                if word is not None:
                    column = layout.columns[layout.branch_position]
                    self._add_finding(
                        "unknown_row",
                        row,
                        column.name,
                        f"{str(word)[:100]!r} is not one of {', '.join(layout.branch_paths)}.",
                        "Use one of these values.",
                    )
                return
            target = (*target, layout.branch_paths[str(word)])
        entry = self._parse_entry(row)
        container = _ensure_container(owner, target, keyed=bool(layout.key_column))
        if layout.key_column:
            self._store_under_key(row, container, (*path, *target), entry)
            return
        container.append(entry)
        self._document.locations.add_row_location((*path, *target, len(container) - 1), layout, row.number)
        self._register_name(entry, (*path, *target, len(container) - 1), path)

    def _store_under_key(self, row: SheetRow, container: dict[str, Any], path: JsonPath, entry: Any) -> None:
        key = self._parse_required_cell(row, self._key) if self._key is not None else None
        if key is None:
            return
        if str(key) in container:
            self._add_finding(
                "repeated_row",
                row,
                self._layout.key_column,
                f"{str(key)[:100]!r} is already defined in an earlier row.",
                "Keep one of the rows.",
            )
            return
        container[str(key)] = entry
        self._document.locations.add_row_location((*path, str(key)), self._layout, row.number)

    def _register_name(self, entry: Any, path: JsonPath, owner: JsonPath) -> None:
        """Record the name of the row's object, so that rows of other sheets can refer to it."""
        if isinstance(entry, dict):
            name = tuple(normalise_raw_label(entry.get(field, "")) for field in get_id_fields(self._layout.name))
            if name[0] and all(isinstance(text, str) for text in name):
                self._document.locations.register_name(self._layout.name, owner, tuple(map(str, name)), path)

    def _parse_entry(self, row: SheetRow) -> Any:
        """Return the object of a row, or its single value."""
        layout = self._layout
        values: dict[str, Any] = {}
        for column, headers in self._fields:
            if headers and not row.cells.keys().isdisjoint(headers):
                values[column.name] = self._parse_periods(row, column, headers)
            elif column.name in row.cells:
                target = values.setdefault(column.inside, {}) if column.inside else values
                target[column.field_name] = parse_cell(column, row.cells[column.name])
        if layout.value_column:
            if layout.value_column not in values and not self._is_cell_rejected(row, layout.value_column):
                self._add_finding(
                    "missing_cell", row, layout.value_column, "The cell is empty.", "Fill the cell, or remove the row."
                )
            return values.get(layout.value_column)
        if layout.name == "goals" and values.keys() == {"goal"}:
            return values["goal"]
        return values

    def _parse_periods(self, row: SheetRow, column: Column, headers: list[str]) -> list[Any]:
        """Return the numbers of a field by period, of which at least one is given."""
        if column.name in row.cells:
            self._add_finding(
                "number_and_list",
                row,
                column.name,
                "The row has both one number for all periods and numbers by period.",
                "Keep only one of the two forms.",
            )
        for header in headers:
            is_missing = header not in row.cells and not column.allows_open_periods
            if is_missing and not self._is_cell_rejected(row, header):
                self._add_finding(
                    "missing_cell",
                    row,
                    header,
                    "The cell is empty, but other periods of the row have a number.",
                    "Fill the cell.",
                )
        return [parse_cell(column, row.cells.get(header)) for header in headers]

    def _parse_required_cell(self, row: SheetRow, column: Column) -> Any:
        value = normalise_raw_label(parse_cell(column, row.cells.get(column.name)))
        if value in (None, "") and not self._is_cell_rejected(row, column.name):
            self._add_finding(
                "missing_cell", row, column.name, "The cell is empty.", "Fill the cell, or remove the row."
            )
        return value or None

    def _is_cell_rejected(self, row: SheetRow, column: str) -> bool:
        """Whether the cell already has an error."""
        cell = self._sheet.locate_cell(row.number, column)
        return any(finding.cell == cell and finding.severity == "error" for finding in self._document.findings[-50:])

    def _add_finding(self, code: str, row: SheetRow, column: str, message: str, remedy: str) -> None:
        self._document.add_finding(code, self._sheet.locate_cell(row.number, column), message, remedy)


def _ensure_container(owner: Any, path: JsonPath, *, keyed: bool) -> Any:
    """Return the list or object at a path below `owner`; create it if absent."""
    for part in path[:-1]:
        owner = owner.setdefault(part, {})
    return owner.setdefault(path[-1], {} if keyed else [])
