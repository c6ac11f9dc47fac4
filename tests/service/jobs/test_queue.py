"""The queue on both databases: leases, fences, turns, limits, keys. Claims are made by hand; nothing is solved."""

import threading
import time

import pytest
from sqlalchemy import update

from service.jobs import IdempotencyConflict, QueueFull, events
from service.jobs.queue import JobQueue
from service.jobs.requests import Claim
from service.storage import JobEvent, NotFound, Store
from service.storage.tables import jobs
from tests.service.conftest import SettingsFactory
from tests.service.helpers import finish_next, request, small, some_outcome


@pytest.fixture
def queue(store: Store, make_settings: SettingsFactory) -> JobQueue:
    return JobQueue(store, make_settings())


def claimed(queue: JobQueue, owner: str = "me") -> Claim:
    claim = queue.claim(owner)
    assert claim is not None
    return claim


def let_leases_run_out(store: Store) -> None:
    with store.write() as stored:
        stored.connection.execute(update(jobs).where(jobs.c.state == "running").values(lease=0.0))


def story(store: Store, plan: str) -> tuple[JobEvent, ...]:
    with store.read() as stored:
        return events.read(stored.connection, plan)


def test_a_plan_goes_from_queued_to_finished(queue: JobQueue, store: Store) -> None:
    submitted = queue.submit(request(source={"province": "north"})).plan
    assert (submitted.state, submitted.source, submitted.started) == ("queued", {"province": "north"}, None)
    claim = claimed(queue)
    assert claim.plan == submitted.id
    assert claim.problem.problem() == small()
    assert queue.claim("other") is None
    assert queue.counts() == {"queued": 0, "running": 1}
    assert queue.progress(claim, {"stage": "solve"})
    assert queue.finish(claim, some_outcome())
    with store.read() as stored:
        plan = stored.plans.get(submitted.id)
        assert plan.final
        assert plan.finished is not None
        assert plan.started is not None
        assert submitted.created <= plan.started <= plan.finished
        acts = [entry.act for entry in stored.audit.entries(subject=plan.id)]
    assert acts == ["plan accepted", "plan finished"]
    assert [(e.seq, e.kind) for e in story(store, plan.id)] == [
        (1, "queued"),
        (2, "started"),
        (3, "progress"),
        (4, "finished"),
    ]
    with store.read() as stored:
        assert [e.seq for e in events.read(stored.connection, plan.id, after=2)] == [3, 4]


def test_a_claim_that_was_taken_over_writes_nothing(queue: JobQueue, store: Store) -> None:
    queue.submit(request())
    late = claimed(queue, "sleeper")
    let_leases_run_out(store)
    new = claimed(queue, "other")
    assert (new.plan, new.tries) == (late.plan, 2)
    assert not queue.progress(late, {})
    assert not queue.finish(late, some_outcome("infeasible"))
    assert not queue.finish_cancelled(late)
    assert not queue.give_back(late, "too late", counts=True)
    assert queue.beat("sleeper", [late.plan]) == frozenset()
    assert queue.finish(new, some_outcome())
    assert not queue.finish(new, some_outcome())
    with store.read() as stored:
        assert stored.plans.get(new.plan).outcome == "optimal"


def test_the_same_process_is_fenced_off_by_the_number_of_the_try(queue: JobQueue, store: Store) -> None:
    queue.submit(request())
    first = claimed(queue, "me")
    let_leases_run_out(store)
    second = claimed(queue, "me")
    assert not queue.finish(first, some_outcome())
    assert queue.beat("me", [first.plan]) == {(second.plan, 2)}


def test_a_beat_keeps_the_lease(store: Store, make_settings: SettingsFactory) -> None:
    queue = JobQueue(store, make_settings(lease_seconds=0.4))
    queue.submit(request())
    claim = claimed(queue)
    for _ in range(4):
        time.sleep(0.15)
        assert queue.beat("me", [claim.plan]) == {(claim.plan, 1)}
        assert queue.claim("other") is None
    time.sleep(0.5)
    assert claimed(queue, "other").tries == 2


def test_a_plan_that_is_lost_too_often_ends_as_failed(queue: JobQueue, store: Store) -> None:
    plan = queue.submit(request()).plan.id
    for tries in (1, 2, 3):
        assert claimed(queue).tries == tries
        let_leases_run_out(store)
    assert queue.claim("me") is None
    with store.read() as stored:
        record = stored.plans.get(plan)
    assert (record.state, record.outcome) == ("finished", "failed")
    assert record.head is not None
    assert "lost 3 times" in record.head.termination.detail


def test_giving_back_counts_a_try_only_when_said(queue: JobQueue) -> None:
    queue.submit(request())
    assert queue.give_back(claimed(queue), "the service stopped", counts=False)
    assert queue.give_back(claimed(queue), "ended by SIGKILL", counts=True)
    assert claimed(queue).tries == 2


def test_callers_take_turns(queue: JobQueue) -> None:
    for caller, count in (("greedy", 5), ("modest", 2), ("late", 1)):
        for k in range(count):
            queue.submit(request(f"{caller} {k}", caller))
    order = []
    while (claim := queue.claim("me")) is not None:
        order.append(claim.problem.problem().name)
        assert queue.finish(claim, some_outcome())
    assert order == ["greedy 0", "modest 0", "late 0", "greedy 1", "modest 1", "greedy 2", "greedy 3", "greedy 4"]


