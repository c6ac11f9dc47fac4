"""Plans solved by real children, on both databases: results, news, deaths, cancellations, limits."""

import asyncio
import os
import signal
import time
from itertools import pairwise

import pytest

from models.options import PlanOptions
from service.storage.plan_requests import PlanRequest
from service.storage.records import JobEvent
from service.storage.repositories.problems import StoredProblem
from service.workers.job_attempt import JobAttempt
from service.workers.job_runtime import JobRuntime
from solvers.planning import make_plan
from tests.service.helpers import lives, request, slow, small, until

SOLVED_IN_SECONDS = slow(14, 22, 8)
SOLVED_IN_MANY_SECONDS = slow(40, 40, 12)


def a_try(runtime: JobRuntime, plan: str) -> JobAttempt:
    """The running try at a plan, waited for."""
    found: list[JobAttempt] = []

    def look() -> bool:
        assert runtime._supervisor is not None
        found.extend(t for t, _ in tuple(runtime._supervisor._attempts.values()) if t.claim.plan == plan)
        return bool(found)

    until(look)
    return found[0]


def child_of(runtime: JobRuntime, plan: str) -> int:
    """Process id of the child that solves a plan, once it solves."""
    pid = a_try(runtime, plan)._worker_process.pid
    until(lambda: any(e.data.get("stage") for e in runtime.read_events(plan)) or runtime.read_plan(plan).is_final)
    return pid


def test_a_plan_is_what_solving_it_here_gives(runtime: JobRuntime) -> None:
    plan = runtime.wait_until_final_blocking(runtime.submit_plan(PlanRequest(small(), reuse=False)).plan.id, 60)
    here = make_plan(small())
    assert plan.outcome == "optimal"
    assert plan.head is not None
    assert plan.head.objective == here.plan.objective
    assert plan.head.summary == here.plan.summary
    with runtime._store.read_transaction() as stored:
        for name, table in here.tables.items():
            assert stored.plans.read_table(plan.id, name).to_pylist() == table.to_pylist()
        basis = stored.plans.read_basis(plan.id)
    assert basis is not None
    assert here.basis is not None
    assert len(basis.columns) == len(here.basis.columns)


def test_a_follower_hears_everything_once_wherever_it_begins(runtime: JobRuntime) -> None:
    async def follow(plan: str, after: int) -> list[JobEvent]:
        return [event async for event in runtime.follow_events(plan, after)]

    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id
    heard = asyncio.run(asyncio.wait_for(follow(plan, 0), 60))
    assert [event.seq for event in heard] == list(range(1, len(heard) + 1))
    kinds = [event.kind for event in heard]
    assert (kinds[:2], kinds[-1]) == (["queued", "started"], "finished")
    progress = [event for event in heard if event.kind == "progress"]
    assert {"stage", "iteration", "objective", "share_done"} == set(progress[0].data)
    gaps = [(b.at - a.at).total_seconds() for a, b in pairwise(progress)]
    assert all(gap > 0.3 for gap in gaps)  # at most two a second, but for the delay of storing
    assert asyncio.run(follow(plan, 2)) == heard[2:]
    assert asyncio.run(follow(plan, len(heard))) == []


def test_waiting_ends_with_the_plan_or_with_the_time(runtime: JobRuntime) -> None:
    async def both(plan: str) -> tuple[float, str, str]:
        begun = time.monotonic()
        early = await runtime.wait_until_final(plan, 0.05)
        waited = time.monotonic() - begun
        return waited, early.state, (await runtime.wait_until_final(plan, 60)).state

    waited, early, late = asyncio.run(both(runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id))
    assert waited < 2
    assert (early in {"queued", "running"}, late) == (True, "finished")


