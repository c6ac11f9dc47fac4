"""A plan's tables as sheets: rows written by Arrow a column at a time, a batch in memory."""

from collections.abc import Iterable
from html import escape
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.sheets.workbook import Book, Sheet, writing

SHEET_ROWS = 1_048_576
"""Rows of a sheet at most, the header among them."""

_WIDTHS = {"text": 20, "number": 14}


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def table_workbook(name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> IO[bytes]:
    """A workbook with one table, in a file of its own."""
    with writing(name) as (book, file):
        add_table(book, name, schema, batches)
    return file


def add_table(
    book: Book, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], most: int = SHEET_ROWS
) -> list[str]:
    """Write a table to a sheet, and to more where one has too few rows; the names of the sheets.

    `most`: rows of a sheet at most, the header among them.
    """
    sheet, row = _begin(book, name, schema), 1
    names = [str(sheet.get_name())]
    for batch in batches:
        begin = 0
        while begin < batch.num_rows:
            if row == most:
                _finish(sheet, row, schema)
                sheet, row = _begin(book, name, schema), 1
                names.append(str(sheet.get_name()))
            part = batch.slice(begin, most - row)
            sheet.add_rows(_rows(book, part, row), part.num_rows, len(schema))
            begin, row = begin + part.num_rows, row + part.num_rows
    _finish(sheet, row, schema)
    return names


def _begin(book: Book, name: str, schema: pa.Schema) -> Sheet:
    sheet = book.sheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for position, field in enumerate(schema):
        sheet.set_column(position, position, _WIDTHS["number" if _is_number(field.type) else "text"])
    sheet.texts(0, schema.names, book.looks["head"])
    return sheet


def _finish(sheet: Sheet, rows: int, schema: pa.Schema) -> None:
    sheet.autofilter(0, 0, max(rows - 1, 1), len(schema) - 1)


def _rows(book: Book, batch: pa.RecordBatch, begin: int) -> str:
    """Rows as XML; the first stands below `begin` rows."""
    numbers = pa.array(np.arange(begin + 1, begin + 1 + batch.num_rows)).cast(pa.string())
    parts: list[Any] = ['<row r="', numbers, '">']
    for position, column in enumerate(batch.columns):
        parts += _cells(book, column, _letters(position), numbers)
    rows = pc.binary_join_element_wise(*parts, "</row>", "", null_handling="replace", null_replacement="")
    return str(pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")[0].as_py())


def _cells(book: Book, column: pa.Array, letters: str, numbers: pa.Array) -> list[Any]:
    """What is joined to the cells of a column. An empty cell for what is null."""
    if _is_number(column.type):
        opening, written = f'<c r="{letters}', column.cast(pa.string())
        look = f'" s="{book.style("number" if pa.types.is_floating(column.type) else "whole")}"><v>'
        if not column.null_count:
            return [opening, numbers, look, written, "</v></c>"]
        return [pc.binary_join_element_wise(opening, numbers, look, written, "</v></c>", "")]
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    labels = pa.array([_text(str(label)) for label in encoded.dictionary.to_pylist()], pa.string())
    return [
        f'<c r="{letters}',
        numbers,
        '" t="inlineStr"><is><t xml:space="preserve">',
        labels.take(encoded.indices),
        "</t></is></c>",
    ]


def _text(label: str) -> str:
    return escape(str(Sheet._escape_control_characters(label)), quote=False)  # noqa: SLF001


def _letters(position: int) -> str:
    """The name of a column, counted from 0: A, B … Z, AA …"""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
