"""Faults at random moments: services, workers, fork servers and database connections are killed while plans are solved."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, text

from models.tables import TABLE_SCHEMAS
from service.core.settings import Settings
from service.storage.errors import StorageUnavailableError
from service.storage.records import FINAL_STATES
from service.storage.repositories.jobs import JobQueue
from service.storage.schema import job_events, plan_tables, plans
from service.storage.store import Store
from tests.service.conftest import SettingsFactory
from tests.service.helpers import children_of, request, until
from tests.service.workers.serving import start

PLANS, FAULTS = (200, 2) if "ALLOT_TEST_ALL" in os.environ else (16, 1)
"""Accepted plans, and faults of the rarer kinds; the slow lane has more of both."""
SECONDS = 100.0
"""How long to wait for the next plan to end, at most."""


@dataclass
class Faults:
    """Two services on one database, and the faults injected into them."""

    settings: Settings
    store: Store
    chance: random.Random
    services: list["subprocess.Popen[str]"] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        self.services = [start(self.settings) for _ in range(2)]

    def planned(self) -> list[tuple[int, Callable[[], str | None]]]:
        """What to kill, and after how many finished plans, in random order at random moments."""
        kinds = [self.kill_worker] * 4 * FAULTS + [self.kill_service] * FAULTS + [self.kill_fork_server] * FAULTS
        if self.store.engine.dialect.name == "postgresql":
            kinds += [self.kill_connections] * FAULTS
        self.chance.shuffle(kinds)
        moments = sorted(self.chance.sample(range(PLANS * 9 // 10), len(kinds)))
        return list(zip(moments, kinds, strict=True))

    def inject_fault(self, kill: Callable[[], str | None]) -> None:
        """Kill a process, searching for one for some seconds: workers run for a moment only."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if (what := kill()) is not None:
                self.made[what] += 1
                return
            time.sleep(0.005)

    def kill_service(self) -> str:
        place = self.chance.randrange(len(self.services))
        self.services[place].kill()
        self.services[place].communicate()
        self.services[place] = start(self.settings)
        return "service"

    def kill_worker(self) -> str | None:
        return self._kill_below(2, "worker")

    def kill_fork_server(self) -> str | None:
        return self._kill_below(1, "fork server")

    def kill_connections(self) -> str:
        with self.store.write_transaction() as stored:
            stored.connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        return "connections"

    def end(self) -> None:
        for service in self.services:
            service.kill()
            service.communicate()

    def _kill_below(self, depth: int, what: str) -> str | None:
        """Kill a process so many steps below a service: a fork server is one, a worker two."""
        below = [pid for service in self.services for pid, steps in children_of(service.pid) if steps == depth]
        if not below:
            return None
        try:
            os.kill(self.chance.choice(below), signal.SIGKILL)
        except ProcessLookupError:
            return None
        return what


def submit_all(queue: JobQueue, accepted: list[str]) -> None:
    """Accept plans as a client does that repeats a request until it has an answer."""
    for number in range(PLANS):
        while True:
            try:
                accepted.append(
                    queue.submit_plan(request(f"n{number}", f"caller {number % 7}", key=f"k{number}")).plan.id
                )
                break
            except StorageUnavailableError:
                time.sleep(0.05)


def ended(store: Store) -> int:
    """How many plans have ended; asked again if the connection dies."""
    query = select(func.count()).select_from(plans).where(plans.c.state.in_(FINAL_STATES))
    while True:
        try:
            with store.read_transaction() as stored:
                return int(stored.connection.execute(query).scalar_one())
        except StorageUnavailableError:
            time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    # of SQLite the gate kills services and workers in test_processes.py
    "database_url",
    [pytest.param("sqlite", marks=pytest.mark.slow_lane), "postgresql"],
    indirect=True,
)
def test_every_accepted_plan_is_finished_once_whatever_dies(store: Store, make_settings: SettingsFactory) -> None:
    settings = make_settings(solver_workers=1, max_attempts=20, lease_seconds=2.0)
    faults = Faults(settings, store, random.Random(5))  # noqa: S311 - not for secrets
    accepted: list[str] = []
    client = threading.Thread(target=submit_all, args=(JobQueue(store, settings), accepted))
    faults.begin()
    client.start()
    try:
        for moment, kill in faults.planned():
            until(lambda moment=moment: ended(store) >= moment, SECONDS)  # type: ignore[misc]
            faults.inject_fault(kill)
        client.join()
        until(lambda: ended(store) == PLANS, SECONDS)
    finally:
        faults.end()
        client.join()
    assert set(faults.made) >= {"worker", "service", "fork server"}
    assert_whole(store, accepted)


def assert_whole(store: Store, accepted: list[str]) -> None:
    """All plans finished, each once, with one result and complete events."""
    assert len(accepted) == len(set(accepted)) == PLANS
    with store.read_transaction() as stored:
        connection = stored.connection
        outcomes = connection.execute(select(plans.c.id, plans.c.state, plans.c.outcome)).all()
        assert {(row.state, row.outcome) for row in outcomes} == {("finished", "optimal")}
        assert {row.id for row in outcomes} == set(accepted)
        acts = Counter((entry.subject, entry.act) for entry in stored.audit.list_entries(limit=10_000))
        assert acts == Counter({(plan, act): 1 for plan in accepted for act in ("plan accepted", "plan finished")})
        tables = connection.execute(select(plan_tables.c.plan, func.count()).group_by(plan_tables.c.plan)).all()
        assert {(row[0], row[1]) for row in tables} == {(plan, len(TABLE_SCHEMAS)) for plan in accepted}
        stories: dict[str, list[tuple[int, str]]] = {}
        for row in connection.execute(select(job_events).order_by(job_events.c.job, job_events.c.seq)):
            stories.setdefault(row.job, []).append((row.seq, row.kind))
    for story in stories.values():
        assert [seq for seq, _ in story] == list(range(1, len(story) + 1))
        assert [kind for _, kind in story].count("finished") == 1
        assert story[-1][1] == "finished"
