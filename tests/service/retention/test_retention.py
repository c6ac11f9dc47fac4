"""How long things are kept, on both databases: what goes, what stays, and that by default nothing goes."""

import os
import time

import pytest
from sqlalchemy import func, select, update

from models.plan import Plan
from service.core.codecs import EncodedTable, PlanOutcome
from service.core.settings import Settings
from service.storage.errors import RecordNotFoundError
from service.storage.repositories.approvals import ApprovalRecord
from service.storage.repositories.jobs import JobQueue
from service.storage.schema import deliveries, idempotency, job_events, jobs, plan_tables, plans, problems, webhooks
from service.storage.store import Store
from service.workers.background import FailureLog
from service.workers.retention_job import PurgeCounts, RetentionJob, purge_expired
from tests.service.conftest import SettingsFactory
from tests.service.helpers import request as make_request, some_outcome, until

LONG_AGO = time.time() - 40 * 86_400


def table(body: bytes | None = None) -> PlanOutcome:
    """A result with one table and a basis."""
    head = Plan.model_validate({**some_outcome().head.model_dump(), "tables": {"quotas": 1}})
    return PlanOutcome(head, {"quotas": EncodedTable(1, body or b"PAR1" + os.urandom(60))}, b"basis")


class AgedStore:
    """A store with its queue, in which plans can be made to have ended long ago."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.queue = JobQueue(store, settings)

    def plan(self, name: str, *, old: bool = True, body: bytes | None = None, **rest: object) -> str:
        """A finished plan with progress and a key."""
        plan = self.queue.submit_plan(make_request(name, key=f"key of {name}", **rest)).plan.id  # type: ignore[arg-type]
        claim = self.queue.claim_next_job("someone")
        assert claim is not None
        assert claim.plan == plan
        self.queue.record_event(claim, "progress", {"stage": "solve"})
        assert self.queue.store_outcome(claim, table(body))
        if old:
            self.age(plan)
        return plan

    def age(self, plan: str) -> None:
        with self.store.write_transaction() as stored:
            stored.connection.execute(update(plans).where(plans.c.id == plan).values(finished=LONG_AGO))
            stored.connection.execute(update(idempotency).where(idempotency.c.plan == plan).values(created=LONG_AGO))

    def bring_through(self, plan: str, *states: str) -> None:
        """Bring a plan through approval states."""
        with self.store.write_transaction() as stored:
            for version, state in enumerate(states, 2):
                digest = "d" * 64 if version > 2 else None
                record = ApprovalRecord(state, version, digest)  # type: ignore[arg-type]
                stored.approvals.record_transition(plan, record, province="north", caller="bureau", act=state, note="")

    def purge(self, **days: float) -> PurgeCounts:
        chosen = {f"retention_{name}_days": value for name, value in days.items()}
        return purge_expired(self.store, self.settings.model_copy(update={"retention_max_share": 1.0, **chosen}))

    def there(self) -> set[str]:
        with self.store.read_transaction() as stored:
            return {one.id for one in stored.plans.list_plans()}

    def count(self, what: object) -> int:
        with self.store.read_transaction() as stored:
            return int(stored.connection.execute(select(func.count()).select_from(what)).scalar_one())  # type: ignore[arg-type]


@pytest.fixture
def aged(store: Store, settings: Settings) -> AgedStore:
    return AgedStore(store, settings)


def test_by_default_everything_is_kept_for_ever(aged: AgedStore) -> None:
    old = aged.plan("old")
    assert aged.purge() == PurgeCounts()
    assert aged.there() == {old}


def test_a_draft_goes_with_all_that_is_its_own_and_leaves_a_line_in_the_audit_log(aged: AgedStore) -> None:
    old, young = aged.plan("old"), aged.plan("young", old=False)
    waiting = aged.queue.submit_plan(make_request("waiting")).plan.id
    assert aged.purge(plans=30).plans == 1
    assert aged.there() == {young, waiting}
    assert [aged.count(one) for one in (plans, jobs, problems, plan_tables, idempotency)] == [2, 2, 2, 1, 1]
    with aged.store.read_transaction() as stored:
        assert stored.connection.execute(select(job_events.c.job).distinct()).scalars().all() != [old]
        acts = [entry.act for entry in stored.audit.list_entries(subject=old)]
        with pytest.raises(RecordNotFoundError):
            stored.plans.get_plan(old)
    assert acts == ["plan accepted", "plan finished", "plan removed"]
    assert aged.purge(plans=30) == PurgeCounts()


@pytest.mark.parametrize(
    "states",
    [
        ("submitted",),
        ("submitted", "returned"),
        ("submitted", "ratified"),
        ("submitted", "ratified", "in_force"),
        ("submitted", "ratified", "in_force", "closed"),
    ],
    ids=lambda states: states[-1],
)
def test_what_was_submitted_is_kept_whole_for_ever(aged: AgedStore, states: tuple[str, ...]) -> None:
    plan = aged.plan("old")
    aged.bring_through(plan, *states)
    ratified = states[-1] in {"ratified", "in_force", "closed"}
    removed = aged.purge(plans=0.001, bases=0.001)
    assert removed == PurgeCounts(bases=0 if ratified else 1)
    with aged.store.read_transaction() as stored:
        assert stored.plans.get_plan(plan).approval_state == states[-1]
        assert stored.plans.read_parquet(plan, "quotas")[:4] == b"PAR1"
        assert (stored.plans.read_basis_bytes(plan) == b"basis") is ratified


def test_what_a_kept_plan_varies_is_kept_and_goes_after_it(aged: AgedStore) -> None:
    base = aged.plan("base")
    variant = aged.plan("variant", base_plan=base, old=False)
    assert aged.purge(plans=30).plans == 0
    assert aged.there() == {base, variant}
    aged.age(variant)
    assert aged.purge(plans=30).plans == 2
    assert aged.there() == set()


def test_a_plan_answered_from_another_outlives_it(aged: AgedStore) -> None:
    body = b"PAR1" + os.urandom(100)
    first = aged.plan("same", body=body, reuse=True)
    second = aged.queue.submit_plan(make_request("same", reuse=True)).plan
    assert second.copied_from == first
    assert aged.purge(plans=30).plans == 1
    with aged.store.read_transaction() as stored:
        assert stored.plans.read_parquet(second.id, "quotas") == body
        assert stored.problems.get_problem(second.problem_digest).name == "same"


def test_big_tables_go_when_no_plan_has_them_any_more(make_settings: SettingsFactory) -> None:
    settings = make_settings(max_inline_table_bytes=0)
    store = Store.open_store(settings)
    aged, shared = AgedStore(store, settings), b"PAR1" + os.urandom(100)
    first, second = aged.plan("first", body=shared), aged.plan("second", body=shared, old=False)
    own = aged.plan("own")
    store.objects.put_object("tables/zz/left-over.parquet", b"of a crash")
    assert len(list(store.objects.list_object_keys())) == 3
    assert aged.purge(plans=30) == PurgeCounts(plans=2, objects=2)
    with store.read_transaction() as stored:
        assert stored.plans.read_parquet(second, "quotas") == shared
    assert aged.there().isdisjoint({first, own})
    aged.age(second)
    assert aged.purge(plans=30) == PurgeCounts(plans=1, objects=1)
    assert list(store.objects.list_object_keys()) == []
    store.close()


def test_a_table_tidied_away_before_its_plan_was_stored_is_written_again(
    make_settings: SettingsFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(max_inline_table_bytes=0, retention_plans_days=30.0)
    store = Store.open_store(settings)
    aged, put = AgedStore(store, settings), store.objects.put_object
    removed: list[PurgeCounts] = []

    def put_then_purge(key: str, body: bytes) -> None:
        put(key, body)
        if not removed:  # between the object and the row that names it
            removed.append(purge_expired(store, settings))

    monkeypatch.setattr(store.objects, "put_object", put_then_purge)
    plan = aged.plan("unlucky", old=False)
    assert removed == [PurgeCounts(objects=1)]
    with store.read_transaction() as stored:
        assert stored.plans.read_parquet(plan, "quotas")[:4] == b"PAR1"
    store.close()


def test_events_go_but_for_the_outline(aged: AgedStore) -> None:
    plan = aged.plan("old")
    assert aged.purge(events=30) == PurgeCounts(events=1)
    with aged.store.read_transaction() as stored:
        query = select(job_events.c.kind).where(job_events.c.job == plan).order_by(job_events.c.seq)
        assert stored.connection.execute(query).scalars().all() == ["queued", "started", "finished"]


def test_a_key_is_forgotten_once_its_plan_has_ended(aged: AgedStore) -> None:
    plan = aged.plan("done")
    waiting = aged.queue.submit_plan(make_request("waiting", key="w")).plan.id
    aged.age(waiting)
    assert aged.purge(idempotency=30) == PurgeCounts(idempotency=1)
    assert aged.queue.submit_plan(make_request("waiting", key="w")).plan.id == waiting
    assert aged.queue.submit_plan(make_request("done", key="key of done")).plan.id != plan


def test_messages_that_wait_are_kept(aged: AgedStore) -> None:
    hook = {
        "id": "hook",
        "caller": "local",
        "url": "https://a.example/",
        "events": [],
        "secret": "s",
        "created": LONG_AGO,
    }
    sent = {"webhook": "hook", "event": "plan.finished", "plan": "p", "body": "{}", "tries": 1, "due": LONG_AGO}
    with aged.store.write_transaction() as stored:
        stored.connection.execute(webhooks.insert().values(hook))
        for state in ("waiting", "delivered", "dead"):
            stored.connection.execute(
                deliveries.insert().values(id=state, state=state, created=LONG_AGO, tried=LONG_AGO, **sent)
            )
        stored.connection.execute(
            deliveries.insert().values(id="fresh", state="delivered", created=LONG_AGO, tried=time.time(), **sent)
        )
    assert aged.purge(deliveries=30) == PurgeCounts(deliveries=2)
    with aged.store.read_transaction() as stored:
        assert set(stored.connection.execute(select(deliveries.c.id)).scalars()) == {"waiting", "fresh"}


def test_a_base_plan_removed_meanwhile_is_not_there(aged: AgedStore) -> None:
    base = aged.plan("base")
    aged.purge(plans=30)
    with pytest.raises(RecordNotFoundError):
        aged.queue.submit_plan(make_request("variant", base_plan=base))


def test_a_running_service_tidies_up_by_itself(aged: AgedStore) -> None:
    aged.plan("old")
    aged.plan("young", old=False)
    job = RetentionJob(aged.store, aged.settings.model_copy(update={"retention_plans_days": 30.0}), FailureLog())
    until(lambda: len(aged.there()) == 1)
    job.stop()


def test_most_plans_are_not_removed_at_once_as_when_the_clock_is_a_year_ahead(aged: AgedStore) -> None:
    plans_there = {aged.plan(f"n{number}") for number in range(3)} | {aged.plan("young", old=False)}
    failures = FailureLog()
    everything = {f"retention_{name}_days": 30.0 for name in ("plans", "bases", "events", "idempotency")}
    settings = aged.settings.model_copy(update=everything)
    job = RetentionJob(aged.store, settings, failures)
    until(lambda: failures.count_failures() == {"retention-job": 1})
    job.stop()
    assert "3 of 4 plans have expired" in failures.list_failing()["retention-job"]
    assert aged.there() == plans_there
    assert aged.count(idempotency) == 4
    aged.plan("another", old=False)
    aged.plan("third", old=False)
    assert purge_expired(aged.store, settings).plans == 3
