"""Questions to a running service: what becomes of them when the caller goes, when there are many, and when a child is lost."""

import http.client
import json
import os
import re
import signal
import time
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
from service.workers.job_runtime import JobRuntime
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
        self.nurseries = nurseries() - others
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

    def questions(self) -> dict[str, int]:
        """Questions by state, as the metrics have it."""
        connection = self.send("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return {
            state: int(float(n)) for state, n in re.findall(r'allot_sensitivity_queries\{state="(\w+)"\} (\S+)', text)
        }


def nurseries() -> set[int]:
    """Nurseries, and whatever else, below this process: services of other tests may still be open in it."""
    return {pid for pid, steps in children_of(os.getpid()) if steps == 1}


def processes(service: Service) -> set[int]:
    """Children of the nursery of a service."""
    return {pid for nursery in service.nurseries for pid, steps in children_of(nursery) if steps == 1}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that answers one question at a time, and lets one wait."""
    folder = tmp_path_factory.mktemp("asked")
    settings = Settings(data_dir=folder, solver_workers=1, sensitivity_workers=1, sensitivity_queue_size=1)
    others = nurseries()
    with serving(settings) as address:
        yield Service(address, others)


@pytest.fixture
def asked(service: Service) -> Iterator[tuple[http.client.HTTPConnection, int]]:
    """A question that takes minutes, and the process that answers it."""
    until(lambda: service.questions()["answered"] == 0, 10)
    service.ask("GET", f"{service.slow}/equity")  # whatever was open makes room now
    before = processes(service)
    connection = service.send("POST", f"{service.slow}/grid", LONG)
    until(lambda: service.questions()["answered"] == 1, 10)
    (child,) = before & processes(service)
    yield connection, child
    connection.close()


def test_a_caller_who_goes_takes_the_question_along(
    service: Service, asked: tuple[http.client.HTTPConnection, int]
) -> None:
    connection, child = asked
    time.sleep(0.3)
    assert is_running(child)
    begun = time.monotonic()
    connection.close()
    until(lambda: not is_running(child), 5)
    assert time.monotonic() - begun < 2.0  # it takes a tenth where the machine is idle
    assert service.ask("GET", f"{service.small}/equity")[0] == 200


def test_other_requests_are_answered_meanwhile_and_beyond_the_line_429(
    service: Service, asked: tuple[http.client.HTTPConnection, int]
) -> None:
    begun = time.monotonic()
    assert service.ask("GET", f"{service.slow}/tables/quotas?limit=1")[0] == 200
    assert service.ask("GET", f"{service.slow}/infeasibility")[0] == 200
    assert time.monotonic() - begun < 2.0
    waiting = service.send("GET", f"{service.small}/equity")
    until(lambda: service.questions()["waiting"] == 1, 5)
    status, headers, problem = service.ask("GET", f"{service.small}/shadow-prices")
    assert status == 429
    assert int(headers["retry-after"]) > 0
    assert problem["type"] == "urn:allot:too-many"
    asked[0].close()
    answer = waiting.getresponse()
    assert answer.read()
    assert answer.status == 200
    waiting.close()


def test_a_lost_process_is_told_and_the_next_question_answered(
    service: Service, asked: tuple[http.client.HTTPConnection, int]
) -> None:
    connection, child = asked
    os.kill(child, signal.SIGKILL)
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    assert (answer.status, problem["type"]) == (503, "urn:allot:unavailable")
    assert "next question starts afresh" in problem["detail"]
    assert answer.headers["retry-after"] == "1"
    assert service.ask("GET", f"{service.slow}/equity")[0] == 200


def test_a_grid_gives_what_there_was_time_for(service: Service) -> None:
    status, _, found = service.ask("POST", f"{service.slow}/grid", LONG | {"seconds": 0.5})
    assert status == 200
    assert 0 < len(found["cells"]) < 400
    assert len(found["cells"]) + found["not_evaluated"] == 400


def test_a_question_past_its_time_is_ended(tmp_path: Path) -> None:
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
