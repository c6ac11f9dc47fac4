"""Sensitivity queries to a running service: disconnected clients, many queries at once, lost workers."""

import http.client
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from models.examples import two_counties
from service.api.app import create_app
from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest
from service.storage.store import Store
from service.workers import worker_pool
from service.workers.job_runtime import JobRuntime
from service.workers.worker_process import ForkServer
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT, serving
from tests.service.helpers import children_of, is_running, slow, until, wait_until_final

FAR = [round(1 + k / 1000, 3) for k in range(20)]
"""Steps of a grid that takes minutes on a slow plan."""

LONG = {
    "first": {"change": {"what": "power_limit", "factor": 1.0}, "values": FAR},
    "second": {"change": {"what": "norms", "factor": 1.0}, "values": FAR},
}


class Service:
    """A service on a port, with a small and a slow plan."""

    def __init__(self, address: str, others: set[int]) -> None:
        self.fork_servers = list_children() - others
        self.place = urlsplit(address).netloc
        self.small = self.plan({"problem": two_counties().model_dump(mode="json")})
        self.slow = self.plan({"problem": slow(14, 22, 8).model_dump(mode="json")})

    def send(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> http.client.HTTPConnection:
        """Send a request, and leave its answer to be read."""
        connection = http.client.HTTPConnection(self.place, timeout=120)
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", **(headers or {})})
        return connection

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, Any]:
        """Status, headers and JSON of an answer."""
        connection = self.send(method, path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.headers, json.loads(answer.read())
        connection.close()
        return found

    def plan(self, body: object) -> str:
        """Address of a finished plan."""
        status, headers, _ = self.ask("POST", "/v1/plans", body, WAIT)
        assert status == 201
        return str(headers["location"])

    def queries(self) -> dict[str, int]:
        """Queries by state, from the metrics."""
        connection = self.send("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return {
            state: int(float(n)) for state, n in re.findall(r'allot_sensitivity_queries\{state="(\w+)"\} (\S+)', text)
        }


def list_children() -> set[int]:
    """Child processes of this process."""
    return {pid for pid, steps in children_of(os.getpid()) if steps == 1}


def list_workers(service: Service) -> set[int]:
    """Worker processes of a service."""
    return {pid for fork_server in service.fork_servers for pid, steps in children_of(fork_server) if steps == 1}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a fork server of its own, one worker for queries and a queue of one."""
    folder = tmp_path_factory.mktemp("queries")
    settings = Settings(data_dir=folder, solver_workers=1, sensitivity_workers=1, sensitivity_queue_size=1)
    others = list_children()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_pool, "ForkServer", ForkServer)
        with serving(settings) as address:
            yield Service(address, others)


@pytest.fixture
def long_query(service: Service) -> Iterator[tuple[http.client.HTTPConnection, int]]:
    """A query that takes minutes, and its worker, which is suspended."""
    until(lambda: service.queries()["answered"] == 0)
    service.ask("GET", f"{service.slow}/equity")  # the worker has the slow plan loaded now
    before = list_workers(service)
    connection = service.send("POST", f"{service.slow}/grid", LONG)
    until(lambda: service.queries()["answered"] == 1)
    (worker,) = before & list_workers(service)
    os.kill(worker, signal.SIGSTOP)
    yield connection, worker
    connection.close()


def test_a_query_ends_when_its_client_disconnects(
    service: Service, long_query: tuple[http.client.HTTPConnection, int]
) -> None:
    connection, worker = long_query
    assert is_running(worker)
    connection.close()
    until(lambda: not is_running(worker))
    assert service.ask("GET", f"{service.small}/equity")[0] == 200


def test_other_requests_are_answered_meanwhile_and_beyond_the_queue_429(
    service: Service, long_query: tuple[http.client.HTTPConnection, int]
) -> None:
    assert service.ask("GET", f"{service.slow}/tables/quotas?limit=1")[0] == 200
    assert service.ask("GET", f"{service.slow}/infeasibility")[0] == 200
    waiting = service.send("GET", f"{service.small}/equity")
    until(lambda: service.queries()["waiting"] == 1)
    status, headers, problem = service.ask("GET", f"{service.small}/shadow-prices")
    assert status == 429
    assert int(headers["retry-after"]) > 0
    assert problem["type"] == "urn:allot:too-many-requests"
    long_query[0].close()
    answer = waiting.getresponse()
    assert answer.read()
    assert answer.status == 200
    waiting.close()


def test_a_lost_worker_is_reported_and_the_next_query_answered(
    service: Service, long_query: tuple[http.client.HTTPConnection, int]
) -> None:
    connection, worker = long_query
    os.kill(worker, signal.SIGKILL)
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    assert (answer.status, problem["type"]) == (503, "urn:allot:service-unavailable")
    assert "next query starts a new" in problem["detail"]
    assert answer.headers["retry-after"] == "1"
    assert service.ask("GET", f"{service.slow}/equity")[0] == 200


def test_a_grid_gives_what_there_was_time_for(service: Service) -> None:
    status, _, found = service.ask("POST", f"{service.slow}/grid", LONG | {"time_limit_seconds": 0.5})
    assert status == 200
    assert 0 < len(found["cells"]) < 400
    assert len(found["cells"]) + found["not_evaluated"] == 400


def test_a_query_past_its_timeout_is_ended(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, sensitivity_timeout_seconds=1.0, kill_grace_seconds=0.1)
    with TestClient(create_app(settings)) as client:
        body = {"problem": slow(14, 22, 8).model_dump(mode="json")}
        plan = client.post("/v1/plans", json=body, headers=WAIT).headers["location"]
        changes = [{"what": "norms", "factor": 1 + k / 50} for k in range(50)]
        mixed = [
            change
            for pair in zip(changes, [{"what": "power_limit", "factor": 0.9}] * 50, strict=True)
            for change in pair
        ]
        problem = assert_problem(client.post(f"{plan}/compare", json={"changes": mixed[:50]}), 503)
        assert "no answer within 1 s" in problem["detail"]
        assert "POST /v1/plans" in problem["detail"]


def test_a_process_that_solves_no_plans_answers(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, solver_workers=0)
    store = Store.open_store(settings)
    solving = JobRuntime(store, settings.model_copy(update={"solver_workers": 1}))
    solving.start()
    plan = solving.submit_plan(PlanRequest(two_counties())).plan.id
    assert wait_until_final(solving, plan, 60).outcome == "optimal"
    solving.stop()
    store.close()
    with TestClient(create_app(settings)) as client:
        assert client.get(f"/v1/plans/{plan}/equity").json()["shortage_bands"]
