"""CSV files as sheets."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from models.sheets.cells import CellValue, RawSheet
from models.sheets.codes import make_sheet_finding
from models.sheets.formulas import unescape_formula
from models.validation.checks.context import quote_name
from models.validation.finding import Finding, SheetCell

_GROUP_DIGITS = 3
"""Digits between two commas of a number written with separators of thousands."""

_WHOLE_PART = re.compile(r"[+-]?\d+")
_QUOTED = re.compile(r'"[^"]*"')
_DELIMITER_LINE = re.compile(r'"?sep=(.)"?[\t ;,]*(?:\r\n|\n|\r|$)', re.IGNORECASE)


class CsvSheets:
    """CSV files by name; implements `models.sheets.SheetSource`."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        findings: Iterable[Finding] = (),
        count_cells: Callable[[int, int], None] = lambda _cells, _rows: None,
    ) -> None:
        """Store files by name without `.csv`, and findings about names. `count_cells` receives the numbers of cells and of
        rows as they are read; rows without content do not count."""
        self._files = dict(files)
        self._findings = list(findings)
        self._count_cells = count_cells

    def list_sheet_names(self) -> Iterable[str]:
        """Return the names of the files, without `.csv`."""
        return list(self._files)

    def list_findings(self) -> tuple[Finding, ...]:
        """Return findings about names and about the files read so far."""
        return tuple(self._findings)

    def open_sheet(self, name: str) -> RawSheet:
        """Open a file; its rows are read on demand."""
        return RawSheet(name, self._iterate_rows(name))

    def _iterate_rows(self, name: str) -> Iterator[tuple[int, list[CellValue]]]:
        raw = self._files[name]
        encoding = _detect_encoding(raw)
        # Decode while reading: the whole file as text would need up to four times its size in addition.
        lines = io.TextIOWrapper(io.BytesIO(raw), encoding, newline="")
        form = _detect_form(raw, encoding)
        reader = csv.reader(lines, delimiter=form.delimiter, strict=True)
        width = 0
        try:
            lines.read(form.skipped_characters)
            for cells in reader:
                number = reader.line_num + form.skipped_lines
                is_filled = any(map(str.strip, cells))
                self._count_cells(len(cells), int(is_filled))
                if not is_filled:
                    continue
                if not width:
                    width = len(cells)
                elif len(cells) > width:
                    self._report_long_row(name, number, cells, width)
                    del cells[width:]
                yield number, [unescape_formula(cell) or None for cell in cells]
        except UnicodeDecodeError:
            remedy = "Save the file as “CSV UTF-8”, or send a workbook."
            self._add_finding(name, "bad_file", 0, _describe_unknown_encoding(raw), remedy)
        except csv.Error as error:
            self._add_finding(
                name,
                "bad_file",
                reader.line_num + form.skipped_lines,
                f"The file is not valid CSV: {error}.",
                "Correct the quotation marks.",
            )

    def _report_long_row(self, name: str, row: int, cells: list[str], width: int) -> None:
        message = f"The row has {len(cells)} cells, but the header has {width}."
        split = _find_split_number(cells)
        if split is not None:
            first, second = split
            message += f" {quote_name(first)} and {quote_name(second)} may be one number with a comma."
        remedy = (
            "Write numbers with a decimal point and without commas, and put quotation marks around texts with commas."
        )
        self._add_finding(name, "bad_row", row, message, remedy)

    def _add_finding(self, name: str, code: str, row: int, message: str, remedy: str) -> None:
        if len(self._findings) < 1000:
            self._findings.append(make_sheet_finding(code, SheetCell(sheet=name[:200], row=row), message, remedy))


class _CsvForm(NamedTuple):
    """How a file is written: its delimiter, and what stands before its header."""

    delimiter: str
    skipped_characters: int
    skipped_lines: int


def _detect_encoding(raw: bytes) -> str:
    """Return the encoding by the byte order mark, or by the zeros that UTF-16 puts beside Latin letters."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if len(raw) > 1 and 0 in raw[:2]:
        return "utf-16-le" if raw[1] == 0 else "utf-16-be"
    return "utf-8"


def _detect_form(raw: bytes, encoding: str) -> _CsvForm:
    """Detect the delimiter, repeated byte order marks, and a first line such as `sep=;`, which Excel reads as well."""
    text = raw[:20_000].decode(encoding, errors="ignore")
    marks = len(text) - len(text.lstrip("\ufeff"))
    stated = _DELIMITER_LINE.match(text, marks)
    if stated is not None:
        return _CsvForm(stated[1], stated.end(), 1)
    header = _QUOTED.sub("", text[marks:].lstrip("\r\n").splitlines()[0] if text[marks:].strip() else "")
    return _CsvForm(max(",;\t", key=header.count), marks, 0)


def _describe_unknown_encoding(raw: bytes) -> str:
    letters = [character for character in raw.decode("cp949", errors="replace") if not character.isascii()]
    syllables = sum("가" <= character <= "힣" for character in letters)
    if 2 * syllables > len(letters):
        return "The file is neither UTF-8 nor UTF-16; it is probably CP949, the code page of Korean Windows."
    return "The file is neither UTF-8 nor UTF-16."


def _find_split_number(cells: list[str]) -> tuple[str, str] | None:
    """Return the neighbouring cells that are most probably one number, split at its comma; None if there are none."""
    pairs = [
        (first.strip(), second.strip())
        for first, second in pairwise(cells)
        if _WHOLE_PART.fullmatch(first.strip()) and second.strip().isdecimal()
    ]
    likely = [
        (whole, rest)
        for whole, rest in pairs
        if (rest[0] == "0" and rest != "0") or whole in ("0", "-0") or len(rest) == _GROUP_DIGITS
    ]
    return next(iter([*likely, *pairs]), None)


def list_csv_files(folder: Path) -> list[Path]:
    """Return the CSV files of a folder, sorted by name; raise OSError if the folder cannot be read."""
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv" and path.is_file()]


def read_csv_files(paths: Iterable[Path]) -> dict[str, bytes]:
    """Read files; return their contents by lower-case name without `.csv`. Raises OSError."""
    return {path.stem.casefold(): path.read_bytes() for path in paths}
