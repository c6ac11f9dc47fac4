"""Lists of outputs and fulfilment in the formats of tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, get_args

import pyarrow as pa
from pydantic import BaseModel

from service.spreadsheets.table_formats import STREAM_WRITERS, TableFormat

_ARROW_TYPES: dict[Any, pa.DataType] = {
    int: pa.int64(),
    float: pa.float64(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_FORMATS_WITHOUT_TIMESTAMPS = frozenset({"csv", "xlsx"})
"""Formats without a type for moments; they get texts in ISO 8601."""


def stream_model_rows(name: str, row: type[BaseModel], rows: Sequence[BaseModel], kind: TableFormat) -> Iterator[bytes]:
    """Stream models as a table in a format other than JSON: a column for each field, null for an absent value."""
    columns = {field: _build_column(field, row, rows, kind) for field in row.model_fields}
    table = pa.table(columns)
    return STREAM_WRITERS[kind](name, table.schema, table.to_batches())


def _build_column(field: str, row: type[BaseModel], rows: Sequence[BaseModel], kind: TableFormat) -> pa.Array:
    annotation = row.model_fields[field].annotation
    plain = next((one for one in get_args(annotation) if one is not type(None)), annotation)
    values = [getattr(one, field) for one in rows]
    if plain is datetime and kind in _FORMATS_WITHOUT_TIMESTAMPS:
        return pa.array([value.isoformat() for value in values], pa.string()).dictionary_encode()
    return pa.array(values, pa.string()).dictionary_encode() if plain is str else pa.array(values, _ARROW_TYPES[plain])
