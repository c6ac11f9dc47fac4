"""Big tables beside the database: in a folder and in a bucket, the latter by a real client against a server on this machine."""

import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.tables import TABLE_SCHEMAS
from service.core.settings import Settings
from service.storage.errors import RecordNotFoundError
from service.storage.object_store import open_object_store
from service.storage.plan_requests import PlanRequest
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from tests.service.helpers import small, wait_until_final


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of an empty bucket of a server that speaks S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/tables", method="PUT")).close()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield f"s3://tables/{uuid.uuid4().hex}"  # the server remembers what other tests put
    server.stop()


@contextmanager
def planned(settings: Settings) -> Iterator[tuple[Store, str]]:
    """A store in which a plan was made."""
    store = Store.open_store(settings)
    runtime = JobRuntime(store, settings)
    runtime.start()
    plan = runtime.submit_plan(PlanRequest(small())).plan.id
    assert wait_until_final(runtime, plan, 120).outcome == "optimal"
    runtime.stop()
    yield store, plan
    store.close()


def test_big_tables_lie_in_the_bucket_and_nowhere_else(bucket: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, object_store_url=bucket, max_inline_table_bytes=0, solver_workers=1)
    with planned(settings) as (store, plan), store.read_transaction() as stored:
        assert stored.plans.read_table(plan, "quotas").num_rows > 0
        assert {table.name for table in stored.plans.list_tables(plan)} == set(TABLE_SCHEMAS)
        key = (
            f"tables/{stored.plans.list_tables(plan)[0].digest[:2]}/{stored.plans.list_tables(plan)[0].digest}.parquet"
        )
        assert open_object_store(bucket, tmp_path).get_object(key)[:4] == b"PAR1"
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("allot.db")] == []


@pytest.mark.parametrize("kind", ["folder", "file", "bucket"])
def test_objects_come_back_as_they_went_and_others_are_not_there(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"file://{tmp_path}" if kind == "file" else None
    if kind == "bucket":
        url = request.getfixturevalue("bucket")
    objects = open_object_store(url, tmp_path)
    objects.put_object("tables/ab/abc.parquet", b"\x00\xff" * 1000)
    objects.put_object("tables/ab/abc.parquet", b"\x00\xff" * 1000)
    assert objects.get_object("tables/ab/abc.parquet") == b"\x00\xff" * 1000
    with pytest.raises(RecordNotFoundError):
        objects.get_object("tables/ab/other.parquet")
    assert objects.has_object("tables/ab/abc.parquet")
    assert not objects.has_object("tables/ab/other.parquet")
    objects.put_object("tables/cd/cde.parquet", b"more")
    assert sorted(objects.list_object_keys()) == ["tables/ab/abc.parquet", "tables/cd/cde.parquet"]
    objects.delete_object("tables/ab/abc.parquet")
    assert list(objects.list_object_keys()) == ["tables/cd/cde.parquet"]
    assert not objects.has_object("tables/ab/abc.parquet")
