"""Writing a plan's tables to a folder, one file a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pyarrow import csv, parquet

TableFormat = Literal["csv", "parquet"]
"""Formats in which tables are written."""


def write_tables(tables: Mapping[str, pa.Table], folder: Path, kind: TableFormat = "csv") -> tuple[Path, ...]:
    """Write each table to `<folder>/<table>.<kind>`, made if absent; existing files are replaced. Raises OSError.

    CSV has a header, UTF-8, full precision and plain labels; Parquet keeps labels dictionary-encoded (zstd).
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.{kind}"
        if kind == "csv":
            csv.write_csv(plain(table), path)
        else:
            parquet.write_table(table, path, compression="zstd")
        written.append(path)
    return tuple(written)


def plain(table: pa.Table) -> pa.Table:
    """The same table with its labels written out instead of dictionary-encoded."""
    fields = [pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))
