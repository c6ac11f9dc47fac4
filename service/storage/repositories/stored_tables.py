"""Tables as Parquet, in the database or, above a size, in the object store; compared with their digests when they are read."""

from collections.abc import Collection, Mapping

import pyarrow as pa
from sqlalchemy import Connection, Table, delete, insert, select

from service.core.codecs import EncodedTable, decode_table
from service.storage.canonical import compute_digest
from service.storage.errors import DamagedRecordError, RecordNotFoundError
from service.storage.object_store import ObjectStore
from service.storage.object_verification import ObjectVerifier
from service.storage.records import TableInfo


class StoredTables:
    """The tables of all plans, or those of all analyses, by owner and name."""

    def __init__(
        self, connection: Connection, rows: Table, owner_column: str, objects: ObjectStore, verifier: ObjectVerifier
    ) -> None:
        """Work on the rows of a table of the database within the transaction of a connection; a column names the owner."""
        self._connection = connection
        self._rows = rows
        self._owner_column = owner_column
        self._objects = objects
        self._verifier = verifier

    def list_tables(self, owner: str) -> tuple[TableInfo, ...]:
        """List the tables of an owner, by name."""
        rows = self._rows
        query = select(rows).where(rows.c[self._owner_column] == owner).order_by(rows.c.name)
        return tuple(TableInfo(row.name, row.rows, row.size, row.digest) for row in self._connection.execute(query))

    def read_parquet(self, owner: str, table: str) -> bytes:
        """Read a table as Parquet bytes; raise RecordNotFoundError if the owner has no such table (yet).

        DamagedRecordError if the bytes are not those that were stored.
        """
        body, key = self._locate_sound_parquet(owner, table)
        return body if key is None else self._objects.get_object(key)

    def open_parquet_file(self, owner: str, table: str) -> pa.NativeFile:
        """Open a table as a file; a table in the object store is then never in memory as a whole. Raises as `read_parquet`."""
        body, key = self._locate_sound_parquet(owner, table)
        return pa.BufferReader(body) if key is None else self._objects.open_object(key)

    def read_table(self, owner: str, table: str) -> pa.Table:
        """Read a table as Arrow; raises as `read_parquet`."""
        return decode_table(self.read_parquet(owner, table))

    def verify_table(self, owner: str, table: str) -> None:
        """Raise DamagedRecordError unless the bytes of a table are those that were stored."""
        self._locate_sound_parquet(owner, table)

    def insert_tables(self, owner: str, tables: Mapping[str, EncodedTable], keys: Mapping[str, str]) -> None:
        """Store tables. `keys` has the object keys of those that are in the object store."""
        values = [
            {
                self._owner_column: owner,
                "name": name,
                "rows": table.rows,
                "size": len(table.body),
                "digest": table.digest,
                "body": None if name in keys else table.body,
                "object_key": keys.get(name),
            }
            for name, table in tables.items()
        ]
        if values:
            self._connection.execute(insert(self._rows), values)

    def delete_tables(self, owner: str, names: Collection[str]) -> None:
        """Delete tables by name; objects are left to retention."""
        rows = self._rows
        this = (rows.c[self._owner_column] == owner) & rows.c.name.in_(names)
        self._connection.execute(delete(rows).where(this))

    def _locate_sound_parquet(self, owner: str, table: str) -> tuple[bytes, str | None]:
        """Return the Parquet bytes of a table, or its key in the object store, compared with its digest."""
        rows, name = self._rows, f"{table} of {owner}"
        query = select(rows.c.body, rows.c.object_key, rows.c.digest)
        found = self._connection.execute(query.where(rows.c[self._owner_column] == owner, rows.c.name == table)).first()
        if found is None:
            raise RecordNotFoundError("table", name)
        body = bytes(found.body or b"")
        if found.object_key is not None:
            self._verifier.verify_object(found.object_key, found.digest, name)
        elif (digest := compute_digest(body)) != found.digest:
            raise DamagedRecordError("table", name, f"its bytes have the digest {digest}")
        return body, found.object_key


def upload_large_tables(
    objects: ObjectStore, max_inline_bytes: int, tables: Mapping[str, EncodedTable], *, only_missing: bool = False
) -> dict[str, str]:
    """Write large tables (with `only_missing`, those not there yet) to the object store and return their keys by table."""
    keys: dict[str, str] = {}
    for name, table in tables.items():
        if len(table.body) > max_inline_bytes:
            digest = table.digest
            keys[name] = f"tables/{digest[:2]}/{digest}.parquet"
            if not only_missing or not objects.has_object(keys[name]):
                objects.put_object(keys[name], table.body)
    return keys
