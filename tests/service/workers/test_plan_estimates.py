"""Estimates of plans that are being solved, on both databases: told while the plan is open, and replaced by its own figures."""

import os
import signal
from collections.abc import Iterator

import pytest

from service.core.settings import Settings
from service.domain.plans import PlanService
from service.storage.plan_requests import PlanRequest
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from tests.service.conftest import MOSTLY_SQLITE, SettingsFactory
from tests.service.helpers import slow, until, wait_until_final
from tests.solvers.replanning.year import year

SOLVED_IN_SECONDS = slow(14, 22, 8)


@pytest.fixture
def settings(make_settings: SettingsFactory) -> Settings:
    """A service that estimates small plans, too."""
    return make_settings(estimate_columns=0)


@pytest.fixture
def runtime(store: Store, settings: Settings) -> Iterator[JobRuntime]:
    running = JobRuntime(store, settings)
    running.start()
    until(lambda: running.is_ready)
    yield running
    running.stop()


def list_kinds(runtime: JobRuntime, plan: str) -> list[str]:
    events = runtime.read_events(plan)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [event.kind for event in events]


def test_an_estimate_is_shown_until_the_plan_replaces_it_whatever_is_killed(
    runtime: JobRuntime, store: Store, settings: Settings
) -> None:
    plans = PlanService(store, runtime, settings)
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id
    until(lambda: "estimate" in list_kinds(runtime, plan))
    view, _ = plans.read_plan(plan)
    assert view.status == "running"
    assert view.estimate is not None
    assert (view.objective, view.summary) == (None, None)
    (worker,) = runtime.list_worker_pids()
    os.kill(worker, signal.SIGKILL)
    until(lambda: "retried" in list_kinds(runtime, plan))
    again, _ = plans.read_plan(plan)
    assert again.status in ("queued", "running")
    assert again.estimate == view.estimate
    wait_until_final(runtime, plan, 120)
    ended, _ = plans.read_plan(plan)
    assert (ended.outcome, ended.estimate) == ("optimal", None)
    assert ended.objective is not None
    assert view.estimate.lower_bound <= ended.objective.before_rounding
    kinds = list_kinds(runtime, plan)
    assert (kinds[:2], kinds[-1]) == (["queued", "started"], "finished")
    assert [kinds.count(kind) for kind in ("started", "estimate", "retried", "finished")] == [2, 1, 1, 1]
    assert kinds.index("estimate") < kinds.index("retried")


@MOSTLY_SQLITE
def test_plans_solved_quickly_from_the_basis_of_another_and_of_two_stages_have_none(runtime: JobRuntime) -> None:
    base = runtime.submit_plan(PlanRequest(year(smoothing=0.25), reuse=False)).plan.id
    wait_until_final(runtime, base, 60)
    assert "estimate" in list_kinds(runtime, base)
    varied = year(smoothing=0.2)
    other = runtime.submit_plan(PlanRequest(varied, base_plan=base, reuse=False)).plan.id
    staged = runtime.submit_plan(PlanRequest(year(own_needs_first=True), reuse=False)).plan.id
    for plan in (other, staged):
        assert wait_until_final(runtime, plan, 60).outcome == "optimal"
        assert "estimate" not in list_kinds(runtime, plan)


@MOSTLY_SQLITE
def test_plans_with_fewer_variables_than_the_setting_have_none(store: Store, make_settings: SettingsFactory) -> None:
    running = JobRuntime(store, make_settings(estimate_columns=10_000_000))
    running.start()
    plan = running.submit_plan(PlanRequest(year(smoothing=0.25), reuse=False)).plan.id
    wait_until_final(running, plan, 60)
    assert "estimate" not in list_kinds(running, plan)
    running.stop()
