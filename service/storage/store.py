"""The store: one object that opens transactions, in which everything of a plan is written together."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from service.settings import Settings
from service.storage.audit import AuditLog
from service.storage.engine import LOSABLE, READ_ONLY, make_engine, now
from service.storage.keys import KeyRepository
from service.storage.lives import LifeRepository
from service.storage.migrate import upgrade
from service.storage.objects import ObjectStore, open_objects
from service.storage.plans import PlanRepository
from service.storage.problems import ProblemRepository
from service.storage.provinces import ProvinceRepository


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
    lives: LifeRepository
    """The lives of plans."""
    keys: KeyRepository
    """API keys."""

    def now(self) -> float:
        """Seconds since 1970 by the database's clock."""
        return now(self.connection)


class Store:
    """The database and the object store of one service."""

    def __init__(self, engine: Engine, objects: ObjectStore, inline_bytes: int) -> None:
        """Use an engine whose database is up to date; tables above `inline_bytes` go to `objects`."""
        self.engine = engine
        self.objects = objects
        self.inline_bytes = inline_bytes
        self._turn: AbstractContextManager[object] = (
            threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )

    @classmethod
    def open(cls, settings: Settings) -> "Store":
        """Open the store that the settings name and bring its database up to date.

        Several processes may do so at once. Raises StoreUnsuitable if the settings cannot be met.
        """
        engine = make_engine(settings.database_address(), settings.database_connections)
        with ExitStack() as undo:
            undo.callback(engine.dispose)
            upgrade(engine)
            objects = open_objects(settings.objects_url, settings.data_dir / "objects")
            undo.pop_all()
        return cls(engine, objects, settings.inline_bytes)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def write(self, *, losable: bool = False) -> Iterator[Transaction]:
        """A transaction that writes, committed when the block ends, undone when it raises.

        A `losable` one may be undone by a power cut, never by the end of a process; it saves SQLite a sync.
        """
        options = {LOSABLE: losable}
        # SQLite has one writer at a time, and lets the others ask again after ever longer pauses, whoever came first. So the
        # writers of this process take turns, before they take a connection that a reader could use.
        with (
            self._turn,
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield self._transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads; it neither waits for writers nor keeps them waiting."""
        with self.engine.connect().execution_options(**{READ_ONLY: True}) as connection, connection.begin():
            yield self._transaction(connection)

    def ping(self) -> None:
        """Reach the database, or raise what SQLAlchemy raises."""
        with self.read() as transaction:
            transaction.connection.execute(text("SELECT 1"))

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(
            connection,
            ProblemRepository(connection),
            PlanRepository(connection, self.objects),
            ProvinceRepository(connection),
            AuditLog(connection),
            LifeRepository(connection),
            KeyRepository(connection),
        )
