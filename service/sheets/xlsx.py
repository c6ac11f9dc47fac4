"""Workbooks from strangers, read as they come: values, and what is not a value told apart."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zipfile import ZipInfo

from models.checks import Finding
from models.checks.finding import SheetCell
from models.sheets import Odd, RawSheet, Value
from models.sheets.codes import sheet_finding
from service.errors import TooLarge
from service.sheets.archive import Archive, BadFile, CellCount, Limits
from service.sheets.xlsx_parts import Contents, Part, Relations, Styles, Texts, unescaped
from service.sheets.xml import scan

MOST_COLUMNS = 4_096
"""Columns of a sheet that are looked at."""

_MOST_ROWS = 1_048_576
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)


class Workbook:
    """A workbook, opened; a `models.sheets.Source`."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        """Look at what there is. Raises BadFile, TooLarge."""
        self._archive = Archive(raw, limits)
        self._count = CellCount(limits)
        self._found: list[Finding] = []
        self._entries: dict[str, ZipInfo] = {}
        for entry in self._archive.entries:
            if self._entries.setdefault(entry.filename.lower(), entry) is not entry:
                raise BadFile(f"The workbook has {entry.filename[:100]!r} twice.")
        main = self._relations("_rels/.rels", "").types.get("officeDocument", "xl/workbook.xml")
        folder = main.rpartition("/")[0]
        relations = self._relations(f"{folder}/_rels/{main.rpartition('/')[2]}.rels".lstrip("/"), folder)
        contents = Contents()
        self._read(main, contents)
        self._sheets = {name: relations.targets.get(identifier, "") for name, identifier in reversed(contents.sheets)}
        self._names = list(dict.fromkeys(name for name, _ in contents.sheets))
        self._texts, self._dates = Texts(), frozenset[str]()
        if "sharedStrings" in relations.types:
            self._read(relations.types["sharedStrings"], self._texts)
        if "styles" in relations.types:
            styles = Styles()
            self._read(relations.types["styles"], styles)
            self._dates = styles.dates()

    def names(self) -> Iterable[str]:
        """Names of its sheets."""
        return self._names

    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong in sheets read so far."""
        return tuple(self._found)

    def sheet(self, name: str) -> RawSheet:
        """A sheet, its rows read as they are asked for."""
        return RawSheet(name, self._rows(name))

    def _relations(self, path: str, base: str) -> Relations:
        relations = Relations(base)
        if path.lower() in self._entries:
            self._read(path, relations)
        return relations

    def _read(self, path: str, part: Part) -> None:
        part.read(self._archive.pieces(self._entry(path)))

    def _entry(self, path: str) -> ZipInfo:
        entry = self._entries.get(path.lower())
        if entry is None:
            raise BadFile(f"The workbook lacks its part {path[:100]!r}; is it an xlsx file?")
        return entry

    def _rows(self, name: str) -> Iterator[tuple[int, list[Value]]]:
        where = SheetCell(sheet=name.strip().casefold())
        try:
            entry = self._entry(self._sheets[name])
            cells = _Cells(self._texts.texts, self._dates, self._count)
            for _ in scan(self._archive.pieces(entry), cells):
                yield from cells.taken()
        except BadFile as error:
            self._found.append(sheet_finding("bad_file", where, str(error), "Save the workbook again, as .xlsx."))
            return
        for merged in cells.merged:
            remedy = "Unmerge them and fill every cell."
            self._found.append(sheet_finding("merged_cells", where, f"The cells {merged} are merged.", remedy))


class _Cells:
    """The rows of a sheet, gathered while its XML is read."""

    def __init__(self, texts: list[str], dates: frozenset[str], count: CellCount) -> None:
        self._texts, self._dates, self._count = texts, dates, count
        self._rows: list[tuple[int, list[Value]]] = []
        self._number, self._cells, self._width = 0, list[Value](), MOST_COLUMNS
        self._column, self._kind, self._style = -1, "n", ""
        self._within, self._phonetic = "", 0
        self._said: dict[str, list[str]] = {}
        self.merged: list[str] = []

    def taken(self) -> list[tuple[int, list[Value]]]:
        """Rows complete since this was asked last."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            stated = attributes.get("r", "")
            self._number = (
                int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 9 else self._number + 1
            )
            if self._number > _MOST_ROWS:
                raise BadFile(f"A row is numbered {self._number}.")
            self._cells, self._column = [], -1
        elif name == "c":
            self._begin(attributes)
        elif name in ("v", "f", "t"):
            self._within = name
            if name == "f":
                self._said.setdefault("f", [])
        elif name == "rPh":
            self._phonetic += 1
        elif name == "mergeCell" and len(self.merged) < 20:
            self.merged.append(attributes.get("ref", "")[:30])

    def _begin(self, attributes: dict[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _position(reference[1]) if reference else self._column + 1
        self._kind, self._style, self._said = attributes.get("t", "n"), attributes.get("s", "0"), {}

    def text(self, text: str) -> None:
        if self._within and not self._phonetic:
            self._said.setdefault(self._within, []).append(text)

    def end(self, name: str) -> None:
        if name in ("v", "f", "t"):
            self._within = ""
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "c":
            self._finish()
        elif name == "row":
            self._count.add(len(self._cells))
            if any(cell is not None for cell in self._cells):
                if self._width == MOST_COLUMNS:
                    self._width = len(self._cells)
                self._rows.append((self._number, self._cells))
            self._cells = []

    def _finish(self) -> None:
        """Put the cell in its place, unless it stands beside all headers."""
        if self._column >= self._width:
            if self._width == MOST_COLUMNS:
                raise TooLarge(f"A sheet has more than {MOST_COLUMNS:,} columns.")
            return
        value = self._value()
        if value is None:
            return
        self._cells += [None] * (self._column + 1 - len(self._cells))
        self._cells[self._column] = value

    def _value(self) -> Value:
        shown = self._shown()
        if "f" in self._said:
            return (
                Odd("formula_without_value", None)
                if shown is None
                else shown
                if isinstance(shown, Odd)
                else Odd("formula", shown)
            )
        return shown

    def _shown(self) -> Value:
        if self._kind == "inlineStr":
            return unescaped("".join(self._said.get("t", ()))) or None
        if "v" not in self._said:
            return None
        text = "".join(self._said["v"])
        if self._kind == "s":
            return (
                self._texts[int(text)] or None
                if text.isascii() and text.isdigit() and int(text[:9]) < len(self._texts)
                else text
            )
        if self._kind == "b":
            return text.strip() == "1"
        if self._kind == "e":
            return Odd("error_cell", text[:20])
        if self._kind in ("str", "d"):
            return Odd("date_cell", text[:30]) if self._kind == "d" else unescaped(text) or None
        return self._number_of(text)

    def _number_of(self, text: str) -> Value:
        try:
            number = float(text)
        except ValueError:
            return text
        if self._style in self._dates:
            return Odd("date_cell", _date(number))
        return number


def _position(letters: str) -> int:
    """The position of a column, counted from 0: A is 0."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + ord(letter) - 64
    return position - 1


def _date(number: float) -> str:
    """What a number of days is as a date."""
    return (_EPOCH + timedelta(days=number)).date().isoformat() if 0 <= number < 2_900_000 else "a date"
