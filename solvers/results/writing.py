"""Writing a plan's tables to a folder, one file a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

TableFormat = Literal["csv", "parquet"]
"""Formats in which tables are written."""

FORMULA_PREFIXES = r"^('*[=+\-@\t\r])"
"""How a text begins that a spreadsheet would take for a formula, or that was guarded against it."""


def write_table_files(tables: Mapping[str, pa.Table], folder: Path, kind: TableFormat = "csv") -> tuple[Path, ...]:
    """Write each table to `<folder>/<table>.<kind>`, made if absent; existing files are replaced. Raises OSError.

    CSV has a header, UTF-8, full precision and plain labels, guarded for spreadsheets; Parquet keeps labels
    dictionary-encoded (zstd).
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.{kind}"
        if kind == "csv":
            csv.write_csv(decode_dictionaries(escape_formulas(table)), path)
        else:
            parquet.write_table(table, path, compression="zstd")
        written.append(path)
    return tuple(written)


def decode_dictionaries(table: pa.Table) -> pa.Table:
    """The same table with its labels written out instead of dictionary-encoded."""
    fields = [pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))


def escape_formulas(table: pa.Table) -> pa.Table:
    """The same table with an apostrophe before each label that a spreadsheet would take for a formula.

    A label that already is an apostrophe before such a text gets one more, so that taking one off gives back the label.
    """
    columns = [_escape_column(column) if _is_text(column.type) else column for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind.value_type if pa.types.is_dictionary(kind) else kind))


def _escape_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = []
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            labels = pc.replace_substring_regex(chunk.dictionary, FORMULA_PREFIXES, r"'\1")
            chunks.append(pa.DictionaryArray.from_arrays(chunk.indices, labels))
        else:
            chunks.append(pc.replace_substring_regex(chunk, FORMULA_PREFIXES, r"'\1"))
    return pa.chunked_array(chunks, column.type)
