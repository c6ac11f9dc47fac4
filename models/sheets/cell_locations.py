"""Which row of which sheet says what of a problem."""

from models.sheets.columns import JsonPath, SheetLayout
from models.sheets.layout import PERIODS_SHEET
from models.validation.finding import SheetCell, split_json_pointer

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
"""Fields that have a sheet of their own."""


class CellLocations:
    """The row of every part, and the column of every field."""

    def __init__(self) -> None:
        """Start with no row."""
        self._row_locations: dict[JsonPath, tuple[SheetLayout, int]] = {}
        self._cell_locations: dict[JsonPath, SheetCell] = {}
        self._paths_by_name: dict[tuple[str, JsonPath, str], JsonPath] = {}
        self.periods: list[str] = []

    def add_row_location(self, path: JsonPath, layout: SheetLayout, row: int) -> None:
        """Remember that a row says what stands at `path` of the document."""
        self._row_locations.setdefault(path, (layout, row))

    def add_cell_location(self, path: JsonPath, cell: SheetCell) -> None:
        """Remember the one cell that says what stands at `path`."""
        self._cell_locations.setdefault(path, cell)

    def __contains__(self, path: object) -> bool:
        """Whether one cell is known to say what stands at a path."""
        return path in self._cell_locations

    def get_cell_location(self, path: JsonPath) -> SheetCell:
        """The one cell that says what stands at a path; KeyError if none is known."""
        return self._cell_locations[path]

    def register_name(self, sheet: str, owner: JsonPath, name: str, path: JsonPath) -> None:
        """Remember what is called `name` in a sheet, below what stands at `owner`; the first of a name counts."""
        self._paths_by_name.setdefault((sheet, owner, name), path)

    def find_owner_path(self, sheets: tuple[str, ...], names: tuple[str, ...]) -> JsonPath | None:
        """The path of what is called by these names in these sheets, one below the other; None if it is not there."""
        path: JsonPath = ()
        for sheet, name in zip(sheets, names, strict=True):
            found = self._paths_by_name.get((sheet, path, name))
            if found is None:
                return None
            path = found
        return path

    def find_nearest_cell(self, text: str) -> SheetCell | None:
        """The cell that a JSON pointer into the document leads to: the nearest that is known, or None."""
        path: JsonPath = tuple(int(part) if part.isdecimal() else part for part in split_json_pointer(text))
        raw: JsonPath = tuple(split_json_pointer(text))
        for length in range(len(path), 0, -1):
            for way in (path[:length], (*path[: length - 1], raw[length - 1])):
                if way in self._cell_locations:
                    return self._cell_locations[way]
                if way in self._row_locations:
                    layout, row = self._row_locations[way]
                    return SheetCell(sheet=layout.name, row=row, column=self._find_column_header(layout, path[length:]))
        return None

    def _find_column_header(self, layout: SheetLayout, rest: JsonPath) -> str:
        """The column of a row's field, or of one of its periods."""
        if layout is PERIODS_SHEET or (not rest and not layout.value_column):
            return ""
        name = layout.value_column or str(rest[0])
        if layout.find_column(name) is None or name in _FIELDS_WITH_OWN_SHEET:
            return ""
        inner = rest if layout.value_column else rest[1:]
        if inner and isinstance(inner[0], int) and inner[0] < len(self.periods):
            return f"{name} {self.periods[inner[0]]}"
        return name
