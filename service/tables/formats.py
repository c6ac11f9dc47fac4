"""An Arrow table as JSON, CSV, Parquet or an Arrow stream; and which of them a request wants."""

import io
from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import csv, ipc, parquet

from service.errors import NotAcceptable
from service.tables.schemas import TableFormat
from solvers.report import plain

MEDIA_TYPES: dict[TableFormat, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
"""Media type of each format."""

_BATCH_ROWS = 50_000
"""Rows written at a time to a stream."""


def wanted_format(stated: TableFormat | None, accept: str | None) -> TableFormat:
    """The format stated, else the one that `Accept` likes best; NotAcceptable if it takes none. JSON where all are equal."""
    if stated is not None:
        return stated
    likings = _likings(accept or "*/*")
    best, most = None, 0.0
    for kind, media_type in MEDIA_TYPES.items():
        liking = _liking(media_type.partition(";")[0], likings)
        if liking > most:
            best, most = kind, liking
    if best is None:
        known = ", ".join(media_type.partition(";")[0] for media_type in MEDIA_TYPES.values())
        raise NotAcceptable(f"Accept names none of what there is: {known}.")
    return best


def _likings(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (one.strip().lower() for one in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        found[media_range] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return found


def _liking(media_type: str, likings: dict[str, float]) -> float:
    """How much a type is liked: the most exact range that covers it says so."""
    for media_range in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if media_range in likings:
            return likings[media_range]
    return 0.0


def json_columns(table: pa.Table) -> dict[str, list[Any]]:
    """A list a column, labels written out."""
    return dict(zip(table.column_names, (column.to_pylist() for column in plain(table).columns), strict=True))


def json_page(name: str, page: pa.Table, *, total: int, offset: int, following: str | None, layout: str) -> bytes:
    """A page of a table as JSON: an object a row, or a list a column."""
    columns = json_columns(page)
    body: dict[str, Any] = {"table": name, "total": total, "offset": offset, "next": following}
    if layout == "columns":
        body["columns"] = columns
    else:
        body["rows"] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return orjson.dumps(body)


def csv_stream(table: pa.Table) -> Iterator[bytes]:
    """CSV with a header, in pieces; numbers with every digit they need."""
    written = plain(table)
    for begin in range(0, max(1, written.num_rows), _BATCH_ROWS):
        sink = io.BytesIO()
        csv.write_csv(
            written.slice(begin, _BATCH_ROWS), sink, csv.WriteOptions(include_header=begin == 0, quoting_style="needed")
        )
        yield sink.getvalue()


def arrow_stream(table: pa.Table) -> Iterator[bytes]:
    """An Arrow stream, in pieces; labels stay dictionary-encoded."""
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema) as writer:
        for batch in table.unify_dictionaries().to_batches(max_chunksize=_BATCH_ROWS):
            writer.write_batch(batch)
            yield _taken(sink)
    yield _taken(sink)


def parquet_bytes(table: pa.Table) -> bytes:
    """Parquet, zstd."""
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _taken(sink: io.BytesIO) -> bytes:
    """What was written since, and an empty sink."""
    piece = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return piece
