"""The desk with real children: few at a time, kept open between questions, gone with whoever asked."""

import json
import os
import signal
import threading
import time
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
from service.workers.query_errors import ClientDisconnectedError
from service.workers.sensitivity_pool import SensitivityPool, SensitivityQuery, SessionPayload
from service.workers.worker_process import ForkServerLostError, LazyForkServer
from tests.service.helpers import children_of, lives, slow, small, until

EVENNESS = SensitivityQuery("evenness", {}, 60.0)


def opening(problem: PlanningProblem) -> SessionPayload:
    """A plan without a basis: whoever opens it solves it first."""
    stored = StoredProblem.from_problem(problem)
    return SessionPayload(PlanOptions().model_dump(mode="json"), stored.size, (stored.body,))


SMALL = opening(small())
SLOW = opening(slow())


@pytest.fixture(scope="module")
def nursery() -> Iterator[LazyForkServer]:
    """The process that forks children."""
    made = LazyForkServer()
    yield made
    made.close()


@pytest.fixture
def desk(nursery: LazyForkServer, tmp_path: Path) -> Iterator[SensitivityPool]:
    """A desk with two children and one place in line."""
    settings = Settings(
        data_dir=tmp_path, sensitivity_workers=2, sensitivity_queue_size=1, sensitivity_idle_timeout_seconds=30.0
    )
    made = SensitivityPool(nursery.spawn_worker, settings)
    yield made
    made.close()
    assert made.workers.list_worker_pids() == ()


def ask(
    desk: SensitivityPool, plan: str = "a", question: SensitivityQuery = EVENNESS, what: SessionPayload = SMALL
) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(desk.answer_query(plan, lambda: what, question, threading.Event()))
    return answer


class Asked:
    """A question asked in a thread of its own, which takes long."""

    def __init__(self, desk: SensitivityPool, plan: str = "slow", seconds: float = 60.0) -> None:
        self.gone = threading.Event()
        self.ended: BaseException | None = None
        self._thread = threading.Thread(target=self._ask, args=(desk, plan, SensitivityQuery("evenness", {}, seconds)))
        before = set(desk.workers.list_worker_pids())
        self._thread.start()
        until(lambda: set(desk.workers.list_worker_pids()) - before, 10)
        self.child = (set(desk.workers.list_worker_pids()) - before).pop()

    def _ask(self, desk: SensitivityPool, plan: str, question: SensitivityQuery) -> None:
        try:
            desk.answer_query(plan, lambda: SLOW, question, self.gone)
        except (ClientDisconnectedError, ApiError) as error:
            self.ended = error

    def wait(self) -> BaseException | None:
        """How it ended."""
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.ended


def test_a_question_that_nobody_waits_for_ends_with_its_child_within_a_second(desk: SensitivityPool) -> None:
    asked = Asked(desk)
    time.sleep(0.5)  # well within the solve
    assert lives(asked.child)
    asked.gone.set()
    begun = time.monotonic()
    assert isinstance(asked.wait(), ClientDisconnectedError)
    assert not lives(asked.child)
    assert time.monotonic() - begun < 2.0  # it takes a tenth where the machine is idle
    assert desk.workers.count_by_state() == {"answered": 0, "waiting": 0, "open": 0}


def test_two_questions_are_answered_at_once_and_a_third_waits(desk: SensitivityPool) -> None:
    first, second = Asked(desk, "slow"), Asked(desk, "slow")
    assert first.child != second.child
    with ThreadPoolExecutor(1) as pool:
        third = pool.submit(ask, desk)
        until(lambda: desk.workers.count_by_state()["waiting"] == 1, 5)
        time.sleep(0.3)
        assert not third.done()
        first.gone.set()
        assert third.result(30)["by_county"]
    second.gone.set()
    assert isinstance(first.wait(), ClientDisconnectedError)
    assert isinstance(second.wait(), ClientDisconnectedError)


def test_more_than_there_are_places_are_refused(desk: SensitivityPool) -> None:
    with desk.admit_query(), desk.admit_query(), desk.admit_query():
        with pytest.raises(TooManyRequestsError) as refused, desk.admit_query():
            pass
        assert refused.value.headers == {"Retry-After": "5"}
    with desk.admit_query():
        pass


def test_the_next_question_to_a_plan_finds_it_open(desk: SensitivityPool) -> None:
    first = ask(desk)
    (child,) = desk.workers.list_worker_pids()
    assert ask(desk, what=SLOW) == first  # were it opened again, it would be another plan
    assert desk.workers.list_worker_pids() == (child,)


