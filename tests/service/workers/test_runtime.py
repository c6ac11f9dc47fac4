"""Plans solved by real workers, on both databases: results, events, crashes, cancellations, limits."""

import asyncio
import os
import signal

import pytest
from sqlalchemy import select, update

from models.examples import two_counties
from models.options import PlanOptions
from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest
from service.storage.records import JobEvent
from service.storage.repositories.jobs import JobQueue
from service.storage.repositories.problems import StoredProblem
from service.storage.schema import jobs
from service.storage.store import Store
from service.workers.channel import Channel, ChannelClosedError
from service.workers.job_attempt import JobAttempt
from service.workers.job_runtime import JobRuntime
from service.workers.worker_main import ProgressReporter, _StageRecorder
from service.workers.worker_pool import UseLimits
from solvers.lp.solution import Progress
from solvers.planning import make_plan
from tests.service.conftest import MOSTLY_SQLITE
from tests.service.helpers import is_running, request, slow, small, until, wait_until_final

SOLVED_IN_SECONDS = slow(14, 22, 8)
SOLVED_IN_MANY_SECONDS = slow(40, 40, 12)


def running_attempt(runtime: JobRuntime, plan: str) -> JobAttempt:
    """The running attempt at a plan, waited for."""
    found: list[JobAttempt] = []

    def look() -> bool:
        assert runtime._supervisor is not None
        found.extend(t for t, _ in tuple(runtime._supervisor._attempts.values()) if t.claim.plan == plan)
        return bool(found)

    until(look)
    return found[0]


def solving_worker(runtime: JobRuntime, plan: str) -> int:
    """Process id of the worker that solves a plan, once it solves."""
    pid = running_attempt(runtime, plan)._process.pid
    until(lambda: any(e.data.get("stage") for e in runtime.read_events(plan)) or runtime.read_plan(plan).is_final)
    return pid


def test_a_plan_is_what_solving_it_here_gives(runtime: JobRuntime) -> None:
    plan = wait_until_final(runtime, runtime.submit_plan(PlanRequest(two_counties(), reuse=False)).plan.id, 60)
    here = make_plan(two_counties())
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
    assert asyncio.run(follow(plan, 2)) == heard[2:]
    assert asyncio.run(follow(plan, len(heard))) == []


def test_a_follower_hears_of_a_plan_that_finishes_after_its_events_were_read(
    runtime: JobRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = runtime.submit_plan(
        PlanRequest(StoredProblem.from_problem(small("finishes between two reads")), reuse=False)
    ).plan.id
    wait_until_final(runtime, plan)
    everything = list(runtime.read_events(plan))
    answers = [everything[:-1], []]  # what was there before the plan finished
    read_events = runtime.read_events
    monkeypatch.setattr(runtime, "read_events", lambda *given: answers.pop(0) if answers else read_events(*given))

    async def follow() -> list[JobEvent]:
        return [event async for event in runtime.follow_events(plan)]

    assert asyncio.run(asyncio.wait_for(follow(), 60)) == everything
    assert everything[-1].kind == "finished"


def test_waiting_ends_with_the_plan_or_with_the_time(runtime: JobRuntime) -> None:
    async def wait_twice(plan: str) -> tuple[str, str]:
        early = await runtime.wait_until_final(plan, 0.0)
        return early.state, (await runtime.wait_until_final(plan, 60)).state

    early, late = asyncio.run(wait_twice(runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id))
    assert (early in {"queued", "running"}, late) == (True, "finished")


def test_a_worker_that_is_killed_is_replaced(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id
    os.kill(solving_worker(runtime, plan), signal.SIGKILL)
    assert wait_until_final(runtime, plan, 120).outcome == "optimal"
    retried = [event.data for event in runtime.read_events(plan) if event.kind == "retried"]
    assert retried == [{"attempt": 1, "reason": "ended by SIGKILL"}]


def test_a_problem_that_kills_its_worker_every_time_ends_as_failed(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, reuse=False)).plan.id
    for tries in (1, 2, 3):
        until(lambda tries=tries: running_attempt(runtime, plan).claim.attempt == tries)  # type: ignore[misc]
        os.kill(running_attempt(runtime, plan)._process.pid, signal.SIGKILL)
    ended = wait_until_final(runtime, plan, 120)
    assert (ended.state, ended.outcome) == ("finished", "failed")
    assert ended.head is not None
    assert "lost 3 times, at last: ended by SIGKILL" in ended.head.termination.detail


def test_a_clock_that_leaps_forward_starts_no_second_attempt(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, reuse=False)).plan.id
    solving_worker(runtime, plan)
    with runtime._store.write_transaction() as stored:
        stored.connection.execute(update(jobs).where(jobs.c.id == plan).values(lease=0.0))

    def read_lease() -> float:
        with runtime._store.read_transaction() as stored:
            return float(stored.connection.execute(select(jobs.c.lease).where(jobs.c.id == plan)).scalar_one())

    until(lambda: read_lease() > 0.0)
    runtime.cancel_plan(plan, "me")
    assert wait_until_final(runtime, plan, 10).state == "cancelled"
    assert [e.kind for e in runtime.read_events(plan)].count("started") == 1


def test_cancelling_ends_a_solve_and_its_process(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, reuse=False)).plan.id
    pid = solving_worker(runtime, plan)
    assert is_running(pid)
    assert runtime.cancel_plan(plan, "me").state in {"running", "cancelled"}
    assert wait_until_final(runtime, plan, 10).state == "cancelled"
    assert not is_running(pid)


