"""Filtering, sorting and choosing columns of an Arrow table."""

import pyarrow as pa
import pyarrow.compute as pc

from models.checks import Finding
from service.errors import Invalid
from service.tables.schemas import TableQuery, split


def select(table: pa.Table, query: TableQuery) -> pa.Table:
    """The rows that meet the filters, sorted, with the columns wanted; Invalid names columns that are not there.

    Filters on several columns hold together; several values of one column are alternatives.
    """
    wanted, order = split(query.columns), [_descent(one) for one in split(query.sort)]
    _refuse_unknown(table, {"columns": wanted, "sort": [name for name, _ in order]})
    for column, values in query.filters().items():
        table = table.filter(pc.is_in(table[column].cast(pa.string()), value_set=pa.array(values, pa.string())))
    if order:
        keys = [(name, "descending" if descending else "ascending") for name, descending in order]
        plain = pa.table({name: _plain(table[name]) for name, _ in order})
        table = table.take(pc.sort_indices(plain, sort_keys=keys))
    return table.select(list(dict.fromkeys(wanted))) if wanted else table


def _descent(name: str) -> tuple[str, bool]:
    return name.removeprefix("-"), name.startswith("-")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column with its labels written out: sorting goes by label, not by position in a dictionary."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _refuse_unknown(table: pa.Table, named: dict[str, list[str]]) -> None:
    there = set(table.column_names)
    findings = [
        Finding(
            path=f"query/{parameter}",
            code="unknown_column",
            message=f"There is no column {name!r}.",
            remedy=f"There are: {', '.join(table.column_names)}.",
        )
        for parameter, names in named.items()
        for name in names
        if name not in there
    ]
    if findings:
        raise Invalid(f"{findings[0].message} {findings[0].remedy}", findings=findings)
