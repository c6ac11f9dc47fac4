"""The store: one object that opens transactions, in which everything of a plan is written together."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from service.core.settings import Settings
from service.storage.engine import READ_ONLY, RELAXED_DURABILITY, create_database_engine, read_database_clock
from service.storage.migrate import upgrade_database
from service.storage.object_store import ObjectStore, open_object_store
from service.storage.repositories.api_keys import KeyRepository
from service.storage.repositories.approvals import ApprovalRepository
from service.storage.repositories.audit import AuditLog
from service.storage.repositories.plans import PlanRepository
from service.storage.repositories.problems import ProblemRepository
from service.storage.repositories.provinces import ProvinceRepository


@dataclass(frozen=True, slots=True)
class Transaction:
    """The repositories within one transaction. Nothing is seen by others until its `with` block ends well."""

    connection: Connection
    """The connection, for repositories of other rooms (jobs)."""
    problems: ProblemRepository
    """Problems by digest."""
    plans: PlanRepository
    """Plans, tables, bases."""
    provinces: ProvinceRepository
    """Provinces and their versions."""
    audit: AuditLog
    """The audit log."""
    approvals: ApprovalRepository
    """The lives of plans."""
    keys: KeyRepository
    """API keys."""

    def read_clock(self) -> float:
        """Seconds since 1970 by the database's clock."""
        return read_database_clock(self.connection)


class Store:
    """The database and the object store of one service."""

    def __init__(self, engine: Engine, objects: ObjectStore, max_inline_table_bytes: int) -> None:
        """Use an engine whose database is up to date; tables above `inline_bytes` go to `objects`."""
        self.engine = engine
        self.objects = objects
        self.max_inline_table_bytes = max_inline_table_bytes
        self._write_turn_lock: AbstractContextManager[object] = (
            threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )

    @classmethod
    def open_store(cls, settings: Settings) -> "Store":
        """Open the store that the settings name and bring its database up to date.

        Several processes may do so at once. Raises StoreUnsuitable if the settings cannot be met.
        """
        engine = create_database_engine(settings.resolve_database_url(), settings.database_connections)
        with ExitStack() as undo:
            undo.callback(engine.dispose)
            upgrade_database(engine)
            objects = open_object_store(settings.object_store_url, settings.data_dir / "objects")
            undo.pop_all()
        return cls(engine, objects, settings.max_inline_table_bytes)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def write_transaction(self, *, relaxed_durability: bool = False) -> Iterator[Transaction]:
        """A transaction that writes, committed when the block ends, undone when it raises.

        A `losable` one may be undone by a power cut, never by the end of a process; it saves SQLite a sync.
        """
        options = {RELAXED_DURABILITY: relaxed_durability}
        # SQLite has one writer at a time, and lets the others ask again after ever longer pauses, whoever came first. So the
        # writers of this process take turns, before they take a connection that a reader could use.
        with (
            self._write_turn_lock,
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield self._build_transaction(connection)

    @contextmanager
    def read_transaction(self) -> Iterator[Transaction]:
        """A transaction that only reads; it neither waits for writers nor keeps them waiting."""
        with self.engine.connect().execution_options(**{READ_ONLY: True}) as connection, connection.begin():
            yield self._build_transaction(connection)

    def ping_database(self) -> None:
        """Reach the database, or raise what SQLAlchemy raises."""
        with self.read_transaction() as transaction:
            transaction.connection.execute(text("SELECT 1"))

    def _build_transaction(self, connection: Connection) -> Transaction:
        return Transaction(
            connection,
            ProblemRepository(connection),
            PlanRepository(connection, self.objects),
            ProvinceRepository(connection),
            AuditLog(connection),
            ApprovalRepository(connection),
            KeyRepository(connection),
        )