def test_the_long_plans_of_one_caller_keep_no_other_waiting(runtime: JobRuntime) -> None:
    """Both workers of the service are stopped in the middle of their plans."""
    plans = []
    for name in ("first", "second"):
        problem = SOLVED_IN_MANY_SECONDS.model_copy(update={"name": name})
        plans.append(runtime.submit_plan(PlanRequest(problem, caller="greedy", reuse=False)).plan.id)
        os.kill(running_attempt(runtime, plans[-1])._process.pid, signal.SIGSTOP)
    third = runtime.submit_plan(request("third", "greedy")).plan.id
    assert wait_until_final(runtime, runtime.submit_plan(request("small", "other")).plan.id, 60).outcome == "optimal"
    assert {runtime.read_plan(plan).state for plan in plans} == {"running"}
    assert runtime.read_plan(third).state == "queued"
    for plan in (third, *plans):
        runtime.cancel_plan(plan, "greedy")
        assert wait_until_final(runtime, plan, 10).state == "cancelled"


def test_a_follower_is_told_what_another_process_does(runtime: JobRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process cancels a plan that waits; nothing in this process says so."""
    monkeypatch.setattr(runtime._follower, "recheck_seconds", 3600.0)

    async def wait(plan: str) -> str:
        waiting = asyncio.create_task(runtime.wait_until_final(plan, 60))
        await asyncio.sleep(0)  # it subscribes before it waits
        await asyncio.to_thread(JobQueue(runtime._store, runtime._settings).cancel_plan, plan, "other")
        return (await waiting).state

    busy = [
        runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS.model_copy(update={"name": f"busy {k}"}), reuse=False))
        for k in range(2)
    ]
    for one in busy:
        running_attempt(runtime, one.plan.id)
    assert asyncio.run(wait(runtime.submit_plan(request("waits")).plan.id)) == "cancelled"
    for one in busy:
        runtime.cancel_plan(one.plan.id, "local")
        assert wait_until_final(runtime, one.plan.id, 10).state == "cancelled"


def test_progress_is_sent_twice_a_second_at_most() -> None:
    ours, descriptor = Channel.create_pair()
    theirs, now = Channel(descriptor), [0.0]
    reporter = ProgressReporter(theirs, _StageRecorder(), clock=lambda: now[0])
    for moment in (0.0, 0.1, 0.49, 0.5, 0.9, 1.1):
        now[0] = moment
        reporter.report_progress(Progress("solve", iteration=round(100 * moment)))
    theirs.close()
    assert [ours.receive().head["iteration"] for _ in range(3)] == [0, 50, 110]
    with pytest.raises(ChannelClosedError):
        ours.receive()
    ours.close()


def test_a_worker_that_does_not_react_is_killed_all_the_same(runtime: JobRuntime) -> None:
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, reuse=False)).plan.id
    pid = solving_worker(runtime, plan)
    os.kill(pid, signal.SIGSTOP)
    runtime.cancel_plan(plan, "me")
    assert wait_until_final(runtime, plan, 10).state == "cancelled"
    assert not is_running(pid)


def test_a_solve_that_runs_past_its_limit_is_killed(runtime: JobRuntime) -> None:
    options = PlanOptions(time_limit_seconds=1.0)
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_MANY_SECONDS, options, reuse=False)).plan.id
    os.kill(running_attempt(runtime, plan)._process.pid, signal.SIGSTOP)
    ended = wait_until_final(runtime, plan, 30)
    assert ended.head is not None
    assert (ended.outcome, ended.head.termination.limit) == ("failed", "time")


def test_a_solve_beyond_its_memory_limit_ends_as_failed(runtime: JobRuntime) -> None:
    worker = runtime.workers.acquire_worker("session", "too large")
    worker.limits = UseLimits(capacity=1, nice=0, memory_limit_bytes=60_000_000)
    stored = StoredProblem.from_problem(slow(40, 60, 12))
    worker.send_order("solve", {"size": stored.size, "options": PlanOptions().model_dump(mode="json")}, stored.body)
    message = worker.process.channel.receive()
    while message.kind == "progress":
        message = worker.process.channel.receive()
    runtime.workers.release_worker(worker, keep=False)
    assert (message.kind, message.head["limit"]) == ("failed", "memory")


@MOSTLY_SQLITE
@pytest.mark.usefixtures("own_fork_server")
def test_a_lost_fork_server_is_replaced_and_no_attempt_is_lost(store: Store, settings: Settings) -> None:
    runtime = JobRuntime(store, settings)
    runtime.start()
    plan = runtime.submit_plan(PlanRequest(SOLVED_IN_SECONDS, reuse=False)).plan.id
    solving_worker(runtime, plan)
    assert runtime.workers._fork_server is not None
    os.kill(runtime.workers._fork_server._process.pid, signal.SIGKILL)
    other = runtime.submit_plan(request("after the loss")).plan.id
    assert wait_until_final(runtime, other, 60).outcome == "optimal"
    assert wait_until_final(runtime, plan, 120).outcome == "optimal"
    assert [e.kind for e in runtime.read_events(plan)].count("started") == 1
    runtime.stop()


@pytest.mark.parametrize("callers", [3])
def test_many_small_plans_are_all_finished(runtime: JobRuntime, callers: int) -> None:
    plans = [runtime.submit_plan(request(f"n{k}", f"caller {k % callers}")).plan.id for k in range(12)]
    assert {wait_until_final(runtime, plan, 120).outcome for plan in plans} == {"optimal"}
    assert runtime.queue.count_by_state() == {"queued": 0, "running": 0}
