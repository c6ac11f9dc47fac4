"""What Prometheus reads of a running service, and whether readiness tells the truth."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.core.settings import Settings
from service.workers.worker_process import ForkServer
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT
from tests.service.conftest import MOSTLY_SQLITE, empty_database, small_service
from tests.service.helpers import slow, until

MIB = 1024 * 1024


def figures(client: TestClient) -> dict[tuple[str, str], float]:
    """Values by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_solves_are_counted_timed_and_weighed(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        before = figures(client)
        assert ("allot_solves_total", "optimal") not in before
        assert (before["allot_plans", "queued"], before["allot_webhook_deliveries", "waiting"]) == (0, 0)
        client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT)
        until(lambda: figures(client).get(("allot_solves_total", "optimal")) == 1)
        found = figures(client)
        assert found["allot_solve_seconds_count", ""] == 1
        assert found["allot_solve_seconds_sum", ""] > 0
        assert 50 * MIB < found["allot_solve_peak_bytes_sum", ""] < 4096 * MIB


@MOSTLY_SQLITE
def test_solves_that_run_are_counted_with_their_memory(settings: Settings) -> None:
    problem = slow(14, 22, 8).model_dump(mode="json", exclude_defaults=True)
    with TestClient(create_app(settings)) as client:
        plan = client.post("/v1/plans", json={"problem": problem}).headers["location"]
        until(lambda: figures(client).get(("allot_solver_workers", "bytes"), 0) > 20 * MIB, 60)
        assert figures(client)["allot_solver_workers", "count"] == 1
        client.delete(plan)
        until(lambda: figures(client)["allot_solver_workers", "count"] == 0)
        until(lambda: figures(client).get(("allot_solves_total", "cancelled")) == 1)


@contextmanager
def refusing_connections(address: str) -> Iterator[None]:
    """PostgreSQL without this database, as far as one can tell from outside."""
    url = make_url(address)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(kill), {"name": url.database})
        yield
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true"))
    admin.dispose()


def test_readiness_tells_when_the_database_is_gone_and_back(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with (
        empty_database("postgresql", tmp_path, request) as address,
        TestClient(create_app(small_service(address, tmp_path)), raise_server_exceptions=False) as client,
    ):
        until(lambda: client.get("/health/ready").status_code == 200, 60)
        with refusing_connections(address):
            assert_problem(client.get("/health/ready"), 503)
            assert client.get("/health/live").status_code == 200
            found = figures(client)
            assert ("allot_plans", "queued") not in found
            assert ("allot_solver_workers", "count") in found
        assert client.get("/health/ready").status_code == 200


@MOSTLY_SQLITE
@pytest.mark.usefixtures("own_fork_server")
def test_readiness_tells_whether_solvers_are_loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    may_be_ready, wait_until_ready = threading.Event(), ForkServer.wait_until_ready

    def wait_longer(fork_server: ForkServer) -> None:
        may_be_ready.wait()
        wait_until_ready(fork_server)

    monkeypatch.setattr(ForkServer, "wait_until_ready", wait_longer)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        try:
            assert_problem(client.get("/health/ready"), 503)
        finally:
            may_be_ready.set()
        until(lambda: client.get("/health/ready").status_code == 200, 60)
