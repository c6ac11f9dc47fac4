"""A service whose role owns nothing serves as any other, and cannot remove what protects its records."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from service.cli import app
from service.core.settings import Settings
from service.storage.errors import StorageError, UnsuitableStoreError
from service.storage.service_role import APPEND_ONLY_TABLES, grant_service_role
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from tests.service.conftest import empty_database, run_as_admin, small_service
from tests.service.helpers import request as make_request, until, wait_until_final

ROLE = "serving_role"


@pytest.fixture(scope="module")
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a service that connects as a role without rights of its own, after the owner's command."""
    folder: Path = tmp_path_factory.mktemp("role")
    with empty_database("postgresql", folder, request, migrated=False) as owner:
        address = make_url(owner)
        server = address.set(database="postgres")
        run_as_admin(server, f"CREATE ROLE {ROLE} LOGIN")
        served = address.set(username=ROLE).render_as_string(hide_password=False)
        with pytest.raises(UnsuitableStoreError, match="allot database upgrade"):
            Store.open_store(small_service(served, folder))
        done = CliRunner().invoke(
            app, ["database", "upgrade", "--service-role", ROLE], env={"ALLOT_DATABASE_URL": owner}
        )
        assert (done.exit_code, ROLE in done.stdout) == (0, True), done.output
        yield small_service(served, folder, solver_workers=1)
        run_as_admin(address, f"DROP OWNED BY {ROLE}")
        run_as_admin(server, f"DROP ROLE {ROLE}")


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open_store(settings)
    yield opened
    opened.close()


def test_such_a_service_accepts_solves_and_records(store: Store, settings: Settings) -> None:
    runtime = JobRuntime(store, settings)
    runtime.start()
    try:
        until(lambda: runtime.is_ready)
        plan = runtime.submit_plan(make_request("served", key="k")).plan.id
        assert wait_until_final(runtime, plan).outcome == "optimal"
    finally:
        runtime.stop()
    store.check_writable()
    with store.read_transaction() as stored:
        assert {entry.act for entry in stored.audit.list_entries()} == {"plan accepted", "plan finished"}


FORBIDDEN = [
    "DROP TRIGGER audit_append_only ON audit",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "DROP TABLE audit CASCADE",
    "CREATE TABLE stolen (x integer)",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "UPDATE alembic_version SET version_num = '0000'",
    "COPY audit TO PROGRAM 'cat'",
    *(f"{act} {table}" for table in sorted(APPEND_ONLY_TABLES) for act in ("DELETE FROM", "TRUNCATE")),
    "UPDATE audit SET caller = 'nobody'",
    "TRUNCATE plans CASCADE",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_it_cannot_remove_what_protects_the_records(store: Store, statement: str) -> None:
    with pytest.raises(StorageError) as refused, store.write_transaction() as stored:
        stored.connection.execute(text(statement))
    assert "InsufficientPrivilege" in str(refused.value)


def test_rights_are_granted_to_a_role_that_can_be_limited_only(
    store: Store, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with empty_database("postgresql", tmp_path, request) as owner:
        engine = Store.open_store(small_service(owner, tmp_path)).engine
        for role, reason in (("nobody there", "no role"), ("postgres", "superuser")):
            with pytest.raises(UnsuitableStoreError, match=reason):
                grant_service_role(engine, role)
        engine.dispose()
    for options, code in (["--service-role", ROLE], 3), ([], 0):
        upgraded = CliRunner().invoke(app, ["database", "upgrade", *options], env={"ALLOT_DATA_DIR": str(tmp_path)})
        assert upgraded.exit_code == code  # SQLite has no roles
