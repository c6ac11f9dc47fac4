"""Provenance of the figures of a province: found in a source, derived from marked figures, or assumed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.provinces.province import InvalidMarksError
from models.provinces.variants import read_province_files
from models.sheets import NOTE_COLUMNS, SHEET_LAYOUTS, CsvSheets, RowNotes
from models.sheets.writing import make_row_keys

FIGURE_MARKS = ("found", "derived", "assumed")
"""`found`: read in a source. `derived`: computed from marked figures. `assumed`: plausible, to be replaced by a better
figure."""

PAGES = ("sources", "underlying_figures")
"""Sheets for people in the folder of a province."""

TextRow = tuple[int, list[str]]
"""Line number in the file, counted from 1, and the cells as texts."""


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
    """Text of the cell."""
    mark: str
    """One of `FIGURE_MARKS`."""
    source: str
    """Codes in sources.csv, separated by spaces."""


def open_csv_folder(folder: Path) -> CsvSheets:
    """Open the CSV files of a province, complete if the folder is a variant; raise OSError if a folder cannot be read."""
    return CsvSheets(read_province_files(folder))


def read_text_rows(files: CsvSheets, name: str) -> tuple[list[str], Iterator[TextRow]]:
    """Return the header of a file and its rows as texts, each as long as the header."""
    rows = iter(files.open_sheet(name).rows)
    header = [str(cell or "") for cell in next(rows, (0, []))[1]]
    return header, (
        (line, [*(str(cell or "") for cell in cells), *[""] * (len(header) - len(cells))]) for line, cells in rows
    )


def read_figures(folder: Path) -> tuple[Figure, ...]:
    """Return every nonempty cell of the CSV files in `folder` with its mark, except cells of sources.csv.

    The columns `mark` and `source` apply to all cells of a row, except those listed in `marks`: `column=mark:source;
    …`. Raises OSError and InvalidMarksError.
    """
    files = open_csv_folder(folder)
    sources = {cells[0] for _, cells in read_text_rows(files, "sources")[1]}
    figures: list[Figure] = []
    mistakes: list[str] = []
    for name in files.list_sheet_names():
        if name != "sources":
            header, rows = read_text_rows(files, name)
            for line, cells in rows:
                row = _MarkedRow(f"{name}.csv", line, dict(zip(header, cells, strict=True)))
                mistakes += row.list_mistakes(sources)
                figures += row.list_figures()
    if mistakes:
        raise InvalidMarksError("\n".join(mistakes))
    return tuple(figures)


def read_notes(folder: Path) -> tuple[RowNotes, dict[str, list[list[str]]]]:
    """Return the note columns of each sheet, and the sheets for people, header first; raise OSError on failure."""
    files = open_csv_folder(folder)
    names = set(files.list_sheet_names())
    notes = {}
    for layout in SHEET_LAYOUTS:
        if layout.name in names:
            header, rows = read_text_rows(files, layout.name)
            cells = [cells for _, cells in rows]
            row_notes = [
                {name: text for name, text in zip(header, row, strict=True) if text and name in NOTE_COLUMNS}
                for row in cells
            ]
            notes[layout.name] = dict(zip(make_row_keys(layout, header, cells), row_notes, strict=True))
    pages = {}
    for name in PAGES:
        if name in names:
            header, rows = read_text_rows(files, name)
            pages[name] = [header, *(cells for _, cells in rows)]
    return notes, pages


@dataclass(frozen=True)
class _MarkedRow:
    """A row with its marks."""

    file: str
    line: int
    cells: dict[str, str]

    def list_figures(self) -> Iterator[Figure]:
        """Yield the nonempty cells. The mark of a column also applies to its columns by period."""
        default = (self.cells.get("mark", ""), self.cells.get("source", ""))
        special = {column: (mark, source) for column, mark, source in self._parse_special_marks()}
        for column, value in self.cells.items():
            if value and column not in NOTE_COLUMNS:
                mark, source = special.get(column) or special.get(column.partition(" ")[0], default)
                yield Figure(self.file, self.line, column, value, mark, source)

    def list_mistakes(self, sources: set[str]) -> Iterator[str]:
        """Yield a message for every invalid mark or source."""
        columns = {part for column in self.cells for part in (column, column.partition(" ")[0])}
        default = (self.cells.get("mark", ""), self.cells.get("source", ""))
        for column, mark, source in (("", *default), *self._parse_special_marks()):
            place = f"{self.file}, line {self.line}, column {'marks' if column else '{}'}"
            if column and column not in columns:
                yield f"{place}: there is no column “{column}”"
            if mark not in FIGURE_MARKS:
                yield f"{place.format('mark')}: “{mark}” is not a known mark ({', '.join(FIGURE_MARKS)})"
            for code in source.split() or [""]:
                if code not in sources:
                    yield f"{place.format('source')}: source “{code}” is not in sources.csv"

    def _parse_special_marks(self) -> Iterator[tuple[str, str, str]]:
        for part in filter(None, (text.strip() for text in self.cells.get("marks", "").split(";"))):
            column, _, rest = part.partition("=")
            mark, _, source = rest.partition(":")
            yield column, mark, source
