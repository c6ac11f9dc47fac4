"""Every accepted plan ends once with the right result, whatever is killed, paused, cut off, full or damaged.

`scripts/test --faults` runs it: 10,000 plans on each database, or `--plans N`; `--seed N` draws other faults.
"""

import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from models.examples import two_counties_raw
from models.problem.planning_problem import PlanningProblem
from service.core.codecs import encode_table
from service.core.settings import Settings
from service.storage.errors import StorageError
from service.storage.records import FINAL_STATES
from service.storage.schema import plans
from service.storage.store import Store
from solvers.planning import make_plan
from tests.service.conftest import DATABASES
from tests.service.faults.clients import VARIANTS, Answers, Client, probe
from tests.service.faults.injection import LEAST_GAP_PLANS, MEAN_FAULTS, Injector
from tests.service.faults.processes import PostgreSQL, Service, small_disk
from tests.service.faults.verdict import Verdict, judge
from tests.service.helpers import until

CLIENTS = 4
PROGRESS_SECONDS = 300.0
"""How long services may take to be ready, and how long no plan may end, at most."""
PLANS_OF_ALL_KINDS = 500
"""From so many plans on, every kind of fault has to be among those that were made."""


@dataclass
class Trial:
    """Two services on one database, clients, probes and faults."""

    store: Store
    services: Sequence[Service]
    injector: Injector
    answers: Answers

    def run(self, count: int, seed: int, problems: Sequence[dict[str, Any]]) -> None:
        """Have so many plans accepted and ended; the faults stop when 19 of 20 have ended."""
        stop, stop_faults = threading.Event(), threading.Event()
        helpers = [
            threading.Thread(target=self._keep_running, args=(stop,)),
            threading.Thread(target=self._count_ended, args=(stop,)),
            *(threading.Thread(target=probe, args=(service, self.answers, stop)) for service in self.services),
        ]
        clients = [
            Client(self.services, problems, self.answers, random.Random(f"{seed} {number}"), stop)  # noqa: S311
            for number in range(CLIENTS)
        ]
        senders = self._start_sending(clients, count)
        faults = threading.Thread(target=self.injector.inject_until, args=(stop_faults,))
        try:
            for thread in (*helpers, faults):
                thread.start()
            self._wait_until_ended(count * 19 // 20)
            stop_faults.set()
            faults.join()
            self._wait_until_ended(count)
            for sender in (*senders, *self._start_sending(clients, count)):  # every key again: the same plan
                sender.join()
        finally:
            stop_faults.set()
            faults.join()
            stop.set()
            for thread in (*helpers, *senders):
                thread.join()

    @staticmethod
    def _start_sending(clients: Sequence[Client], count: int) -> list[threading.Thread]:
        """Start a thread for each client, which sends its share of the plans."""
        shares = [range(number, count, CLIENTS) for number in range(CLIENTS)]
        senders = [
            threading.Thread(target=client.submit_plans, args=(share,))
            for client, share in zip(clients, shares, strict=True)
        ]
        for sender in senders:
            sender.start()
        return senders

    def _keep_running(self, stop: threading.Event) -> None:
        """Start again every service that has ended."""
        while not stop.wait(0.1):
            for service in self.services:
                service.restart_if_ended()

    def _count_ended(self, stop: threading.Event) -> None:
        """Count the ended plans again and again; the last count stays while the database does not answer."""
        query = select(func.count()).select_from(plans).where(plans.c.state.in_(FINAL_STATES))
        while not stop.wait(0.1):
            try:
                with self.store.read_transaction() as stored:
                    self.answers.ended = int(stored.connection.execute(query).scalar_one())
            except StorageError:
                continue

    def _wait_until_ended(self, count: int) -> None:
        """Wait until so many plans have ended, as long as some plan ends now and then."""
        while (seen := self.answers.ended) < count:
            until(lambda seen=seen: self.answers.ended > seen, PROGRESS_SECONDS)  # type: ignore[misc]


def build_problem(variant: int) -> dict[str, Any]:
    """A small problem; each variant has other people and so another plan."""
    raw = two_counties_raw()
    for county in raw["counties"]:
        county["population"] = {group: count * (100 + variant) / 100 for group, count in county["population"].items()}
    return raw


PROBLEMS = [build_problem(variant) for variant in range(VARIANTS)]


@pytest.fixture(scope="module")
def expected() -> list[dict[str, str]]:
    """Digests of the tables of the undisturbed plan of each variant."""
    results = [make_plan(PlanningProblem.model_validate(raw)) for raw in PROBLEMS]
    return [{name: encode_table(table).digest for name, table in result.tables.items()} for result in results]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, PostgreSQL | None]]:
    """Address of a database of its own, and its server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'allot.db'}", None
        return
    server = PostgreSQL(folder / "postgresql")
    try:
        yield server.address, server
    finally:
        server.stop()


def trial_settings(address: str, folder: Path) -> Settings:
    """Settings of both services: a short lease, and tables in the database as well as in the object store."""
    folder.mkdir()
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": address,
            "solver_workers": 1,
            "worker_nice": 0,
            "poll_seconds": 0.1,
            "lease_seconds": 3.0,
            "max_attempts": 1000,  # the faults come from outside
            "max_inline_table_bytes": 3000,
            "shutdown_grace_seconds": 1.0,
            "log_level": "warning",
        }
    )


@contextmanager
def prepared(kind: str, folder: Path, count: int, seed: int) -> Iterator[Trial]:
    """A trial of so many plans whose services are ready; they are killed at the end of the block."""
    with ExitStack() as undo:
        disk = undo.enter_context(small_disk())
        address, server = undo.enter_context(database(kind, disk.folder))
        settings = trial_settings(address, disk.folder / "data")
        store = Store.open_store(settings)
        undo.callback(store.close)
        services = [Service(settings, folder / f"service{number}.log") for number in range(2)]
        for service in services:
            service.start()
            undo.callback(service.end)
        for service in services:
            until(lambda service=service: is_ready(service), PROGRESS_SECONDS)  # type: ignore[misc]
        answers = Answers()
        chance = random.Random(seed)  # noqa: S311 - not for secrets
        gap_plans = max(LEAST_GAP_PLANS, count / MEAN_FAULTS)
        yield Trial(store, services, Injector(services, store, disk, server, chance, answers, gap_plans), answers)


def is_ready(service: Service) -> bool:
    """Whether a service answers that it is ready."""
    try:
        return httpx2.get(f"{service.address}/health/ready", timeout=10).status_code == 200
    except httpx2.TransportError:
        time.sleep(0.1)
        return False


@pytest.mark.faults
@pytest.mark.parametrize("kind", DATABASES)
def test_nothing_is_lost_doubled_or_wrong(
    kind: str,
    tmp_path: Path,
    expected: list[dict[str, str]],
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    count, seed = int(pytestconfig.getoption("--plans")), int(pytestconfig.getoption("--seed"))
    with prepared(kind, tmp_path, count, seed) as trial:
        trial.run(count, seed, PROBLEMS)
        for service in trial.services:
            service.end()
        verdict = judge(trial.store, trial.answers, expected)
    with capsys.disabled():
        sys.stdout.write(describe(kind, seed, verdict, trial))
    assert trial.answers.unexpected == []
    assert trial.injector.wrong_reads == []
    assert (verdict.lost, verdict.doubled, verdict.wrong) == ([], [], [])
    assert verdict.accepted == count
    if count >= PLANS_OF_ALL_KINDS:
        assert set(trial.injector.made) == set(trial.injector.list_kinds())


def describe(kind: str, seed: int, verdict: Verdict, trial: Trial) -> str:
    """A row of the table in docs/research/faults.md, and the faults."""
    answers, injector = trial.answers, trial.injector
    wrong = len(verdict.wrong) + len(injector.wrong_reads)
    row = f"| {kind} | {seed} | {verdict.accepted:,} | {sum(injector.made.values()):,} | {len(verdict.lost)} | "
    row += f"{len(verdict.doubled)} | {wrong} | {answers.longest_outage:.1f} | {answers.longest_acceptance:.1f} |"
    lines = [row, *(f"{name}: {number}" for name, number in sorted(injector.made.items()))]
    lines += [f"damaged reads: {dict(injector.flips)}", f"repeated requests: {dict(answers.refused)}"]
    lines += [f"starts of services: {[service.starts for service in trial.services]}"]
    return "\n" + "\n".join(lines) + "\n"
