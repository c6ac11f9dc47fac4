"""Backups as docs/how-to/back-up-and-restore.md describes them, made while the service writes, and what a restored service is worth."""

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from models.plan import Plan
from service.core.codecs import EncodedTable, PlanOutcome
from service.core.settings import Settings
from service.storage.errors import DatabaseFailureError
from service.storage.repositories.jobs import JobQueue
from service.storage.schema import audit, jobs, plans
from service.storage.store import Store
from tests.service.conftest import SettingsFactory, empty_database
from tests.service.helpers import finish_next, request as make_request, some_outcome

Copy = Callable[[str, str], None]

BIG = b"PAR1" + os.urandom(4000)
"""A table that lies in the object store."""


def spoken(address: str) -> str:
    """A database's address as PostgreSQL's own programs take it."""
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def copy_database(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    """The documented way for each kind of database: out of a running one, into an empty one."""

    def run(program: str, *arguments: str) -> None:
        programs: Path = request.getfixturevalue("postgresql_programs")
        subprocess.run([programs / program, *arguments], check=True, timeout=60)  # noqa: S603 - ours

    def copy(source: str, target: str) -> None:
        if source.startswith("sqlite"):
            there, here = (make_url(address).database or "" for address in (source, target))
            with closing(sqlite3.connect(there)) as read, closing(sqlite3.connect(here)) as written:
                read.backup(written)
            return
        dump = str(tmp_path / "allot.dump")
        run("pg_dump", "--format=custom", f"--file={dump}", spoken(source))
        run("pg_restore", "--no-owner", "--single-transaction", f"--dbname={spoken(target)}", dump)

    return copy


def with_big_table() -> PlanOutcome:
    head = some_outcome().head
    return PlanOutcome(
        Plan.model_validate({**head.model_dump(), "tables": {"quotas": 1}}), {"quotas": EncodedTable(1, BIG)}
    )


def test_a_backup_made_while_plans_come_in_is_whole_and_goes_on(
    make_settings: SettingsFactory, copy_database: Copy, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings = make_settings(max_inline_table_bytes=0, data_dir=tmp_path / "data")
    store = Store.open_store(settings)
    queue = JobQueue(store, settings)
    made = [queue.submit_plan(make_request(f"n{k}", key=f"k{k}")).plan.id for k in range(3)]
    claim = queue.claim_next_job("someone")
    assert claim is not None
    assert queue.store_outcome(claim, with_big_table())
    kind = "sqlite" if settings.resolve_database_url().startswith("sqlite") else "postgresql"
    (tmp_path / "restored").mkdir()
    with empty_database(kind, tmp_path / "restored", request, migrated=False) as target:
        _under_fire(queue, lambda: copy_database(settings.resolve_database_url(), target))
        shutil.copytree(settings.data_dir / "objects", tmp_path / "restored" / "objects")
        store.close()
        _inspect(
            Settings.model_validate(
                {**settings.model_dump(), "database_url": target, "data_dir": tmp_path / "restored"}
            ),
            made,
        )


def _under_fire(queue: JobQueue, work: Callable[[], None]) -> None:
    """Work while another thread has plans accepted, one after another."""
    stop, begun = threading.Event(), threading.Event()

    def fire() -> None:
        k = 0
        while not stop.is_set():
            queue.submit_plan(make_request(f"meanwhile {k}", caller="other"))
            begun.set()
            k += 1

    thread = threading.Thread(target=fire)
    thread.start()
    try:
        assert begun.wait(30)
        work()
    finally:
        stop.set()
        thread.join()


def _inspect(settings: Settings, made: list[str]) -> None:
    """What was there is there, accepted plans are finished once, and the restored database guards itself as before."""
    restored = Store.open_store(settings)
    queue = JobQueue(restored, settings)
    with restored.read_transaction() as stored:
        assert [stored.plans.get_plan(plan).state for plan in made] == ["finished", "queued", "queued"]
        assert stored.plans.read_parquet(made[0], "quotas") == BIG
        accepted = stored.connection.execute(select(func.count()).where(audit.c.act == "plan accepted")).scalar_one()
        counted = [
            stored.connection.execute(select(func.count()).select_from(one)).scalar_one() for one in (plans, jobs)
        ]
    assert counted == [accepted, accepted]
    assert accepted > 3
    again = queue.submit_plan(make_request("n1", key="k1"))
    assert (again.plan.id, again.is_new) == (made[1], False)
    finished = {finish_next(queue) for _ in range(accepted - 1)}
    assert len(finished) == accepted - 1
    assert queue.claim_next_job("someone") is None
    with pytest.raises(DatabaseFailureError, match="append-only"), restored.write_transaction() as stored:
        stored.connection.execute(text("DELETE FROM audit"))
    restored.close()
