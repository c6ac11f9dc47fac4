"""Whole service processes, killed and restarted."""

import signal

import pytest

from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from tests.service.conftest import MOSTLY_SQLITE
from tests.service.helpers import children_of, is_running, slow, until, wait_until_final
from tests.service.workers.serving import start, wait_ready

pytestmark = [pytest.mark.slow, MOSTLY_SQLITE]


@pytest.fixture
def plan(store: Store, settings: Settings) -> str:
    """A plan of some seconds, accepted by a process that does not solve."""
    return JobRuntime(store, settings).submit_plan(PlanRequest(slow(14, 22, 8))).plan.id


def test_a_service_killed_in_the_middle_finishes_its_plan_once_after_restart(
    store: Store, settings: Settings, plan: str
) -> None:
    watcher = JobRuntime(store, settings)
    first = start(settings)
    until(lambda: watcher.read_plan(plan).state == "running")
    below = [pid for pid, _ in children_of(first.pid)]
    first.kill()
    first.communicate()
    until(lambda: not any(is_running(pid) for pid in below))
    assert watcher.read_plan(plan).state == "running"
    second = start(settings)
    ended = wait_until_final(watcher, plan, 120)
    second.send_signal(signal.SIGTERM)
    second.communicate()
    assert second.returncode == 0
    assert ended.outcome == "optimal"
    kinds = [event.kind for event in watcher.read_events(plan)]
    assert (kinds.count("started"), kinds.count("finished")) == (2, 1)
    with store.read_transaction() as stored:
        assert [entry.act for entry in stored.audit.list_entries(subject=plan)] == ["plan accepted", "plan finished"]


def test_a_service_that_is_stopped_gives_its_plan_back_at_once(store: Store, settings: Settings, plan: str) -> None:
    watcher = JobRuntime(store, settings)
    process = start(settings.model_copy(update={"shutdown_grace_seconds": 0.05}))
    wait_ready(process)
    until(lambda: watcher.read_plan(plan).state == "running")
    below = [pid for pid, _ in children_of(process.pid)]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert not any(is_running(pid) for pid in below)
    assert watcher.read_plan(plan).state == "queued"
    assert [event.kind for event in watcher.read_events(plan)][-1] == "retried"
    claim = watcher.queue.claim_next_job("other")
    assert claim is not None
    assert claim.attempt == 1
