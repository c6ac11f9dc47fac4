"""Export of tables to files, one file for each table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from models.sheets.formulas import FORMULA_PATTERN

TableFormat = Literal["csv", "parquet"]
"""File formats of tables."""

_FORMULA_START = f"^({FORMULA_PATTERN})"


def write_table_files(tables: Mapping[str, pa.Table], folder: Path, kind: TableFormat = "csv") -> tuple[Path, ...]:
    """Write each table to `<folder>/<table>.<kind>`; create the folder and replace existing files. Raises OSError.

    CSV files have a header, UTF-8, full precision and labels escaped for spreadsheets. Parquet files keep dictionary-encoded
    labels and use zstd.
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
    """Return the table with plain labels instead of dictionary-encoded ones."""
    fields = [pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))


def escape_formulas(table: pa.Table) -> pa.Table:
    """Return the table with an apostrophe before each label that a spreadsheet would read as a formula.

    A label that already begins with an apostrophe and such a text gets one more, so removing one restores the label.
    """
    columns = [_escape_column(column) if _is_text_type(column.type) else column for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _is_text_type(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind.value_type if pa.types.is_dictionary(kind) else kind))


def _escape_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = []
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            labels = pc.replace_substring_regex(chunk.dictionary, _FORMULA_START, r"'\1")
            chunks.append(pa.DictionaryArray.from_arrays(chunk.indices, labels))
        else:
            chunks.append(pc.replace_substring_regex(chunk, _FORMULA_START, r"'\1"))
    return pa.chunked_array(chunks, column.type)
