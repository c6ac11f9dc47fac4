"""Migrations, the audit log, provinces, and what SQLite is set to."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from models.changes.change import Scenario
from service.core.settings import Settings
from service.storage.engine import create_database_engine, read_database_clock
from service.storage.errors import (
    DatabaseFailureError,
    RecordNotFoundError,
    StorageError,
    UnsuitableStoreError,
    VersionConflictError,
)
from service.storage.repositories.problems import StoredProblem
from service.storage.schema import metadata
from service.storage.store import Store
from tests.service.helpers import small


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_several_processes_may_open_a_new_database_at_once(settings: Settings) -> None:
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            Store.open_store(settings).close()
        except StorageError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_of_a_newer_allot_is_refused(store: Store, settings: Settings) -> None:
    with store.write_transaction() as stored:
        stored.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnsuitableStoreError, match="older"):
        Store.open_store(settings)


@pytest.mark.parametrize("statement", ["UPDATE audit SET caller = 'x'", "DELETE FROM audit"])
def test_the_audit_log_is_only_added_to(store: Store, statement: str) -> None:
    def tamper() -> None:
        with store.write_transaction() as stored:
            stored.connection.execute(text(statement))

    with store.write_transaction() as stored:
        stored.audit.append_entry("me", "plan accepted", "one", {"a": 1})
        stored.audit.append_entry("you", "plan cancelled", "two")
    with pytest.raises(DatabaseFailureError, match="append-only"):
        tamper()
    with store.read_transaction() as stored:
        entries = stored.audit.list_entries()
        assert [(e.caller, e.act, e.subject, e.detail) for e in entries] == [
            ("me", "plan accepted", "one", {"a": 1}),
            ("you", "plan cancelled", "two", {}),
        ]
        assert stored.audit.list_entries(after=entries[0].seq) == entries[1:]
        assert stored.audit.list_entries(subject="one") == entries[:1]


def test_a_province_keeps_its_versions(store: Store) -> None:
    scenario = Scenario.model_validate(
        {"id": "dry", "name": "Dry", "changes": [{"what": "power_limit", "factor": 0.5}]}
    )
    problem, other = StoredProblem.from_problem(small()), StoredProblem.from_problem(small("other"))
    with store.write_transaction() as stored:
        first = stored.provinces.put_province("north", "North", problem, (scenario,), caller="me", expected_version=0)
        second = stored.provinces.put_province("north", "North", other, (), caller="me", expected_version=1)
        stored.provinces.put_province("south", "South", problem, (), caller="me")
    assert (first.version, second.version) == (1, 2)
    with store.read_transaction() as stored:
        assert stored.provinces.get_province("north") == second
        assert stored.provinces.get_province("north", version=1).scenarios == (scenario,)
        assert [province.id for province in stored.provinces.list_provinces()] == ["north", "south"]


def test_a_province_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    problem = StoredProblem.from_problem(small())
    with store.write_transaction() as stored:
        stored.provinces.put_province("north", "North", problem, (), caller="me")
        for expected in (0, 2):
            with pytest.raises(VersionConflictError):
                stored.provinces.put_province("north", "North", problem, (), caller="me", expected_version=expected)
        stored.provinces.delete_province("north", caller="me", expected_version=1)
        with pytest.raises(RecordNotFoundError):
            stored.provinces.get_province("north")
        with pytest.raises(RecordNotFoundError):
            stored.provinces.delete_province("north", caller="me")
        assert stored.provinces.list_provinces() == ()
        assert stored.provinces.put_province("north", "New", problem, (), caller="me", expected_version=0).version == 3


def test_the_clock_is_the_databases_and_runs(store: Store) -> None:
    with store.read_transaction() as stored:
        assert stored.read_clock() <= read_database_clock(stored.connection)
        assert 1.7e9 < stored.read_clock() < 1e10


def test_sqlite_is_safe_for_many_processes(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store.open_store(Settings(data_dir=tmp_path_factory.mktemp("data")))
    pragmas = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}
    with store.write_transaction() as stored:
        for pragma, value in pragmas.items():
            assert stored.connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
        assert stored.connection.execute(text("PRAGMA synchronous")).scalar() == 2  # full
    with store.write_transaction(relaxed_durability=True) as stored:
        assert stored.connection.execute(text("PRAGMA synchronous")).scalar() == 1  # normal
    store.close()


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "nonsense", "what://x"])
def test_databases_that_cannot_serve_are_refused(address: str) -> None:
    with pytest.raises(UnsuitableStoreError):
        create_database_engine(address, 1)


@pytest.mark.parametrize("address", ["postgresql://a@b/c", "postgres://a@b/c", "postgresql+psycopg://a@b/c"])
def test_postgresql_is_reached_by_psycopg(address: str) -> None:
    assert Settings(database_url=address).resolve_database_url() == "postgresql+psycopg://a@b/c"
