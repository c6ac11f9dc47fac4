"""Nothing poisons the queue: a plan that cannot be read ends as failed with its reason, and the next one is claimed."""

import time

import pytest
from sqlalchemy import text

from service.core.settings import Settings
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from service.workers.background import FailureLog, PeriodicThread
from tests.service.helpers import finish_next, request, some_outcome, until

DAMAGES = {
    "options are no JSON": "UPDATE plans SET options = {no_json} WHERE id = :id",
    "options of a newer version": """UPDATE plans SET options = '{{"solver": "newest", "x": 1}}' WHERE id = :id""",
    "options are a list": "UPDATE plans SET options = '[1, 2]' WHERE id = :id",
    "first event gone": "DELETE FROM job_events WHERE job = :id",
    "problem damaged": "UPDATE problems SET body = {bytes} WHERE digest = (SELECT problem_digest FROM plans WHERE id = :id)",
}
READABLE = {"first event gone"}
"""Damages with which a plan can still be solved."""


@pytest.fixture
def queue(store: Store, settings: Settings) -> JobQueue:
    return JobQueue(store, settings)


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_next_plan_is_claimed_whatever_is_wrong_with_the_first(queue: JobQueue, store: Store, damage: str) -> None:
    is_sqlite = store.engine.dialect.name == "sqlite"
    if damage == "options are no JSON" and not is_sqlite:
        pytest.skip("PostgreSQL stores no such text as JSON")
    first = queue.submit_plan(request("first")).plan.id
    second = queue.submit_plan(request("second")).plan.id
    statement = DAMAGES[damage].format(no_json="'{'", bytes="x'00'" if is_sqlite else "'\\x00'::bytea")
    with store.write_transaction() as stored:
        stored.connection.execute(text(statement), {"id": first})
    claim = queue.claim_next_job("someone")
    assert claim is not None
    if damage in READABLE:
        assert claim.plan == first
        assert queue.store_outcome(claim, some_outcome())
        claim = queue.claim_next_job("someone")
        assert claim is not None
    assert claim.plan == second
    assert queue.store_outcome(claim, some_outcome())
    assert queue.claim_next_job("someone") is None
    with store.read_transaction() as stored:
        job = stored.connection.execute(text("SELECT state, tries FROM jobs WHERE id = :id"), {"id": first}).one()
        assert (job.state, job.tries) == ("done", 1)
        plan = stored.connection.execute(text("SELECT state, outcome FROM plans WHERE id = :id"), {"id": first}).one()
        assert (plan.state, plan.outcome) == ("finished", "optimal" if damage in READABLE else "failed")
        acts = [one for one in stored.audit.list_entries(first) if one.act == "plan finished"]
        assert len(acts) == 1
        if damage not in READABLE:
            assert "cannot be read" in acts[0].detail["detail"]


def test_a_plan_whose_problem_is_gone_stops_no_other(queue: JobQueue, store: Store) -> None:
    first = queue.submit_plan(request("first")).plan.id
    second = queue.submit_plan(request("second")).plan.id
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        rest = f"DELETE FROM problems WHERE digest = (SELECT problem_digest FROM plans WHERE id = '{first}')"  # noqa: S608
        if store.engine.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=off")
            driver.execute(rest)
            driver.execute("PRAGMA foreign_keys=on")
        else:
            driver.execute("SET session_replication_role = replica")
            driver.execute(rest)
            driver.commit()
            driver.execute("SET session_replication_role = origin")
            driver.commit()
    assert finish_next(queue) == second
    with store.read_transaction() as stored:
        head = stored.plans.get_plan(first).head
    assert head is not None
    assert "problem" in (head.termination.detail or "")


def test_an_ended_plan_says_why_its_attempts_ended(queue: JobQueue, settings: Settings, store: Store) -> None:
    plan = queue.submit_plan(request()).plan.id
    for _ in range(settings.max_attempts):
        claim = queue.claim_next_job("someone")
        assert claim is not None
        assert queue.requeue_claim(claim, "the disk was full", count_attempt=True)
    assert queue.claim_next_job("someone") is None
    with store.read_transaction() as stored:
        head = stored.plans.get_plan(plan).head
    assert head is not None
    assert head.termination.detail == f"its solver was lost {settings.max_attempts} times, at last: the disk was full"


def test_a_background_thread_goes_on_after_an_error_and_counts_it() -> None:
    failures, calls = FailureLog(), []

    def fail(_: object) -> None:
        calls.append(time.monotonic())
        raise KeyError("a row")

    thread = PeriodicThread("a thread", 0.01, fail, failures)
    until(lambda: len(calls) > 2)
    thread.stop()
    assert failures.count_failures() == {"a thread": len(calls)}
