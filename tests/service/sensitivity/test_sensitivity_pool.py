"""The sensitivity pool with real workers: bounded, reused between queries, ended when the client disconnects."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.core.errors import ApiError, ConflictError, NotFoundError, ServiceUnavailableError, TooManyRequestsError
from service.core.settings import Settings
from service.storage.repositories.problems import StoredProblem
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from service.workers.sensitivity_pool import (
    ClientDisconnectedError,
    SensitivityPool,
    SensitivityQuery,
    SessionPayload,
)
from service.workers.worker_pool import WorkerPool, build_use_limits
from service.workers.worker_process import ForkServerLostError
from tests.service.conftest import MOSTLY_SQLITE
from tests.service.helpers import children_of, is_running, slow, small, until

PRICES = SensitivityQuery("shadow-prices", {}, 60.0)


def payload(problem: PlanningProblem) -> SessionPayload:
    """A plan without a basis: the worker solves it first."""
    stored = StoredProblem.from_problem(problem)
    return SessionPayload(PlanOptions().model_dump(mode="json"), stored.size, (stored.body,))


SMALL = payload(small())
SLOW = payload(slow())


class Pool(SensitivityPool):
    """A sensitivity pool with its workers in the open."""

    def __init__(self, folder: Path, **changes: object) -> None:
        settings = Settings.model_validate({"data_dir": folder, "sensitivity_workers": 1, **changes})
        self.workers = WorkerPool(build_use_limits(settings))
        super().__init__(self.workers, settings)

    def list_pids(self) -> tuple[int, ...]:
        return self.workers.list_worker_pids("session")

    def close(self) -> None:
        super().close()
        self.workers.close()


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    """A pool with two workers and a queue of one query."""
    made = Pool(tmp_path, sensitivity_workers=2, sensitivity_queue_size=1, sensitivity_idle_timeout_seconds=30.0)
    yield made
    made.close()
    assert made.list_pids() == ()


def ask(
    pool: Pool,
    plan: str = "a",
    question: SensitivityQuery = PRICES,
    what: SessionPayload = SMALL,
    caller: str | None = None,
) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(pool.answer_query(plan, lambda: what, question, threading.Event(), caller))
    return answer


class SlowQuery:
    """A query in a thread of its own whose worker cannot finish: it is suspended."""

    def __init__(self, pool: Pool, plan: str = "slow", seconds: float = 60.0, caller: str | None = None) -> None:
        self.gone = threading.Event()
        self.ended: BaseException | None = None
        self._thread = threading.Thread(
            target=self._ask, args=(pool, plan, SensitivityQuery("shadow-prices", {}, seconds), caller)
        )
        before = set(pool.list_pids())
        self._thread.start()
        until(lambda: set(pool.list_pids()) - before)
        self.worker = (set(pool.list_pids()) - before).pop()
        os.kill(self.worker, signal.SIGSTOP)

    def _ask(self, pool: Pool, plan: str, question: SensitivityQuery, caller: str | None) -> None:
        try:
            pool.answer_query(plan, lambda: SLOW, question, self.gone, caller)
        except (ClientDisconnectedError, ApiError) as error:
            self.ended = error

    def wait(self) -> BaseException | None:
        """How it ended."""
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.ended


def test_a_query_whose_client_disconnects_ends_with_its_worker(pool: Pool) -> None:
    query = SlowQuery(pool)
    assert is_running(query.worker)
    query.gone.set()
    assert isinstance(query.wait(), ClientDisconnectedError)
    assert not is_running(query.worker)
    assert pool.count_by_state() == {"answered": 0, "waiting": 0, "open": 0}


def test_two_queries_run_at_once_and_a_third_waits(pool: Pool) -> None:
    first, second = SlowQuery(pool, "slow"), SlowQuery(pool, "slow")
    assert first.worker != second.worker
    with ThreadPoolExecutor(1) as threads:
        third = threads.submit(ask, pool)
        until(lambda: pool.count_by_state()["waiting"] == 1)
        assert set(pool.list_pids()) == {first.worker, second.worker}
        assert not third.done()
        first.gone.set()
        assert third.result(30)["note"]
    second.gone.set()
    assert isinstance(first.wait(), ClientDisconnectedError)
    assert isinstance(second.wait(), ClientDisconnectedError)


def test_queries_beyond_the_queue_are_rejected(pool: Pool) -> None:
    with pool.admit_query(), pool.admit_query(), pool.admit_query():
        with pytest.raises(TooManyRequestsError) as refused, pool.admit_query():
            pass
        assert refused.value.headers == {"Retry-After": "5"}
    with pool.admit_query():
        pass


def test_one_caller_has_half_of_the_queue(pool: Pool) -> None:
    with pool.admit_query("greedy"):
        with pytest.raises(TooManyRequestsError, match="1 of your queries"), pool.admit_query("greedy"):
            pass
        with pool.admit_query("other"):
            pass
    with pool.admit_query("greedy"):
        pass


def test_one_caller_leaves_a_worker_to_the_others(pool: Pool) -> None:
    first = SlowQuery(pool, "slow", caller="greedy")
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(ask, pool, caller="greedy")
        until(lambda: pool.count_by_state()["waiting"] == 1)
        assert ask(pool, "other", caller="other")["note"]
        assert not second.done()
        first.gone.set()
        assert second.result(30)["note"]
    assert isinstance(first.wait(), ClientDisconnectedError)


def test_the_next_query_to_a_plan_uses_the_same_worker(pool: Pool) -> None:
    first = ask(pool)
    (worker,) = pool.list_pids()
    assert ask(pool, what=SLOW) == first  # a new worker would load the other plan
    assert pool.list_pids() == (worker,)


def test_the_worker_idle_longest_is_replaced(pool: Pool) -> None:
    ask(pool, "a")
    (a,) = pool.list_pids()
    ask(pool, "b")
    (b,) = set(pool.list_pids()) - {a}
    ask(pool, "a")
    ask(pool, "c")
    assert a in pool.list_pids()
    assert len(pool.list_pids()) == 2
    assert not is_running(b)


def test_a_worker_past_its_idle_timeout_is_ended(tmp_path: Path) -> None:
    pool = Pool(tmp_path, sensitivity_idle_timeout_seconds=0.05)
    ask(pool)
    until(lambda: pool.list_pids() == ())
    assert pool.count_by_state() == {"answered": 0, "waiting": 0, "open": 0}
    pool.close()


def test_a_query_past_its_timeout_is_ended(pool: Pool) -> None:
    query = SlowQuery(pool, seconds=0.5)
    error = query.wait()
    assert isinstance(error, ServiceUnavailableError)
    assert "no answer within 0.5 s" in error.detail
    assert not is_running(query.worker)


def test_a_lost_worker_is_reported_and_the_next_query_answered(pool: Pool) -> None:
    query = SlowQuery(pool)
    os.kill(query.worker, signal.SIGKILL)
    error = query.wait()
    assert isinstance(error, ServiceUnavailableError)
    assert error.headers == {"Retry-After": "1"}
    assert ask(pool, "slow")["note"]


def test_a_worker_lost_while_idle_is_not_used(pool: Pool) -> None:
    ask(pool)
    (worker,) = pool.list_pids()
    os.kill(worker, signal.SIGKILL)
    # Its channel closes with the last of its threads, which may end after the first.
    until(lambda: not is_running(worker) and len(list(Path(f"/proc/{worker}/task").iterdir())) == 1)
    assert ask(pool)["note"]
    assert worker not in pool.list_pids()


def test_a_query_beyond_the_memory_limit_is_reported(tmp_path: Path) -> None:
    pool = Pool(tmp_path, worker_memory_limit_bytes=24 * 1024 * 1024)
    with pytest.raises(ServiceUnavailableError, match="memory"):
        ask(pool, what=SLOW)
    pool.close()


def test_a_rejection_keeps_the_worker(pool: Pool) -> None:
    ask(pool)
    nowhere = {"county": "nowhere", "item": "soap", "period": "2002-01"}
    rest = {
        "target_share": 0.5,
        "max_candidates": 1,
        "max_results": None,
        "include_unreserved": False,
        "time_limit_seconds": 10.0,
    }
    with pytest.raises(NotFoundError, match="unknown demand: nowhere"):
        ask(pool, question=SensitivityQuery("remedies", nowhere | rest, 60.0))
    impossible = Change(what="line_least", where="hyesan-daily/soap", value=1e7)
    without = payload(apply_changes(small(), (impossible,)))
    with pytest.raises(ConflictError, match="no plan satisfies every constraint"):
        ask(pool, "none", what=without)
    assert len(pool.list_pids()) == 2


def test_a_pool_that_closes_ends_its_queries(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    query = SlowQuery(pool)
    pool.close()
    assert isinstance(query.wait(), ServiceUnavailableError)
    assert not is_running(query.worker)
    with pytest.raises(ServiceUnavailableError, match="stopping"):
        ask(pool)


def start_and_end_worker(workers: WorkerPool) -> None:
    """Use one worker."""
    worker = workers.acquire_worker("session", "plan")
    assert is_running(worker.process.pid)
    workers.release_worker(worker, keep=False)
    assert not is_running(worker.process.pid)


def list_children() -> set[int]:
    """Running child processes of this process."""
    return {pid for pid, steps in children_of(os.getpid()) if steps == 1 and is_running(pid)}


@MOSTLY_SQLITE
@pytest.mark.usefixtures("own_fork_server")
def test_a_lost_fork_server_is_replaced_without_waiting_for_a_plan(store: Store, settings: Settings) -> None:
    runtime = JobRuntime(store, settings)
    before = list_children()
    runtime.start()
    start_and_end_worker(runtime.workers)
    (lost,) = list_children() - before
    os.kill(lost, signal.SIGKILL)
    with pytest.raises(ForkServerLostError):
        start_and_end_worker(runtime.workers)
    until(lambda: list_children() - before - {lost})
    start_and_end_worker(runtime.workers)
    runtime.stop()


@pytest.mark.usefixtures("own_fork_server")
def test_a_process_that_solves_no_plans_replaces_a_lost_fork_server(tmp_path: Path) -> None:
    before = list_children()
    pool = Pool(tmp_path)
    start_and_end_worker(pool.workers)
    (lost,) = list_children() - before
    os.kill(lost, signal.SIGKILL)
    with pytest.raises(ForkServerLostError):
        start_and_end_worker(pool.workers)
    start_and_end_worker(pool.workers)
    pool.close()
    assert list_children() == before
