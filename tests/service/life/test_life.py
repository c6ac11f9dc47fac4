"""The life of a plan on both databases: what may be done when, what is kept, and what the audit log says."""

import hashlib
import threading
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.plan import Plan
from service.errors import Conflict, Stale
from service.identity import EVERYBODY, Act, Grant, Principal
from service.jobs.queue import JobQueue
from service.life.service import Lives
from service.life.transitions import TRANSITIONS
from service.settings import Settings
from service.solving.encoding import EncodedTable
from service.storage import PlanOutcome, Store
from service.webhooks.schemas import WebhookBody
from service.webhooks.service import Webhooks
from tests.service.helpers import request, some_outcome

CENTRE = Principal("centre", frozenset({Grant(province="north", role="centre")}))
ALL: tuple[Act, ...] = ("submit", "return", "ratify", "put-in-force", "close")


def finished(store: Store, settings: Settings, outcome: str = "optimal", province: str | None = "north") -> str:
    """A finished plan with one table, in a province."""
    queue = JobQueue(store, settings)
    source = {} if province is None else {"province": province}
    plan = queue.submit(request(source=source)).plan.id
    claim = queue.claim("someone")
    assert claim is not None
    head: Plan = some_outcome(outcome).head
    assert queue.finish(claim, PlanOutcome(head, {"quotas": EncodedTable(2, b"PAR1-not-read-here")}, b"basis"))
    return plan


def go(store: Store, plan: str, *acts: Act) -> None:
    for act in acts:
        Lives(store).act(plan, act, EVERYBODY, "", None)


def test_a_year_from_draft_to_closed(store: Store, settings: Settings) -> None:
    plan, lives = finished(store, settings), Lives(store)
    assert lives.view(plan, EVERYBODY).acts == ("submit",)
    steps: tuple[tuple[Act, str], ...] = (
        ("submit", "submitted"),
        ("return", "returned"),
        ("submit", "submitted"),
        ("ratify", "ratified"),
        ("put-in-force", "in_force"),
        ("close", "closed"),
    )
    for version, (act, state) in enumerate(steps, start=2):
        shown = lives.act(plan, act, EVERYBODY, f"note {version}", None)
        assert (shown.state, shown.version, shown.history[-1].note) == (state, version, f"note {version}")
        with store.read() as stored:
            assert (stored.plans.get(plan).life, stored.plans.get(plan).life_version) == (state, version)
    assert [one.act for one in shown.history] == [act for act, _ in steps]
    assert shown.acts == ()
    with store.read() as stored:
        logged = [(one.act, one.province) for one in stored.audit.entries(subject=plan)][-6:]
    assert logged == [(TRANSITIONS[act].logged, "north") for act, _ in steps]


@pytest.mark.parametrize(
    ("before", "allowed"),
    [
        ((), {"submit"}),
        (("submit",), {"return", "ratify"}),
        (("submit", "return"), {"submit"}),
        (("submit", "ratify"), {"put-in-force"}),
        (("submit", "ratify", "put-in-force"), {"close"}),
        (("submit", "ratify", "put-in-force", "close"), set()),
    ],
)
def test_in_each_state_only_the_acts_of_the_table(
    store: Store, settings: Settings, before: tuple[Act, ...], allowed: set[str]
) -> None:
    plan = finished(store, settings)
    go(store, plan, *before)
    seen = Lives(store).view(plan, EVERYBODY)
    assert set(seen.acts) == allowed
    for act in ALL:
        if act not in allowed:
            with pytest.raises(Conflict, match=seen.state):
                Lives(store).act(plan, act, EVERYBODY, "", None)
    assert Lives(store).view(plan, EVERYBODY) == seen


@pytest.mark.parametrize("outcome", ["infeasible", "failed"])
def test_only_a_plan_that_is_one_can_be_submitted(store: Store, settings: Settings, outcome: str) -> None:
    plan = finished(store, settings, outcome)
    with pytest.raises(Conflict, match=outcome):
        Lives(store).act(plan, "submit", EVERYBODY, "", None)
    waiting = JobQueue(store, settings).submit(request("waits")).plan.id
    with pytest.raises(Conflict, match="queued"):
        Lives(store).act(waiting, "submit", EVERYBODY, "", None)
    assert Lives(store).view(waiting, EVERYBODY).digest is None


def test_who_saw_an_older_version_is_told_so(store: Store, settings: Settings) -> None:
    plan = finished(store, settings)
    Lives(store).act(plan, "submit", EVERYBODY, "", '"1"')
    with pytest.raises(Stale):
        Lives(store).act(plan, "ratify", EVERYBODY, "", '"1"')
    assert Lives(store).act(plan, "ratify", EVERYBODY, "", '"2"').state == "ratified"


def test_one_plan_is_in_force_in_a_province(store: Store, settings: Settings) -> None:
    first, second = finished(store, settings), finished(store, settings)
    elsewhere, nowhere = finished(store, settings, province="south"), finished(store, settings, province=None)
    go(store, first, "submit", "ratify", "put-in-force")
    go(store, second, "submit", "ratify")
    with pytest.raises(Conflict, match=first):
        Lives(store).act(second, "put-in-force", EVERYBODY, "", None)
    go(store, elsewhere, "submit", "ratify", "put-in-force")
    go(store, nowhere, "submit", "ratify", "put-in-force")
    go(store, first, "close")
    go(store, second, "put-in-force")


