"""Studies on a Ray cluster: nodes are lost in the middle, and every run is there once."""

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from service.core.settings import Settings
from service.storage.analysis_requests import AnalysisRequest
from service.storage.plan_requests import PlanRequest
from service.storage.store import Store
from service.workers.analysis_runtime import AnalysisRuntime
from service.workers.job_runtime import JobRuntime
from tests.service.analyses.test_kills import REQUEST, RUNS
from tests.service.conftest import SettingsFactory
from tests.service.helpers import slow, until, wait_until_final
from tests.service.workers.serving import write_environment

ray = pytest.importorskip("ray", reason="the extra ray is not installed")

pytestmark = [pytest.mark.slow_lane, pytest.mark.filterwarnings("ignore")]

SECONDS = 900.0
LOSSES = 20
LAST_LOSS = 340
"""Runs of which the results are there when the last node is lost; two tasks end at most before it is seen."""


@pytest.fixture
def settings(make_settings: SettingsFactory, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with two actors, as the environment of every node has them."""
    chosen = make_settings(study_executor="ray://auto", analysis_workers=2)
    for name, value in write_environment(chosen).items():
        monkeypatch.setenv(name, value)
    return chosen


@pytest.fixture
def cluster(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster whose first node runs no actors, and two nodes that run one each."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_health_check_period_ms", "500")
    monkeypatch.setenv("RAY_health_check_failure_threshold", "4")
    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    monkeypatch.setenv("RAY_ADDRESS", started.address)
    yield started
    ray.shutdown()
    started.shutdown()
    os.environ.pop("RAY_ADDRESS", None)


def test_nodes_lost_twenty_times_lose_no_run_and_repeat_none(cluster: Any, settings: Settings) -> None:
    """One of two nodes is lost, and another joins in its place, twenty times in a study of 400 runs."""
    from service.workers.ray_executor import RayExecutor

    chance = random.Random(17)  # noqa: S311
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    store = Store.open_store(settings)
    jobs = JobRuntime(store, settings)
    analyses = AnalysisRuntime(store, settings, RayExecutor("ray://auto", 2), jobs.failures)
    jobs.start()
    analyses.start()
    try:
        plan = jobs.submit_plan(PlanRequest(slow(17, 20, 9))).plan.id
        wait_until_final(jobs, plan)
        study = analyses.submit_analysis(AnalysisRequest("study", plan, REQUEST)).analysis.id
        for done in sorted(chance.sample(range(1, LAST_LOSS), LOSSES)):
            wait_for_runs(analyses, study, done)
            assert not analyses.read_analysis(study).is_final
            cluster.remove_node(nodes.pop(chance.randrange(2)), allow_graceful=False)
            nodes.append(cluster.add_node(num_cpus=1))
        until(lambda: analyses.read_analysis(study).is_final, SECONDS)
        found = analyses.read_analysis(study)
        assert (found.state, found.reason, found.done) == ("finished", "", RUNS)
        with store.read_transaction() as stored:
            assert stored.analyses.read_table(study, "runs")["run"].to_pylist() == list(range(RUNS))
        reasons = [event.data["reason"] for event in analyses.read_events(study) if event.kind == "retried"]
        assert any("Ray actor was lost" in reason for reason in reasons)
    finally:
        analyses.stop()
        jobs.stop()
        store.close()


def wait_for_runs(analyses: AnalysisRuntime, study: str, least: int) -> None:
    """Wait until the results of some runs are there."""
    until(lambda: analyses.read_analysis(study).done >= least, SECONDS)
