"""A service that is told to stop answers those who wait, ends the streams of those who follow, and loses no plan."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2

from service.settings import Settings
from service.storage import Store
from tests.service.helpers import slow, until

ROOT = Path(__file__).parents[3]
SECONDS = 6.0
"""Far below the ten after which those who still wait would be cut off."""


def test_those_who_wait_are_answered_before_the_service_stops(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "DATA_DIR": str(tmp_path),
        "SOLVER_CHILDREN": "1",
        "LOG_LEVEL": "warning",
        "SHUTDOWN_GRACE_SECONDS": "0.1",
    }
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "service.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **{f"ALLOT_{name}": value for name, value in settings.items()}},
        stderr=subprocess.DEVNULL,
    )
    address, answers = f"http://127.0.0.1:{port}", dict[str, httpx2.Response]()

    def ready() -> bool:
        assert process.poll() is None
        try:
            return httpx2.get(f"{address}/health/ready", timeout=20).status_code == 200
        except httpx2.TransportError:
            return False

    until(ready)
    body = {"problem": slow(80, 80, 12).model_dump(mode="json", by_alias=True)}
    plan = httpx2.post(f"{address}/v1/plans", json=body, timeout=60).headers["location"]
    waits = {
        "wait": lambda: httpx2.post(
            f"{address}/v1/plans", json={**body, "reuse": False}, headers={"Prefer": "wait=60"}, timeout=60
        ),
        "follow": lambda: httpx2.get(f"{address}{plan}/events", timeout=60),
    }
    threads = [
        threading.Thread(target=lambda name=name, ask=ask: answers.update({name: ask()})) for name, ask in waits.items()
    ]
    for thread in threads:
        thread.start()
    until(lambda: len(httpx2.get(f"{address}/v1/plans", timeout=20).json()["plans"]) == 2)
    until(lambda: httpx2.get(f"{address}{plan}", timeout=20).json()["status"] == "running")
    assert answers == {}
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) in {0, -signal.SIGTERM}
    assert time.monotonic() - begun < SECONDS
    for thread in threads:
        thread.join(10)
    assert (answers["wait"].status_code, answers["wait"].json()["status"]) == (202, "queued")
    assert answers["follow"].status_code == 200
    kinds = [line.removeprefix("event: ") for line in answers["follow"].text.splitlines() if line.startswith("event: ")]
    assert kinds[:2] == ["queued", "started"]
    assert "finished" not in kinds
    store = Store.open(Settings(data_dir=tmp_path))
    with store.read() as stored:
        assert {one.state for one in stored.plans.list()} == {"queued"}
    store.close()
    assert json.loads(answers["wait"].text)["id"] not in plan
