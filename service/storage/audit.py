"""The audit log: who did what to what, only ever added to (triggers of the database see to it)."""

from sqlalchemy import Connection, select

from service.storage.engine import now
from service.storage.records import AuditEntry, Json, moment
from service.storage.tables import audit


class AuditLog:
    """Entries in the order in which they were made."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection, so that an act and its entry stand or fall together."""
        self._connection = connection

    def add(
        self, caller: str, act: str, subject: str, detail: Json | None = None, *, province: str | None = None
    ) -> None:
        """Record that `caller` did `act` to `subject`, which belongs to a province or to none: then only its caller and administrators read of it."""
        self._connection.execute(
            audit.insert().values(
                at=now(self._connection),
                caller=caller,
                act=act,
                subject=subject,
                detail=dict(detail or {}),
                province=province,
            )
        )

    def entries(self, subject: str | None = None, after: int = 0, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """Entries after a sequence number, oldest first, at most `limit`; of one subject if given."""
        query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        return tuple(
            AuditEntry(row.seq, moment(row.at), row.caller, row.act, row.subject, row.detail)
            for row in self._connection.execute(query)
        )
