"""Bringing a database up to date, by the migrations of this package."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from service.storage.engine import lock

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Apply the migrations that are missing, all in one transaction, one process at a time.

    SQLite's writers wait for each other by themselves; on PostgreSQL an advisory lock does it.
    """
    with engine.begin() as connection:
        lock(connection, "migrations")
        configuration = Config()
        configuration.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
