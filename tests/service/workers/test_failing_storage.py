"""A result is stored whatever it takes: the solve is not thrown away because the object store fails for a while."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.core.settings import Settings
from service.storage.errors import StorageUnavailableError
from service.storage.object_store import FolderObjectStore
from service.storage.store import Store
from service.workers import attempt_signals
from service.workers.job_runtime import JobRuntime
from tests.service.conftest import empty_database, small_service
from tests.service.helpers import request as make_request, until, wait_until_final


@contextmanager
def running(settings: Settings) -> Iterator[tuple[JobRuntime, Store]]:
    store = Store.open_store(settings)
    runtime = JobRuntime(store, settings)
    runtime.start()
    until(lambda: runtime.is_ready)
    try:
        yield runtime, store
    finally:
        runtime.stop()
        store.close()


def test_results_wait_for_an_object_store_that_fails_for_longer_than_all_leases(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt_signals, "STORE_RETRY_SECONDS", 0.1)
    writes: list[str] = []
    put_object = FolderObjectStore.put_object

    def count_writes(objects: FolderObjectStore, key: str, body: bytes) -> None:
        writes.append(key)
        put_object(objects, key, body)

    monkeypatch.setattr(FolderObjectStore, "put_object", count_writes)
    blocked = tmp_path / "objects"
    blocked.write_text("a file where the folder should be")
    with empty_database("sqlite", tmp_path, request) as address:
        settings = small_service(address, tmp_path, max_inline_table_bytes=0, lease_seconds=0.6, max_attempts=2)
        with running(settings) as (runtime, store):
            names = [runtime.submit_plan(make_request(f"n{number}")).plan.id for number in range(2)]
            until(lambda: all(runtime.read_plan(name).state == "running" for name in names))
            until(lambda: len(writes) > len(names) * attempt_signals.STORE_ATTEMPTS)
            time.sleep(settings.lease_seconds * (settings.max_attempts + 1))
            with pytest.raises(StorageUnavailableError):
                store.check_writable()
            assert {runtime.read_plan(name).state for name in names} == {"running"}
            blocked.unlink()
            assert {wait_until_final(runtime, name).outcome for name in names} == {"optimal"}
            store.check_writable()
            for name in names:
                started = [event for event in runtime.read_events(name) if event.kind == "started"]
                assert len(started) == 1


def test_a_write_that_fails_leaves_no_draft_and_old_drafts_are_removed(tmp_path: Path) -> None:
    objects = FolderObjectStore(tmp_path)
    (tmp_path / "tables" / "ab" / "one.parquet").mkdir(parents=True)  # the draft cannot be renamed onto a folder
    with pytest.raises(StorageUnavailableError):
        objects.put_object("tables/ab/one.parquet", b"x")
    assert not list(tmp_path.rglob("*.parquet.*"))
    draft = tmp_path / "tables" / "ab" / "two.parquet.77.abcdef01"
    draft.write_bytes(b"half")
    objects.put_object("tables/ab/two.parquet", b"whole")
    assert objects.remove_drafts(3600) == 0
    assert objects.remove_drafts(-1) == 1
    assert objects.get_object("tables/ab/two.parquet") == b"whole"
