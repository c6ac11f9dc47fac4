"""A service that solves, one for all tests of a file on each database: loading the solvers takes seconds."""

from collections.abc import Iterator

import pytest

from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from tests.service.conftest import DATABASES_BY_LANE, empty_database, small_service
from tests.service.helpers import until


@pytest.fixture(scope="module", params=DATABASES_BY_LANE)
def runtime(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobRuntime]:
    """A running runtime with two workers, ready."""
    folder = tmp_path_factory.mktemp("runtime")
    with empty_database(request.param, folder, request) as address:
        settings = small_service(address, folder)
        store = Store.open_store(settings)
        running = JobRuntime(store, settings)
        running.start()
        until(lambda: running.is_ready)
        yield running
        running.stop()
        store.close()
