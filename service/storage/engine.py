"""The database engine: SQLite, configured for several processes, or PostgreSQL.

SQLite runs in WAL mode and every writing transaction begins with BEGIN IMMEDIATE, so that of two writers one waits instead
of failing in the middle. A transaction is synced to disk unless it has relaxed durability.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from service.storage.errors import UnsuitableStoreError

BUSY_MILLISECONDS = 30_000
"""How long a SQLite writer waits for another process."""

CONNECT_SECONDS = 5
"""How long PostgreSQL may take to be reached."""

READ_ONLY = "allot_read_only"
"""Execution option of connections that only read."""

RELAXED_DURABILITY = "allot_relaxed_durability"
"""Execution option of connections whose writes may be lost in a power cut (never by the end of a process)."""


def create_database_engine(address: str, connections: int) -> Engine:
    """Open the database at an SQLAlchemy address with a pool of at most `connections`.

    Raises UnsuitableStoreError for databases that are neither SQLite in a file nor PostgreSQL.
    """
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise UnsuitableStoreError(f"ALLOT_DATABASE_URL is not an address of a database: {error}") from error
    if backend == "postgresql":
        connect_args = {"connect_timeout": CONNECT_SECONDS}
        return create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args=connect_args,
            hide_parameters=True,
        )
    if backend != "sqlite" or url.database in (None, "", ":memory:"):
        raise UnsuitableStoreError("the database must be SQLite in a file or PostgreSQL")
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=connections, max_overflow=0, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def read_database_clock(connection: Connection) -> float:
    """Read the seconds since 1970 by the database's clock, which all service processes share."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())
    return float(connection.execute(text("SELECT (julianday('now') - 2440587.5) * 86400.0")).scalar_one())


def acquire_lock(connection: Connection, name: str) -> None:
    """Acquire a lock over all processes until the end of the transaction; SQLite's writers already wait for each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"allot {name}"))))


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins transactions
    for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", "journal_mode=wal", "foreign_keys=on"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options: dict[str, Any] = dict(connection.get_execution_options())
    if options.get(READ_ONLY):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous={'normal' if options.get(RELAXED_DURABILITY) else 'full'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
