"""The database is locked, cut off or hung: changes are 503 with Retry-After, reads and readiness answer, nothing is lost."""

import errno
import os
import random
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.api.error_handlers import install_error_handlers
from service.api.routing import ApiRouter
from service.core.settings import Settings
from service.domain import readiness
from service.storage import engine, store as store_module
from service.storage.errors import StorageUnavailableError
from service.storage.store import Store
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import serving
from tests.service.conftest import empty_database, run_as_admin, small_service
from tests.service.helpers import children_of, until

POSTS = 24


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let storage wait for moments rather than for many seconds."""
    monkeypatch.setattr(readiness, "WRITE_CHECK_SECONDS", 0.0)
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 300)
    monkeypatch.setattr(engine, "PING_SECONDS", 0.5)
    monkeypatch.setattr(engine, "POOL_SECONDS", 1)
    monkeypatch.setitem(engine._POSTGRESQL_CONNECT_ARGS, "connect_timeout", 2)
    monkeypatch.setattr(store_module, "WRITE_WAIT_SECONDS", 0.3)
    monkeypatch.setattr(store_module, "READ_SECONDS", 1.0)
    monkeypatch.setattr(store_module, "WRITE_SECONDS", 1.0)


@contextmanager
def service_on(
    kind: str, folder: Path, request: pytest.FixtureRequest, **changes: Any
) -> Iterator[tuple[httpx2.Client, Settings]]:
    """A service behind a real server on an empty database of a kind, ready."""
    with empty_database(kind, folder, request) as address:
        settings = small_service(address, folder, solver_workers=1, **changes)
        with serving(settings) as service, httpx2.Client(base_url=service, timeout=60) as client:
            until(lambda: client.get("/health/ready").status_code == 200)
            yield client, settings


def post(client: httpx2.Client, number: int) -> httpx2.Response:
    body = {"problem": two_counties_raw() | {"name": f"n{number}"}}
    return client.post("/v1/plans", json=body, headers={"Idempotency-Key": f"k{number}"})


@pytest.mark.usefixtures("impatient")
def test_while_another_process_locks_the_database_reads_answer_and_changes_are_503(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with service_on("sqlite", tmp_path, request) as (client, _):
        plan = post(client, 0).headers["location"]
        locker = sqlite3.connect(tmp_path / "allot.db", isolation_level=None)
        locker.execute("BEGIN EXCLUSIVE")
        with ThreadPoolExecutor(POSTS) as threads:
            answers = [threads.submit(post, client, number) for number in range(POSTS)]
            for _ in range(5):
                for path in (plan, "/v1/plans", "/metrics"):
                    assert client.get(path).status_code == 200
            ready = assert_problem(client.get("/health/ready"), 503)
            assert "locked" in ready["detail"] or "busy" in ready["detail"] or "in time" in ready["detail"]
            for answer in answers[1:]:
                refused = assert_problem(answer.result(), 503)
                assert int(answer.result().headers["Retry-After"]) > 0
                assert "Idempotency-Key" in refused["detail"] or "storage" in refused["detail"]
        locker.execute("COMMIT")
        locker.close()
        again = [post(client, number) for number in range(POSTS)]
        assert {one.status_code for one in again} <= {201, 202}  # a plan may have finished
        assert len({one.json()["id"] for one in again}) == POSTS
        until(lambda: client.get("/health/ready").status_code == 200)


@pytest.mark.usefixtures("impatient")
def test_a_database_that_is_cut_off_is_503_until_it_is_back(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with service_on("postgresql", tmp_path, request) as (client, settings):
        url = Store.open_store(settings).engine.url
        plan = post(client, 0).headers["location"]
        admin = url.set(database="postgres")
        run_as_admin(admin, f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'"  # noqa: S608
        run_as_admin(admin, end)
        for answer in (client.get(plan), client.get("/v1/plans"), post(client, 1)):
            refused = assert_problem(answer, 503)
            assert answer.headers["Retry-After"] == "5"
            assert "cannot be reached" in refused["detail"]
        assert_problem(client.get("/health/ready"), 503)
        assert client.get("/health/live").status_code == 200
        run_as_admin(admin, f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
        assert client.get(plan).status_code == 200
        run_as_admin(admin, end)  # once more, without closing the door: nobody notices
        assert client.get(plan).status_code == 200
        assert post(client, 1).status_code == 202
        until(lambda: client.get("/health/ready").status_code == 200)


@pytest.mark.usefixtures("impatient")
def test_a_database_that_hangs_is_503_and_recovers(
    tmp_path: Path, request: pytest.FixtureRequest, postgresql_server: Any
) -> None:
    with service_on("postgresql", tmp_path, request) as (client, _):
        plan = post(client, 0).headers["location"]
        server = postgresql_server.get_pid()
        processes = [server, *(pid for pid, _ in children_of(server))]
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            with ThreadPoolExecutor() as threads:  # each takes seconds
                answers = [threads.submit(client.get, path) for path in (plan, "/health/ready")]
                answers.append(threads.submit(post, client, 1))
                for answer in answers:
                    assert_problem(answer.result(), 503)
        finally:
            for pid in processes:
                os.kill(pid, signal.SIGCONT)
        until(lambda: client.get(plan).status_code == 200)
        assert post(client, 1).status_code == 202


@pytest.mark.parametrize(
    ("pragma", "reason"),
    [("max_page_count = 1", "disk of the database is full"), ("query_only = 1", "database is read-only")],
    ids=["full", "read-only"],
)
@pytest.mark.usefixtures("impatient")
def test_a_database_that_takes_no_changes_says_why_and_is_read(
    pragma: str, reason: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_database("sqlite", tmp_path, request) as address:
        settings, prepare = small_service(address, tmp_path, solver_workers=0), engine._prepare_sqlite
        limits: list[str] = []

        def prepare_with_limits(connection: sqlite3.Connection, entry: Any) -> None:
            prepare(connection, entry)
            for limit in limits:
                connection.execute(f"PRAGMA {limit}")

        monkeypatch.setattr(engine, "_prepare_sqlite", prepare_with_limits)
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            plan = client.post("/v1/plans", json={"problem": two_counties_raw()}).headers["location"]
            limits.append(pragma)
            client.app_state["services"].store.engine.dispose()
            names = (random.Random(number).randbytes(1000).hex() for number in range(40))  # noqa: S311
            answers = (client.post("/v1/plans", json={"problem": two_counties_raw() | {"name": one}}) for one in names)
            answer = next(one for one in answers if one.status_code != 202)  # pages may be free at first
            assert reason in assert_problem(answer, 503)["detail"]
            assert int(answer.headers["Retry-After"]) > 0
            assert client.get(plan).status_code == 200
            if pragma.startswith("query_only"):
                assert reason in assert_problem(client.get("/health/ready"), 503)["detail"]


@pytest.mark.usefixtures("impatient")
def test_readiness_tells_that_postgresql_is_read_only(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with empty_database("postgresql", tmp_path, request) as address:
        url = make_url(address)
        with TestClient(create_app(small_service(address, tmp_path, solver_workers=0))) as client:
            assert client.get("/health/ready").status_code == 200
            admin = url.set(database="postgres")
            run_as_admin(admin, f"ALTER DATABASE {url.database} SET default_transaction_read_only = on")
            end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'"  # noqa: S608
            run_as_admin(admin, end)
            assert "read-only" in assert_problem(client.get("/health/ready"), 503)["detail"]
            assert client.get("/v1/plans").status_code == 200


def test_a_full_disk_of_temporary_files_is_an_outage_and_another_error_is_not() -> None:
    router = ApiRouter()

    @router.get("/{number}")
    def fail(number: int) -> None:
        raise OSError(number, "as the system says")

    app = FastAPI()
    install_error_handlers(app)
    app.include_router(router)
    with TestClient(app, raise_server_exceptions=False) as client:
        assert "disk" in client.get(f"/{errno.ENOSPC}").json()["detail"]
        assert [client.get(f"/{number}").status_code for number in (errno.ENOSPC, errno.EIO)] == [503, 500]


def test_a_read_whose_connection_is_lost_is_tried_once_more() -> None:
    calls: list[str] = []
    router = ApiRouter()

    @router.get("/read")
    def read() -> str:
        calls.append("read")
        if len(calls) == 1:
            raise StorageUnavailableError("gone", is_connection_lost=True)
        return "read"

    @router.post("/change")
    def change() -> str:
        calls.append("change")
        raise StorageUnavailableError("gone", is_connection_lost=True)

    app = FastAPI()
    app.include_router(router)
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/read").json() == "read"
        assert client.post("/change").status_code == 500
    assert calls == ["read", "read", "change"]
