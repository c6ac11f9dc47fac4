"""The life of a plan on both databases: what may be done when, what is kept, and what the audit log says."""

import hashlib
import threading
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.plan import Plan
from service.auth.principals import ANONYMOUS_PRINCIPAL, Grant, Permission, Principal
from service.core.codecs import EncodedTable, PlanOutcome
from service.core.errors import ConflictError, PreconditionFailedError
from service.core.settings import Settings
from service.domain.approval import TRANSITIONS, ApprovalService
from service.domain.schemas.webhooks import WebhookBody
from service.domain.webhooks import WebhookService
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from tests.service.conftest import MOSTLY_SQLITE
from tests.service.helpers import request, some_outcome

CENTRE = Principal("centre", frozenset({Grant(province="north", role="centre")}))
ALL: tuple[Permission, ...] = ("submit", "return", "ratify", "put-in-force", "close")


def finished(store: Store, settings: Settings, outcome: str = "optimal", province: str | None = "north") -> str:
    """A finished plan with one table, in a province."""
    queue = JobQueue(store, settings)
    source = {} if province is None else {"province": province}
    plan = queue.submit_plan(request(source=source)).plan.id
    claim = queue.claim_next_job("someone")
    assert claim is not None
    head: Plan = some_outcome(outcome).head
    assert queue.store_outcome(claim, PlanOutcome(head, {"quotas": EncodedTable(2, b"PAR1-not-read-here")}, b"basis"))
    return plan


def go(store: Store, plan: str, *acts: Permission) -> None:
    for act in acts:
        ApprovalService(store).perform_act(plan, act, ANONYMOUS_PRINCIPAL, "", None)


def test_a_year_from_draft_to_closed(store: Store, settings: Settings) -> None:
    plan, lives = finished(store, settings), ApprovalService(store)
    assert lives.read_approval(plan, ANONYMOUS_PRINCIPAL).acts == ("submit",)
    steps: tuple[tuple[Permission, str], ...] = (
        ("submit", "submitted"),
        ("return", "returned"),
        ("submit", "submitted"),
        ("ratify", "ratified"),
        ("put-in-force", "in_force"),
        ("close", "closed"),
    )
    for version, (act, state) in enumerate(steps, start=2):
        shown = lives.perform_act(plan, act, ANONYMOUS_PRINCIPAL, f"note {version}", None)
        assert (shown.state, shown.version, shown.history[-1].note) == (state, version, f"note {version}")
        with store.read_transaction() as stored:
            assert (stored.plans.get_plan(plan).approval_state, stored.plans.get_plan(plan).approval_version) == (
                state,
                version,
            )
    assert [one.act for one in shown.history] == [act for act, _ in steps]
    assert shown.acts == ()
    with store.read_transaction() as stored:
        logged = [(one.act, one.province) for one in stored.audit.list_entries(subject=plan)][-6:]
    assert logged == [(TRANSITIONS[act].audit_act, "north") for act, _ in steps]


@MOSTLY_SQLITE
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
    store: Store, settings: Settings, before: tuple[Permission, ...], allowed: set[str]
) -> None:
    plan = finished(store, settings)
    go(store, plan, *before)
    seen = ApprovalService(store).read_approval(plan, ANONYMOUS_PRINCIPAL)
    assert set(seen.acts) == allowed
    for act in ALL:
        if act not in allowed:
            with pytest.raises(ConflictError, match=seen.state):
                ApprovalService(store).perform_act(plan, act, ANONYMOUS_PRINCIPAL, "", None)
    assert ApprovalService(store).read_approval(plan, ANONYMOUS_PRINCIPAL) == seen


@MOSTLY_SQLITE
@pytest.mark.parametrize("outcome", ["infeasible", "failed"])
def test_only_a_plan_that_is_one_can_be_submitted(store: Store, settings: Settings, outcome: str) -> None:
    plan = finished(store, settings, outcome)
    with pytest.raises(ConflictError, match=outcome):
        ApprovalService(store).perform_act(plan, "submit", ANONYMOUS_PRINCIPAL, "", None)
    waiting = JobQueue(store, settings).submit_plan(request("waits")).plan.id
    with pytest.raises(ConflictError, match="queued"):
        ApprovalService(store).perform_act(waiting, "submit", ANONYMOUS_PRINCIPAL, "", None)
    assert ApprovalService(store).read_approval(waiting, ANONYMOUS_PRINCIPAL).digest is None


def test_who_saw_an_older_version_is_told_so(store: Store, settings: Settings) -> None:
    plan = finished(store, settings)
    ApprovalService(store).perform_act(plan, "submit", ANONYMOUS_PRINCIPAL, "", '"1"')
    with pytest.raises(PreconditionFailedError):
        ApprovalService(store).perform_act(plan, "ratify", ANONYMOUS_PRINCIPAL, "", '"1"')
    assert ApprovalService(store).perform_act(plan, "ratify", ANONYMOUS_PRINCIPAL, "", '"2"').state == "ratified"


