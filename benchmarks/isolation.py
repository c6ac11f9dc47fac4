"""Whether one caller can stop the others: `python -m benchmarks isolation`.

A service with keys of its own; the key of each role in turn, then strangers without a key, then all of them do every attack
at once, while another caller reads and makes small plans. Attackers are processes of low priority, for theirs would be other
machines.
"""

import asyncio
import contextlib
import multiprocessing
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from benchmarks.attacks import BY_KEY, WITHOUT_KEY, Target, run_attacks
from benchmarks.load import serving, share
from benchmarks.subjects import SUBJECTS
from models.examples import two_counties_raw
from service.auth.api_keys import issue_api_key
from service.auth.principals import Grant
from service.core.settings import Settings
from service.storage.store import Store

ROLES = ("reader", "bureau", "centre", "factory", "admin")
"""Roles of attackers, in the province that they attack with."""

STRANGER = "without a key"
EVERYBODY = "all at once"
NOBODY = "nobody"

READ_SECONDS = 0.5
"""What 99 % of another caller's reads must take at most."""

PLAN_SECONDS = 5.0
"""What another caller's small plans must take at most."""

_SETTLE_SECONDS = 4.0
_ATTACKER_NICE = 15


@dataclass
class Felt:
    """What the other caller felt."""

    reads: list[float] = field(default_factory=list)
    """Seconds of reads."""
    plans: list[float] = field(default_factory=list)
    """Seconds of small plans, from the request to the finished plan."""
    lost: list[str] = field(default_factory=list)
    """Requests without the expected answer."""

    @property
    def is_met(self) -> bool:
        """Whether the promise was kept."""
        return bool(self.reads and self.plans and not self.lost) and (
            share(sorted(self.reads), 0.99) < 1000 * READ_SECONDS and max(self.plans) < PLAN_SECONDS
        )

    def format_row(self, name: str) -> str:
        """Format a row of the table."""
        reads, plans = sorted(self.reads), sorted(self.plans)
        figures = [f"{share(reads, part):.0f}" for part in (0.5, 0.99, 1.0)]
        seconds = [f"{share(plans, part) / 1000:.2f}" for part in (0.5, 1.0)]
        cells = [name, str(len(reads)), *figures, str(len(plans)), *seconds, str(len(self.lost))]
        return f"| {' | '.join(cells)} |"


