"""Queries and pages of tables, made from the row models, so that they cannot differ."""

import re
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from models.base import Frozen
from service.core.settings import Settings
from service.domain.schemas.built_models import build_model
from service.spreadsheets.table_formats import TableFormat

_SETTINGS_FIELDS = Settings.model_fields
_DEFAULT_PAGE_ROWS: int = _SETTINGS_FIELDS["page_rows"].default
_MAX_PAGE_ROWS: int = _SETTINGS_FIELDS["max_page_rows"].default


class TableEntry(Frozen):
    """A table of a plan."""

    name: str
    """Name of the table."""
    href: str
    """Address of the table."""
    rows: int
    """Number of rows."""


class TableList(Frozen):
    """The tables of a plan."""

    tables: tuple[TableEntry, ...]
    """Empty until the plan is finished with an outcome that has tables."""


class TableQuery(Frozen):
    """The query of a table; every table adds its key columns as filters."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    limit: int | None = Field(default=None, ge=1)
    """Maximum number of rows.

    JSON: a page, by default of 1,000 and at most 100,000 unless set otherwise; other formats: all rows if absent.
    """
    offset: int = Field(default=0, ge=0, le=2**31 - 1)
    """Number of rows to skip. Tables never change, so pages fit together."""
    columns: list[str] = Field(default=[], max_length=100)
    """Columns, repeated or separated by commas; all if absent."""
    sort: list[str] = Field(default=[], max_length=10)
    """Columns to sort by, repeated or separated by commas, `-` before one for descending; the order of the table if
    absent.
    """
    layout: Literal["rows", "columns"] = "rows"
    """JSON only. `rows`: an object for each row. `columns`: a list for each column, smaller and faster."""
    format: TableFormat | None = None
    """The format, instead of `Accept`."""
    bom: bool = False
    """CSV only: whether a byte order mark stands first, by which Excel recognizes UTF-8."""

    def collect_filters(self) -> dict[str, list[str]]:
        """Filter values by key column."""
        own = TableQuery.model_fields.keys()
        by_field = {name: getattr(self, name) for name in type(self).model_fields if name not in own}
        return {column_name(name): wanted for name, wanted in by_field.items() if wanted}


def column_name(field: str) -> str:
    """Return the column of a field of a row model: its name without a trailing underscore."""
    return field.rstrip("_")


def list_key_columns(row: type[Frozen]) -> tuple[str, ...]:
    """List the columns of a table that hold labels: its filters."""
    return tuple(column_name(name) for name, field in row.model_fields.items() if field.annotation is str)


def build_query_model(table: str, row: type[Frozen], max_labels: int = 1_000) -> type[TableQuery]:
    """Build the query model of a table: common parameters, and a filter for every key column with `max_labels` labels."""
    filters: dict[str, Any] = {}
    for field, info in row.model_fields.items():
        if info.annotation is str:
            wanted = Annotated[
                list[str], Field(alias=column_name(field), max_length=max_labels, description=info.description)
            ]
            filters[field] = (wanted, [])
    return build_model(f"{table.capitalize()}Query", TableQuery, f"What is asked of {table}.", filters)


def build_page_schema(row: type[Frozen], further: dict[str, Any] | None = None) -> dict[str, Any]:
    """Build the JSON schema of a page of a table. No column is required, because the request may choose.

    `further` is the schema of columns that the row model does not state; a table without it has no such columns.
    """
    described = row.model_json_schema()
    columns = {column_name(name): schema for name, schema in described["properties"].items()}
    other: Any = False if further is None else further
    other_lists: Any = False if further is None else {"type": "array", "items": further}
    lists = {name: {"type": "array", "items": schema} for name, schema in columns.items()}
    return {
        "type": "object",
        "required": ["table", "total", "offset", "next"],
        "properties": {
            "table": {"type": "string", "description": "Name of the table."},
            "total": {"type": "integer", "description": "Rows that meet the filters."},
            "offset": {"type": "integer", "description": "Rows passed over."},
            "next": {"type": ["string", "null"], "description": "Address of the next page; null on the last."},
            "rows": {
                "type": "array",
                "description": described.get("description", ""),
                "items": {"type": "object", "properties": columns, "additionalProperties": other},
            },
            "columns": {
                "type": "object",
                "description": "With `layout=columns`, instead of `rows`: a list a column.",
                "properties": lists,
                "additionalProperties": other_lists,
            },
        },
        "additionalProperties": False,
    }


def split_names(names: list[str]) -> list[str]:
    """Split names that are repeated or separated by commas."""
    return [name for part in names for name in re.split(r"\s*,\s*", part.strip()) if name]
