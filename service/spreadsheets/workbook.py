"""Writing workbooks with xlsxwriter: texts that stay texts, unique names of sheets, tables of any length."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from html import escape
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from service.core.share_text import ALMOST_ALL, ALMOST_NONE, MAX_SHARE_DIGITS, count_share_digits, format_share

MAX_SHEET_ROWS = 1_048_576
"""Maximum number of rows of a sheet, with the header."""

_MAX_NAME_LENGTH = 31
_FORBIDDEN_CHARACTERS = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RESERVED_NAMES = frozenset({"history"})
_FILE_CHUNK_BYTES = 256 * 1024
_ROWS_AT_ONCE = 8_192
_ESCAPED_IN_SHEETS = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
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
    **{f"share {digits}": {"num_format": f"{0:.{digits}f}%"} for digits in range(MAX_SHARE_DIGITS + 1)},
    **{f"share {text}": {"num_format": f'"{text}"'} for text in (ALMOST_ALL, ALMOST_NONE)},
    "coefficient": {"num_format": "0.0000"},
    "tiny": {"num_format": "0.0E+00"},
    "sum": {"num_format": "#,##0.0", "bold": True, "top": 1},
    "sum_label": {"bold": True, "top": 1},
    "error": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "warning": {"bg_color": "#FFEB9C", "font_color": "#7F6000"},
    "link": {"font_color": "#0563C1", "underline": 1},
}
"""Number formats."""


class Sheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet whose texts are never formulas, links or markup."""

    def write_string(self, row: int, column: int, text: str, cell_format: Any = None) -> None:
        """Write a text; the library takes one from `<r>` to `</r>` for markup unless it is written as several runs."""
        if text.startswith("<r>") and text.endswith("</r>"):
            self.write_rich_string(row, column, *text[:2], text[2:], *filter(None, [cell_format]))
        else:
            super().write_string(row, column, text, cell_format)

    def write_texts(self, row: int, texts: Iterable[str], cell_format: Any = None) -> None:
        """Write texts side by side."""
        for column, text in enumerate(texts):
            self.write_string(row, column, text, cell_format)

    def append_rows_xml(self, xml: str, rows: int, columns: int) -> None:
        """Append rows that are XML already; the caller numbers them."""
        begin = (self.dim_rowmax if self.dim_rowmax is not None else -1) + 1
        self._write_single_row(begin + rows)
        self._check_dimensions(begin + rows - 1, columns - 1)
        self.dim_colmin = 0
        self.previous_row = begin + rows
        self.fh.write(xml)


class SheetNames:
    """Gives every sheet of a workbook a unique name: at most 31 characters, some forbidden, case ignored."""

    def __init__(self) -> None:
        """Start without names."""
        self._used_names: set[str] = set(_RESERVED_NAMES)

    def assign_name(self, wanted: str) -> str:
        """Return the nearest allowed free name: forbidden characters become `_`, long names are cut, `~2` makes them
        unique.
        """
        clean = _FORBIDDEN_CHARACTERS.sub("_", wanted).strip("' ") or "sheet"
        name, count = _truncate_name(clean, _MAX_NAME_LENGTH), 1
        while name.casefold() in self._used_names:
            count += 1
            name = f"{_truncate_name(clean, _MAX_NAME_LENGTH - len(f'~{count}'))}~{count}"
        self._used_names.add(name.casefold())
        return name


