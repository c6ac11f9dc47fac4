"""Encodings of problems, tables and bases, for storage and for messages between processes."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from models.plan import Plan
from solvers.lp.solution import Basis


@dataclass(frozen=True, slots=True)
class EncodedTable:
    """A table as Parquet."""

    rows: int
    """Number of rows."""
    body: bytes
    """Parquet, zstd."""

    @property
    def digest(self) -> str:
        """sha-256 of the Parquet bytes."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """The stored parts of a finished plan."""

    head: Plan
    """The plan without its tables."""
    tables: Mapping[str, EncodedTable] = field(default_factory=dict)
    """Its tables by name."""
    basis: bytes | None = None
    """Its basis, for warm starts; see `decode_basis`."""


def compress(body: bytes) -> bytes:
    """Compress with zstd."""
    return cast("bytes", pa.compress(body, codec="zstd", asbytes=True))


def decompress(body: bytes, size: int) -> bytes:
    """Decompress `compress` output; `size` is the number of decompressed bytes."""
    return cast("bytes", pa.decompress(body, size, codec="zstd", asbytes=True))


ROW_GROUP_SIZE = 131_072
"""Rows per row group of a stored table: a reader holds one compressed row group in memory at a time."""


def encode_table(table: pa.Table) -> EncodedTable:
    """Encode a table as Parquet."""
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd", row_group_size=ROW_GROUP_SIZE)
    return EncodedTable(table.num_rows, sink.getvalue())


def decode_table(body: bytes) -> pa.Table:
    """Decode a table from Parquet."""
    return parquet.read_table(io.BytesIO(body))


def encode_basis(basis: Basis) -> bytes:
    """Encode a basis as a compressed NumPy archive."""
    sink = io.BytesIO()
    np.savez_compressed(sink, columns=basis.columns, rows=basis.rows)
    return sink.getvalue()


def decode_basis(body: bytes) -> Basis:
    """Decode a basis from `encode_basis` output."""
    with np.load(io.BytesIO(body), allow_pickle=False) as archive:
        return Basis(columns=cast("np.ndarray", archive["columns"]), rows=cast("np.ndarray", archive["rows"]))
