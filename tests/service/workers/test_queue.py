"""The queue on both databases: leases, fences, turns, limits, keys. Claims are made by hand; nothing is solved."""

import threading

import pytest
from sqlalchemy import select, update

from service.storage.errors import IdempotencyConflictError, QueueFullError, RecordNotFoundError
from service.storage.plan_requests import Claim
from service.storage.records import JobEvent
from service.storage.repositories import plan_events
from service.storage.repositories.jobs import JobQueue
from service.storage.schema import jobs
from service.storage.store import Store
from tests.service.conftest import SettingsFactory
from tests.service.helpers import finish_next, request, small, some_outcome


@pytest.fixture
def queue(store: Store, make_settings: SettingsFactory) -> JobQueue:
    return JobQueue(store, make_settings())


def claimed(queue: JobQueue, owner: str = "me") -> Claim:
    claim = queue.claim_next_job(owner)
    assert claim is not None
    return claim


def let_leases_run_out(store: Store) -> None:
    with store.write_transaction() as stored:
        stored.connection.execute(update(jobs).where(jobs.c.state == "running").values(lease=0.0))


def story(store: Store, plan: str) -> tuple[JobEvent, ...]:
    with store.read_transaction() as stored:
        return plan_events.read_events(stored.connection, plan)


def test_a_plan_goes_from_queued_to_finished(queue: JobQueue, store: Store) -> None:
    submitted = queue.submit_plan(request(source={"province": "north"})).plan
    assert (submitted.state, submitted.source, submitted.started) == ("queued", {"province": "north"}, None)
    claim = claimed(queue)
    assert claim.plan == submitted.id
    assert claim.problem.parse_problem() == small()
    assert queue.claim_next_job("other") is None
    assert queue.count_by_state() == {"queued": 0, "running": 1}
    assert queue.record_event(claim, "progress", {"stage": "solve"})
    assert queue.store_outcome(claim, some_outcome())
    with store.read_transaction() as stored:
        plan = stored.plans.get_plan(submitted.id)
        assert plan.is_final
        assert plan.finished is not None
        assert plan.started is not None
        assert submitted.created <= plan.started <= plan.finished
        acts = [entry.act for entry in stored.audit.list_entries(subject=plan.id)]
    assert acts == ["plan accepted", "plan finished"]
    assert [(e.seq, e.kind) for e in story(store, plan.id)] == [
        (1, "queued"),
        (2, "started"),
        (3, "progress"),
        (4, "finished"),
    ]
    with store.read_transaction() as stored:
        assert [e.seq for e in plan_events.read_events(stored.connection, plan.id, after=2)] == [3, 4]


def test_a_claim_that_was_taken_over_writes_nothing(queue: JobQueue, store: Store) -> None:
    queue.submit_plan(request())
    late = claimed(queue, "sleeper")
    let_leases_run_out(store)
    new = claimed(queue, "other")
    assert (new.plan, new.attempt) == (late.plan, 2)
    assert not queue.record_event(late, "progress", {})
    assert not queue.store_outcome(late, some_outcome("infeasible"))
    assert not queue.store_cancellation(late)
    assert not queue.requeue_claim(late, "too late", count_attempt=True)
    assert queue.renew_leases("sleeper", [late.plan]) == frozenset()
    assert queue.store_outcome(new, some_outcome())
    assert not queue.store_outcome(new, some_outcome())
    with store.read_transaction() as stored:
        assert stored.plans.get_plan(new.plan).outcome == "optimal"


def test_the_same_process_is_fenced_off_by_the_number_of_the_try(queue: JobQueue, store: Store) -> None:
    queue.submit_plan(request())
    first = claimed(queue, "me")
    let_leases_run_out(store)
    second = claimed(queue, "me")
    assert not queue.store_outcome(first, some_outcome())
    assert queue.renew_leases("me", [first.plan]) == {(second.plan, 2)}


def test_renewing_keeps_the_lease(store: Store, make_settings: SettingsFactory) -> None:
    queue = JobQueue(store, make_settings(lease_seconds=600.0))
    queue.submit_plan(request())
    claim = claimed(queue)
    let_leases_run_out(store)
    assert queue.renew_leases("me", [claim.plan]) == {(claim.plan, 1)}
    with store.read_transaction() as stored:
        lease = stored.connection.execute(select(jobs.c.lease).where(jobs.c.id == claim.plan)).scalar_one()
        assert lease == pytest.approx(stored.read_clock() + 600.0, abs=300.0)
    assert queue.claim_next_job("other") is None
    let_leases_run_out(store)
    assert claimed(queue, "other").attempt == 2


