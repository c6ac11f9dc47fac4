"""Studies of 400 runs whose worker processes and service are killed: every run is there once, and the bytes are the same."""

import json
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.core.settings import Settings
from service.storage.analysis_requests import AnalysisRequest
from service.storage.plan_requests import PlanRequest
from service.storage.records import AnalysisRecord
from service.storage.repositories.analysis_queue import AnalysisQueue
from service.storage.repositories.jobs import JobQueue
from service.storage.schema import analysis_rows
from service.storage.store import Store
from tests.service.conftest import SettingsFactory
from tests.service.helpers import slow, until
from tests.service.workers.serving import start, wait_ready

RUNS = 400
WORKER_KILLS = 20
SERVICE_KILLS = (6, 13)
"""Numbers of kills of workers after which the service itself is killed."""
SECONDS = 900.0

REQUEST = json.dumps(
    {
        "factors": [
            {
                "name": "power",
                "changes": [{"what": "power_limit"}],
                "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
            },
            {
                "name": "hours",
                "changes": [{"what": "machine_hours"}],
                "distribution": {"kind": "triangular", "low": 0.7, "mode": 1.0, "high": 1.1},
            },
        ],
        "design": {"kind": "latin_hypercube", "size": RUNS, "seed": 7},
        "thresholds": [{"outcome": "served_share", "least": 0.6}],
    }
)


class KilledService:
    """A service process of its own, which is killed and started again."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._process: subprocess.Popen[str] = start(settings)
        wait_ready(self._process)

    def kill(self) -> None:
        """Kill the service without a warning, and start another."""
        self._process.kill()
        self._process.communicate()
        self._process = start(self._settings)
        wait_ready(self._process)

    def wait_for_workers(self) -> list[int]:
        """Process numbers of the workers, once there are some: between two there may be none."""
        found: list[int] = []

        def is_found() -> bool:
            found[:] = self.list_workers()
            return bool(found)

        until(is_found, SECONDS)
        return found

    def list_workers(self) -> list[int]:
        """Its worker processes: the children of its fork server."""
        return [worker for server in _list_children(self._process.pid) for worker in _list_children(server)]

    def count_rows(self, analysis: str) -> int:
        query = select(func.count()).select_from(analysis_rows).where(analysis_rows.c.analysis == analysis)
        with self._store.read_transaction() as stored:
            return int(stored.connection.execute(query).scalar_one())

    def wait_for_rows(self, analysis: str, least: int) -> None:
        """Wait until some rows are stored, and a worker runs."""
        until(lambda: self.count_rows(analysis) >= least and self.list_workers(), SECONDS)

    def read(self, analysis: str) -> AnalysisRecord:
        with self._store.read_transaction() as stored:
            return stored.analyses.get_analysis(analysis)

    def wait(self, analysis: str) -> AnalysisRecord:
        until(lambda: self.read(analysis).is_final, SECONDS)
        return self.read(analysis)

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()


def _list_children(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task")
    try:
        lists = [(task / "children").read_text() for task in tasks.iterdir()]
    except FileNotFoundError:
        return []
    return [int(child) for one in lists for child in one.split()]


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[KilledService, Store]]:
    store = Store.open_store(settings)
    service = KilledService(settings, store)
    try:
        yield service, store
    finally:
        service.stop()
        store.close()


@pytest.mark.slow_lane
def test_no_run_of_a_study_is_lost_or_counted_twice(make_settings: SettingsFactory) -> None:
    settings, rng = make_settings(worker_nice=0), random.Random(17)  # noqa: S311
    with serving(settings) as (service, store):
        base = JobQueue(store, settings).submit_plan(PlanRequest(slow(8, 10, 6))).plan.id
        queue = AnalysisQueue(store, settings)
        undisturbed = queue.submit_analysis(AnalysisRequest("study", base, REQUEST)).analysis.id
        assert service.wait(undisturbed).state == "finished"
        killed = queue.submit_analysis(AnalysisRequest("study", base, REQUEST)).analysis.id
        for number in range(WORKER_KILLS):
            least = min(RUNS - 1, service.count_rows(killed) + rng.randint(1, 4))
            service.wait_for_rows(killed, least)
            assert not service.read(killed).is_final
            os.kill(rng.choice(service.wait_for_workers()), signal.SIGKILL)
            if number in SERVICE_KILLS:
                service.kill()
        found = service.wait(killed)
        assert (found.state, found.done, service.count_rows(killed)) == ("finished", RUNS, RUNS)
        with store.read_transaction() as stored:
            for table in found.tables:
                same = [stored.analyses.tables.read_parquet(one, table) for one in (undisturbed, killed)]
                assert same[0] == same[1], table
            assert stored.analyses.read_table(killed, "runs")["run"].to_pylist() == list(range(RUNS))
            assert stored.analyses.read_query_state(undisturbed) == stored.analyses.read_query_state(killed)
        assert found.head == service.read(undisturbed).head
