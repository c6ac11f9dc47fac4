"""Tables of a plan as sheets: Arrow writes rows column by column, one batch in memory."""

from collections.abc import Iterable
from html import escape
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.spreadsheets.workbook import Sheet, WorkbookWriter, open_workbook

MAX_SHEET_ROWS = 1_048_576
"""Maximum number of rows of a sheet, with the header."""

_COLUMN_WIDTHS = {"text": 20, "number": 14}


def _is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def write_table_workbook(name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> IO[bytes]:
    """Write a workbook with one table to a temporary file."""
    with open_workbook(name) as (book, file):
        add_table_sheets(book, name, schema, batches)
    return file


def add_table_sheets(
    book: WorkbookWriter,
    name: str,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    max_rows: int = MAX_SHEET_ROWS,
) -> list[str]:
    """Write a table to a sheet, and to more where one has too few rows; return the names of the sheets.

    `most` is the maximum number of rows of a sheet, with the header.
    """
    sheet, row = _begin_sheet(book, name, schema), 1
    names = [str(sheet.get_name())]
    for batch in batches:
        begin = 0
        while begin < batch.num_rows:
            if row == max_rows:
                _finish_sheet(sheet, row, schema)
                sheet, row = _begin_sheet(book, name, schema), 1
                names.append(str(sheet.get_name()))
            part = batch.slice(begin, max_rows - row)
            sheet.append_rows_xml(_format_rows(book, part, row), part.num_rows, len(schema))
            begin, row = begin + part.num_rows, row + part.num_rows
    _finish_sheet(sheet, row, schema)
    return names


def _begin_sheet(book: WorkbookWriter, name: str, schema: pa.Schema) -> Sheet:
    sheet = book.add_sheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for position, field in enumerate(schema):
        sheet.set_column(position, position, _COLUMN_WIDTHS["number" if _is_numeric(field.type) else "text"])
    sheet.write_texts(0, schema.names, book.formats["head"])
    return sheet


def _finish_sheet(sheet: Sheet, rows: int, schema: pa.Schema) -> None:
    sheet.autofilter(0, 0, max(rows - 1, 1), len(schema) - 1)


def _format_rows(book: WorkbookWriter, batch: pa.RecordBatch, first_row: int) -> str:
    """Format rows as XML; the first is below `begin` rows."""
    numbers = pa.array(np.arange(first_row + 1, first_row + 1 + batch.num_rows)).cast(pa.string())
    parts: list[Any] = ['<row r="', numbers, '">']
    for position, column in enumerate(batch.columns):
        parts += _format_cells(book, column, _format_column_letters(position), numbers)
    rows = pc.binary_join_element_wise(*parts, "</row>", "", null_handling="replace", null_replacement="")
    return str(pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")[0].as_py())


def _format_cells(book: WorkbookWriter, column: pa.Array, letters: str, numbers: pa.Array) -> list[Any]:
    """Build the XML around the cells of a column; null gives an empty cell."""
    if _is_numeric(column.type):
        opening, written = f'<c r="{letters}', column.cast(pa.string())
        look = f'" s="{book.get_style_index("number" if pa.types.is_floating(column.type) else "whole")}"><v>'
        if not column.null_count:
            return [opening, numbers, look, written, "</v></c>"]
        return [pc.binary_join_element_wise(opening, numbers, look, written, "</v></c>", "")]
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    labels = pa.array([_format_text(str(label)) for label in encoded.dictionary.to_pylist()], pa.string())
    return [
        f'<c r="{letters}',
        numbers,
        '" t="inlineStr"><is><t xml:space="preserve">',
        labels.take(encoded.indices),
        "</t></is></c>",
    ]


def _format_text(label: str) -> str:
    return escape(str(Sheet._escape_control_characters(label)), quote=False)  # noqa: SLF001


def _format_column_letters(position: int) -> str:
    """Name a column by its number from 0: A, B … Z, AA …"""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
