"""The driver of analyses: tasks, rows and rounds, in worker processes that may be lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from service.storage.analysis_requests import AnalysisRequest
from service.storage.errors import IdempotencyConflictError, RecordNotFoundError
from service.storage.plan_requests import IdempotencyKey, PlanRequest
from service.storage.records import AnalysisRecord
from service.storage.schema import analysis_rows
from tests.service.analyses.conftest import Runtimes
from tests.service.helpers import request, slow, small, until, wait_until_final

SECONDS = 60.0


def submit(
    runtimes: Runtimes, plan: str | None = None, caller: str = "local", key: IdempotencyKey | None = None, **body: Any
) -> str:
    """Submit a counting analysis of a small plan; its identifier."""
    base = plan or runtimes.jobs.submit_plan(PlanRequest(small(), caller=caller)).plan.id
    wanted = AnalysisRequest("study", base, json.dumps(body), caller, key)
    return runtimes.analyses.submit_analysis(wanted).analysis.id


def wait(runtimes: Runtimes, analysis: str) -> AnalysisRecord:
    """The analysis when it is final."""
    until(lambda: runtimes.analyses.read_analysis(analysis).is_final, SECONDS)
    return runtimes.analyses.read_analysis(analysis)


def count_rows(runtimes: Runtimes, analysis: str) -> int:
    query = select(func.count()).select_from(analysis_rows).where(analysis_rows.c.analysis == analysis)
    with runtimes.store.read_transaction() as stored:
        return int(stored.connection.execute(query).scalar_one())


def read_parquet(runtimes: Runtimes, analysis: str) -> bytes:
    with runtimes.store.read_transaction() as stored:
        return stored.analyses.tables.read_parquet(analysis, "runs")


def list_workers(runtimes: Runtimes) -> tuple[int, ...]:
    return runtimes.jobs.workers.list_worker_pids("analysis")


def test_an_analysis_is_worked_through_in_rounds(runtimes: Runtimes) -> None:
    found = wait(runtimes, submit(runtimes, rounds=3, tasks=2, rows=4))
    assert (found.state, found.reason, found.done, found.total) == ("finished", "", 24, 24)
    assert found.head == {"row_count": 24, "rounds": 3}
    assert found.tables == {"runs": 24}
    with runtimes.store.read_transaction() as stored:
        table = stored.analyses.read_table(found.id, "runs")
        assert stored.analyses.read_query_state(found.id) == b"state"
        acts = [entry.act for entry in stored.audit.list_entries(subject=found.id)]
    assert table["run"].to_pylist() == list(range(24))
    assert acts == ["analysis accepted", "analysis finished"]
    kinds = [event.kind for event in runtimes.analyses.read_events(found.id)]
    assert kinds[:2] == ["queued", "started"]
    assert kinds[-1] == "finished"
    assert kinds.count("progress") >= 6
    until(lambda: list_workers(runtimes) == ())


def test_equal_requests_give_equal_bytes_whatever_is_lost(runtimes: Runtimes, tmp_path: Path) -> None:
    """A worker is lost in one task of each round, and in two of the last one: in the midst of its rows, whatever the load."""
    body: dict[str, Any] = {"rounds": 3, "tasks": 3, "rows": 5}
    undisturbed = submit(runtimes, **body)
    assert wait(runtimes, undisturbed).state == "finished"
    lost = {str(row): str(tmp_path / str(row)) for row in (2, 19, 33, 44)}
    disturbed = submit(runtimes, **body, crash_once=lost)
    found = wait(runtimes, disturbed)
    assert (found.state, found.done, count_rows(runtimes, disturbed)) == ("finished", 45, 45)
    assert read_parquet(runtimes, disturbed) == read_parquet(runtimes, undisturbed)
    retried = [event for event in runtimes.analyses.read_events(disturbed) if event.kind == "retried"]
    assert [event.data["reason"] for event in retried] == ["ended by SIGKILL"] * 4


def test_a_task_that_ends_its_workers_ends_the_analysis(runtimes: Runtimes) -> None:
    found = wait(runtimes, submit(runtimes, tasks=2, rows=3, crash=[4]))
    assert found.state == "failed"
    assert "lost 10 times" in found.reason
    assert found.done >= 1


def test_an_analysis_that_its_kind_refuses_fails_with_the_reason(runtimes: Runtimes) -> None:
    found = wait(runtimes, submit(runtimes, wrong=1))
    assert (found.state, found.reason) == ("failed", "/wrong: No.")


def test_a_cancelled_analysis_ends_with_its_workers(runtimes: Runtimes) -> None:
    analysis = submit(runtimes, tasks=4, rows=50, seconds=0.2)
    until(lambda: count_rows(runtimes, analysis), SECONDS)
    assert runtimes.analyses.cancel_analysis(analysis, "local").state == "cancelled"
    until(lambda: list_workers(runtimes) == (), 10.0)
    assert runtimes.analyses.cancel_analysis(analysis, "local").state == "cancelled"
    assert [event.kind for event in runtimes.analyses.read_events(analysis)][-1] == "finished"


def test_an_analysis_waits_for_its_base_plan_and_ends_with_it(runtimes: Runtimes) -> None:
    plan = runtimes.jobs.submit_plan(PlanRequest(slow(), reuse=False)).plan.id
    analysis = submit(runtimes, plan)
    assert runtimes.analyses.read_analysis(analysis).state == "queued"
    runtimes.jobs.cancel_plan(plan, "local")
    found = wait(runtimes, analysis)
    assert (found.state, found.reason) == ("failed", f"its base plan {plan} was cancelled")


def test_plans_that_an_analysis_found_are_plans_that_answer_no_request(runtimes: Runtimes) -> None:
    base = runtimes.jobs.submit_plan(request("found", reuse=True)).plan.id
    wait_until_final(runtimes.jobs, base)
    found = wait(runtimes, submit(runtimes, base, plans=2))
    assert found.head is not None
    with runtimes.store.read_transaction() as stored:
        plans = [stored.plans.get_plan(plan) for plan in found.head["plans"]]
        problem = stored.plans.get_plan(base).problem_digest
        for plan in plans:
            stored.plans.verify_plan(plan.id)
    assert [(plan.state, plan.outcome, plan.base_plan, plan.problem_digest) for plan in plans] == [
        ("finished", "optimal", base, problem)
    ] * 2
    assert [plan.source["alternative"] for plan in plans] == [{"analysis": found.id, "number": k} for k in range(2)]
    again = runtimes.jobs.submit_plan(request("found", reuse=True))
    assert again.plan.copied_from == base


def test_a_key_gives_the_same_analysis_once(runtimes: Runtimes) -> None:
    key = IdempotencyKey("k", "body")
    first = submit(runtimes, key=key)
    assert submit(runtimes, key=key) == first
    with pytest.raises(IdempotencyConflictError):
        submit(runtimes, key=IdempotencyKey("k", "other"))
    assert wait(runtimes, first).state == "finished"


def test_analyses_of_two_callers_take_turns(runtimes: Runtimes) -> None:
    """One caller's long analysis leaves a worker to another caller."""
    long = submit(runtimes, caller="greedy", tasks=100, rows=4, seconds=0.2)
    until(lambda: count_rows(runtimes, long), SECONDS)
    short = submit(runtimes, caller="modest", tasks=1, rows=1)
    assert wait(runtimes, short).state == "finished"
    assert not runtimes.analyses.read_analysis(long).is_final
    runtimes.analyses.cancel_analysis(long, "greedy")


def test_there_is_no_analysis_of_another_kind_or_name(runtimes: Runtimes) -> None:
    analysis = submit(runtimes, tasks=1, rows=1)
    with runtimes.store.read_transaction() as stored:
        assert stored.analyses.get_analysis(analysis, "study").kind == "study"
        with pytest.raises(RecordNotFoundError, match="ranges"):
            stored.analyses.get_analysis(analysis, "ranges")
    wait(runtimes, analysis)
