"""Problems and claims for the tests of storage and jobs."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from models.examples import two_counties
from models.plan import Plan, SolverRun, Termination
from models.problem.planning_problem import PlanningProblem
from service.core.codecs import PlanOutcome
from service.storage.plan_requests import IdempotencyKey, PlanRequest
from service.storage.records import PlanRecord
from service.storage.repositories.jobs import JobQueue
from service.workers.job_runtime import JobRuntime
from tests.plain_policy import PLAIN_POLICY


def small(name: str = "small") -> PlanningProblem:
    """Two counties without whole units: solved in some hundredths of a second; another name makes another problem."""
    problem = two_counties()
    items = tuple(item.model_copy(update={"whole_units": False}) for item in problem.items)
    return problem.model_copy(update={"name": name, "items": items})


def slow(counties: int = 40, items: int = 60, periods: int = 12) -> PlanningProblem:
    """A ring of counties, each short of power, that ship, store and share scarcity: seconds of solving."""
    months = [f"m{k}" for k in range(periods)]
    return PlanningProblem.model_validate(
        {
            "name": f"slow {counties} {items} {periods}",
            "periods": months,
            "items": [
                {"id": f"i{i}", "value": 1.0 + i % 7, "priority": 1 + i % 3, "norms": {"people": 3.0 + i % 5}}
                for i in range(items)
            ],
            "counties": [_county(c) for c in range(counties)],
            "factories": [_factory(c, k, items, periods) for c in range(counties) for k in range(3)],
            "power_areas": [
                {"id": f"p{c}", "limit_kwh": [3000 + 500 * ((c * 7 + t) % 11) for t in range(periods)]}
                for c in range(counties)
            ],
            "links": [_link(c, step, counties) for c in range(counties) for step in (1, 3)],
            "policy": PLAIN_POLICY,
        }
    )


def _county(c: int) -> dict[str, object]:
    people = {"people": 1000 + 37 * (c * c % 101)}
    return {"id": f"c{c}", "population": people, "power_area": f"p{c}", "store_tonnes": 50}


def _factory(c: int, k: int, items: int, periods: int) -> dict[str, object]:
    lines = [
        {"item": f"i{i}", "kwh_per_unit": 1 + (i * c) % 5 / 3, "hours_per_unit": {"press": 0.05 + i % 4 / 50}}
        for i in range(items)
        if (i + c + k) % 3 == 0
    ]
    hours = [200.0 + 13 * ((c + t) % 9) for t in range(periods)]
    return {"id": f"f{c}-{k}", "place": f"c{c}", "machines": {"press": hours}, "lines": lines}


def _link(c: int, step: int, counties: int) -> dict[str, object]:
    return {
        "id": f"l{c}-{step}",
        "from": f"c{c}",
        "to": f"c{(c + step) % counties}",
        "km": 10.0 * step,
        "tonnes": 30.0,
        "cost_per_tonne_km": 0.01,
    }


def request(
    name: str = "small", caller: str = "local", *, key: str | None = None, body: str = "b", **rest: object
) -> PlanRequest:
    """A request for a small plan, not answered from others."""
    idempotency = None if key is None else IdempotencyKey(key, body)
    return PlanRequest(small(name), caller=caller, idempotency=idempotency, **{"reuse": False, **rest})  # type: ignore[arg-type]


def some_outcome(outcome: str = "optimal") -> PlanOutcome:
    """A result without tables."""
    head = Plan.model_validate(
        {
            "outcome": outcome,
            "termination": Termination(reason="optimal"),
            "solver": SolverRun(name="highs"),
            "timings": {"solve": 0.5},
            "tables": {},
        }
    )
    return PlanOutcome(head)


def finish_next(queue: JobQueue, owner: str = "someone") -> str:
    """Claim and finish the next plan; its identifier."""
    claim = queue.claim_next_job(owner)
    assert claim is not None
    assert queue.store_outcome(claim, some_outcome())
    return claim.plan


def until(condition: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait for a condition to hold, or fail. It is checked less often the longer the wait: the checks take from what is waited for."""
    started = time.monotonic()
    while not condition():
        waited = time.monotonic() - started
        assert waited < seconds, "waited too long"
        time.sleep(min(max(0.005, waited / 20), 0.05))


def wait_until_served(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a service process is ready, or fail."""
    with httpx2.Client(base_url=address, timeout=20) as client:

        def is_ready() -> bool:
            assert process.poll() is None, "the service ended"
            try:
                return client.get("/health/ready").status_code == 200
            except httpx2.TransportError:
                return False

        until(is_ready)


def wait_until_final(runtime: JobRuntime, plan: str, seconds: float = 120.0) -> PlanRecord:
    """The plan when it is final; a test fails that waits longer."""
    until(lambda: runtime.read_plan(plan).is_final, seconds)
    return runtime.read_plan(plan)


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before, or while, it is read
        return False


def children_of(pid: int, steps: int = 1) -> list[tuple[int, int]]:
    """Processes below a process, with the number of steps down to each."""
    try:
        tasks = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        own = [int(child) for task in tasks for child in task.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [(child, steps) for child in own] + [below for child in own for below in children_of(child, steps + 1)]
