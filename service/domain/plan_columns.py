"""Columns of the stored tables of a plan."""

from collections.abc import Sequence

import pyarrow as pa
from pyarrow import parquet

from service.storage.store import Transaction


def read_columns(transaction: Transaction, plan: str, table: str, columns: Sequence[str]) -> pa.Table:
    """Read those columns of a table that it has: tables of version 0.2.0 lack some."""
    file = parquet.ParquetFile(transaction.plans.open_parquet_file(plan, table))
    return file.read(columns=[name for name in columns if name in file.schema_arrow.names])
