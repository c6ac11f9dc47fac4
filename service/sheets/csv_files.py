"""Folders of CSV, and zips of them, from strangers."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from models.checks import Finding
from models.checks.finding import SheetCell
from models.sheets import RawSheet, Value
from models.sheets.codes import sheet_finding
from service.errors import TooLarge
from service.sheets.archive import Archive, CellCount, Limits

_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_PASSED_OVER = re.compile(r"(^|/)(__MACOSX/|\.|[^/]*(?<!\.csv)$)", re.IGNORECASE)
_OUTWARDS = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\|[\x00-\x1f]")


class CsvFiles:
    """CSV files by name; a `models.sheets.Source`."""

    def __init__(self, files: Mapping[str, bytes], limits: Limits, found: Iterable[Finding] = ()) -> None:
        """Take files by their names without `.csv`, and what was found wrong with names already."""
        self._files = dict(files)
        self._count = CellCount(limits)
        self._found = list(found)

    @classmethod
    def of_zip(cls, raw: bytes, limits: Limits) -> "CsvFiles":
        """The CSV files of a zip, in it or in one folder in it. Raises BadFile, TooLarge; nothing is written anywhere."""
        archive = Archive(raw, limits)
        files: dict[str, bytes] = {}
        found: list[Finding] = []
        for entry in archive.entries:
            path = entry.filename
            if _OUTWARDS.search(path):
                found.append(_bad_name(path, "leads out of the archive or is not allowed"))
            elif not _PASSED_OVER.search(path):
                name = path.rpartition("/")[2][:-4].casefold()
                if name in files:
                    found.append(_bad_name(path, "is there twice"))
                else:
                    files[name] = archive.read(entry)
        return cls(files, limits, found)

    @classmethod
    def of_folder(cls, folder: Path, limits: Limits) -> "CsvFiles":
        """The CSV files of a folder. Raises OSError, TooLarge."""
        paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv" and path.is_file()]
        if sum(path.stat().st_size for path in paths) > limits.unpacked_bytes:
            raise TooLarge(f"The files of the folder have more than {limits.unpacked_bytes:,} bytes.")
        return cls({path.stem.casefold(): path.read_bytes() for path in paths}, limits)

    def names(self) -> Iterable[str]:
        """Names of the files, without `.csv`."""
        return list(self._files)

    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong with names, and with files read so far."""
        return tuple(self._found)

    def sheet(self, name: str) -> RawSheet:
        """A file, its rows read as they are asked for."""
        return RawSheet(name, self._rows(name))

    def _rows(self, name: str) -> Iterator[tuple[int, list[Value]]]:
        raw = self._files[name]
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        # decoded as it is read: all of it as text would take four times as much again
        lines = io.TextIOWrapper(io.BytesIO(raw), encoding, newline="")
        reader = csv.reader(lines, delimiter=_delimiter(raw, encoding))
        width = 0
        try:
            for cells in reader:
                self._count.add(len(cells))
                if not any(cells):
                    continue
                if not width:
                    width = len(cells)
                elif any(cells[width:]):
                    remedy = "Put quotes around texts with commas."
                    message = f"The row has {len(cells)} cells, the header {width}."
                    self._wrong(name, "bad_row", reader.line_num, message, remedy)
                yield reader.line_num, [_unguarded(cell) for cell in cells[:width]]
        except UnicodeDecodeError:
            remedy = "Save it as “CSV UTF-8”, or send a workbook."
            self._wrong(name, "bad_file", 0, "The file is neither UTF-8 nor UTF-16.", remedy)
        except csv.Error as error:
            self._wrong(name, "bad_file", reader.line_num, f"The file cannot be read on: {error}.", "Mend the quotes.")

    def _wrong(self, name: str, code: str, row: int, message: str, remedy: str) -> None:
        if len(self._found) < 1000:
            self._found.append(sheet_finding(code, SheetCell(sheet=name[:200], row=row), message, remedy))


def _bad_name(path: str, why: str) -> Finding:
    shown = path[:100]
    return sheet_finding("bad_name", None, f"The name {shown!r} {why}.", "Zip the CSV files themselves, each once.")


def _delimiter(raw: bytes, encoding: str) -> str:
    """What stands between cells: what the header has most of."""
    header = raw[:20_000].decode(encoding, errors="ignore").partition("\n")[0]
    return max(",;\t", key=header.count)


def _unguarded(cell: str) -> Value:
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula; None where it is empty."""
    return (cell[1:] if _GUARDED.match(cell) else cell) or None


def guarded(value: Value) -> Value:
    """A text with an apostrophe where a spreadsheet would take it for a formula; undone by reading it."""
    return f"'{value}" if isinstance(value, str) and re.match(r"'*[=+\-@\t\r]", value) else value
