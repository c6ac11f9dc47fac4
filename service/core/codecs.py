"""Problems, tables and bases as bytes: as they travel between processes and as they are stored."""

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
    """Everything that is stored of a finished plan."""

    head: Plan
    """The plan but for its tables."""
    tables: Mapping[str, EncodedTable] = field(default_factory=dict)
    """Its tables by name."""
    basis: bytes | None = None
    """Its basis, for later solves nearby; see `decode_basis`."""


def compress(body: bytes) -> bytes:
    """Compress by zstd."""
    return cast("bytes", pa.compress(body, codec="zstd", asbytes=True))


def decompress(body: bytes, size: int) -> bytes:
    """Undo `compress`; `size` is the number of bytes that come out."""
    return cast("bytes", pa.decompress(body, size, codec="zstd", asbytes=True))


ROW_GROUP_SIZE = 131_072
"""Rows that stand together in a stored table: what a reader has in memory of it, compressed, at a time."""


def encode_table(table: pa.Table) -> EncodedTable:
    """Write a table as Parquet."""
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd", row_group_size=ROW_GROUP_SIZE)
    return EncodedTable(table.num_rows, sink.getvalue())


def decode_table(body: bytes) -> pa.Table:
    """Read a table from Parquet."""
    return parquet.read_table(io.BytesIO(body))


def encode_basis(basis: Basis) -> bytes:
    """A basis as a compressed numpy archive."""
    sink = io.BytesIO()
    np.savez_compressed(sink, columns=basis.columns, rows=basis.rows)
    return sink.getvalue()


def decode_basis(body: bytes) -> Basis:
    """Undo `encode_basis`."""
    with np.load(io.BytesIO(body), allow_pickle=False) as archive:
        return Basis(columns=cast("np.ndarray", archive["columns"]), rows=cast("np.ndarray", archive["rows"]))
