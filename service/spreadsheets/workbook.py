"""Writing workbooks: xlsxwriter with rows kept on disk, numbers with every digit, and texts that stay texts."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from service.spreadsheets.file_names import SheetNames

_FORMATS = {
    "head": {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "bold": {"bold": True},
    "small": {"italic": True, "font_color": "#555555"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "text": {"num_format": "@"},
    "number": {"num_format": "#,##0.00"},
    "whole": {"num_format": "#,##0"},
    "quantity": {"num_format": "#,##0.0"},
    "share": {"num_format": "0.0%"},
    "tiny": {"num_format": "0.0E+00"},
    "sum": {"num_format": "#,##0.0", "bold": True, "top": 1},
    "sum_label": {"bold": True, "top": 1},
    "link": {"font_color": "#0563C1", "underline": 1},
}
"""Number formats."""

MIN_NUMBER = 2.2250738585072014e-308
"""Smallest positive number that spreadsheets hold; smaller ones become 0."""


class Sheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet whose numbers keep every digit and whose texts are never formulas, links or markup."""

    def _xml_number_element(self, number: float, attributes: list[tuple[str, Any]]) -> None:
        """A number with every digit it needs; the library's own sixteen are one too few for some."""
        written = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{written}><v>{float(number)!r}</v></c>")

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        """The library takes a text from <r> to </r> for markup of its own; ours is only ever text."""
        escaped = Worksheet._escape_control_characters(data)  # noqa: SLF001
        return f"_x003C_{escaped[1:]}" if isinstance(escaped, str) and escaped.startswith("<r>") else escaped

    def write_texts(self, row: int, texts: list[str], cell_format: Any = None, first_column: int = 0) -> None:
        """Write texts side by side."""
        for column, text in enumerate(texts, first_column):
            self.write_string(row, column, text, cell_format)

    def append_rows_xml(self, xml: str, rows: int, columns: int) -> None:
        """Add rows written as XML by others below what is there. Row numbers are theirs to get right."""
        begin = (self.dim_rowmax if self.dim_rowmax is not None else -1) + 1
        self._write_single_row(begin + rows)
        self._check_dimensions(begin + rows - 1, columns - 1)
        self.dim_colmin = 0
        self.previous_row = begin + rows
        self.fh.write(xml)


class WorkbookWriter:
    """A workbook being written."""

    def __init__(self, book: Any) -> None:
        """Write into a workbook of the library."""
        self._book = book
        self._names = SheetNames()
        self.formats = {name: book.add_format(look) for name, look in _FORMATS.items()}

    def add_sheet(self, name: str) -> Sheet:
        """Add a sheet with the nearest allowed free name."""
        return self._book.add_worksheet(self._names.assign_name(name), Sheet)  # type: ignore[no-any-return]

    def get_style_index(self, format_name: str) -> int:
        """The number of a look, for rows written as XML."""
        return int(self.formats[format_name]._get_xf_index())  # noqa: SLF001


@contextmanager
def open_workbook(title: str, *, in_memory: bool = False) -> Iterator[tuple[WorkbookWriter, IO[bytes]]]:
    """A new workbook and the file in which it is, complete, after the block. The file closes itself if the block fails.

    `in_memory`: build the workbook in memory, which is quicker; otherwise memory does not grow with the workbook.
    """
    with ExitStack() as failed:
        file: IO[bytes] = failed.enter_context(TemporaryFile())
        with TemporaryDirectory(prefix="allot-") as folder:
            options = {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            }
            book = xlsxwriter.Workbook(file, options)
            book.in_memory = in_memory
            book.set_properties({"title": title, "author": "Allot"})
            yield WorkbookWriter(book), file
            book.close()
        failed.pop_all()
