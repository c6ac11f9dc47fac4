"""Locations of the parts of a document: which cell of which sheet defines them."""

from models.sheets.columns import SheetLayout
from models.sheets.layout import PERIODS_SHEET
from models.validation.finding import JsonPath, SheetCell, split_json_pointer

_FIELDS_WITH_OWN_SHEET = {
    "norms",
    "population",
    "stocks",
    "machines",
    "lines",
    "hours_per_unit",
    "materials",
    "offers",
    "wants",
    "changes",
}
"""Fields that have their own sheet."""


OwnerName = tuple[str, ...]
"""Texts that together identify a part within its sheet, such as the item and the recipe of a line."""


class CellLocations:
    """The row of every part, and the column of every field."""

    def __init__(self) -> None:
        """Create an empty collection."""
        self._row_locations: dict[JsonPath, tuple[SheetLayout, int]] = {}
        self._cell_locations: dict[JsonPath, SheetCell] = {}
        self._paths_by_name: dict[tuple[str, JsonPath, OwnerName], JsonPath] = {}
        self.periods: list[str] = []

    def add_row_location(self, path: JsonPath, layout: SheetLayout, row: int) -> None:
        """Record the row that defines the part at `path` of the document."""
        self._row_locations.setdefault(path, (layout, row))

    def add_cell_location(self, path: JsonPath, cell: SheetCell) -> None:
        """Record the single cell that defines the part at `path`."""
        self._cell_locations.setdefault(path, cell)

    def __contains__(self, path: object) -> bool:
        """Whether a single cell is recorded for a path."""
        return path in self._cell_locations

    def get_cell_location(self, path: JsonPath) -> SheetCell:
        """Return the single cell of a path; raise KeyError if none is recorded."""
        return self._cell_locations[path]

    def register_name(self, sheet: str, owner: JsonPath, name: OwnerName, path: JsonPath) -> None:
        """Record the path of the part `name` in a sheet, below the part at `owner`; the first entry counts."""
        self._paths_by_name.setdefault((sheet, owner, name), path)

    def find_owner_path(self, sheets: tuple[str, ...], names: tuple[OwnerName, ...]) -> JsonPath | None:
        """Return the path of the parts with these names in these sheets, each below the former; None if unknown."""
        path: JsonPath = ()
        for sheet, name in zip(sheets, names, strict=True):
            found = self._paths_by_name.get((sheet, path, name))
            if found is None:
                return None
            path = found
        return path

    def find_nearest_cell(self, pointer: str) -> SheetCell | None:
        """Return the nearest recorded cell to a JSON pointer into the document; None if there is none."""
        path: JsonPath = tuple(int(part) if part.isdecimal() else part for part in split_json_pointer(pointer))
        raw: JsonPath = tuple(split_json_pointer(pointer))
        for length in range(len(path), 0, -1):
            for candidate in (path[:length], (*path[: length - 1], raw[length - 1])):
                if candidate in self._cell_locations:
                    return self._cell_locations[candidate]
                if candidate in self._row_locations:
                    layout, row = self._row_locations[candidate]
                    return SheetCell(sheet=layout.name, row=row, column=self._find_column_header(layout, path[length:]))
        return None

    def _find_column_header(self, layout: SheetLayout, rest: JsonPath) -> str:
        """Return the column of a field of a row, or of one of its periods."""
        if layout is PERIODS_SHEET or (not rest and not layout.value_column):
            return ""
        name = layout.value_column or str(rest[0])
        if any(column.inside == name for column in layout.columns):
            return f"{name}_{rest[1]}" if len(rest) > 1 else ""
        if layout.find_column(name) is None or name in _FIELDS_WITH_OWN_SHEET:
            return ""
        inner = rest if layout.value_column else rest[1:]
        if inner and isinstance(inner[0], int) and inner[0] < len(self.periods):
            return f"{name} {self.periods[inner[0]]}"
        return name