def _truncate_name(text: str, max_units: int) -> str:
    """Truncate a text to a number of UTF-16 units, as Excel counts; it ends with neither apostrophe nor space."""
    while len(text.encode("utf-16-le")) > 2 * max_units:
        text = text[:-1]
    return text.rstrip("' ") or "sheet"


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

    def find_share_format(self, share: float) -> Any:
        """Return the format of a share in per cent, which tells it from 0 and 1; the cell keeps the exact number."""
        digits = count_share_digits(share)
        return self.formats[f"share {format_share(share) if digits is None else digits}"]

    def add_table(
        self,
        name: str,
        schema: pa.Schema,
        batches: Iterable[pa.RecordBatch],
        max_rows: int = MAX_SHEET_ROWS,
        formats: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Write a table to a sheet, and to more where one has too few rows; return the names of the sheets.

        `max_rows` is the maximum number of rows of a sheet, with the header. `formats` names the number formats of columns
        that need another one than two decimals or whole numbers.
        """
        sheet, row = self._begin_table_sheet(name, schema), 1
        names = [str(sheet.get_name())]
        for batch in batches:
            begin = 0
            while begin < batch.num_rows:
                if row == max_rows:
                    sheet.autofilter(0, 0, row - 1, len(schema) - 1)
                    sheet, row = self._begin_table_sheet(name, schema), 1
                    names.append(str(sheet.get_name()))
                part = batch.slice(begin, min(max_rows - row, _ROWS_AT_ONCE))
                sheet.append_rows_xml(self._format_rows(part, row, formats or {}), part.num_rows, len(schema))
                begin, row = begin + part.num_rows, row + part.num_rows
        sheet.autofilter(0, 0, max(row - 1, 1), len(schema) - 1)
        return names

    def _begin_table_sheet(self, name: str, schema: pa.Schema) -> Sheet:
        sheet = self.add_sheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for column, field in enumerate(schema):
            sheet.set_column(column, column, 14 if _is_numeric(field.type) else 20)
        sheet.write_texts(0, schema.names, self.formats["head"])
        return sheet

    def _format_rows(self, batch: pa.RecordBatch, first_row: int, formats: Mapping[str, str]) -> str:
        """Format rows as XML, column by column; `first_row` counts from 0."""
        numbers = pa.array(np.arange(first_row + 1, first_row + 1 + batch.num_rows)).cast(pa.string())
        parts: list[Any] = ['<row r="', numbers, '">']
        for position, column in enumerate(batch.columns):
            look = formats.get(batch.schema.names[position])
            parts += self._format_cells(column, f'<c r="{xl_col_to_name(position)}', numbers, look)
        rows = pc.binary_join_element_wise(*parts, "</row>", "", null_handling="replace", null_replacement="")
        return str(pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")[0].as_py())

    def _format_cells(self, column: pa.Array, opening: str, numbers: pa.Array, stated: str | None) -> list[Any]:
        """Build the XML around the cells of a column; null gives an empty cell."""
        if _is_numeric(column.type):
            look = self.formats[stated or ("number" if pa.types.is_floating(column.type) else "whole")]
            style = f'" s="{look._get_xf_index()}"><v>'  # noqa: SLF001 - the library has no public name of it
            parts = [opening, numbers, style, column.cast(pa.string()), "</v></c>"]
            return [pc.binary_join_element_wise(*parts, "")] if column.null_count else parts
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        labels = pa.array([_escape_text(str(label)) for label in encoded.dictionary.to_pylist()], pa.string())
        style = '" t="inlineStr"><is><t xml:space="preserve">'
        return [opening, numbers, style, labels.take(encoded.indices), "</t></is></c>"]


def _is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _escape_text(text: str) -> str:
    """Escape a text for XML; control characters, and texts that look like their escape, become `_xHHHH_`."""
    coded = _ESCAPED_IN_SHEETS.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return escape(coded, quote=False)


@contextmanager
def open_workbook(title: str, *, in_memory: bool = False) -> Iterator[tuple[WorkbookWriter, IO[bytes]]]:
    """Open a new workbook and the temporary file that holds it after the block; the file closes if the block fails.

    With `in_memory`, cells stay in memory, which is faster. Otherwise memory does not grow with the workbook.
    """
    with ExitStack() as failed:
        file: IO[bytes] = failed.enter_context(TemporaryFile())
        with TemporaryDirectory(prefix="allot-") as folder:
            options = {
                "constant_memory": not in_memory,
                "in_memory": in_memory,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            }
            book = xlsxwriter.Workbook(file, options)
            book.set_properties({"title": title, "author": "Allot"})
            yield WorkbookWriter(book), file
            book.close()
        failed.pop_all()


def write_table_workbook(name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> IO[bytes]:
    """Write a workbook with one table to a temporary file."""
    with open_workbook(name) as (book, file):
        book.add_table(name, schema, batches)
    return file


def iterate_file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Iterate over the bytes of a file and close it at the end, also when the client disconnects."""
    with file:
        file.seek(0)
        while piece := file.read(_FILE_CHUNK_BYTES):
            yield piece
