"""Stored analyses: their heads, tables and events."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Row, or_, select, tuple_, update

from models.analyses.kinds import AnalysisKind
from service.core.log_text import summarize_error
from service.storage.canonical import compute_digest, compute_json_digest
from service.storage.engine import read_database_clock
from service.storage.errors import DamagedRecordError, RecordNotFoundError
from service.storage.object_store import ObjectStore
from service.storage.object_verification import ObjectVerifier
from service.storage.records import (
    AnalysisEventRecord,
    AnalysisRecord,
    AnalysisState,
    TableInfo,
    to_utc_datetime,
)
from service.storage.repositories.stored_tables import StoredTables
from service.storage.schema import analyses, analysis_events, analysis_rows, analysis_tables

_RECORD_COLUMNS = [column for column in analyses.c if column is not analyses.c.query_state]


class AnalysisRepository:
    """Analyses by identifier."""

    def __init__(self, connection: Connection, objects: ObjectStore, verifier: ObjectVerifier) -> None:
        """Work within the transaction of a connection; large tables are in `objects`, compared by `verifier`."""
        self._connection = connection
        self.tables = StoredTables(connection, analysis_tables, "analysis", objects, verifier)
        """Tables by analysis and name."""

    def get_analysis(self, analysis: str, kind: AnalysisKind | None = None) -> AnalysisRecord:
        """Read an analysis, of a kind if one is named.

        RecordNotFoundError if there is none, DamagedRecordError if it cannot be read.
        """
        query = select(*_RECORD_COLUMNS).where(analyses.c.id == analysis)
        try:
            row = self._connection.execute(query).first()
        except ValueError as error:  # of a JSON column
            raise DamagedRecordError("analysis", analysis, summarize_error(error)) from error
        if row is None or kind not in (None, row.kind):
            raise RecordNotFoundError(kind or "analysis", analysis)
        return _to_record(row, self.tables.list_tables(analysis) if row.state == "finished" else ())

    def read_ownership(self, analysis: str) -> tuple[str | None, str]:
        """Read the province of an analysis and its caller. Raises RecordNotFoundError."""
        query = select(analyses.c.province, analyses.c.caller).where(analyses.c.id == analysis)
        row = self._connection.execute(query).first()
        if row is None:
            raise RecordNotFoundError("analysis", analysis)
        return row.province, row.caller

    def lock_analysis(self, analysis: str) -> None:
        """Let no other transaction change an analysis before this one ends. Raises RecordNotFoundError."""
        query = select(analyses.c.id).where(analyses.c.id == analysis).with_for_update()
        if self._connection.execute(query).first() is None:
            raise RecordNotFoundError("analysis", analysis)

    def list_analyses(
        self,
        kind: AnalysisKind,
        *,
        states: Sequence[AnalysisState] = (),
        base_plan: str | None = None,
        before: str | None = None,
        limit: int = 100,
        visible_to: tuple[frozenset[str] | None, str] | None = None,
    ) -> tuple[str, ...]:
        """List the identifiers of at most `limit` analyses of a kind, newest first.

        Only those in some states, of a base plan, older than the analysis `before`, if given. `visible_to`: only those of
        these provinces (None: of any), and those without a province of this caller.
        """
        query = select(analyses.c.id).where(analyses.c.kind == kind)
        query = query.order_by(analyses.c.created.desc(), analyses.c.id.desc()).limit(limit)
        if visible_to is not None:
            own = analyses.c.province.is_(None) & (analyses.c.caller == visible_to[1])
            in_province = (
                analyses.c.province.is_not(None) if visible_to[0] is None else analyses.c.province.in_(visible_to[0])
            )
            query = query.where(or_(in_province, own))
        if states:
            query = query.where(analyses.c.state.in_(states))
        if base_plan is not None:
            query = query.where(analyses.c.base_plan == base_plan)
        if before is not None:
            created = self._connection.execute(select(analyses.c.created).where(analyses.c.id == before)).scalar()
            if created is None:
                raise RecordNotFoundError(kind, before)
            query = query.where(tuple_(analyses.c.created, analyses.c.id) < (created, before))
        return tuple(self._connection.execute(query).scalars())

    def read_query_state(self, analysis: str) -> bytes | None:
        """Read what queries of a finished analysis need; None if it has none. DamagedRecordError if it is not as stored."""
        query = select(analyses.c.query_state, analyses.c.query_state_digest).where(analyses.c.id == analysis)
        row = self._connection.execute(query).first()
        if row is None:
            raise RecordNotFoundError("analysis", analysis)
        body = None if row.query_state is None else bytes(row.query_state)
        if body is not None and compute_digest(body) != row.query_state_digest:
            raise DamagedRecordError("analysis", analysis, "its query state has another digest than was stored")
        return body

    def read_rows(self, analysis: str) -> dict[int, bytes]:
        """Read all rows that are stored, by number in ascending order."""
        query = select(analysis_rows.c.row, analysis_rows.c.body).where(analysis_rows.c.analysis == analysis)
        return {row.row: bytes(row.body) for row in self._connection.execute(query.order_by(analysis_rows.c.row))}

    def verify_analysis(self, analysis: str) -> None:
        """Raise DamagedRecordError unless head and query state of an analysis are as they were stored."""
        self.get_analysis(analysis)
        self.read_query_state(analysis)

    def read_table(self, analysis: str, table: str) -> pa.Table:
        """Read a table as Arrow; raises as `StoredTables.read_parquet`."""
        return self.tables.read_table(analysis, table)

    def append_event(self, condition: ColumnElement[bool], kind: str, data: Mapping[str, Any]) -> str | None:
        """Append an event to the analysis that meets a condition and return its identifier; None if none does."""
        row = self._connection.execute(
            update(analyses)
            .where(condition)
            .values(last_event=analyses.c.last_event + 1)
            .returning(analyses.c.id, analyses.c.last_event)
        ).first()
        if row is None:
            return None
        moment = read_database_clock(self._connection)
        values = {"analysis": row.id, "seq": row.last_event, "kind": kind, "at": moment, "data": dict(data)}
        self._connection.execute(analysis_events.insert().values(values))
        return str(row.id)

    def read_events(self, analysis: str, after: int = 0, limit: int = 1000) -> tuple[AnalysisEventRecord, ...]:
        """Read at most `limit` events of an analysis after a sequence number, in order."""
        events = analysis_events.c
        query = select(analysis_events).where(events.analysis == analysis, events.seq > after)
        rows = self._connection.execute(query.order_by(events.seq).limit(limit))
        return tuple(AnalysisEventRecord(row.seq, row.kind, to_utc_datetime(row.at), row.data) for row in rows)

    def read_positions(self, names: Collection[str]) -> dict[str, tuple[int, str]]:
        """Read the number of the last event and the state of each of some analyses, those that there are."""
        query = select(analyses.c.id, analyses.c.last_event, analyses.c.state).where(analyses.c.id.in_(names))
        return {row.id: (row.last_event, row.state) for row in self._connection.execute(query)}


def _to_record(row: Row[Any], tables: Sequence[TableInfo]) -> AnalysisRecord:
    """Parse a row; raise DamagedRecordError if its head is not what was stored."""
    if row.head_digest is not None and compute_json_digest(row.head) != row.head_digest:
        raise DamagedRecordError("analysis", row.id, "its head has another digest than was stored")
    return AnalysisRecord(
        id=row.id,
        kind=row.kind,
        base_plan=row.base_plan,
        request=row.request,
        caller=row.caller,
        province=row.province,
        state=row.state,
        reason=row.reason,
        head=row.head,
        done=row.done,
        total=row.total,
        created=to_utc_datetime(row.created),
        started=None if row.started is None else to_utc_datetime(row.started),
        finished=None if row.finished is None else to_utc_datetime(row.finished),
        tables={table.name: table.rows for table in tables},
    )
