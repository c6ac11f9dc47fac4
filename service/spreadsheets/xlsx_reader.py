"""A streaming reader of workbooks from untrusted sources: values, and cells that hold none."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zipfile import ZipInfo

from models.sheets import CellValue, RawSheet, UnsupportedCell
from models.sheets.codes import make_sheet_finding
from models.validation.checks import Finding
from models.validation.finding import SheetCell
from service.core.errors import ContentTooLargeError
from service.spreadsheets.archive import CellCounter, FileLimits, InvalidFileError, ZipArchive
from service.spreadsheets.xlsx_parts import (
    RelationshipsPart,
    SharedStringsPart,
    StylesPart,
    WorkbookPart,
    XmlPart,
    scan_elements,
    unescape_text,
)

MAX_COLUMNS = 4_096
"""Maximum number of columns of a sheet that are read."""

_MAX_ROWS = 1_048_576
_CELL_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)


class XlsxWorkbook:
    """An open workbook; a `models.sheets.SheetSource`."""

    def __init__(self, raw: bytes, limits: FileLimits) -> None:
        """Open a workbook. Raises InvalidFileError, ContentTooLargeError."""
        self._archive = ZipArchive(raw, limits)
        self._cell_counter = CellCounter(limits)
        self._findings: list[Finding] = []
        self._entries: dict[str, ZipInfo] = {}
        for entry in self._archive.entries:
            if self._entries.setdefault(entry.filename.lower(), entry) is not entry:
                raise InvalidFileError(f"The workbook has {entry.filename[:100]!r} twice.")
        main = self._read_relationships("_rels/.rels", "").types.get("officeDocument", "xl/workbook.xml")
        folder = main.rpartition("/")[0]
        relations = self._read_relationships(f"{folder}/_rels/{main.rpartition('/')[2]}.rels".lstrip("/"), folder)
        contents = WorkbookPart()
        self._read_part(main, contents)
        self._sheets = {name: relations.targets.get(identifier, "") for name, identifier in reversed(contents.sheets)}
        self._names = list(dict.fromkeys(name for name, _ in contents.sheets))
        self._texts, self._date_styles = SharedStringsPart(), frozenset[str]()
        if "sharedStrings" in relations.types:
            self._read_part(relations.types["sharedStrings"], self._texts)
        if "styles" in relations.types:
            styles = StylesPart()
            self._read_part(relations.types["styles"], styles)
            self._date_styles = styles.list_date_styles()

    def list_sheet_names(self) -> Iterable[str]:
        """List the names of its sheets."""
        return self._names

    def list_findings(self) -> tuple[Finding, ...]:
        """List findings about the sheets read so far."""
        return tuple(self._findings)

    def open_sheet(self, name: str) -> RawSheet:
        """Open a sheet; its rows are read on demand."""
        return RawSheet(name, self._iterate_rows(name))

    def _read_relationships(self, path: str, base: str) -> RelationshipsPart:
        relations = RelationshipsPart(base)
        if path.lower() in self._entries:
            self._read_part(path, relations)
        return relations

    def _read_part(self, path: str, part: XmlPart) -> None:
        part.parse_chunks(self._archive.iterate_chunks(self._find_entry(path)))

    def _find_entry(self, path: str) -> ZipInfo:
        entry = self._entries.get(path.lower())
        if entry is None:
            raise InvalidFileError(f"The workbook lacks its part {path[:100]!r}; is it an xlsx file?")
        return entry

    def _iterate_rows(self, name: str) -> Iterator[tuple[int, list[CellValue]]]:
        where = SheetCell(sheet=name.strip().casefold())
        try:
            entry = self._find_entry(self._sheets[name])
            cells = _SheetParser(self._texts.texts, self._date_styles, self._cell_counter)
            for _ in scan_elements(self._archive.iterate_chunks(entry), cells):
                yield from cells.take_complete_rows()
        except InvalidFileError as error:
            self._findings.append(
                make_sheet_finding("bad_file", where, str(error), "Save the workbook again, as .xlsx.")
            )
            return
        for merged in cells.merged_ranges:
            remedy = "Unmerge them and fill every cell."
            self._findings.append(make_sheet_finding("merged_cells", where, f"The cells {merged} are merged.", remedy))


class _SheetParser:
    """Collects the rows of a sheet while its XML is read."""

    def __init__(self, texts: list[str], date_styles: frozenset[str], cell_counter: CellCounter) -> None:
        self._texts, self._date_styles, self._cell_counter = texts, date_styles, cell_counter
        self._rows: list[tuple[int, list[CellValue]]] = []
        self._row_number, self._cells, self._width = 0, list[CellValue](), MAX_COLUMNS
        self._column, self._cell_type, self._style = -1, "n", ""
        self._open_element, self._phonetic_depth, self._has_value = "", 0, False
        self._texts_by_element: dict[str, list[str]] = {}
        self.merged_ranges: list[str] = []

    def take_complete_rows(self) -> list[tuple[int, list[CellValue]]]:
        """Take the rows completed since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            stated = attributes.get("r", "")
            self._row_number = (
                int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 9 else self._row_number + 1
            )
            if self._row_number > _MAX_ROWS:
                raise InvalidFileError(f"A row is numbered {self._row_number}.")
            self._cells, self._column = [], -1
        elif name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "f", "t"):
            self._open_element = name
            self._has_value |= name == "v"
            if name == "f":
                self._texts_by_element.setdefault("f", [])
        elif name == "rPh":
            self._phonetic_depth += 1
        elif name == "mergeCell" and len(self.merged_ranges) < 20:
            self.merged_ranges.append(attributes.get("ref", "")[:30])

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference = _CELL_REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _parse_column_letters(reference[1]) if reference else self._column + 1
        self._has_value = False
        self._cell_type, self._style, self._texts_by_element = attributes.get("t", "n"), attributes.get("s", "0"), {}

    def handle_text(self, text: str) -> None:
        if self._open_element and not self._phonetic_depth:
            self._texts_by_element.setdefault(self._open_element, []).append(text)

    def end_element(self, name: str) -> None:
        if name in ("v", "f", "t"):
            self._open_element = ""
        elif name == "rPh":
            self._phonetic_depth -= 1
        elif name == "c":
            self._finish_cell()
        elif name == "row":
            is_filled = any(cell is not None for cell in self._cells)
            # Rows that have a format alone are no rows of the user.
            self._cell_counter.count_cells(len(self._cells), int(is_filled))
            if is_filled:
                if self._width == MAX_COLUMNS:
                    self._width = len(self._cells)
                self._rows.append((self._row_number, self._cells))
            self._cells = []

    def _finish_cell(self) -> None:
        """Store a cell, unless it is beside all headers."""
        if self._column >= self._width:
            if self._width == MAX_COLUMNS:
                raise ContentTooLargeError(f"A sheet has more than {MAX_COLUMNS:,} columns.")
            return
        value = self._read_cell_value()
        if value is None:
            return
        self._cells += [None] * (self._column + 1 - len(self._cells))
        self._cells[self._column] = value

    def _read_cell_value(self) -> CellValue:
        shown = self._read_shown_value()
        if "f" in self._texts_by_element:
            if isinstance(shown, UnsupportedCell):
                return shown
            # A stored text without characters is a result that shows nothing; a number without digits was never computed.
            is_computed = shown is not None or (self._cell_type == "str" and self._has_value)
            return UnsupportedCell("formula" if is_computed else "formula_without_value", shown)
        return shown

    def _read_shown_value(self) -> CellValue:
        if self._cell_type == "inlineStr":
            return unescape_text("".join(self._texts_by_element.get("t", ()))) or None
        if "v" not in self._texts_by_element:
            return None
        text = "".join(self._texts_by_element["v"])
        if self._cell_type == "s":
            return (
                self._texts[int(text)] or None
                if text.isascii() and text.isdigit() and int(text[:9]) < len(self._texts)
                else text
            )
        if self._cell_type == "b":
            return text.strip() == "1"
        if self._cell_type == "e":
            return UnsupportedCell("error_cell", text[:20])
        if self._cell_type in ("str", "d"):
            return UnsupportedCell("date_cell", text[:30]) if self._cell_type == "d" else unescape_text(text) or None
        return self._parse_number(text)

    def _parse_number(self, text: str) -> CellValue:
        try:
            number = float(text)
        except ValueError:
            return text
        if self._style in self._date_styles:
            return UnsupportedCell("date_cell", _format_date(number))
        return number


def _parse_column_letters(letters: str) -> int:
    """Return the position of a column, counted from 0: A is 0."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + ord(letter) - 64
    return position - 1


def _format_date(number: float) -> str:
    """Convert a number of days to a date."""
    return (_EPOCH + timedelta(days=number)).date().isoformat() if 0 <= number < 2_900_000 else "a date"