def test_one_plan_is_in_force_in_a_province(store: Store, settings: Settings) -> None:
    first, second = finished(store, settings), finished(store, settings)
    elsewhere, nowhere = finished(store, settings, province="south"), finished(store, settings, province=None)
    go(store, first, "submit", "ratify", "put-in-force")
    go(store, second, "submit", "ratify")
    with pytest.raises(ConflictError, match=first):
        ApprovalService(store).perform_act(second, "put-in-force", ANONYMOUS_PRINCIPAL, "", None)
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
            ApprovalService(store).perform_act(plan, "put-in-force", ANONYMOUS_PRINCIPAL, "", None)
        except ConflictError:
            return
        won.append(plan)

    threads = [threading.Thread(target=put, args=[plan]) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with store.read_transaction() as stored:
        assert stored.approvals.find_plan_in_force("north") == won[0]


def test_the_digest_covers_problem_options_head_and_tables(store: Store, settings: Settings) -> None:
    plan = finished(store, settings)
    before = ApprovalService(store).read_approval(plan, ANONYMOUS_PRINCIPAL).digest
    go(store, plan, "submit", "ratify")
    with store.read_transaction() as stored:
        record = stored.plans.get_plan(plan)
        assert record.head is not None
        content: dict[str, Any] = {
            "problem": record.problem_digest,
            "options": record.options.model_dump(mode="json"),
            "head": record.head.model_dump(mode="json"),
            "tables": {"quotas": hashlib.sha256(stored.plans.read_parquet(plan, "quotas")).hexdigest()},
        }
    expected = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    assert ApprovalService(store).read_approval(plan, ANONYMOUS_PRINCIPAL).digest == expected == before


TAMPERING = [
    "UPDATE plans SET head = '{}' WHERE id = :plan",
    "UPDATE plans SET basis = NULL WHERE id = :plan",
    "DELETE FROM plans WHERE id = :plan",
    "UPDATE plan_tables SET body = NULL WHERE plan = :plan",
    "DELETE FROM plan_tables WHERE plan = :plan",
    "INSERT INTO plan_tables (plan, name, rows, size, digest) VALUES (:plan, 'more', 1, 1, 'x')",
    "UPDATE problems SET body = 'x' WHERE digest = (SELECT problem_digest FROM plans WHERE id = :plan)",
    "DELETE FROM problems WHERE digest = (SELECT problem_digest FROM plans WHERE id = :plan)",
    "UPDATE plan_approvals SET state = 'returned' WHERE plan = :plan",
    "UPDATE plan_approvals SET digest = 'x' WHERE plan = :plan",
    "UPDATE plan_approvals SET state = 'in_force', version = version + 1, digest = 'x' WHERE plan = :plan",
    "DELETE FROM plan_approvals WHERE plan = :plan",
    "UPDATE approval_transitions SET caller = 'x' WHERE plan = :plan",
    "DELETE FROM approval_transitions WHERE plan = :plan",
]

REPLACING = [
    "INSERT OR REPLACE INTO plans SELECT * FROM plans WHERE id = :plan",
    "INSERT OR REPLACE INTO plan_tables SELECT * FROM plan_tables WHERE plan = :plan",
    "INSERT OR REPLACE INTO problems SELECT * FROM problems",
    "INSERT OR REPLACE INTO plan_approvals SELECT plan, province, 'draft', 1, NULL FROM plan_approvals WHERE plan = :plan",
    "INSERT OR REPLACE INTO approval_transitions SELECT * FROM approval_transitions WHERE plan = :plan",
    "INSERT OR REPLACE INTO audit SELECT * FROM audit",
]

TRUNCATING = [
    f"TRUNCATE {table} CASCADE" for table in ("plans", "plan_tables", "plan_approvals", "approval_transitions", "audit")
]


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
    with store.write_transaction() as stored:
        stored.connection.execute(text("UPDATE plans SET basis = NULL WHERE id = :plan"), {"plan": plan})
    with store.read_transaction() as stored:
        assert stored.plans.read_basis(plan) is None


@MOSTLY_SQLITE
def test_a_view_offers_only_what_the_roles_allow(store: Store, settings: Settings) -> None:
    plan = finished(store, settings)
    assert ApprovalService(store).read_approval(plan, CENTRE).acts == ()
    go(store, plan, "submit")
    assert ApprovalService(store).read_approval(plan, CENTRE).acts == ("return", "ratify")
    assert ApprovalService(store).read_approval(plan, ANONYMOUS_PRINCIPAL).acts == ("return", "ratify")


def test_webhooks_are_told_of_every_step(store: Store, settings: Settings) -> None:
    hooks, url = WebhookService(store, settings), "http://93.184.216.34/told"
    hook = hooks.create_webhook(WebhookBody.model_validate({"url": url, "province": "north"}), ANONYMOUS_PRINCIPAL)
    plan = finished(store, settings)
    go(store, plan, "submit", "return", "submit", "ratify", "put-in-force", "close")
    with pytest.raises(ConflictError):
        go(store, plan, "close")
    told = [one.event for one in reversed(hooks.list_deliveries(hook.id, ANONYMOUS_PRINCIPAL, None, 500).deliveries)]
    steps = ("submitted", "returned", "submitted", "ratified", "in_force", "closed")
    assert told == ["plan.finished", *(f"plan.{step}" for step in steps)]
