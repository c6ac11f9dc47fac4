"""The store: opens the transactions in which everything about a plan is written together."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from service.core.codecs import EncodedTable
from service.core.settings import Settings
from service.storage.driver_errors import translate_driver_errors
from service.storage.engine import (
    READ_ONLY,
    RELAXED_DURABILITY,
    check_file_soundness,
    create_database_engine,
    read_database_clock,
)
from service.storage.errors import StorageUnavailableError
from service.storage.migrate import upgrade_database
from service.storage.object_store import ObjectStore, check_free_space, open_object_store
from service.storage.object_verification import ObjectVerifier
from service.storage.repositories.analyses import AnalysisRepository
from service.storage.repositories.api_keys import KeyRepository
from service.storage.repositories.approvals import ApprovalRepository
from service.storage.repositories.audit import AuditLog
from service.storage.repositories.plans import PlanRepository
from service.storage.repositories.problems import ProblemRepository
from service.storage.repositories.provinces import ProvinceRepository
from service.storage.repositories.stored_tables import upload_large_tables
from service.storage.watchdog import ConnectionWatchdog

WRITE_WAIT_SECONDS = 10.0
"""How long a writer waits for the other writers of its process."""

READ_SECONDS = 20.0
"""How long a reading transaction may take on PostgreSQL."""

_PROBE = (
    "INSERT INTO callers (caller, last_claim) VALUES ('', :moment) "
    "ON CONFLICT (caller) DO UPDATE SET last_claim = excluded.last_claim"
)
"""Writes a row that means nothing: no caller has this name."""

WRITE_SECONDS = 90.0
"""How long a writing transaction may take on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """The repositories within one transaction. Others see nothing until its `with` block ends without an exception."""

    connection: Connection
    """The connection, for repositories that are functions."""
    problems: ProblemRepository
    """Problems by digest."""
    plans: PlanRepository
    """Plans, tables, bases."""
    provinces: ProvinceRepository
    """Provinces and their versions."""
    audit: AuditLog
    """The audit log."""
    approvals: ApprovalRepository
    """Approval states of plans."""
    keys: KeyRepository
    """API keys."""
    analyses: AnalysisRepository
    """Analyses, their tables and events."""

    def read_clock(self) -> float:
        """Read the seconds since 1970 by the database's clock."""
        return read_database_clock(self.connection)


class Store:
    """The database and the object store of one service."""

    def __init__(
        self,
        engine: Engine,
        objects: ObjectStore,
        max_inline_table_bytes: int,
        watchdog: ConnectionWatchdog | None = None,
    ) -> None:
        """Use an engine whose database is up to date; tables above `max_inline_table_bytes` go to `objects`."""
        self.engine = engine
        self.objects = objects
        self.max_inline_table_bytes = max_inline_table_bytes
        self._write_lock = threading.Lock() if engine.dialect.name == "sqlite" else None
        self._watchdog = watchdog or ConnectionWatchdog()
        self._verifier = ObjectVerifier(objects)

    @classmethod
    def open_store(cls, settings: Settings, *, check_file: bool = False) -> "Store":
        """Open the store of the settings and upgrade its database; with `check_file`, only if a SQLite file is sound.

        Several processes may do so at once. Raises UnsuitableStoreError if the settings cannot be used,
        StorageUnavailableError if the database does not answer, DamagedRecordError if its file is damaged, OSError if its
        folder cannot be made.
        """
        watchdog = ConnectionWatchdog()
        engine = create_database_engine(settings.resolve_database_url(), settings.database_connections, watchdog)
        with ExitStack() as undo:
            undo.callback(engine.dispose)
            with translate_driver_errors():
                if check_file:
                    check_file_soundness(engine)
                upgrade_database(engine)
            objects = open_object_store(settings.resolve_object_store_url(), settings.data_dir / "objects")
            undo.pop_all()
        return cls(engine, objects, settings.max_inline_table_bytes, watchdog)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def write_transaction(self, *, relaxed_durability: bool = False) -> Iterator[Transaction]:
        """Open a writing transaction, committed at the end of the block, rolled back if the block raises.

        With `relaxed_durability` a power cut may undo it, but never the end of a process; SQLite then needs no sync.
        """
        options = {RELAXED_DURABILITY: relaxed_durability}
        # SQLite has one writer at a time; other writers poll at growing intervals, in no order. So the writers of this
        # process queue for a lock, before they take a connection that a reader could use.
        with (
            translate_driver_errors(),
            self._hold_write_lock(),
            self._connect(WRITE_SECONDS, options) as connection,
            connection.begin(),
        ):
            yield self._build_transaction(connection)

    @contextmanager
    def read_transaction(self) -> Iterator[Transaction]:
        """Open a reading transaction; it neither waits for writers nor delays them."""
        with (
            translate_driver_errors(),
            self._connect(READ_SECONDS, {READ_ONLY: True}) as connection,
            connection.begin(),
        ):
            yield self._build_transaction(connection)

    @contextmanager
    def _hold_write_lock(self) -> Iterator[None]:
        """Be the only writer of this process, for SQLite; StorageUnavailableError if another one takes too long."""
        if self._write_lock is None:
            yield
            return
        if not self._write_lock.acquire(timeout=WRITE_WAIT_SECONDS):
            raise StorageUnavailableError("The database is busy: other changes wait for it.")
        try:
            yield
        finally:
            self._write_lock.release()

    @contextmanager
    def _connect(self, seconds: float, options: Mapping[str, bool]) -> Iterator[Connection]:
        """Take a connection of the pool, for some seconds at most where the server can hang, its return included."""
        connection = self.engine.connect().execution_options(**options)
        with self._watchdog.limit_use(connection.connection.driver_connection, seconds), connection:
            yield connection

    def upload_large_tables(self, tables: Mapping[str, EncodedTable], *, only_missing: bool = False) -> dict[str, str]:
        """Write large tables (with `only_missing`, those not there yet) to the object store and return their keys by table."""
        return upload_large_tables(self.objects, self.max_inline_table_bytes, tables, only_missing=only_missing)

    def ping_database(self) -> None:
        """Check that the database answers; raise StorageUnavailableError if it does not."""
        with self.read_transaction() as transaction:
            transaction.connection.execute(text("SELECT 1"))

    def check_writable(self) -> None:
        """Check that the database and the object store accept changes; raise StorageError with the reason if not."""
        if self.engine.dialect.name == "sqlite":
            check_free_space(Path(str(self.engine.url.database)).parent, "database")
        with self.write_transaction(relaxed_durability=True) as transaction:
            transaction.connection.execute(text(_PROBE), {"moment": transaction.read_clock()})
        self.objects.check_writable()

    def _build_transaction(self, connection: Connection) -> Transaction:
        return Transaction(
            connection,
            ProblemRepository(connection),
            PlanRepository(connection, self.objects, self._verifier),
            ProvinceRepository(connection),
            AuditLog(connection),
            ApprovalRepository(connection),
            KeyRepository(connection),
            AnalysisRepository(connection, self.objects, self._verifier),
        )
