"""A service that is told to stop answers those who wait, ends the streams of those who follow, and loses no plan."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx2
import pytest

from models.plan import Plan
from service.core.codecs import EncodedTable, PlanOutcome
from service.core.settings import Settings
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from tests.service.helpers import request as make_request, slow, some_outcome, until, wait_until_served

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


SERVE = "from service.cli import app, serve; serve.STOP_SECONDS = {seconds}; app()"
"""The command line, with fewer seconds for answers under way."""

CUT = (http.client.IncompleteRead, ConnectionResetError)
"""How a client sees that an answer was cut off."""

LOG = "service.log"
"""The log of the service in its folder."""

BIG_BYTES = 24_000_000
"""Bytes of a table that no socket buffers hold."""


@contextmanager
def running(folder: Path, stop_seconds: int = 10) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A service in a process of its own that is ready, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DATA_DIR": folder, "SOLVER_WORKERS": 1, "LOG_LEVEL": "warning", "SHUTDOWN_GRACE_SECONDS": 0.1}
    log = (folder / LOG).open("wb")
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVE.format(seconds=stop_seconds), "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **{f"ALLOT_{name}": str(value) for name, value in settings.items()}},
        stderr=log,
    )
    log.close()
    address = f"http://127.0.0.1:{port}"

    try:
        wait_until_served(address, process)
        yield process, address
    finally:
        process.kill()
        process.wait()


def asking(questions: dict[str, Callable[[], httpx2.Response]]) -> tuple[dict[str, httpx2.Response], list[Thread]]:
    """Answers as they come, each asked for in a thread."""
    answers: dict[str, httpx2.Response] = {}
    threads = [Thread(target=lambda n=name, ask=ask: answers.update({n: ask()})) for name, ask in questions.items()]
    for thread in threads:
        thread.start()
    return answers, threads


def store_big_table(folder: Path) -> str:
    """Store a finished plan with a table of many bytes; its identifier."""
    settings = Settings(data_dir=folder)
    store = Store.open_store(settings)
    queue = JobQueue(store, settings)
    queue.submit_plan(make_request("big"))
    claim = queue.claim_next_job("test")
    assert claim is not None
    head = Plan.model_validate({**some_outcome().head.model_dump(), "tables": {"supply": 1}})
    assert queue.store_outcome(claim, PlanOutcome(head, {"supply": EncodedTable(1, os.urandom(BIG_BYTES))}))
    store.close()
    return claim.plan


def begin_download(address: str, plan: str, version: str) -> http.client.HTTPResponse:
    """Ask for the big table and read the head of the answer, no more."""
    port = int(address.rsplit(":", 1)[1])
    connection = socket.create_connection(("127.0.0.1", port))
    path = f"/v1/plans/{plan}/tables/supply?format=parquet"
    connection.sendall(f"GET {path} HTTP/{version}\r\nHost: 127.0.0.1\r\n\r\n".encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    connection.close()  # the answer keeps its own reference
    assert answer.status == 200
    return answer


def test_a_download_is_whole_or_an_error_when_the_service_stops(tmp_path: Path) -> None:
    plan = store_big_table(tmp_path)
    with running(tmp_path, stop_seconds=1) as (process, address):
        slow_readers = [begin_download(address, plan, version) for version in ("1.0", "1.1")]
        reader = begin_download(address, plan, "1.1")
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(*CUT):
            assert len(reader.read()) == BIG_BYTES
        process.wait(60)
        for answer in slow_readers:
            with pytest.raises(CUT), answer:
                answer.read()
    lines = (tmp_path / LOG).read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    errors = [event["event"] for event in events if event["level"] not in {"info", "debug"}]
    assert errors == ["Cancel 2 running task(s), timeout graceful shutdown exceeded"]


def test_those_who_wait_are_answered_before_the_service_stops(tmp_path: Path) -> None:
    body = {"problem": slow(80, 80, 12).model_dump(mode="json", by_alias=True)}
    with running(tmp_path) as (process, address):
        plans = f"{address}/v1/plans"
        plan = httpx2.post(plans, json=body, timeout=60).headers["location"]
        again, patient = {**body, "reuse": False}, {"Prefer": "wait=60"}
        answers, threads = asking(
            {
                "wait": lambda: httpx2.post(plans, json=again, headers=patient, timeout=60),
                "follow": lambda: httpx2.get(f"{address}{plan}/events", timeout=60),
            }
        )
        until(lambda: len(httpx2.get(plans, timeout=20).json()["plans"]) == 2)
        until(lambda: httpx2.get(f"{address}{plan}", timeout=20).json()["status"] == "running")
        assert answers == {}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in {0, -signal.SIGTERM}
        for thread in threads:
            thread.join(10)
    assert (answers["wait"].status_code, answers["wait"].json()["status"]) == (202, "queued")
    assert answers["wait"].json()["id"] not in plan
    assert answers["follow"].status_code == 200
    kinds = [line.removeprefix("event: ") for line in answers["follow"].text.splitlines() if line.startswith("event: ")]
    assert kinds[:2] == ["queued", "started"]
    assert "finished" not in kinds
    store = Store.open_store(Settings(data_dir=tmp_path))
    with store.read_transaction() as stored:
        assert {one.state for one in stored.plans.list_plans()} == {"queued"}
    store.close()
