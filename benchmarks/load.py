"""Load on a service of its own, on this machine only, for a set time: `python -m benchmarks.load --callers 50 --seconds 120`.

Callers make small plans, follow them by polling, and read lists, tables and prices in between; one more keeps a large plan
(Ryanggang's normal year) being solved. Then it waits until every accepted plan has ended, and says how long answers took.

`--old PATH` loads the service of an older checkout, with an environment of its own, in turns with this one.
"""

import argparse
import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from models.examples import two_counties_raw

ROOT = Path(__file__).parents[1]
FINAL = {"finished", "cancelled"}
LONGEST_DRAIN = 300.0


@dataclass
class Tally:
    """What was asked and how it went."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds of each answer, by kind of request."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Answers by status."""
    accepted: set[str] = field(default_factory=set)
    """Plans accepted."""
    lost: list[str] = field(default_factory=list)
    """Requests without an answer, and plans that did not end well."""

    @property
    def failed(self) -> bool:
        """Whether anything was lost or answered with 5xx."""
        return bool(self.lost) or any(status >= 500 for status in self.statuses)

    def reads(self) -> list[float]:
        """Seconds of all reads, in order of length."""
        return sorted(one for kind, found in self.seconds.items() if kind.startswith("GET") for one in found)


def share(found: list[float], part: float) -> float:
    """The value below which a part of an ordered list lies, in milliseconds."""
    return 1000 * found[min(len(found) - 1, int(part * len(found)))] if found else 0.0


class Caller:
    """One user: makes a plan, follows it, reads, and begins again."""

    def __init__(self, client: httpx2.AsyncClient, tally: Tally, number: int, think: float) -> None:
        """Think for so many seconds between two requests, more or less."""
        self._client = client
        self._tally = tally
        self._chance = random.Random(number)
        self._think = think

    async def ask(self, method: str, path: str, kind: str, **rest: Any) -> httpx2.Response | None:
        """Send one request and note how it went; None if there was no answer."""
        begun = time.perf_counter()
        try:
            answer = await self._client.request(method, path, **rest)
        except httpx2.HTTPError as error:
            self._tally.lost.append(f"{method} {path}: {error!r}")
            return None
        self._tally.seconds[f"{method} {kind}"].append(time.perf_counter() - begun)
        self._tally.statuses[answer.status_code] += 1
        return answer

    async def small(self, until: float) -> None:
        """Make small plans, one after another."""
        while time.monotonic() < until:
            problem = two_counties_raw()
            problem["name"] = f"load {self._chance.random()}"
            await self._plan({"problem": problem}, until, "plans")

    async def large(self, until: float) -> None:
        """Keep a large plan being solved."""
        while time.monotonic() < until:
            body = {
                "province": "ryanggang",
                "scenario": "normal",
                "reuse": False,
                "options": {"time_limit_seconds": 60},
            }
            await self._plan(body, until, "plans (large)")

    async def _plan(self, body: dict[str, Any], until: float, kind: str) -> None:
        answer = await self.ask("POST", "/v1/plans", kind, json=body)
        if answer is None or answer.status_code == 429:
            await asyncio.sleep(float(answer.headers["retry-after"]) if answer is not None else 1.0)
            return
        if answer.status_code not in {201, 202}:
            self._tally.lost.append(f"POST: {answer.status_code} {answer.text[:200]}")
            return
        plan = answer.json()["id"]
        self._tally.accepted.add(plan)
        while time.monotonic() < until:
            await asyncio.sleep(self._think * self._chance.uniform(0.5, 1.5))
            read = await self.ask("GET", f"/v1/plans/{plan}", "plan")
            if read is not None and read.json()["status"] in FINAL:
                break
            await self.ask("GET", "/v1/plans?limit=20", "list")
        else:
            return
        for table in ("quotas?limit=100", "supply?limit=100"):
            await asyncio.sleep(self._think * self._chance.uniform(0.5, 1.5))
            await self.ask("GET", f"/v1/plans/{plan}/tables/{table}", "table")


async def load(address: str, callers: int, seconds: float, think: float, *, large: bool = True) -> Tally:
    """Put load on a service for some seconds, then wait for its plans to end."""
    tally = Tally()
    limits = httpx2.Limits(max_connections=callers + 1, max_keepalive_connections=callers + 1)
    async with httpx2.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        users = [Caller(client, tally, number, think) for number in range(callers + 1)]
        until = time.monotonic() + seconds  # opening a client takes a while too
        tasks = [user.small(until) for user in users[1:]]
        await asyncio.gather(*tasks, *([users[0].large(until)] if large else []))
        await _drain(client, tally)
    return tally


