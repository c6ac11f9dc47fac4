"""Tables of stored plans."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pyarrow as pa

from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding
from service.core.errors import ConflictError, NotFoundError, UnprocessableContentError
from service.core.settings import Settings
from service.domain.label_filters import reject_unknown_labels
from service.domain.schemas.tables import TableQuery
from service.domain.table_selection import select_from_table
from service.spreadsheets.table_formats import (
    MEDIA_TYPES,
    STREAM_WRITERS,
    TableFormat,
    add_byte_order_mark,
    format_json_page,
)
from service.storage.store import Store

CHUNK_BYTES = 1024 * 1024
"""Bytes of a stored table that are sent at a time."""


@dataclass(frozen=True, slots=True)
class TableResponse:
    """A table to be sent."""

    body: bytes | Iterator[bytes]
    """Its bytes, or chunks made while they are sent."""
    media_type: str
    """Its media type."""
    next_url: str | None = None
    """Address of the next page of JSON."""


class TableService:
    """The tables of one service's plans."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use a store; the settings limit the size of a page."""
        self._store = store
        self._settings = settings

    def compute_etag(self, plan: str, table: str, query: TableQuery, kind: TableFormat) -> str:
        """Compute the entity tag of a response: a digest of the stored table and the query.

        RecordNotFoundError for the plan, NotFoundError for the table, ConflictError if the plan has not finished.
        """
        with self._store.read_transaction() as transaction:
            record = transaction.plans.get_plan(plan)
            if not record.is_final:
                raise ConflictError(
                    f"The plan is {record.state}; it has tables when it is finished. Follow {plan}/events."
                )
            if record.outcome is None:
                raise ConflictError(f"The plan is {record.state} and has no tables.")
            stored = next((one for one in transaction.plans.list_tables(plan) if one.name == table), None)
        if stored is None:
            raise NotFoundError(f"The plan finished as {record.outcome} and has no table {table!r}.")
        request = hashlib.sha256(f"{kind} {query.model_dump_json()}".encode()).hexdigest()
        return f"{stored.digest[:16]}-{request[:16]}"

    def read_table(self, plan: str, table: str, query: TableQuery, kind: TableFormat) -> TableResponse:
        """Read a table: a page in JSON, all rows (or `limit`) in other formats.

        UnprocessableContentError for unknown columns and unknown labels of filters.
        """
        with self._store.read_transaction() as transaction:
            stored = transaction.plans.open_parquet_file(plan, table)
        if kind == "parquet" and not query.model_dump(exclude_defaults=True, exclude={"format", "layout", "bom"}):
            return TableResponse(_iterate_chunks(stored), MEDIA_TYPES[kind])
        selection = select_from_table(stored, table, query)
        reject_unknown_labels(selection.filters, lambda: self._load_problem(plan), selection.list_occurring_labels())
        if kind != "json":
            batches = selection.iterate_batches(query.offset, query.limit)
            chunks = STREAM_WRITERS[kind](table, selection.schema, batches)
            return TableResponse(
                add_byte_order_mark(chunks) if query.bom and kind == "csv" else chunks, MEDIA_TYPES[kind]
            )
        rows, total = self._resolve_page_size(query), selection.count_rows()
        last = query.offset + rows >= total
        following = None if last else _build_next_url(plan, table, query, rows)
        body = format_json_page(
            table,
            list(selection.iterate_batches(query.offset, rows)),
            selection.schema.names,
            total=total,
            offset=query.offset,
            next_url=following,
            layout=query.layout,
        )
        return TableResponse(body, MEDIA_TYPES[kind], following)

    def _load_problem(self, plan: str) -> PlanningProblem:
        with self._store.read_transaction() as transaction:
            return transaction.problems.get_problem(transaction.plans.get_plan(plan).problem_digest)

    def _resolve_page_size(self, query: TableQuery) -> int:
        most = self._settings.max_page_rows
        if query.limit is None:
            return min(self._settings.page_rows, most)
        if query.limit > most:
            finding = Finding(
                path="query/limit",
                code="above_limit",
                message=f"A page has {most:,} rows at most.",
                remedy="Follow `next`, or ask for another format: they have no pages.",
            )
            raise UnprocessableContentError(f"{finding.message} {finding.remedy}", findings=[finding])
        return query.limit


def _iterate_chunks(stored: pa.NativeFile) -> Iterator[bytes]:
    """Iterate over the bytes of a file."""
    stored.seek(0)
    while piece := stored.read(CHUNK_BYTES):
        yield piece


def _build_next_url(plan: str, table: str, query: TableQuery, rows: int) -> str:
    """Build the address of the next page."""
    kept = query.model_dump(exclude_defaults=True, by_alias=True)
    request = {**kept, "limit": rows, "offset": query.offset + rows}
    return f"/v1/plans/{plan}/tables/{table}?{urlencode(request, doseq=True)}"
