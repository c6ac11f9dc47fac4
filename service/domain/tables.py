"""Tables of stored plans and analyses."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

import pyarrow as pa

from models.analyses.kinds import AnalysisKind
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding
from service.core.addresses import COLLECTIONS
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
from service.storage.records import TableInfo
from service.storage.store import Store, Transaction

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


class TableOwner(Protocol):
    """A plan or an analysis, whose tables are read."""

    @property
    def address(self) -> str:
        """Its address."""
        ...

    def find_table(self, transaction: Transaction, table: str) -> TableInfo:
        """Find a table. RecordNotFoundError without the owner, NotFoundError without the table, ConflictError before its end."""
        ...

    def open_table(self, transaction: Transaction, table: str) -> pa.NativeFile:
        """Open a table as a Parquet file."""
        ...

    def load_problem(self, transaction: Transaction) -> PlanningProblem:
        """Load the problem that the labels of the tables come from."""
        ...


@dataclass(frozen=True, slots=True)
class PlanTables:
    """The tables of a plan."""

    plan: str
    """The plan."""

    @property
    def address(self) -> str:
        """Address of the plan."""
        return f"/v1/plans/{self.plan}"

    def find_table(self, transaction: Transaction, table: str) -> TableInfo:
        """Find a table of the plan."""
        record = transaction.plans.get_plan(self.plan)
        if not record.is_final:
            raise ConflictError(
                f"The plan is {record.state}; it has tables when it is finished. Follow {self.plan}/events."
            )
        if record.outcome is None:
            raise ConflictError(f"The plan is {record.state} and has no tables.")
        found = next((one for one in transaction.plans.list_tables(self.plan) if one.name == table), None)
        if found is None:
            raise NotFoundError(f"The plan finished as {record.outcome} and has no table {table!r}.")
        return found

    def open_table(self, transaction: Transaction, table: str) -> pa.NativeFile:
        """Open a table of the plan."""
        return transaction.plans.open_parquet_file(self.plan, table)

    def load_problem(self, transaction: Transaction) -> PlanningProblem:
        """Load the problem of the plan."""
        return transaction.problems.get_problem(transaction.plans.get_plan(self.plan).problem_digest)


@dataclass(frozen=True, slots=True)
class AnalysisTables:
    """The tables of an analysis."""

    kind: AnalysisKind
    """Kind of the analysis."""
    analysis: str
    """The analysis."""

    @property
    def address(self) -> str:
        """Address of the analysis."""
        return f"{COLLECTIONS[self.kind]}/{self.analysis}"

    def find_table(self, transaction: Transaction, table: str) -> TableInfo:
        """Find a table of the analysis."""
        record = transaction.analyses.get_analysis(self.analysis, self.kind)
        if record.state != "finished":
            raise ConflictError(f"The analysis is {record.state}; it has tables when it is finished.")
        stored = transaction.analyses.tables.list_tables(self.analysis)
        found = next((one for one in stored if one.name == table), None)
        if found is None:
            raise NotFoundError(f"The analysis has no table {table!r}; it has: {', '.join(record.tables) or 'none'}.")
        return found

    def open_table(self, transaction: Transaction, table: str) -> pa.NativeFile:
        """Open a table of the analysis."""
        return transaction.analyses.tables.open_parquet_file(self.analysis, table)

    def load_problem(self, transaction: Transaction) -> PlanningProblem:
        """Load the problem of the base plan."""
        base_plan = transaction.analyses.get_analysis(self.analysis, self.kind).base_plan
        return transaction.problems.get_problem(transaction.plans.get_plan(base_plan).problem_digest)


class TableService:
    """The tables of one service's plans and analyses."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use a store; the settings limit the size of a page."""
        self._store = store
        self._settings = settings

    def compute_etag(self, owner: TableOwner, table: str, query: TableQuery, kind: TableFormat) -> str:
        """Compute the entity tag of a response: a digest of the stored table and the query. Raises as `TableOwner.find_table`."""
        with self._store.read_transaction() as transaction:
            stored = owner.find_table(transaction, table)
        request = hashlib.sha256(f"{kind} {query.model_dump_json()}".encode()).hexdigest()
        return f"{stored.digest[:16]}-{request[:16]}"

    def read_table(self, owner: TableOwner, table: str, query: TableQuery, kind: TableFormat) -> TableResponse:
        """Read a table: a page in JSON, all rows (or `limit`) in other formats.

        UnprocessableContentError for unknown columns and unknown labels of filters.
        """
        with self._store.read_transaction() as transaction:
            stored = owner.open_table(transaction, table)
        if kind == "parquet" and not query.model_dump(exclude_defaults=True, exclude={"format", "layout", "bom"}):
            return TableResponse(_iterate_chunks(stored), MEDIA_TYPES[kind])
        selection = select_from_table(stored, table, query)
        reject_unknown_labels(selection.filters, lambda: self._load_problem(owner), selection.list_occurring_labels())
        if kind != "json":
            batches = selection.iterate_batches(query.offset, query.limit)
            chunks = STREAM_WRITERS[kind](table, selection.schema, batches)
            return TableResponse(
                add_byte_order_mark(chunks) if query.bom and kind == "csv" else chunks, MEDIA_TYPES[kind]
            )
        rows, total = self._resolve_page_size(query), selection.count_rows()
        last = query.offset + rows >= total
        following = None if last else _build_next_url(owner.address, table, query, rows)
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

    def _load_problem(self, owner: TableOwner) -> PlanningProblem:
        with self._store.read_transaction() as transaction:
            return owner.load_problem(transaction)

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


def _build_next_url(address: str, table: str, query: TableQuery, rows: int) -> str:
    """Build the address of the next page."""
    kept = query.model_dump(exclude_defaults=True, by_alias=True)
    request = {**kept, "limit": rows, "offset": query.offset + rows}
    return f"{address}/tables/{table}?{urlencode(request, doseq=True)}"
