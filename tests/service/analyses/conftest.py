"""Analyses with worker processes that count."""

from collections.abc import Iterator

import pytest

from service.core.settings import Settings
from service.storage.store import Store
from service.workers import worker_pool
from service.workers.analysis_executors import ProcessExecutor
from service.workers.analysis_runtime import AnalysisRuntime
from service.workers.job_runtime import JobRuntime
from service.workers.worker_process import ForkServer
from tests.service.conftest import DATABASES_BY_LANE, empty_database, small_service
from tests.service.helpers import until


class CountingForkServer(ForkServer):
    """A fork server whose workers know the counting analysis."""

    module = "tests.service.analyses.counting"


class Runtimes:
    """Plans and analyses of one service process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store.open_store(settings)
        self.jobs = JobRuntime(self.store, settings)
        executor = ProcessExecutor(self.jobs.workers, silence_seconds=60.0)
        self.analyses = AnalysisRuntime(self.store, settings, executor, self.jobs.failures)

    def start(self) -> None:
        self.jobs.start()
        self.analyses.start()
        until(lambda: self.jobs.is_ready)

    def stop(self) -> None:
        self.analyses.stop()
        self.jobs.stop()
        self.store.close()


@pytest.fixture(scope="module", params=DATABASES_BY_LANE)
def runtimes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtimes]:
    """A running service process without HTTP, whose studies count; one for all tests of a file on each database.

    The fast lane has SQLite only; the statements of the queue itself are tried on both.
    """
    folder = tmp_path_factory.mktemp("analyses")
    with empty_database(request.param, folder, request) as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_pool, "ForkServer", CountingForkServer)
        running = Runtimes(small_service(address, folder, worker_nice=0))
        running.start()
        yield running
        running.stop()
