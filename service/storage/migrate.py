"""Upgrade a database by the migrations of this package."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from service.storage.engine import acquire_lock, lift_time_limits
from service.storage.errors import UnsuitableStoreError

_MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"
_INSUFFICIENT_PRIVILEGE = "42501"


def upgrade_database(engine: Engine, revision: str = "head") -> None:
    """Apply the missing migrations up to a revision in one transaction, one process at a time.

    SQLite's writers wait for each other by themselves; on PostgreSQL an advisory lock makes them wait.
    Raises UnsuitableStoreError for a database that a newer Allot has upgraded, and where the role may not upgrade it.
    """
    with lift_time_limits(engine) as connection, connection.begin():
        acquire_lock(connection, "migrations")
        configuration = Config()
        configuration.set_main_option("script_location", str(_MIGRATIONS_FOLDER).replace("%", "%%"))
        configuration.attributes["connection"] = connection
        try:
            command.upgrade(configuration, revision)
        except CommandError as error:
            raise UnsuitableStoreError(
                f"the database cannot be upgraded; is this Allot older than the database? {error}"
            ) from error
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
                raise
            raise UnsuitableStoreError(
                "this role may not upgrade the database: run `allot database upgrade --service-role ROLE` as its owner first"
            ) from error
