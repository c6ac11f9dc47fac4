"""Translation of the errors of SQLAlchemy and its drivers to those of storage, so that nothing above storage knows them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError as PoolTimeoutError,
)

from service.core.log_text import summarize_error
from service.storage.errors import DamagedRecordError, DatabaseFailureError, StorageError, StorageUnavailableError

_SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "The database is locked by another process.",
    sqlite3.SQLITE_LOCKED: "The database is locked by another process.",
    sqlite3.SQLITE_FULL: "The disk of the database is full.",
    sqlite3.SQLITE_READONLY: "The database is read-only.",
    sqlite3.SQLITE_IOERR: "The file of the database cannot be read or written.",
    sqlite3.SQLITE_CANTOPEN: "The file of the database cannot be opened.",
    sqlite3.SQLITE_PROTOCOL: "The database is locked by another process.",
    sqlite3.SQLITE_NOMEM: "The database has no memory left.",
    sqlite3.SQLITE_INTERRUPT: "The database interrupted a statement.",
}
_SQLITE_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_POSTGRESQL_UNAVAILABLE = {
    "25006": "The database is read-only.",
    "53100": "The disk of the database is full.",
    "53200": "The database has no memory left.",
    "53300": "The database admits no more connections.",
    "55P03": "The database is busy: a lock was not free in time.",
    "57014": "The database is busy: a statement took too long.",
}
"""What some states of PostgreSQL mean; other operational errors mean that it cannot be reached."""
_POSTGRESQL_DAMAGED = ("XX001", "XX002")


@contextmanager
def translate_driver_errors() -> Iterator[None]:
    """Raise errors of storage in place of those of SQLAlchemy within the block."""
    try:
        yield
    except SQLAlchemyError as error:
        raise translate_driver_error(error) from error


def translate_driver_error(error: SQLAlchemyError) -> StorageError:
    """Translate an error: the database is not available now, is damaged, or refuses a statement."""
    if isinstance(error, PoolTimeoutError):
        return StorageUnavailableError("All connections to the database are in use.")
    if not isinstance(error, DBAPIError):
        return DatabaseFailureError(summarize_error(error))
    if isinstance(error.orig, sqlite3.Error):
        return _translate_sqlite_error(error, error.orig)
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _POSTGRESQL_DAMAGED:
        return DamagedRecordError("database", str(state), summarize_error(error))
    if reason := _POSTGRESQL_UNAVAILABLE.get(state):
        return StorageUnavailableError(reason)
    if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
        return StorageUnavailableError("The database cannot be reached.", is_connection_lost=True)
    return DatabaseFailureError(summarize_error(error))


def _translate_sqlite_error(error: DBAPIError, original: sqlite3.Error) -> StorageError:
    code = getattr(original, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_DAMAGED:
        return DamagedRecordError("database", "SQLite", summarize_error(error))
    if reason := _SQLITE_UNAVAILABLE.get(code):
        return StorageUnavailableError(reason)
    return DatabaseFailureError(summarize_error(error))


def is_outage(error: BaseException) -> bool:
    """Return whether an error says that storage is not available now, rather than something about what is stored."""
    if isinstance(error, SQLAlchemyError):
        error = translate_driver_error(error)
    return isinstance(error, StorageUnavailableError)
