"""Columns of the stored tables of a plan."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from service.storage.store import Transaction

IntArray = npt.NDArray[np.int64]

REQUIREMENT_COLUMNS = {"requirement": "item", "need": "demand", "met": "served"}
"""Columns of the table `requirements`, which are read as those of `supply`, where their names differ."""


def read_columns(transaction: Transaction, plan: str, table: str, columns: Sequence[str]) -> pa.Table:
    """Read those columns of a table that it has: tables of version 0.2.0 lack some."""
    file = parquet.ParquetFile(transaction.plans.open_parquet_file(plan, table))
    return file.read(columns=[name for name in columns if name in file.schema_arrow.names])


def find_positions(table: pa.Table, column: str, labels: Sequence[str]) -> IntArray:
    """Return the position of each label of a column in `labels`, (rows,); −1 where it is none of them."""
    found = table[column].combine_chunks()
    encoded = found if isinstance(found, pa.DictionaryArray) else found.dictionary_encode()
    position_of = {label: position for position, label in enumerate(labels)}
    known = np.array([position_of.get(label, -1) for label in encoded.dictionary.to_pylist()] or [-1], dtype=np.int64)
    positions: IntArray = known[encoded.indices.to_numpy(zero_copy_only=False)]
    return positions