def test_of_many_at_once_one_wins(store: Store, settings: Settings) -> None:
    plans = [finished(store, settings) for _ in range(4)]
    for plan in plans:
        go(store, plan, "submit", "ratify")
    won: list[str] = []

    def put(plan: str) -> None:
        try:
            Lives(store).act(plan, "put-in-force", EVERYBODY, "", None)
        except Conflict:
            return
        won.append(plan)

    threads = [threading.Thread(target=put, args=[plan]) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with store.read() as stored:
        assert stored.lives.in_force("north") == won[0]


def test_the_digest_covers_problem_options_head_and_tables(store: Store, settings: Settings) -> None:
    plan = finished(store, settings)
    before = Lives(store).view(plan, EVERYBODY).digest
    go(store, plan, "submit", "ratify")
    with store.read() as stored:
        record = stored.plans.get(plan)
        assert record.head is not None
        content: dict[str, Any] = {
            "problem": record.problem_digest,
            "options": record.options.model_dump(mode="json"),
            "head": record.head.model_dump(mode="json"),
            "tables": {"quotas": hashlib.sha256(stored.plans.parquet(plan, "quotas")).hexdigest()},
        }
    expected = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    assert Lives(store).view(plan, EVERYBODY).digest == expected == before


TAMPERING = [
    "UPDATE plans SET head = '{}' WHERE id = :plan",
    "UPDATE plans SET basis = NULL WHERE id = :plan",
    "DELETE FROM plans WHERE id = :plan",
    "UPDATE plan_tables SET body = NULL WHERE plan = :plan",
    "DELETE FROM plan_tables WHERE plan = :plan",
    "INSERT INTO plan_tables (plan, name, rows, size, digest) VALUES (:plan, 'more', 1, 1, 'x')",
    "UPDATE problems SET body = 'x' WHERE digest = (SELECT problem_digest FROM plans WHERE id = :plan)",
    "DELETE FROM problems WHERE digest = (SELECT problem_digest FROM plans WHERE id = :plan)",
    "UPDATE plan_lives SET state = 'returned' WHERE plan = :plan",
    "UPDATE plan_lives SET digest = 'x' WHERE plan = :plan",
    "UPDATE plan_lives SET state = 'in_force', version = version + 1, digest = 'x' WHERE plan = :plan",
    "DELETE FROM plan_lives WHERE plan = :plan",
    "UPDATE life_acts SET caller = 'x' WHERE plan = :plan",
    "DELETE FROM life_acts WHERE plan = :plan",
]

REPLACING = [
    "INSERT OR REPLACE INTO plans SELECT * FROM plans WHERE id = :plan",
    "INSERT OR REPLACE INTO plan_tables SELECT * FROM plan_tables WHERE plan = :plan",
    "INSERT OR REPLACE INTO problems SELECT * FROM problems",
    "INSERT OR REPLACE INTO plan_lives SELECT plan, province, 'draft', 1, NULL FROM plan_lives WHERE plan = :plan",
    "INSERT OR REPLACE INTO life_acts SELECT * FROM life_acts WHERE plan = :plan",
    "INSERT OR REPLACE INTO audit SELECT * FROM audit",
]

TRUNCATING = [f"TRUNCATE {table} CASCADE" for table in ("plans", "plan_tables", "plan_lives", "life_acts", "audit")]


def test_what_was_ratified_cannot_be_changed_in_the_database_either(store: Store, settings: Settings) -> None:
    plan, other = finished(store, settings), finished(store, settings)
    go(store, plan, "submit", "ratify")
    statements = [*TAMPERING, *(REPLACING if store.engine.dialect.name == "sqlite" else TRUNCATING)]
    for statement in statements:
        with pytest.raises(DBAPIError, match=r"never changed|append-only"), store.engine.begin() as connection:
            connection.execute(text(statement), {"plan": plan} if ":plan" in statement else {})
    move = "UPDATE plan_tables SET plan = :plan, name = 'moved' WHERE plan = :other"
    with pytest.raises(DBAPIError, match="never changed"), store.engine.begin() as connection:
        connection.execute(text(move), {"plan": plan, "other": other})
    go(store, plan, "put-in-force", "close")
    with pytest.raises(DBAPIError, match="never changed"), store.engine.begin() as connection:
        connection.execute(text(TAMPERING[0]), {"plan": plan})


def test_a_draft_is_not_frozen(store: Store, settings: Settings) -> None:
    plan = finished(store, settings)
    go(store, plan, "submit", "return")
    with store.write() as stored:
        stored.connection.execute(text("UPDATE plans SET basis = NULL WHERE id = :plan"), {"plan": plan})
    with store.read() as stored:
        assert stored.plans.basis(plan) is None


def test_a_view_offers_only_what_the_roles_allow(store: Store, settings: Settings) -> None:
    plan = finished(store, settings)
    assert Lives(store).view(plan, CENTRE).acts == ()
    go(store, plan, "submit")
    assert Lives(store).view(plan, CENTRE).acts == ("return", "ratify")
    assert Lives(store).view(plan, EVERYBODY).acts == ("return", "ratify")


def test_webhooks_are_told_of_every_step(store: Store, settings: Settings) -> None:
    hooks, url = Webhooks(store, settings), "http://93.184.216.34/told"
    hook = hooks.make(WebhookBody.model_validate({"url": url, "province": "north"}), EVERYBODY)
    plan = finished(store, settings)
    go(store, plan, "submit", "return", "submit", "ratify", "put-in-force", "close")
    with pytest.raises(Conflict):
        go(store, plan, "close")
    told = [one.event for one in reversed(hooks.deliveries(hook.id, EVERYBODY, None, 500).deliveries)]
    steps = ("submitted", "returned", "submitted", "ratified", "in_force", "closed")
    assert told == ["plan.finished", *(f"plan.{step}" for step in steps)]
