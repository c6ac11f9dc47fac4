"""compose.yaml: what it says of our settings, and the same processes without an engine for containers."""

import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from models.examples import two_counties_raw
from service.core.settings import Settings
from tests.service.conftest import empty_database
from tests.service.helpers import until

ROOT = Path(__file__).parents[3]
PLANS = 12


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    yaml: Any = importlib.import_module("yaml")  # comes with schemathesis, without types
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_it_sets_what_can_be_set_and_every_service_is_looked_after(compose: dict[str, Any]) -> None:
    known = {f"ALLOT_{name.upper()}" for name in Settings.model_fields}
    for name, service in compose["services"].items():
        assert service["restart"] == "unless-stopped"
        if name == "database":
            assert "pg_isready" in service["healthcheck"]["test"]
            continue
        assert service["environment"].keys() <= known
        assert service["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= compose["volumes"].keys()
    assert compose["services"]["worker"]["deploy"]["replicas"] == 2
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


@contextmanager
def running(environment: dict[str, str]) -> Iterator[str]:
    """A service process as the image starts it; its address. It must stop well when told to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "service.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **environment, "ALLOT_LOG_LEVEL": "warning"},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        assert process.poll() is None
        try:
            return httpx2.get(f"{address}/health/ready", timeout=20).status_code == 200
        except httpx2.TransportError:
            time.sleep(0.1)
            return False

    try:
        until(ready)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in {0, -signal.SIGTERM}  # uvicorn stops in order, then lets the signal through


def solves(address: str) -> float:
    """Plans that a process solved to the optimum."""
    families = text_string_to_metric_families(httpx2.get(f"{address}/metrics", timeout=20).text)
    samples = [sample for family in families for sample in family.samples if sample.name == "allot_solves_total"]
    return sum(sample.value for sample in samples if sample.labels["outcome"] == "optimal")


@pytest.mark.slow
def test_one_process_answers_and_two_solve(
    compose: dict[str, Any], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with empty_database("postgresql", tmp_path, request) as database:
        here = {"ALLOT_DATABASE_URL": database, "ALLOT_DATA_DIR": str(tmp_path), "ALLOT_POLL_SECONDS": "0.1"}
        here["ALLOT_AUTHENTICATION"] = "off"
        services = compose["services"]
        worker = {**services["worker"]["environment"], **here, "ALLOT_SOLVER_WORKERS": "1"}
        with (
            running({**services["web"]["environment"], **here}) as web,
            running(worker) as first,
            running(worker) as second,
            httpx2.Client(base_url=web, timeout=60) as client,
        ):
            plans = []
            for number in range(PLANS):
                answer = client.post("/v1/plans", json={"problem": {**two_counties_raw(), "name": f"plan {number}"}})
                assert answer.status_code == 202
                plans.append(answer.headers["location"])
            until(lambda: all(client.get(plan).json()["outcome"] == "optimal" for plan in plans))
            until(lambda: solves(first) + solves(second) == PLANS, 20)
            assert solves(web) == 0
            assert solves(first) > 0
            assert solves(second) > 0
