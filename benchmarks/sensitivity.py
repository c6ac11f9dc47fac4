"""How long sensitivity queries take over HTTP: `python -m benchmarks.sensitivity --scenario crisis`.

A service of its own plans one of Ryanggang's years and answers each query, the first without an open worker, and again.
Seconds are those of the caller, and CPU seconds of the service and its children. Changes are estimated and then solved (what-if);
the first verified remedy is asked for `--shortages` of the greatest shortages and as many drawn from the rest.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import psutil

from benchmarks.load import serving
from benchmarks.serving import processor_seconds

CHANGES: Mapping[str, list[dict[str, Any]]] = {
    "power of Hyesan in February + 10 %": [
        {"what": "power_limit", "where": "hyesan", "periods": ["2002-02"], "factor": 1.1}
    ],
    "power of Kapsan in February - 20 %": [
        {"what": "power_limit", "where": "kapsan", "periods": ["2002-02"], "factor": 0.8}
    ],
    "deliveries of the centre in May - 10 %": [{"what": "delivered", "periods": ["2002-05"], "factor": 0.9}],
    "soap reserved for Hyesan in May": [
        {"what": "served_least", "where": "hyesan/laundry-soap", "periods": ["2002-05"], "value": 1000}
    ],
    "all power - 5 %": [{"what": "power_limit", "factor": 0.95}],
    "central share 60 %": [{"what": "central_share", "value": 0.6}],
    "impossible: a billion pieces of soap in store at the end": [
        {"what": "closing_least", "where": "hyesan/laundry-soap", "value": 1e9}
    ],
}
"""Changes that are estimated and solved: of one limit, broad, and one that no plan satisfies."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what it took."""

    question: str
    """What was asked."""
    wall: float
    """Seconds until the answer was there."""
    cpu: float
    """Seconds of processor time in the service and its children."""
    note: str
    """What came of it."""


class Asker:
    """Asks a service about one plan."""

    def __init__(self, client: httpx2.Client, plan: str, process: psutil.Process) -> None:
        """Ask about a plan, by its address, a service that runs in a process."""
        self._client, self._plan, self._process = client, plan, process

    def ask(self, name: str, *, method: str = "GET", body: object = None, **parameters: Any) -> tuple[Answered, Any]:
        """One question, and its answer."""
        cpu, begun = processor_seconds(self._process), time.perf_counter()
        answer = self._client.request(method, f"{self._plan}/{name}", json=body, params=parameters)
        wall = time.perf_counter() - begun
        answer.raise_for_status()
        words = " ".join([name, *(f"{key}={value}" for key, value in parameters.items())])
        found = answer.json()
        return Answered(words, wall, processor_seconds(self._process) - cpu, _note(found)), found


def questions(asker: Asker, shortages: int, curves: float) -> Iterator[Answered]:
    """Ask everything of a plan, one after another."""
    yield asker.ask("equity")[0]
    yield asker.ask("equity")[0]
    yield asker.ask("shadow-prices")[0]
    yield asker.ask("bottlenecks", group_by="category")[0]
    told, every = asker.ask("bottlenecks", group_by="limit", max_results=10_000)
    yield told
    for name, changes in CHANGES.items():
        for kind in ("estimate", "what-if"):
            answered = asker.ask(kind, method="POST", body={"changes": changes})[0]
            yield replace(answered, question=f"{kind}: {name}")
    groups = every["groups"]
    drawn = random.Random(0).sample(groups[shortages:], min(shortages, len(groups[shortages:])))
    for group in [*groups[:shortages], *drawn]:
        county, item, period = group["key"].split("/")
        yield asker.ask("remedies", county=county, item=item, period=period, max_results=1)[0]
    if curves > 0:
        for change, ends in (
            ({"what": "power_limit", "factor": 1.0}, (1.0, 0.2)),
            ({"what": "central_share", "value": 0.8}, (0.8, 0.2)),
        ):
            body = {"change": change, "start": ends[0], "end": ends[1], "time_limit_seconds": curves, "max_solves": 200}
            yield asker.ask("curve", method="POST", body=body)[0]


def _note(found: dict[str, Any]) -> str:
    if "remedies" in found:
        first = next((r for r in found["remedies"] if r["changes"]), None)
        what = "none holds" if first is None else f"{first['rule']} {first['id']}, {first['kind']}"
        return f"{what}; {found['evaluated']} evaluated"
    if "points" in found:
        reached = f"{len(found['points'])} points to {found['explored_until']:.4g}, error {found['max_error']}"
        return f"{reached}. {found['note']}"
    if "outcome" in found:
        return str(found["outcome"])
    if "groups" in found:
        return f"{len(found['groups'])} groups"
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="benchmarks.sensitivity", description=__doc__)
    parser.add_argument("--scenario", default="crisis")
    parser.add_argument(
        "--shortages", type=int, default=5, help="greatest shortages, and random ones, whose remedy is asked for"
    )
    parser.add_argument(
        "--curves", type=float, default=0.0, help="seconds that each curve may take; none are asked for by default"
    )
    requested = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), sensitivity_timeout_seconds=3600) as (address, process),
        httpx2.Client(base_url=address, timeout=3600) as client,
    ):
        body = {"province": "ryanggang", "scenario": requested.scenario}
        made = client.post("/v1/plans", json=body, headers={"Prefer": "wait=60"})
        plan = made.raise_for_status().headers["location"]
        while (head := client.get(plan).json())["status"] != "finished":
            time.sleep(0.2)
        print(f"planned: {head['outcome']}, solve {head['timings']['solve']:.1f} s", flush=True)
        asker = Asker(client, plan, psutil.Process(process))
        for row in questions(asker, requested.shortages, requested.curves):
            print(f"{row.wall:7.2f} s  {row.cpu:7.2f} s of CPU  {row.question}  {row.note}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
