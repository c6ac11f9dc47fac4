"""Events of plans, numbered without gaps, so that a client that reconnects misses none."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from service.storage.engine import read_database_clock
from service.storage.records import JobEvent, to_utc_datetime
from service.storage.schema import job_events, jobs


def append_event(connection: Connection, condition: ColumnElement[bool], kind: str, data: Mapping[str, Any]) -> bool:
    """Append an event to the job that meets a condition; return False if no job does (after a lost lease, for example)."""
    row = connection.execute(
        update(jobs).where(condition).values(last_event=jobs.c.last_event + 1).returning(jobs.c.id, jobs.c.last_event)
    ).first()
    if row is None:
        return False
    connection.execute(
        job_events.insert().values(
            job=row.id, seq=row.last_event, kind=kind, at=read_database_clock(connection), data=dict(data)
        )
    )
    return True


def read_positions(connection: Connection, plans: Collection[str]) -> dict[str, tuple[int, str]]:
    """Read the number of the last event and the state of the job of each of some plans, those that there are."""
    query = select(jobs.c.id, jobs.c.last_event, jobs.c.state).where(jobs.c.id.in_(plans))
    return {row.id: (row.last_event, row.state) for row in connection.execute(query)}


def read_events(connection: Connection, plan: str, after: int = 0, limit: int = 1000) -> tuple[JobEvent, ...]:
    """Read at most `limit` events of a plan after a sequence number, in order."""
    query = (
        select(job_events)
        .where(job_events.c.job == plan, job_events.c.seq > after)
        .order_by(job_events.c.seq)
        .limit(limit)
    )
    return tuple(JobEvent(row.seq, row.kind, to_utc_datetime(row.at), row.data) for row in connection.execute(query))


def read_last_event(connection: Connection, plan: str, kind: str) -> JobEvent | None:
    """Read the last event of a kind of a plan; None if there is none."""
    query = select(job_events).where(job_events.c.job == plan, job_events.c.kind == kind)
    row = connection.execute(query.order_by(job_events.c.seq.desc()).limit(1)).first()
    return None if row is None else JobEvent(row.seq, row.kind, to_utc_datetime(row.at), row.data)