async def _drain(client: httpx2.AsyncClient, tally: Tally) -> None:
    """Wait until all accepted plans have ended; note those that did not end with a plan."""
    waiting, deadline = set(tally.accepted), time.monotonic() + LONGEST_DRAIN
    while waiting and time.monotonic() < deadline:
        for plan in tuple(waiting):
            read = (await client.get(f"/v1/plans/{plan}")).json()
            if read["status"] in FINAL:
                waiting.discard(plan)
                if read["outcome"] != "optimal":
                    tally.lost.append(f"{plan}: {read['status']} {read['outcome']}")
        await asyncio.sleep(0.2)
    tally.lost += sorted(waiting)


@contextlib.contextmanager
def service(folder: Path, **settings: object) -> Iterator[str]:
    """A service process of its own on a free port; its address."""
    with serving(folder, **settings) as (address, _):
        yield address


@contextlib.contextmanager
def serving(
    folder: Path, checkout: Path = ROOT, python: str = sys.executable, /, **settings: object
) -> Iterator[tuple[str, int]]:
    """The same, and the process's id; of a checkout, by an interpreter with its dependencies."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = {"data_dir": folder, "log_level": "warning", **settings}
    environment = {**os.environ, **{f"ALLOT_{name.upper()}": str(value) for name, value in chosen.items()}}
    environment["PYTHONPATH"] = str(checkout)
    command = [python, "-m", "service.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=checkout, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_ready(address, process)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _wait_ready(address: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        with contextlib.suppress(httpx2.HTTPError):
            if httpx2.get(f"{address}/health/ready").status_code == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the service did not start")


def report(tally: Tally, seconds: float) -> str:
    """Markdown: answers by kind of request, and what went wrong."""
    lines = [
        "| request | answers | a second | median ms | p95 | p99 | longest |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows = [*sorted(tally.seconds.items()), ("all reads", tally.reads())]
    for kind, found in rows:
        ordered = sorted(found)
        figures = " | ".join(f"{share(ordered, part):.0f}" for part in (0.5, 0.95, 0.99, 1.0))
        lines.append(f"| {kind} | {len(found)} | {len(found) / seconds:.1f} | {figures} |")
    lines += [
        "",
        (
            f"Answers by status: {dict(sorted(tally.statuses.items()))}. Plans accepted: {len(tally.accepted)}. "
            f"Lost: {len(tally.lost)}. Load average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
        ),
        *tally.lost[:10],
    ]
    return "\n".join(lines)


def load_in_turns(old: Path, turns: int, callers: int, seconds: float, think: float, workers: int) -> list[str]:
    """Load the older service and this one in turns; rows with the figures of every turn."""
    rows = [
        "| turn | service | answers a second | reads: median ms | p95 | p99 | plans | lost | load average |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    old_workers = {"solver_children": workers, "solver_workers": workers}  # an unknown setting is ignored
    for turn in range(turns):
        for name, checkout, python in (
            ("old", old, str(old / ".venv/bin/python")),
            ("this", ROOT, sys.executable),
        ):
            with (
                tempfile.TemporaryDirectory() as folder,
                serving(Path(folder), checkout, python, **old_workers) as (
                    address,
                    _,
                ),
            ):
                tally = asyncio.run(load(address, callers, seconds, think))
            reads = tally.reads()
            answers = sum(map(len, tally.seconds.values())) / seconds
            shares = " | ".join(f"{share(reads, part):.0f}" for part in (0.5, 0.95, 0.99))
            rows.append(
                f"| {turn + 1} | {name} | {answers:.1f} | {shares} | {len(tally.accepted)} | {len(tally.lost)} "
                f"| {os.getloadavg()[0]:.1f} |"
            )
    return rows


def main() -> int:
    """Run it, and fail if anything was lost or answered with 5xx."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--callers", type=int, default=50, help="users of small plans at a time")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long, 600 at most")
    parser.add_argument("--think", type=float, default=1.0, help="seconds between two requests of a user")
    parser.add_argument("--children", type=int, default=2, help="solves at a time")
    parser.add_argument("--old", type=Path, help="checkout of an old commit, loaded in turns with this one")
    parser.add_argument("--times", type=int, default=2, help="turns with --old")
    requested = parser.parse_args()
    seconds = min(requested.seconds, 600.0)
    if requested.old is not None:
        chosen = requested.callers, seconds, requested.think, requested.children
        print("\n".join(load_in_turns(requested.old.resolve(), requested.times, *chosen)))
        return 0
    with tempfile.TemporaryDirectory() as folder, service(Path(folder), solver_workers=requested.children) as address:
        tally = asyncio.run(load(address, requested.callers, seconds, requested.think))
    print(report(tally, seconds))
    return int(tally.failed)


if __name__ == "__main__":
    sys.exit(main())
