"""Nobody else on the machine can read plans, keys and secrets."""

import os
import stat
from pathlib import Path

from service.core.settings import Settings
from service.storage.store import Store


def test_what_the_service_creates_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store.open_store(Settings(data_dir=tmp_path / "data"))
        store.objects.put_object("tables/ab/one.parquet", b"x")
        with store.write_transaction() as stored:
            stored.audit.append_entry("me", "looked", "here")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert {name: mode for name, mode in modes.items() if name.startswith("allot.db")} == {
        "allot.db": 0o600,
        "allot.db-shm": 0o600,
        "allot.db-wal": 0o600,
    }
    assert stat.S_IMODE((tmp_path / "data" / "objects" / "tables" / "ab" / "one.parquet").stat().st_mode) == 0o600


def test_what_an_older_version_left_open_is_hidden_from_others_and_kept_for_the_group(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    store = Store.open_store(settings)
    store.objects.put_object("tables/ab/one.parquet", b"x")
    store.check_writable()
    for name, mode in {"allot.db": 0o644, "allot.db-wal": 0o644, "objects": 0o755}.items():
        (settings.data_dir / name).chmod(mode)
    again = Store.open_store(settings)
    found = {
        name: stat.S_IMODE((settings.data_dir / name).stat().st_mode)
        for name in ("allot.db", "allot.db-wal", "objects")
    }
    assert found == {"allot.db": 0o640, "allot.db-wal": 0o640, "objects": 0o750}
    for opened in (store, again):
        opened.close()
