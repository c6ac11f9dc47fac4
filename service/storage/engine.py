"""The database engine: SQLite, configured for several processes, or PostgreSQL.

SQLite runs in WAL mode and every writing transaction begins with BEGIN IMMEDIATE, so that of two writers one waits instead
of failing in the middle. A transaction is synced to disk unless it has relaxed durability.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from service.core.log_text import summarize_error
from service.storage.errors import DamagedRecordError, UnsuitableStoreError
from service.storage.private_files import create_private_file, hide_from_others
from service.storage.watchdog import ConnectionWatchdog

BUSY_MILLISECONDS = 10_000
"""How long a SQLite writer waits for another process; a migration waits for `UPGRADE_SECONDS`."""

CONNECT_SECONDS = 5
"""How long PostgreSQL may take to be reached."""

POOL_SECONDS = 10
"""How long to wait for a connection of the pool."""

PING_SECONDS = 5.0
"""How long a connection of the pool may take to answer, before another is opened."""

UPGRADE_SECONDS = 600
"""How long a migration may wait for another process."""

_POSTGRESQL_LIMITS = (
    "SET statement_timeout = '60s'; SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '300s'"
)
_POSTGRESQL_CONNECT_ARGS = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A server that is gone without a word is noticed within some 15 seconds."""

READ_ONLY = "allot_read_only"
"""Execution option of connections that only read."""

RELAXED_DURABILITY = "allot_relaxed_durability"
"""Execution option of connections whose writes may be lost in a power cut (never by the end of a process)."""


def create_database_engine(address: str, connections: int, watchdog: ConnectionWatchdog | None = None) -> Engine:
    """Open the database at an SQLAlchemy address with a pool of at most `connections`; `watchdog` limits their pings.

    Raises UnsuitableStoreError for databases that are neither SQLite in a file nor PostgreSQL.
    """
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise UnsuitableStoreError(f"ALLOT_DATABASE_URL is not an address of a database: {error}") from error
    if backend == "postgresql":
        engine = create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            connect_args=_POSTGRESQL_CONNECT_ARGS,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkout", partial(_ping_connection, engine, watchdog or ConnectionWatchdog()))
        return engine
    if backend != "sqlite" or url.database in (None, "", ":memory:"):
        raise UnsuitableStoreError("the database must be SQLite in a file or PostgreSQL")
    file = Path(str(url.database))
    create_private_file(file)
    for beside in ("-wal", "-shm"):
        hide_from_others(file.with_name(file.name + beside))
    engine = create_engine(url, pool_size=connections, max_overflow=0, pool_timeout=POOL_SECONDS, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def check_file_soundness(engine: Engine) -> None:
    """Raise DamagedRecordError if a SQLite file is damaged; it reads the whole file. PostgreSQL checks its pages by itself."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise DamagedRecordError("database", Path(str(engine.url.database)).name, str(found))


def read_database_clock(connection: Connection) -> float:
    """Read the seconds since 1970 by the database's clock, which all service processes share."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())
    return float(connection.execute(text("SELECT (julianday('now') - 2440587.5) * 86400.0")).scalar_one())


def acquire_lock(connection: Connection, name: str) -> None:
    """Acquire a lock over all processes until the end of the transaction; SQLite's writers already wait for each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"allot {name}"))))


@contextmanager
def lift_time_limits(engine: Engine) -> Iterator[Connection]:
    """Take a connection that waits and works as long as a migration needs, and close it at the end of the block."""
    with engine.connect() as connection:
        driver_connection: Any = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":
            driver_connection.execute(f"SET statement_timeout = 0; SET lock_timeout = '{UPGRADE_SECONDS}s'")
            driver_connection.commit()
        else:
            driver_connection.execute(f"PRAGMA busy_timeout={UPGRADE_SECONDS * 1000}")
        yield connection
        connection.invalidate()  # the pool opens another, with the usual limits


def _prepare_postgresql(connection: Any, _entry: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL_LIMITS)
    connection.commit()


def _ping_connection(
    engine: Engine, watchdog: ConnectionWatchdog, connection: Any, _entry: ConnectionPoolEntry, _proxy: Any
) -> None:
    """Check that a connection of the pool answers in time; the pool opens another if it does not."""
    try:
        with watchdog.limit_use(connection, PING_SECONDS):
            engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError(summarize_error(error)) from error


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