def test_who_has_fewest_running_goes_first(queue: JobQueue) -> None:
    for k in range(4):
        queue.submit(request(f"greedy {k}", "greedy"))
    claims = [claimed(queue), claimed(queue)]
    queue.submit(request("modest 0", "modest"))
    queue.submit(request("modest 1", "modest"))
    names = [claimed(queue).problem.problem().name for _ in range(3)]
    assert names[:2] == ["modest 0", "modest 1"]
    assert len(claims) == 2


def test_priority_orders_the_plans_of_one_caller(queue: JobQueue) -> None:
    for name, priority in (("study", -1), ("ordinary", 0), ("urgent", 5)):
        queue.submit(request(name, priority=priority))
    assert [claimed(queue).problem.problem().name for _ in range(3)] == ["urgent", "ordinary", "study"]


def test_a_full_queue_refuses_and_says_when_to_try_again(store: Store, make_settings: SettingsFactory) -> None:
    queue = JobQueue(store, make_settings(queue_length=3, queue_length_per_caller=2))
    queue.submit(request("1", "greedy"))
    queue.submit(request("2", "greedy"))
    with pytest.raises(QueueFull, match="2 plans of yours wait") as refused:
        queue.submit(request("3", "greedy"))
    assert refused.value.own
    assert 1 <= refused.value.retry_after <= 600
    queue.submit(request("4", "modest"))
    with pytest.raises(QueueFull) as refused:
        queue.submit(request("5", "third"))
    assert not refused.value.own
    finish_next(queue)
    assert queue.submit(request("5", "third")).created


def test_a_repeated_request_gives_the_same_plan(queue: JobQueue, store: Store, make_settings: SettingsFactory) -> None:
    first = queue.submit(request(key="k", body="b"))
    after_a_restart = JobQueue(store, make_settings(queue_length=1))
    again = after_a_restart.submit(request(key="k", body="b"))
    assert (first.created, again.created) == (True, False)
    assert again.plan.id == first.plan.id
    with pytest.raises(IdempotencyConflict) as conflict:
        queue.submit(request("another", key="k", body="c"))
    assert conflict.value.plan == first.plan.id
    assert queue.submit(request("theirs", caller="other", key="k", body="c")).created


def test_repeated_requests_at_the_same_moment_give_one_plan(queue: JobQueue) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(queue.submit(request(key="k")).plan.id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_claimers_at_the_same_moment_take_different_plans(queue: JobQueue) -> None:
    plans = {queue.submit(request(f"n{k}")).plan.id for k in range(12)}
    claims: list[Claim] = []

    def take_all(owner: str) -> None:
        while (claim := queue.claim(owner)) is not None:
            claims.append(claim)

    threads = [threading.Thread(target=take_all, args=(f"o{k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 12
    assert {claim.plan for claim in claims} == plans


def test_a_solved_problem_answers_the_same_question(queue: JobQueue, store: Store) -> None:
    original = queue.submit(request(reuse=True)).plan
    assert original.state == "queued"
    finish_next(queue)
    answer = queue.submit(request(reuse=True, caller="other")).plan
    assert (answer.state, answer.outcome, answer.copied_from) == ("finished", "optimal", original.id)
    assert answer.id != original.id
    assert [e.kind for e in story(store, answer.id)] == ["queued", "finished"]
    assert queue.submit(request("another", reuse=True)).plan.state == "queued"
    assert queue.submit(request(reuse=False)).plan.state == "queued"


def test_a_plan_stopped_by_a_limit_is_not_an_answer_for_others(queue: JobQueue) -> None:
    queue.submit(request(reuse=True))
    assert queue.finish(claimed(queue), some_outcome("feasible"))
    assert queue.submit(request(reuse=True)).plan.state == "queued"


def test_cancelling(queue: JobQueue, store: Store) -> None:
    waiting, running, done = (queue.submit(request(f"n{k}")).plan.id for k in range(3))
    claims = {claim.plan: claim for claim in (claimed(queue), claimed(queue), claimed(queue))}
    assert queue.finish(claims[done], some_outcome())
    assert queue.give_back(claims[waiting], "for the test", counts=False)
    assert queue.cancel(waiting, "me") == "cancelled"
    assert queue.cancel(running, "me") == "running"
    assert queue.cancel(running, "me") == "running"
    assert queue.cancel(done, "me") == "finished"
    assert queue.cancellations("me") == {running}
    assert queue.cancellations("other") == frozenset()
    assert queue.finish_cancelled(claims[running])
    assert queue.counts() == {"queued": 0, "running": 0}
    assert [e.kind for e in story(store, running)] == ["queued", "started", "cancelling", "finished"]
    with store.read() as stored:
        assert [stored.plans.get(plan).state for plan in (waiting, running, done)] == [
            "cancelled",
            "cancelled",
            "finished",
        ]
    with pytest.raises(NotFound):
        queue.cancel("nobody", "me")


def test_a_cancelled_plan_whose_process_died_is_not_begun_again(queue: JobQueue, store: Store) -> None:
    plan = queue.submit(request()).plan.id
    claimed(queue)
    queue.cancel(plan, "me")
    let_leases_run_out(store)
    assert queue.claim("other") is None
    with store.read() as stored:
        assert stored.plans.get(plan).state == "cancelled"
