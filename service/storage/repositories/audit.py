"""The audit log: caller, act and subject of every change. Database triggers keep it append-only."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from service.storage.engine import read_database_clock
from service.storage.records import AuditEntry, Json, to_utc_datetime
from service.storage.schema import audit


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Conditions on entries; None is no condition."""

    subject: str | None = None
    """Subject of the act."""
    caller: str | None = None
    """Caller of the act."""
    act: str | None = None
    """The act."""
    after: int | None = None
    """Sequence number after which to start, in the requested order."""
    newest_first: bool = False
    """Whether the newest come first."""
    visible_to: tuple[frozenset[str] | None, str] | None = None
    """Only entries of these provinces (None: of any), and of no province those of this caller."""


class AuditLog:
    """Entries in the order in which they were made."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection, so that an act and its entry are stored together or not at all."""
        self._connection = connection

    def append_entry(
        self, caller: str, act: str, subject: str, detail: Json | None = None, *, province: str | None = None
    ) -> None:
        """Append an entry. Without a province, only its caller and administrators can read the entry."""
        self._connection.execute(
            audit.insert().values(
                at=read_database_clock(self._connection),
                caller=caller,
                act=act,
                subject=subject,
                detail=dict(detail or {}),
                province=province,
            )
        )

    def list_entries(self, subject: str | None = None, after: int = 0, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """List at most `limit` entries after a sequence number, oldest first; of one subject if given."""
        return self.search_entries(AuditFilter(subject=subject, after=after), limit)

    def search_entries(self, audit_filter: AuditFilter, limit: int) -> tuple[AuditEntry, ...]:
        """List at most `limit` entries that meet a filter."""
        query = select(audit).order_by(audit.c.seq.desc() if audit_filter.newest_first else audit.c.seq).limit(limit)
        for name in ("subject", "caller", "act"):
            if (value := getattr(audit_filter, name)) is not None:
                query = query.where(audit.c[name] == value)
        if audit_filter.after is not None:
            query = query.where(
                audit.c.seq < audit_filter.after if audit_filter.newest_first else audit.c.seq > audit_filter.after
            )
        if audit_filter.visible_to is not None:
            provinces, caller = audit_filter.visible_to
            with_province = audit.c.province.is_not(None) if provinces is None else audit.c.province.in_(provinces)
            query = query.where(or_(with_province, audit.c.province.is_(None) & (audit.c.caller == caller)))
        return tuple(
            AuditEntry(row.seq, to_utc_datetime(row.at), row.caller, row.act, row.subject, row.detail, row.province)
            for row in self._connection.execute(query)
        )