def test_the_child_idle_longest_makes_room(desk: SensitivityPool) -> None:
    ask(desk, "a")
    (a,) = desk.workers.list_worker_pids()
    ask(desk, "b")
    (b,) = set(desk.workers.list_worker_pids()) - {a}
    ask(desk, "a")
    ask(desk, "c")
    assert a in desk.workers.list_worker_pids()
    assert len(desk.workers.list_worker_pids()) == 2
    assert not lives(b)


def test_a_child_that_is_idle_for_long_is_ended(nursery: LazyForkServer, tmp_path: Path) -> None:
    desk = SensitivityPool(
        nursery.spawn_worker, Settings(data_dir=tmp_path, sensitivity_workers=1, sensitivity_idle_timeout_seconds=0.3)
    )
    ask(desk)
    (child,) = desk.workers.list_worker_pids()
    until(lambda: not lives(child), 5)
    assert desk.workers.list_worker_pids() == ()
    desk.close()


def test_what_takes_too_long_is_ended(desk: SensitivityPool) -> None:
    asked = Asked(desk, seconds=0.5)
    error = asked.wait()
    assert isinstance(error, ServiceUnavailableError)
    assert "no answer within 0.5 s" in error.detail
    assert not lives(asked.child)


def test_a_lost_child_is_told_and_the_next_question_answered(desk: SensitivityPool) -> None:
    asked = Asked(desk)
    os.kill(asked.child, signal.SIGKILL)
    error = asked.wait()
    assert isinstance(error, ServiceUnavailableError)
    assert error.headers == {"Retry-After": "1"}
    assert ask(desk, "slow")["by_county"]


def test_a_child_lost_while_idle_is_not_asked(desk: SensitivityPool) -> None:
    ask(desk)
    (child,) = desk.workers.list_worker_pids()
    os.kill(child, signal.SIGKILL)
    # Its channel closes with the last of its threads, which may end after the first.
    until(lambda: not lives(child) and len(list(Path(f"/proc/{child}/task").iterdir())) == 1, 5)
    assert ask(desk)["by_county"]
    assert child not in desk.workers.list_worker_pids()


def test_a_question_without_memory_is_told(nursery: LazyForkServer, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, sensitivity_workers=1, worker_memory_limit_bytes=24 * 1024 * 1024)
    desk = SensitivityPool(nursery.spawn_worker, settings)
    with pytest.raises(ServiceUnavailableError, match="memory"):
        ask(desk, what=SLOW)
    desk.close()


def test_refusals_keep_the_child(desk: SensitivityPool) -> None:
    ask(desk)
    nowhere = {"county": "nowhere", "item": "soap", "period": "2002-01"}
    rest = {
        "target_share": 0.5,
        "max_candidates": 1,
        "max_results": None,
        "include_unreserved": False,
        "time_limit_seconds": 10.0,
    }
    with pytest.raises(NotFoundError, match="there is no nowhere"):
        ask(desk, question=SensitivityQuery("remedies", nowhere | rest, 60.0))
    impossible = Change(what="line_least", where="hyesan-daily/soap", value=1e7)
    without = opening(apply_changes(small(), (impossible,)))
    with pytest.raises(ConflictError, match="no plan satisfies every constraint"):
        ask(desk, "none", what=without)
    assert len(desk.workers.list_worker_pids()) == 2


def test_a_desk_that_closes_ends_what_is_asked(nursery: LazyForkServer, tmp_path: Path) -> None:
    desk = SensitivityPool(nursery.spawn_worker, Settings(data_dir=tmp_path, sensitivity_workers=1))
    asked = Asked(desk)
    desk.close()
    assert isinstance(asked.wait(), ServiceUnavailableError)
    assert not lives(asked.child)
    with pytest.raises(ServiceUnavailableError, match="stopping"):
        ask(desk)


def test_children_are_had_again_after_the_nursery_was_lost(store: Store, settings: Settings) -> None:
    runtime = JobRuntime(store, settings)
    before = below()
    runtime.start()
    runtime.spawn_worker().terminate()
    (lost,) = below() - before
    os.kill(lost, signal.SIGKILL)
    with pytest.raises(ForkServerLostError):
        runtime.spawn_worker()
    until(lambda: below() - before - {lost}, 10)  # without a plan that would have asked for a child
    child = runtime.spawn_worker()
    assert lives(child.pid)
    child.terminate()
    runtime.stop()


def below() -> set[int]:
    """Processes directly below this one that live."""
    return {pid for pid, steps in children_of(os.getpid()) if steps == 1 and lives(pid)}


def test_a_spare_nursery_that_was_lost_is_replaced() -> None:
    spare, before = LazyForkServer(), below()
    spare.spawn_worker().terminate()
    (lost,) = below() - before
    os.kill(lost, signal.SIGKILL)
    with pytest.raises(ForkServerLostError):
        spare.spawn_worker()
    child = spare.spawn_worker()
    assert lives(child.pid)
    child.terminate()
    spare.close()
    assert below() == before