def test_a_lease_from_before_the_clock_was_set_back_holds_no_longer_than_any_other(
    store: Store, make_settings: SettingsFactory
) -> None:
    queue = JobQueue(store, make_settings(lease_seconds=600.0))
    queue.submit_plan(request())
    claim = claimed(queue, "dead")
    queue.submit_plan(request("behind it"))
    with store.write_transaction() as stored:
        set_back = update(jobs).where(jobs.c.id == claim.plan).values(lease=jobs.c.lease + 3600.0)
        stored.connection.execute(set_back)
    assert claimed(queue, "other").plan != claim.plan
    assert queue.claim_next_job("other") is None
    with store.read_transaction() as stored:
        job = stored.connection.execute(select(jobs).where(jobs.c.id == claim.plan)).one()
        assert (job.owner, job.state, job.tries) == ("dead", "running", 1)
        assert job.lease <= stored.read_clock() + 600.0
    assert queue.renew_leases("dead", [claim.plan]) == {(claim.plan, 1)}


def test_a_process_does_not_take_over_what_it_runs_itself(queue: JobQueue, store: Store) -> None:
    queue.submit_plan(request())
    plan = claimed(queue, "me").plan
    let_leases_run_out(store)  # as when the clock is set forward
    assert queue.claim_next_job("me", {plan}) is None
    assert queue.renew_leases("me", [plan]) == {(plan, 1)}
    let_leases_run_out(store)
    assert claimed(queue, "other").attempt == 2


def test_a_plan_that_is_lost_too_often_ends_as_failed(queue: JobQueue, store: Store) -> None:
    plan = queue.submit_plan(request()).plan.id
    for tries in (1, 2, 3):
        assert claimed(queue).attempt == tries
        let_leases_run_out(store)
    assert queue.claim_next_job("me") is None
    with store.read_transaction() as stored:
        record = stored.plans.get_plan(plan)
    assert (record.state, record.outcome) == ("finished", "failed")
    assert record.head is not None
    assert "lost 3 times" in record.head.termination.detail


def test_giving_back_counts_a_try_only_when_said(queue: JobQueue) -> None:
    queue.submit_plan(request())
    assert queue.requeue_claim(claimed(queue), "the service stopped", count_attempt=False)
    assert queue.requeue_claim(claimed(queue), "ended by SIGKILL", count_attempt=True)
    assert claimed(queue).attempt == 2


def test_callers_take_turns(queue: JobQueue) -> None:
    for caller, count in (("greedy", 5), ("modest", 2), ("late", 1)):
        for k in range(count):
            queue.submit_plan(request(f"{caller} {k}", caller))
    order = []
    while (claim := queue.claim_next_job("me")) is not None:
        order.append(claim.problem.parse_problem().name)
        assert queue.store_outcome(claim, some_outcome())
    assert order == ["greedy 0", "modest 0", "late 0", "greedy 1", "modest 1", "greedy 2", "greedy 3", "greedy 4"]


def test_who_has_fewest_running_goes_first(queue: JobQueue) -> None:
    for k in range(4):
        queue.submit_plan(request(f"greedy {k}", "greedy"))
    claims = [claimed(queue), claimed(queue)]
    queue.submit_plan(request("modest 0", "modest"))
    queue.submit_plan(request("modest 1", "modest"))
    names = [claimed(queue).problem.parse_problem().name for _ in range(3)]
    assert names[:2] == ["modest 0", "modest 1"]
    assert len(claims) == 2


def test_only_callers_without_running_plans_are_served_if_so_requested(queue: JobQueue) -> None:
    for k in range(3):
        queue.submit_plan(request(f"greedy {k}", "greedy"))
    claimed(queue)
    assert queue.claim_next_job("me", only_idle_callers=True) is None
    modest = queue.submit_plan(request("modest 0", "modest")).plan.id
    claim = queue.claim_next_job("me", only_idle_callers=True)
    assert claim is not None
    assert claim.plan == modest
    assert queue.claim_next_job("me", only_idle_callers=True) is None


def test_priority_orders_the_plans_of_one_caller(queue: JobQueue) -> None:
    for name, priority in (("study", -1), ("ordinary", 0), ("urgent", 5)):
        queue.submit_plan(request(name, priority=priority))
    assert [claimed(queue).problem.parse_problem().name for _ in range(3)] == ["urgent", "ordinary", "study"]


def test_a_full_queue_refuses_and_says_when_to_try_again(store: Store, make_settings: SettingsFactory) -> None:
    queue = JobQueue(store, make_settings(queue_length=3, queue_length_per_caller=2))
    queue.submit_plan(request("1", "greedy"))
    queue.submit_plan(request("2", "greedy"))
    with pytest.raises(QueueFullError, match="2 of your plans wait") as refused:
        queue.submit_plan(request("3", "greedy"))
    assert refused.value.is_own_share
    assert 1 <= refused.value.retry_after <= 600
    queue.submit_plan(request("4", "modest"))
    with pytest.raises(QueueFullError) as refused:
        queue.submit_plan(request("5", "third"))
    assert not refused.value.is_own_share
    finish_next(queue)
    assert queue.submit_plan(request("5", "third")).is_new


