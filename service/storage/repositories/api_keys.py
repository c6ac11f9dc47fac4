"""Stored API keys: callers and grants, and a salted hash of each secret."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select, update

from service.storage.engine import read_database_clock
from service.storage.errors import RecordNotFoundError
from service.storage.records import Json, KeyRecord, to_utc_datetime
from service.storage.schema import api_keys

_PUBLIC_COLUMNS = [column for column in api_keys.c if column.name not in {"salt", "hash"}]


class KeyVerifier(NamedTuple):
    """The stored data that a presented key is checked against."""

    salt: bytes
    """Salt of the hash."""
    hash: bytes
    """Hash of its secret."""
    caller: str
    """Caller that the key identifies."""
    grants: list[dict[str, str]]
    """Roles in provinces."""


class KeyRepository:
    """API keys by identifier."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection

    def find_verifier(self, key: str) -> KeyVerifier | None:
        """Find the data to check a key against; None if the key is unknown, revoked or expired."""
        query = select(api_keys.c.salt, api_keys.c.hash, api_keys.c.caller, api_keys.c.grants, api_keys.c.expires)
        row = self._connection.execute(query.where(api_keys.c.id == key, api_keys.c.revoked.is_(None))).first()
        if row is None or (row.expires is not None and row.expires <= read_database_clock(self._connection)):
            return None
        return KeyVerifier(bytes(row.salt), bytes(row.hash), row.caller, row.grants)

    def list_valid_grants(self, caller: str) -> tuple[Json, ...]:
        """List the roles in provinces that a caller has by keys that are neither revoked nor expired."""
        query = select(api_keys.c.grants, api_keys.c.expires).where(
            api_keys.c.caller == caller, api_keys.c.revoked.is_(None)
        )
        now = read_database_clock(self._connection)
        rows = self._connection.execute(query).all()
        return tuple(one for row in rows if row.expires is None or row.expires > now for one in row.grants)

    def list_keys(self) -> tuple[KeyRecord, ...]:
        """List all keys, oldest first."""
        query = select(*_PUBLIC_COLUMNS).order_by(api_keys.c.created, api_keys.c.id)
        return tuple(_to_key_record(row) for row in self._connection.execute(query))

    def insert_key(
        self,
        key: str,
        *,
        caller: str,
        grants: Sequence[Json],
        salt: bytes,
        secret_hash: bytes,
        created_by: str,
        lifetime_seconds: float | None,
    ) -> KeyRecord:
        """Store a key, valid for some seconds or without limit."""
        now = read_database_clock(self._connection)
        added = {
            "id": key,
            "caller": caller,
            "salt": salt,
            "hash": secret_hash,
            "grants": [dict(one) for one in grants],
            "created": now,
            "created_by": created_by,
            "expires": None if lifetime_seconds is None else now + lifetime_seconds,
        }
        return _to_key_record(
            self._connection.execute(api_keys.insert().values(added).returning(*_PUBLIC_COLUMNS)).one()
        )

    def revoke_key(self, key: str) -> bool:
        """Revoke a key; return False if it was revoked before. Raises RecordNotFoundError."""
        if self._connection.execute(select(api_keys.c.id).where(api_keys.c.id == key)).first() is None:
            raise RecordNotFoundError("key", key)
        valid = update(api_keys).where(api_keys.c.id == key, api_keys.c.revoked.is_(None))
        return self._connection.execute(valid.values(revoked=read_database_clock(self._connection))).rowcount == 1


def _to_key_record(row: Row[Any]) -> KeyRecord:
    return KeyRecord(
        id=row.id,
        caller=row.caller,
        grants=tuple(row.grants),
        created=to_utc_datetime(row.created),
        created_by=row.created_by,
        expires=None if row.expires is None else to_utc_datetime(row.expires),
        revoked=None if row.revoked is None else to_utc_datetime(row.revoked),
    )
