"""A whole request as a user sends it: a service of its own on loopback, a plan by HTTP, its tables read."""

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from benchmarks.load import serving
from benchmarks.measuring import MIB, Measured
from models.problem.planning_problem import PlanningProblem

TABLES = ("quotas", "supply", "shipments", "capacity", "bottlenecks")
"""Tables that are read after the plan is made, each in one page."""

SOLVING = ("solve", "whole units", "without swaps")
"""Stages in which a solver works; everything else is ours."""


def request(problem: PlanningProblem, limit: float) -> Measured:
    """POST a written-out problem, wait until it is planned, read its tables; memory is that of the service and all its children."""
    body = {"problem": problem.model_dump(mode="json", by_alias=True), "options": {"time_limit_seconds": limit}}
    raw = json.dumps(body).encode()
    with _service() as (process, port), _watching(process) as peak:
        cpu, began = processor_seconds(process), time.perf_counter()
        plan = _call(port, "POST", "/v1/plans", raw, {"Prefer": "wait=60"})
        while plan["status"] != "finished":
            time.sleep(0.02)
            plan = _call(port, "GET", f"/v1/plans/{plan['id']}")
        planned = time.perf_counter()
        sizes = [
            len(json.dumps(_call(port, "GET", f"/v1/plans/{plan['id']}/tables/{name}?limit=100000"))) for name in TABLES
        ]
        ended = time.perf_counter()
        spent = processor_seconds(process) - cpu
    timings: dict[str, float] = plan["timings"]
    solving = sum(seconds for stage, seconds in timings.items() if stage.startswith(SOLVING))
    share = (ended - began - solving) / (ended - began)
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in timings.items())
    note = (
        f"{plan['outcome']}; request {len(raw)} bytes, tables {sum(sizes)} bytes; {stages}; tables read {ended - planned:.2f}; "
        f"all but the solver {share:.3f} of the whole"
    )
    return Measured(ended - began, spent, peak.mib, note, share=share)


@dataclass(slots=True)
class _Peak:
    """Greatest memory seen."""

    mib: float = 0.0


@contextmanager
def _service() -> Iterator[tuple[psutil.Process, int]]:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), log_level="error") as (address, process):
        yield psutil.Process(process), urlsplit(address).port or 0


@contextmanager
def _watching(process: psutil.Process) -> Iterator[_Peak]:
    """Sample what the service and its children hold; memory that they share is counted once."""
    peak, over = _Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            peak.mib = max(peak.mib, sum(_held(one) for one in _family(process)) / MIB)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:  # it ended meanwhile
        return 0


def processor_seconds(process: psutil.Process) -> float:
    """CPU seconds of the service and of all children, ended ones included."""
    spent = 0.0
    for one in _family(process):
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue
        spent += times.user + times.system + times.children_user + times.children_system
    return spent


def _call(port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        sent = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        raw = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {raw[:500]!r}")
        return json.loads(raw)
    finally:
        connection.close()
