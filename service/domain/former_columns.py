"""Columns that tables of version 0.2.0 lack, with what they say about such a plan.

A plan of that version has no recipes, no backlogs, no due dates and nothing on the way at the end of a period.
What rounding added to its shortages was not kept.
"""

from collections.abc import Mapping

import pyarrow as pa

from models.tables import TABLE_SCHEMAS
from service.domain.schemas.tables import column_name

FORMER_CONSTANTS: Mapping[str, Mapping[str, float | str | None]] = {
    "quotas": {"recipe": ""},
    "supply": {"backlog": 0.0, "discarded": 0.0, "extra": 0.0, "rounding": None, "due": None, "in_time": None},
}
"""Value of each column that a table lacks, by table; None is null."""

FORMER_COPIES: Mapping[str, Mapping[str, str]] = {"shipments": {"arrives": "period"}}
"""Column that has the values of each column that a table lacks, by table."""


def complete_schema(table: str, stored: pa.Schema) -> pa.Schema:
    """Return the schema of a table with the columns that it lacks, in the order of its row model."""
    fields = {field.name: field for field in stored}
    for name, value in FORMER_CONSTANTS.get(table, {}).items():
        fields.setdefault(name, pa.field(name, _get_constant_type(value)))
    for name, source in FORMER_COPIES.get(table, {}).items():
        fields.setdefault(name, stored.field(source).with_name(name))
    if fields.keys() == set(stored.names):
        return stored
    order = [column_name(name) for name in TABLE_SCHEMAS[table].model_fields]
    return pa.schema([fields[name] for name in order])


def list_stored_columns(table: str, wanted: list[str], stored: pa.Schema) -> list[str]:
    """List the columns to read, so that `complete_batch` can give the wanted ones: one at least, for the number of rows."""
    copies = FORMER_COPIES.get(table, {})
    names = (name if name in stored.names else copies.get(name) for name in wanted)
    return list(dict.fromkeys(name for name in names if name is not None)) or stored.names[:1]


def complete_batch(table: str, batch: pa.RecordBatch, wanted: list[str]) -> pa.RecordBatch:
    """Return a batch with the wanted columns that it lacks."""
    for name in wanted:
        if name not in batch.schema.names:
            source = FORMER_COPIES.get(table, {}).get(name)
            column = batch.column(source) if source else _build_constant(FORMER_CONSTANTS[table][name], batch.num_rows)
            batch = batch.append_column(name, column)
    return batch


def _get_constant_type(value: float | str | None) -> pa.DataType:
    """Return the type of the column of a constant, which for labels is that of stored tables."""
    return pa.dictionary(pa.int32(), pa.string()) if isinstance(value, str) else pa.float64()


def _build_constant(value: float | str | None, rows: int) -> pa.Array:
    if isinstance(value, str):
        return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), [value])
    return pa.repeat(pa.scalar(value, pa.float64()), rows)
