"""A service that is told to stop answers those who wait, ends the streams of those who follow, and loses no plan."""

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

from service.core.settings import Settings
from service.storage.store import Store
from tests.service.helpers import slow, until

ROOT = Path(__file__).parents[3]


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A service in a process of its own that is ready, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DATA_DIR": folder, "SOLVER_WORKERS": 1, "LOG_LEVEL": "warning", "SHUTDOWN_GRACE_SECONDS": 0.1}
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "service.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **{f"ALLOT_{name}": str(value) for name, value in settings.items()}},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        assert process.poll() is None
        try:
            return httpx2.get(f"{address}/health/ready", timeout=20).status_code == 200
        except httpx2.TransportError:
            return False

    try:
        until(ready)
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