def test_a_child_that_is_killed_is_replaced(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id
    os.kill(child_of(runtime, plan), signal.SIGKILL)
    assert runtime.wait_until_final_blocking(plan, 120).outcome == "optimal"
    retried = [event.data for event in runtime.read_events(plan) if event.kind == "retried"]
    assert retried == [{"attempt": 1, "reason": "ended by SIGKILL"}]


def test_a_problem_that_kills_its_child_every_time_ends_as_failed(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, reuse=False)).plan.id
    for tries in (1, 2, 3):
        until(lambda tries=tries: a_try(runtime, plan).claim.attempt == tries)  # type: ignore[misc]
        os.kill(a_try(runtime, plan)._worker_process.pid, signal.SIGKILL)
    ended = runtime.wait_until_final_blocking(plan, 120)
    assert (ended.state, ended.outcome) == ("finished", "failed")
    assert ended.head is not None
    assert "lost 3 times, at last: ended by SIGKILL" in ended.head.termination.detail


def test_cancelling_ends_a_solve_and_frees_its_memory_within_a_second(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, reuse=False)).plan.id
    pid = child_of(runtime, plan)
    assert lives(pid)
    begun = time.monotonic()
    assert runtime.cancel_plan(plan, "me").state in {"running", "cancelled"}
    until(lambda: not lives(pid), 5)
    gone = time.monotonic() - begun
    assert runtime.wait_until_final_blocking(plan, 10).state == "cancelled"
    assert gone < 1.0


def test_a_child_that_does_not_listen_is_killed_all_the_same(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, reuse=False)).plan.id
    pid = child_of(runtime, plan)
    os.kill(pid, signal.SIGSTOP)
    runtime.cancel_plan(plan, "me")
    assert runtime.wait_until_final_blocking(plan, 10).state == "cancelled"
    assert not lives(pid)


def test_a_solve_that_runs_past_its_limit_is_killed(runtime: JobRuntime) -> None:
    options = PlanOptions(time_limit_seconds=1.0)
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, options, reuse=False)).plan.id
    os.kill(a_try(runtime, plan)._worker_process.pid, signal.SIGSTOP)
    ended = runtime.wait_until_final_blocking(plan, 30)
    assert ended.head is not None
    assert (ended.outcome, ended.head.termination.limit) == ("failed", "time")


def test_a_solve_that_wants_too_much_memory_ends_as_failed(runtime: JobRuntime) -> None:
    assert runtime._supervisor is not None
    child = runtime._supervisor._fork_server.spawn_worker()
    stored = StoredProblem.from_problem(slow(40, 60, 12))
    order = {
        "memory_bytes": 60_000_000,
        "niceness": 0,
        "size": stored.size,
        "options": PlanOptions().model_dump(mode="json"),
    }
    child.channel.send("plan", order, stored.body)
    message = child.channel.receive()
    while message.kind == "progress":
        message = child.channel.receive()
    child.terminate()
    assert (message.kind, message.head["limit"]) == ("failed", "memory")


def test_a_lost_nursery_is_replaced_and_no_try_is_lost(runtime: JobRuntime) -> None:
    assert runtime._supervisor is not None
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id
    child_of(runtime, plan)
    os.kill(runtime._supervisor._fork_server._process.pid, signal.SIGKILL)
    other = runtime.submit_plan(request("after the nursery")).plan.id
    assert runtime.wait_until_final_blocking(other, 60).outcome == "optimal"
    assert runtime.wait_until_final_blocking(plan, 120).outcome == "optimal"
    assert [e.kind for e in runtime.read_events(plan)].count("started") == 1


@pytest.mark.parametrize("callers", [3])
def test_many_small_plans_are_all_finished(runtime: JobRuntime, callers: int) -> None:
    plans = [runtime.submit_plan(request(f"n{k}", f"caller {k % callers}")).plan.id for k in range(12)]
    assert {runtime.wait_until_final_blocking(plan, 120).outcome for plan in plans} == {"optimal"}
    assert runtime.queue.count_by_state() == {"queued": 0, "running": 0}
