"""What is kept of an analysis: how long, and that damage of it is found."""

import time

import pyarrow as pa
import pytest
from sqlalchemy import select, update

from service.core.analysis_messages import EncodedConclusion, PlannedTask
from service.core.codecs import encode_table
from service.core.settings import Settings
from service.domain.integrity import CheckedCounts, check_store
from service.storage.analysis_requests import AnalysisRequest, TaskClaim
from service.storage.errors import DamagedRecordError, RecordNotFoundError
from service.storage.plan_requests import IdempotencyKey
from service.storage.repositories.analysis_queue import AnalysisQueue
from service.storage.repositories.jobs import JobQueue
from service.storage.schema import analyses, analysis_idempotency, analysis_tables, analysis_tasks, plans
from service.storage.store import Store
from service.workers.retention_job import PurgeCounts, purge_expired
from tests.service.conftest import SettingsFactory
from tests.service.helpers import finish_next, request

LONG_AGO = time.time() - 40 * 86_400


class Analyses:
    """A queue whose tasks are worked on by the test itself."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.jobs, self.queue = JobQueue(store, settings), AnalysisQueue(store, settings)

    def submit(self, name: str = "small", key: str = "k") -> tuple[str, str]:
        """A base plan that is finished, and an analysis of it that runs."""
        plan = self.jobs.submit_plan(request(name)).plan.id
        assert finish_next(self.jobs) == plan
        wanted = AnalysisRequest("study", plan, "{}", idempotency=IdempotencyKey(key, "b"))
        analysis = self.queue.submit_analysis(wanted).analysis.id
        assert self.queue.start_waiting() == (analysis,)
        return plan, analysis

    def claim(self, owner: str = "me") -> TaskClaim:
        claim = self.queue.claim_next_task(owner)
        assert claim is not None
        return claim

    def finish(self) -> None:
        """Work through the only analysis that runs: one round of one task of two rows."""
        assert self.queue.store_round(self.claim(), [PlannedTask((0, 1), b"")])
        run = self.claim()
        assert self.queue.store_rows(run, {0: b"a", 1: b"b"}, report=True)
        assert self.queue.complete_run(run)
        tables = {"runs": encode_table(pa.table({"run": [0, 1]}))}
        assert self.queue.store_conclusion(self.claim(), EncodedConclusion({"run_count": 2}, tables, (), b"state"))

    def age(self, plan: str, analysis: str) -> None:
        with self.store.write_transaction() as stored:
            for table, name in ((plans, plan), (analyses, analysis)):
                stored.connection.execute(update(table).where(table.c.id == name).values(finished=LONG_AGO))
            stored.connection.execute(update(analysis_idempotency).values(created=LONG_AGO))

    def purge(self, **days: float) -> PurgeCounts:
        limits = {f"retention_{name}_days": limit for name, limit in days.items()}
        return purge_expired(self.store, self.settings.model_copy(update={"retention_max_share": 1.0, **limits}))


@pytest.fixture
def kept(store: Store, settings: Settings) -> Analyses:
    return Analyses(store, settings)


def test_an_analysis_keeps_its_base_plan_and_goes_with_it(kept: Analyses) -> None:
    plan, analysis = kept.submit()
    kept.age(plan, analysis)
    assert kept.purge(plans=30) == PurgeCounts()
    kept.finish()
    assert kept.purge(plans=30) == PurgeCounts()
    kept.age(plan, analysis)
    assert kept.purge(events=30, idempotency=30) == PurgeCounts(events=3, idempotency=1)
    assert kept.purge(plans=30) == PurgeCounts(analyses=1, plans=1)
    with kept.store.read_transaction() as stored, pytest.raises(RecordNotFoundError):
        stored.analyses.get_analysis(analysis)


def test_large_tables_of_analyses_are_kept_as_objects(make_settings: SettingsFactory) -> None:
    settings = make_settings(max_inline_table_bytes=0)
    store = Store.open_store(settings)
    kept = Analyses(store, settings)
    plan, analysis = kept.submit()
    kept.finish()
    assert kept.purge(plans=30).objects == 0
    with store.read_transaction() as stored:
        assert stored.analyses.read_table(analysis, "runs").num_rows == 2
    kept.age(plan, analysis)
    assert kept.purge(plans=30) == PurgeCounts(analyses=1, plans=1, objects=1)
    store.close()


def test_damage_of_an_analysis_is_found(kept: Analyses) -> None:
    _, analysis = kept.submit()
    kept.finish()
    counts = CheckedCounts()
    assert list(check_store(kept.store, counts)) == []
    assert counts.analyses == 1
    with kept.store.write_transaction() as stored:
        damaged = update(analyses).values(head={"run_count": 3}, query_state=b"other")
        stored.connection.execute(damaged)
        stored.connection.execute(update(analysis_tables).values(body=b"PAR1"))
    found = {(one.kind, one.name) for one in check_store(kept.store, CheckedCounts())}
    assert found == {("analysis", analysis), ("table", f"runs of {analysis}")}
    with kept.store.read_transaction() as stored, pytest.raises(DamagedRecordError):
        stored.analyses.read_query_state(analysis)


def test_a_task_is_written_by_its_last_holder_only(kept: Analyses) -> None:
    """A process that was suspended past its lease changes nothing; what it stored before counts once."""
    _, analysis = kept.submit()
    assert kept.queue.store_round(kept.claim(), [PlannedTask((0, 1), b"")])
    first = kept.claim("suspended")
    assert kept.queue.store_rows(first, {0: b"a"}, report=False)
    assert kept.queue.claim_next_task("other") is None
    with kept.store.write_transaction() as stored:
        stored.connection.execute(update(analysis_tasks).values(lease=stored.read_clock() - 1))
    assert kept.queue.claim_next_task("suspended", {(analysis, first.number)}) is None
    second = kept.claim("other")
    assert (second.number, second.rows, second.attempt) == (first.number, first.rows, 2)
    assert not kept.queue.store_rows(first, {1: b"late"}, report=False)
    assert not kept.queue.complete_run(first)
    assert not kept.queue.requeue_task(first, "late", count_attempt=True)
    assert not kept.queue.store_failure(first, "late")
    assert kept.queue.store_rows(second, {0: b"a", 1: b"b"}, report=False)
    assert kept.queue.complete_run(second)
    assert kept.queue.read_rows(analysis) == {0: b"a", 1: b"b"}
    with kept.store.read_transaction() as stored:
        assert stored.connection.execute(select(analyses.c.done)).scalar_one() == 2
    assert not kept.queue.store_conclusion(second, EncodedConclusion({}))


def test_a_task_that_misses_a_row_is_not_done(kept: Analyses) -> None:
    kept.submit()
    assert kept.queue.store_round(kept.claim(), [PlannedTask((0, 1), b"")])
    run = kept.claim()
    assert kept.queue.store_rows(run, {0: b"a"}, report=False)
    with pytest.raises(ValueError, match="did not report row 1"):
        kept.queue.complete_run(run)
