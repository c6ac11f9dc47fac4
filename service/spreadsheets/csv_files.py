"""Folders and zips of CSV files from untrusted sources."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from models.sheets import CellValue, RawSheet
from models.sheets.codes import make_sheet_finding
from models.validation.checks import Finding
from models.validation.finding import SheetCell
from service.core.errors import ContentTooLargeError
from service.spreadsheets.archive import CellCounter, FileLimits, ZipArchive

_ESCAPED_FORMULA = re.compile(r"'+[=+\-@\t\r]")
_IGNORED_PATHS = re.compile(r"(^|/)(__MACOSX/|\.|[^/]*(?<!\.csv)$)", re.IGNORECASE)
_UNSAFE_PATHS = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\|[\x00-\x1f]")


class CsvFiles:
    """CSV files by name; a `models.sheets.SheetSource`."""

    def __init__(self, files: Mapping[str, bytes], limits: FileLimits, findings: Iterable[Finding] = ()) -> None:
        """Take files by their names without `.csv`, and findings about names."""
        self._files = dict(files)
        self._cell_counter = CellCounter(limits)
        self._findings = list(findings)

    @classmethod
    def from_zip(cls, raw: bytes, limits: FileLimits) -> "CsvFiles":
        """Open the CSV files of a zip, at its top or in one folder.

        Raises InvalidFileError, ContentTooLargeError; nothing is written.
        """
        archive = ZipArchive(raw, limits)
        files: dict[str, bytes] = {}
        found: list[Finding] = []
        for entry in archive.entries:
            path = entry.filename
            if _UNSAFE_PATHS.search(path):
                found.append(_make_name_finding(path, "leads out of the archive or is not allowed"))
            elif not _IGNORED_PATHS.search(path):
                name = path.rpartition("/")[2][:-4].casefold()
                if name in files:
                    found.append(_make_name_finding(path, "is there twice"))
                else:
                    files[name] = archive.read_entry(entry)
        return cls(files, limits, found)

    @classmethod
    def from_folder(cls, folder: Path, limits: FileLimits) -> "CsvFiles":
        """Open the CSV files of a folder. Raises OSError, ContentTooLargeError."""
        paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv" and path.is_file()]
        if sum(path.stat().st_size for path in paths) > limits.unpacked_bytes:
            raise ContentTooLargeError(f"The files of the folder have more than {limits.unpacked_bytes:,} bytes.")
        return cls({path.stem.casefold(): path.read_bytes() for path in paths}, limits)

    def list_sheet_names(self) -> Iterable[str]:
        """List the names of the files, without `.csv`."""
        return list(self._files)

    def list_findings(self) -> tuple[Finding, ...]:
        """List findings about names, and about files read so far."""
        return tuple(self._findings)

    def open_sheet(self, name: str) -> RawSheet:
        """Open a file; its rows are read on demand."""
        return RawSheet(name, self._iterate_rows(name))

    def _iterate_rows(self, name: str) -> Iterator[tuple[int, list[CellValue]]]:
        raw = self._files[name]
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        # decoded as it is read: all of it as text would take four times as much again
        lines = io.TextIOWrapper(io.BytesIO(raw), encoding, newline="")
        reader = csv.reader(lines, delimiter=_detect_delimiter(raw, encoding))
        width = 0
        try:
            for cells in reader:
                self._cell_counter.count_cells(len(cells))
                if not any(cells):
                    continue
                if not width:
                    width = len(cells)
                elif any(cells[width:]):
                    remedy = "Put quotes around texts with commas."
                    message = f"The row has {len(cells)} cells, the header {width}."
                    self._add_finding(name, "bad_row", reader.line_num, message, remedy)
                yield reader.line_num, [_unescape_formula(cell) for cell in cells[:width]]
        except UnicodeDecodeError:
            remedy = "Save it as “CSV UTF-8”, or send a workbook."
            self._add_finding(name, "bad_file", 0, "The file is neither UTF-8 nor UTF-16.", remedy)
        except csv.Error as error:
            self._add_finding(
                name, "bad_file", reader.line_num, f"The file cannot be read on: {error}.", "Mend the quotes."
            )

    def _add_finding(self, name: str, code: str, row: int, message: str, remedy: str) -> None:
        if len(self._findings) < 1000:
            self._findings.append(make_sheet_finding(code, SheetCell(sheet=name[:200], row=row), message, remedy))


def _make_name_finding(path: str, why: str) -> Finding:
    shown = path[:100]
    return make_sheet_finding(
        "bad_name", None, f"The name {shown!r} {why}.", "Zip the CSV files themselves, each once."
    )


def _detect_delimiter(raw: bytes, encoding: str) -> str:
    """Detect the delimiter: the most frequent candidate in the header."""
    header = raw[:20_000].decode(encoding, errors="ignore").partition("\n")[0]
    return max(",;\t", key=header.count)


def _unescape_formula(cell: str) -> CellValue:
    """Remove the apostrophe that keeps spreadsheets from reading a cell as a formula; None for an empty cell."""
    return (cell[1:] if _ESCAPED_FORMULA.match(cell) else cell) or None


def escape_formula(value: CellValue) -> CellValue:
    """Prefix an apostrophe to a text that a spreadsheet would read as a formula; reading removes it."""
    return f"'{value}" if isinstance(value, str) and re.match(r"'*[=+\-@\t\r]", value) else value
