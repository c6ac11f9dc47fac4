"""Which row of which sheet says what of a problem."""

from models.sheets.columns import Layout, Path
from models.sheets.layout import PERIODS
from models.validation.finding import SheetCell
from models.validation.partial_validation import pointer_parts

_NESTED = {
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


class Places:
    """The row of every part, and the column of every field."""

    def __init__(self) -> None:
        """Start with no row."""
        self._rows: dict[Path, tuple[Layout, int]] = {}
        self._cells: dict[Path, SheetCell] = {}
        self._named: dict[tuple[str, Path, str], Path] = {}
        self.periods: list[str] = []

    def put(self, path: Path, layout: Layout, row: int) -> None:
        """Remember that a row says what stands at `path` of the document."""
        self._rows.setdefault(path, (layout, row))

    def put_cell(self, path: Path, cell: SheetCell) -> None:
        """Remember the one cell that says what stands at `path`."""
        self._cells.setdefault(path, cell)

    def __contains__(self, path: object) -> bool:
        """Whether one cell is known to say what stands at a path."""
        return path in self._cells

    def cell_at(self, path: Path) -> SheetCell:
        """The one cell that says what stands at a path; KeyError if none is known."""
        return self._cells[path]

    def name(self, sheet: str, owner: Path, name: str, path: Path) -> None:
        """Remember what is called `name` in a sheet, below what stands at `owner`; the first of a name counts."""
        self._named.setdefault((sheet, owner, name), path)

    def owner(self, sheets: tuple[str, ...], names: tuple[str, ...]) -> Path | None:
        """The path of what is called by these names in these sheets, one below the other; None if it is not there."""
        path: Path = ()
        for sheet, name in zip(sheets, names, strict=True):
            found = self._named.get((sheet, path, name))
            if found is None:
                return None
            path = found
        return path

    def cell(self, text: str) -> SheetCell | None:
        """The cell that a JSON pointer into the document leads to: the nearest that is known, or None."""
        path: Path = tuple(int(part) if part.isdecimal() else part for part in pointer_parts(text))
        raw: Path = tuple(pointer_parts(text))
        for length in range(len(path), 0, -1):
            for way in (path[:length], (*path[: length - 1], raw[length - 1])):
                if way in self._cells:
                    return self._cells[way]
                if way in self._rows:
                    layout, row = self._rows[way]
                    return SheetCell(sheet=layout.name, row=row, column=self._column(layout, path[length:]))
        return None

    def _column(self, layout: Layout, rest: Path) -> str:
        """The column of a row's field, or of one of its periods."""
        if layout is PERIODS or (not rest and not layout.value):
            return ""
        name = layout.value or str(rest[0])
        if layout.column(name) is None or name in _NESTED:
            return ""
        inner = rest if layout.value else rest[1:]
        if inner and isinstance(inner[0], int) and inner[0] < len(self.periods):
            return f"{name} {self.periods[inner[0]]}"
        return name