HEADER = (
    "| attacker | reads | median ms | p99 | longest | plans | median s | longest | lost |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def measure_isolation(seconds: float, attackers: Sequence[str]) -> Iterator[tuple[str, Felt]]:
    """Measure what another caller feels for some seconds of each of the attackers."""
    with tempfile.TemporaryDirectory() as name, _silent_receiver() as receiver:
        folder = Path(name)
        keys = _make_keys(folder)
        settings = {
            "authentication": "keys",
            "webhook_private_addresses": "true",
            "webhook_timeout_seconds": 3,
            "log_level": "error",
        }
        with serving(folder, **settings) as (address, _):
            port = urlsplit(address).port or 0
            large, ratified = _prepare(address, keys["root"])
            targets = {one: Target(port, keys.get(one, ""), large, ratified, receiver) for one in (*ROLES, STRANGER)}
            for attacker in attackers:
                with _attacking(attacker, targets):
                    felt = asyncio.run(_feel(address, keys["other"], seconds))
                yield attacker, felt


def format_isolation(seconds: float, attackers: Sequence[str]) -> Iterator[str]:
    """Format the measurement as a table, with what was lost below it."""
    yield HEADER
    lost: list[str] = []
    for attacker, felt in measure_isolation(seconds, attackers):
        yield felt.format_row(attacker)
        lost += [f"{attacker}: {one}" for one in felt.lost[:3]]
        lost += [] if felt.is_met else [f"{attacker}: not as promised"]
    yield from lost


def list_attackers() -> tuple[str, ...]:
    """List the rows of the whole measurement."""
    return NOBODY, *ROLES, STRANGER, EVERYBODY


def _make_keys(folder: Path) -> dict[str, str]:
    """Make a key of each role in the attacked province, of the other caller, and of an administrator who prepares."""
    grants = {role: [f"{province}:{role}" for province in ("ryanggang", "attacked", "large")] for role in ROLES}
    grants |= {"other": ["north:bureau"], "root": ["*:admin"]}
    store = Store.open_store(Settings(data_dir=folder))
    try:
        with store.write_transaction() as transaction:
            return {
                caller: issue_api_key(
                    transaction, caller, tuple(map(Grant.from_text, held)), days=None, created_by="local"
                ).key
                for caller, held in grants.items()
            }
    finally:
        store.close()


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _prepare(address: str, key: str) -> tuple[str, str]:
    """Store provinces; make a large finished plan, and a ratified one."""
    with httpx2.Client(base_url=address, headers=_bearer(key), timeout=600) as client:
        large_problem = SUBJECTS["province"]().model_dump(mode="json", by_alias=True)
        for province, problem in (
            ("north", two_counties_raw()),
            ("attacked", two_counties_raw()),
            ("large", large_problem),
        ):
            client.put(f"/v1/provinces/{province}", json={"name": province, "problem": problem}).raise_for_status()
        large = client.post("/v1/plans", json={"province": "large"}).json()["id"]
        small = client.post("/v1/plans", json={"province": "attacked"}).json()["id"]
        for plan in (large, small):
            while client.get(f"/v1/plans/{plan}").json()["status"] != "finished":
                time.sleep(0.1)
        for act in ("submit", "ratify"):
            client.post(f"/v1/plans/{small}/approval/{act}", json={}).raise_for_status()
    return large, small


@contextlib.contextmanager
def _silent_receiver() -> Iterator[int]:
    """Accept connections of webhooks and say nothing; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(listener.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    for one in held:
        one.close()


@contextlib.contextmanager
def _attacking(attacker: str, targets: dict[str, Target]) -> Iterator[None]:
    """Let an attacker do everything that it can, in a process of its own, from some seconds before the block."""
    chosen = [] if attacker == NOBODY else [*targets] if attacker == EVERYBODY else [attacker]
    context = multiprocessing.get_context("spawn")
    names = {one: tuple(WITHOUT_KEY) if one == STRANGER else tuple(BY_KEY) for one in chosen}
    running = [context.Process(target=_attack, args=(targets[one], names[one])) for one in chosen]
    for process in running:
        process.start()
    try:
        time.sleep(_SETTLE_SECONDS if running else 0)
        yield
    finally:
        for process in running:
            process.terminate()
            process.join()
        time.sleep(_SETTLE_SECONDS if running else 0)


def _attack(target: Target, names: tuple[str, ...]) -> None:
    os.nice(_ATTACKER_NICE)
    run_attacks(target, names)


async def _feel(address: str, key: str, seconds: float) -> Felt:
    """Read and plan as another caller."""
    felt = Felt()
    async with httpx2.AsyncClient(base_url=address, headers=_bearer(key), timeout=60) as client:
        first = await _plan(client, felt, 0)
        until = time.monotonic() + seconds
        await asyncio.gather(_read(client, felt, first, until), _plan_on(client, felt, until))
    return felt


async def _read(client: httpx2.AsyncClient, felt: Felt, plan: str, until: float) -> None:
    paths = (f"/v1/plans/{plan}", "/v1/plans?limit=20", f"/v1/plans/{plan}/tables/quotas?limit=100", "/v1/me")
    while time.monotonic() < until:
        for path in paths:
            if (answer := await _ask(client, felt, "GET", path)) is not None:
                felt.reads.append(answer)
            await asyncio.sleep(0.02)


async def _ask(client: httpx2.AsyncClient, felt: Felt, method: str, path: str) -> float | None:
    begun = time.perf_counter()
    try:
        status = (await client.request(method, path)).status_code
    except httpx2.HTTPError as error:
        felt.lost.append(f"{method} {path}: {error!r}")
        return None
    if status != httpx2.codes.OK:
        felt.lost.append(f"{method} {path}: {status}")
        return None
    return time.perf_counter() - begun


async def _plan_on(client: httpx2.AsyncClient, felt: Felt, until: float) -> None:
    number = 1
    while time.monotonic() < until:
        await _plan(client, felt, number)
        number += 1
        await asyncio.sleep(0.5)


async def _plan(client: httpx2.AsyncClient, felt: Felt, number: int) -> str:
    """Make a small plan that nobody made before; its identifier."""
    problem = two_counties_raw() | {"name": f"isolation {number} {time.time()}"}
    begun = time.perf_counter()
    try:
        answer = await client.post(
            "/v1/plans", json={"problem": problem, "reuse": False}, headers={"Prefer": "wait=50"}
        )
    except httpx2.HTTPError as error:
        felt.lost.append(f"plan: {error!r}")
        return ""
    if answer.status_code != httpx2.codes.CREATED:
        felt.lost.append(f"plan: {answer.status_code} {answer.text[:200]}")
        return ""
    felt.plans.append(time.perf_counter() - begun)
    return str(answer.json()["id"])
