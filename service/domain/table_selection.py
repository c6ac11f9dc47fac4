"""Filter, sort and select columns of a stored table, one batch of rows at a time.

Without `sort`, memory holds one batch and a read buffer for each column. Sorting needs all rows that match the
filters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from models.validation.checks import Finding
from service.core.errors import UnprocessableContentError
from service.domain.former_columns import complete_batch, complete_schema, list_stored_columns
from service.domain.label_filters import normalise_filters
from service.domain.schemas.tables import TableQuery, split_names

BATCH_ROWS = 32_768
"""Rows in memory at a time."""

BUFFER_BYTES = 256 * 1024
"""Bytes of each column that are read ahead."""


@dataclass(frozen=True, slots=True)
class TableSelection:
    """The part of a stored table that a query selects."""

    schema: pa.Schema
    """Selected columns in their order; labels dictionary-encoded."""
    _file: parquet.ParquetFile
    _table: str
    filters: dict[str, list[str]]
    """Labels to keep, by column."""
    _order: list[tuple[str, str]] = field(default_factory=list)

    def count_rows(self) -> int:
        """Count the rows that match the filters."""
        if not self.filters:
            return int(self._file.metadata.num_rows)
        return sum(batch.num_rows for batch in self._read_filtered(list(self.filters)))

    def list_occurring_labels(self) -> dict[str, set[str]]:
        """List the labels of the filters that occur in their columns."""
        found: dict[str, set[str]] = {column: set() for column in self.filters}
        for batch in self._read_columns(list(self.filters)) if self.filters else ():
            for column, labels in self.filters.items():
                found[column].update(set(labels).intersection(_list_labels(batch.column(column))))
            if all(found[column].issuperset(labels) for column, labels in self.filters.items()):
                break
        return found

    def iterate_batches(self, offset: int = 0, limit: int | None = None) -> Iterator[pa.RecordBatch]:
        """Iterate over the rows from `offset` on, at most `limit`, in batches that are not empty."""
        left = limit
        for batch in self._read_sorted() if self._order else self._read_filtered([*self.schema.names, *self.filters]):
            part = batch.slice(offset, left)
            offset -= min(offset, batch.num_rows)
            if part.num_rows:
                yield part.select(self.schema.names)
            if left is not None:
                left -= part.num_rows
                if left == 0:
                    return

    def _read_filtered(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Read the rows that match the filters, with these columns, in the order of the table."""
        for batch in self._read_columns(list(dict.fromkeys(columns))):
            kept = batch
            for column, labels in self.filters.items():
                wanted_labels = pa.array(labels, pa.string())
                kept = kept.filter(pc.is_in(kept.column(column).cast(pa.string()), value_set=wanted_labels))
            if kept.num_rows:
                yield kept

    def _read_columns(self, wanted: list[str]) -> Iterator[pa.RecordBatch]:
        """Read whole columns, and make those that a table of a former version lacks."""
        stored = list_stored_columns(self._table, wanted, self._file.schema_arrow)
        for batch in self._file.iter_batches(BATCH_ROWS, columns=stored):
            yield complete_batch(self._table, batch, wanted)

    def _read_sorted(self) -> Iterator[pa.RecordBatch]:
        keys = [name for name, _ in self._order]
        names = list(dict.fromkeys([*self.schema.names, *self.filters, *keys]))
        batches = list(self._read_filtered(names))
        if not batches:
            return
        table = pa.Table.from_batches(batches).unify_dictionaries()
        plain = pa.table({name: _decode_dictionary(table[name]) for name in keys})
        yield from table.take(pc.sort_indices(plain, sort_keys=self._order)).combine_chunks().to_batches(BATCH_ROWS)


def select_from_table(stored: pa.NativeFile, table: str, query: TableQuery) -> TableSelection:
    """Select from a table of a plan, stored as Parquet; UnprocessableContentError names unknown columns.

    Filters on several columns hold together; several values of one column are alternatives.
    """
    # Arrow reads ahead unless it is told not to, and keeps all of it until the table has been read
    file = parquet.ParquetFile(stored, pre_buffer=False, buffer_size=BUFFER_BYTES)
    schema = complete_schema(table, file.schema_arrow)
    wanted, order = split_names(query.columns), [_parse_sort_key(one) for one in split_names(query.sort)]
    _reject_unknown_columns(schema.names, {"columns": wanted, "sort": [name for name, _ in order]})
    names = list(dict.fromkeys(wanted)) or schema.names
    filters = normalise_filters(query.collect_filters())
    return TableSelection(pa.schema([schema.field(name) for name in names]), file, table, filters, order)


def _list_labels(column: pa.Array) -> list[str]:
    """List the labels of a column, each at least once."""
    labels = column.dictionary if pa.types.is_dictionary(column.type) else pc.unique(column)
    return list(labels.to_pylist())


def _parse_sort_key(name: str) -> tuple[str, str]:
    return name.removeprefix("-"), "descending" if name.startswith("-") else "ascending"


def _decode_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decode the labels of a column, so that it sorts by label."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _reject_unknown_columns(there: list[str], named: dict[str, list[str]]) -> None:
    findings = [
        Finding(
            path=f"query/{parameter}",
            code="unknown_column",
            message=f"There is no column {name!r}.",
            remedy=f"There are: {', '.join(there)}.",
        )
        for parameter, names in named.items()
        for name in names
        if name not in there
    ]
    if findings:
        raise UnprocessableContentError(f"{findings[0].message} {findings[0].remedy}", findings=findings)