def test_a_repeated_request_gives_the_same_plan(queue: JobQueue, store: Store, make_settings: SettingsFactory) -> None:
    first = queue.submit_plan(request(key="k", body="b"))
    after_a_restart = JobQueue(store, make_settings(queue_length=1))
    again = after_a_restart.submit_plan(request(key="k", body="b"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.plan.id == first.plan.id
    with pytest.raises(IdempotencyConflictError) as conflict:
        queue.submit_plan(request("another", key="k", body="c"))
    assert conflict.value.name == first.plan.id
    assert queue.submit_plan(request("theirs", caller="other", key="k", body="c")).is_new


def test_repeated_requests_at_the_same_moment_give_one_plan(queue: JobQueue) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(queue.submit_plan(request(key="k")).plan.id)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_claimers_at_the_same_moment_take_different_plans(queue: JobQueue) -> None:
    plans = {queue.submit_plan(request(f"n{k}")).plan.id for k in range(12)}
    claims: list[Claim] = []

    def take_all(owner: str) -> None:
        while (claim := queue.claim_next_job(owner)) is not None:
            claims.append(claim)

    threads = [threading.Thread(target=take_all, args=(f"o{k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 12
    assert {claim.plan for claim in claims} == plans


def test_a_solved_problem_answers_the_same_question(queue: JobQueue, store: Store) -> None:
    source = {"province": "north"}
    original = queue.submit_plan(request(reuse=True, source=source)).plan
    assert original.state == "queued"
    finish_next(queue)
    answer = queue.submit_plan(request(reuse=True, source=source, caller="other")).plan
    assert (answer.state, answer.outcome, answer.copied_from) == ("finished", "optimal", original.id)
    assert answer.id != original.id
    assert [e.kind for e in story(store, answer.id)] == ["queued", "finished"]
    assert queue.submit_plan(request("another", reuse=True, source=source)).plan.state == "queued"
    assert queue.submit_plan(request(reuse=False, source=source)).plan.state == "queued"


def test_no_plan_is_copied_from_one_that_others_may_read(queue: JobQueue) -> None:
    audiences: list[tuple[str, str | None]] = [("mine", None), ("theirs", None), ("mine", "north"), ("mine", "south")]
    originals = {}
    for caller, province in audiences:
        source = {} if province is None else {"province": province}
        plan = queue.submit_plan(request(reuse=True, caller=caller, source=source)).plan
        assert (plan.state, plan.copied_from) == ("queued", None)
        finish_next(queue)
        originals[caller, province] = plan.id
    for (caller, province), original in originals.items():
        source = {} if province is None else {"province": province}
        again = queue.submit_plan(request(reuse=True, caller=caller, source=source)).plan
        assert (again.state, again.copied_from) == ("finished", original)


def test_a_plan_stopped_by_a_limit_is_not_an_answer_for_others(queue: JobQueue) -> None:
    queue.submit_plan(request(reuse=True))
    assert queue.store_outcome(claimed(queue), some_outcome("feasible"))
    assert queue.submit_plan(request(reuse=True)).plan.state == "queued"


def test_cancelling(queue: JobQueue, store: Store) -> None:
    waiting, running, done = (queue.submit_plan(request(f"n{k}")).plan.id for k in range(3))
    claims = {claim.plan: claim for claim in (claimed(queue), claimed(queue), claimed(queue))}
    assert queue.store_outcome(claims[done], some_outcome())
    assert queue.requeue_claim(claims[waiting], "for the test", count_attempt=False)
    assert queue.cancel_plan(waiting, "me") == "cancelled"
    assert queue.cancel_plan(running, "me") == "running"
    assert queue.cancel_plan(running, "me") == "running"
    assert queue.cancel_plan(done, "me") == "finished"
    assert queue.list_cancellations("me") == {running}
    assert queue.list_cancellations("other") == frozenset()
    assert queue.store_cancellation(claims[running])
    assert queue.count_by_state() == {"queued": 0, "running": 0}
    assert [e.kind for e in story(store, running)] == ["queued", "started", "cancelling", "finished"]
    with store.read_transaction() as stored:
        assert [stored.plans.get_plan(plan).state for plan in (waiting, running, done)] == [
            "cancelled",
            "cancelled",
            "finished",
        ]
    with pytest.raises(RecordNotFoundError):
        queue.cancel_plan("nobody", "me")


def test_a_cancelled_plan_whose_process_died_is_not_begun_again(queue: JobQueue, store: Store) -> None:
    plan = queue.submit_plan(request()).plan.id
    claimed(queue)
    queue.cancel_plan(plan, "me")
    let_leases_run_out(store)
    assert queue.claim_next_job("other") is None
    with store.read_transaction() as stored:
        assert stored.plans.get_plan(plan).state == "cancelled"
