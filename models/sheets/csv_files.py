"""CSV files as sheets."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from models.sheets.cells import CellValue, RawSheet
from models.sheets.codes import make_sheet_finding
from models.validation.finding import Finding, SheetCell

_ESCAPED_FORMULA = re.compile(r"'+[=+\-@\t\r]")


class CsvSheets:
    """CSV files by name; implements `models.sheets.SheetSource`."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        findings: Iterable[Finding] = (),
        count_cells: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Store files by name without `.csv`, and findings about names. `count_cells` receives the cell count of each
        row read."""
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
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        # Decode while reading: the whole file as text would need up to four times its size in addition.
        lines = io.TextIOWrapper(io.BytesIO(raw), encoding, newline="")
        reader = csv.reader(lines, delimiter=_detect_delimiter(raw, encoding))
        width = 0
        try:
            for cells in reader:
                self._count_cells(len(cells))
                if not any(cells):
                    continue
                if not width:
                    width = len(cells)
                elif len(cells) > width:
                    self._report_long_row(name, reader.line_num, cells, width)
                    del cells[width:]
                yield reader.line_num, [_unescape_formula(cell) if cell[:1] == "'" else cell or None for cell in cells]
        except UnicodeDecodeError:
            remedy = "Save the file as “CSV UTF-8”, or send a workbook."
            self._add_finding(name, "bad_file", 0, "The file is neither UTF-8 nor UTF-16.", remedy)
        except csv.Error as error:
            self._add_finding(
                name,
                "bad_file",
                reader.line_num,
                f"The file is not valid CSV: {error}.",
                "Correct the quotation marks.",
            )

    def _report_long_row(self, name: str, row: int, cells: list[str], width: int) -> None:
        if any(cells[width:]):
            message = f"The row has {len(cells)} cells, but the header has {width}."
            self._add_finding(name, "bad_row", row, message, "Put quotation marks around texts with commas.")

    def _add_finding(self, name: str, code: str, row: int, message: str, remedy: str) -> None:
        if len(self._findings) < 1000:
            self._findings.append(make_sheet_finding(code, SheetCell(sheet=name[:200], row=row), message, remedy))


def list_csv_files(folder: Path) -> list[Path]:
    """Return the CSV files of a folder, sorted by name; raise OSError if the folder cannot be read."""
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv" and path.is_file()]


def read_csv_files(paths: Iterable[Path]) -> dict[str, bytes]:
    """Read files; return their contents by lower-case name without `.csv`. Raises OSError."""
    return {path.stem.casefold(): path.read_bytes() for path in paths}


def _detect_delimiter(raw: bytes, encoding: str) -> str:
    """Return the most frequent delimiter in the header."""
    header = raw[:20_000].decode(encoding, errors="ignore").partition("\n")[0]
    return max(",;\t", key=header.count)


def _unescape_formula(cell: str) -> str:
    """Remove the apostrophe that prevents a spreadsheet from reading the text as a formula."""
    return cell[1:] if _ESCAPED_FORMULA.match(cell) else cell


def escape_formula(value: CellValue) -> CellValue:
    """Add an apostrophe to a text that a spreadsheet would read as a formula; reading reverses it."""
    return f"'{value}" if isinstance(value, str) and re.match(r"'*[=+\-@\t\r]", value) else value
