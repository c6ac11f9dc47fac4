"""Formats of tables: CSV, Parquet, an Arrow stream or a workbook as a stream; JSON by pages."""

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Literal, Protocol

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, ipc, parquet

from service.spreadsheets.file_kinds import XLSX_MEDIA_TYPE
from service.spreadsheets.workbook import iterate_file_chunks, write_table_workbook
from solvers.results import decode_dictionaries, escape_formulas

TableFormat = Literal["json", "csv", "parquet", "arrow", "xlsx"]
"""Formats in which a table is given."""

RecordBatches = Iterable[pa.RecordBatch]

MEDIA_TYPES: dict[TableFormat, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
    "xlsx": XLSX_MEDIA_TYPE,
}
"""Media type of each format."""


class _BatchWriter(Protocol):
    def write_batch(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class _WriteBuffer(io.RawIOBase):
    """A write-only file; what was written is taken away in chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._chunks.append(bytes(piece))
        self._written += len(self._chunks[-1])
        return len(self._chunks[-1])

    def tell(self) -> int:
        return self._written

    def take_written(self) -> bytes:
        """Take what was written since the last call."""
        taken = b"".join(self._chunks)
        self._chunks.clear()
        return taken


def _stream_batches(open_writer: Callable[[_WriteBuffer], _BatchWriter], batches: RecordBatches) -> Iterator[bytes]:
    pipe = _WriteBuffer()
    writer = open_writer(pipe)
    for batch in batches:
        writer.write_batch(batch)
        if piece := pipe.take_written():
            yield piece
    writer.close()
    yield pipe.take_written()


def stream_csv(schema: pa.Schema, batches: RecordBatches) -> Iterator[bytes]:
    """Stream CSV with a header; numbers with every significant digit, labels escaped for spreadsheets."""
    head = decode_dictionaries(escape_formulas(schema.empty_table()))
    options = csv.WriteOptions(quoting_style="needed")
    written = (
        part
        for batch in batches
        for part in decode_dictionaries(escape_formulas(pa.Table.from_batches([batch]))).to_batches()
    )
    return _stream_batches(lambda pipe: csv.CSVWriter(pipe, head.schema, write_options=options), written)


def add_byte_order_mark(body: Iterator[bytes]) -> Iterator[bytes]:
    """Put the byte order mark before UTF-8, by which Excel recognizes it."""
    return chain((codecs.BOM_UTF8,), body)


def stream_arrow(schema: pa.Schema, batches: RecordBatches) -> Iterator[bytes]:
    """Stream Arrow; labels stay dictionary-encoded."""
    return _stream_batches(lambda pipe: ipc.new_stream(pipe, schema), batches)


def stream_parquet(schema: pa.Schema, batches: RecordBatches) -> Iterator[bytes]:
    """Stream Parquet with zstd; a row group for every batch."""
    return _stream_batches(lambda pipe: parquet.ParquetWriter(pipe, schema, compression="zstd"), batches)


def stream_xlsx(name: str, schema: pa.Schema, batches: RecordBatches) -> Iterator[bytes]:
    """Stream a workbook with one sheet (more where a sheet has too few rows), written to disk first."""
    return iterate_file_chunks(write_table_workbook(name, schema, batches))


STREAM_WRITERS: dict[TableFormat, Callable[[str, pa.Schema, RecordBatches], Iterator[bytes]]] = {
    "csv": lambda _, schema, batches: stream_csv(schema, batches),
    "parquet": lambda _, schema, batches: stream_parquet(schema, batches),
    "arrow": lambda _, schema, batches: stream_arrow(schema, batches),
    "xlsx": stream_xlsx,
}
"""How a table is written in each format that has no pages."""


def format_json_page(
    name: str,
    page: list[pa.RecordBatch],
    names: list[str],
    *,
    total: int,
    offset: int,
    next_url: str | None,
    layout: str,
) -> bytes:
    """Format a page of a table as JSON: an object for each row, or a list for each column."""
    body: dict[str, Any] = {"table": name, "total": total, "offset": offset, "next": next_url}
    if layout == "columns":
        body["columns"] = {column: _extract_values([batch.column(column) for batch in page]) for column in names}
    else:
        body["rows"] = orjson.Fragment(b"[" + b",".join(map(_format_json_rows, page)) + b"]")
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def _extract_values(chunks: list[pa.Array]) -> Any:
    """Convert a column to what orjson writes fastest: an array of numbers, or a list of labels."""
    if chunks and pa.types.is_floating(chunks[0].type) and not any(chunk.null_count for chunk in chunks):
        return np.concatenate([chunk.to_numpy() for chunk in chunks])
    return [value for chunk in chunks for value in _decode_labels(chunk)]


def _decode_labels(chunk: pa.Array) -> list[Any]:
    if not pa.types.is_dictionary(chunk.type):
        return list(chunk.to_pylist())
    labels = np.array([*chunk.dictionary.to_pylist(), None], dtype=object)
    return list(labels[chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False)])


def _format_json_rows(batch: pa.RecordBatch) -> bytes:
    """Format the rows of a batch as JSON objects, by Arrow, column by column."""
    parts: list[Any] = []
    for position, column in enumerate(batch.schema.names):
        parts += [
            f"{',' if position else '{'}{orjson.dumps(column).decode()}:",
            _format_json_cells(batch.column(position)),
        ]
    rows = pc.binary_join_element_wise(*parts, "}", "", null_handling="replace", null_replacement="null")
    return str(pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), ",")[0].as_py()).encode()


def _format_json_cells(column: pa.Array) -> pa.Array:
    if pa.types.is_floating(column.type):
        return column.cast(pa.string())
    if pa.types.is_dictionary(column.type):
        written = pa.array([orjson.dumps(label).decode() for label in column.dictionary.to_pylist()], pa.string())
        return written.take(column.indices)
    return pa.array([orjson.dumps(value).decode() for value in column.to_pylist()], pa.string())
