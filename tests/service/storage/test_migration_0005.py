"""A database of the version before the vocabulary is upgraded: its plans read back, its guards still hold."""

import hashlib
import json
from collections.abc import Iterator

import pyarrow as pa
import pytest
from sqlalchemy import Connection, text

from service.core.codecs import encode_table
from service.domain.approval import compute_plan_digest
from service.storage.engine import create_database_engine
from service.storage.errors import DatabaseFailureError
from service.storage.migrate import upgrade_database
from service.storage.repositories.plan_events import read_events
from service.storage.repositories.problems import StoredProblem
from service.storage.store import Store
from tests.service.conftest import DATABASES, empty_database, small_service
from tests.service.helpers import small

GOAL = {"goal": "shortage", "value": 1.0}
HEAD = {
    "outcome": "optimal",
    "termination": {"reason": "optimal", "limit": None, "detail": ""},
    "objective": {"value": 1.0, "parts": {}, "goals": [{**GOAL, "held_at": 1.5, "final": 1.25}]},
    "diagnosis": None,
    "solver": {"name": "highs", "strategy": "whole"},
    "timings": {},
    "tables": {"reasons": 2},
}
CONFLICT = {"rule": "power", "where": {}, "text": "too little power", "relaxation": 1.0, "unit": "kWh"}
INFEASIBLE = {
    **HEAD,
    "outcome": "infeasible",
    "objective": None,
    "diagnosis": {"conflict": [CONFLICT], "relaxations": [], "verified": True},
    "tables": {},
}
REASONS = encode_table(pa.table({"item": ["soap", "salt"]}))
OLD_DIGEST = hashlib.sha256(b"of the plan as it was ratified").hexdigest()


def insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    plain = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in values.items()}
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), plain)  # noqa: S608 - names of the test


def fill_old_database(connection: Connection) -> None:
    """A ratified plan with a table and events, and an infeasible draft, as version 0004 stored them."""
    problem = StoredProblem.from_problem(small())
    insert(connection, "problems", digest=problem.digest, size=problem.size, body=problem.body, created=1.0)
    for plan, head in (("ratified", HEAD), ("infeasible", INFEASIBLE)):
        insert(
            connection, "plans", id=plan, problem_digest=problem.digest, options={}, options_digest="o", source={},
            caller="local", state="finished", outcome=head["outcome"], head=head, created=1.0, finished=2.0,
            province="north",
        )  # fmt: skip
    insert(
        connection, "plan_tables", plan="ratified", name="reasons", rows=2, size=len(REASONS.body),
        digest=REASONS.digest, body=REASONS.body,
    )  # fmt: skip
    insert(connection, "jobs", id="ratified", state="done", caller="local", priority=0, created=1.0, tries=2,
           cancel=False, last_event=2)  # fmt: skip
    insert(connection, "job_events", job="ratified", seq=1, kind="started", at=1.0, data={"try": 1})
    insert(connection, "job_events", job="ratified", seq=2, kind="retried", at=1.0, data={"try": 1, "why": "lost"})
    insert(connection, "plan_lives", plan="ratified", province="north", state="in_force", version=2, digest=OLD_DIGEST)
    insert(connection, "life_acts", plan="ratified", version=2, at=1.0, caller="a", act="ratify", note="", state="x")


@pytest.fixture(scope="module", params=DATABASES)
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store on a database that was filled at 0004 and upgraded since, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("upgraded")
    with empty_database(request.param, folder, request, migrated=False) as address:
        engine = create_database_engine(address, 1)
        upgrade_database(engine, "0004")
        with engine.begin() as connection:
            fill_old_database(connection)
        engine.dispose()
        store = Store.open_store(small_service(address, folder))
        yield store
        store.close()


def test_old_plans_read_back_under_the_new_names(upgraded: Store) -> None:
    with upgraded.read_transaction() as transaction:
        plan = transaction.plans.get_plan("ratified")
        assert plan.head is not None
        assert plan.head.objective is not None
        (goal,) = plan.head.objective.goals
        assert (goal.tolerance_bound, goal.final_value) == (1.5, 1.25)
        assert plan.head.tables == {"bottlenecks": 2}
        assert transaction.plans.read_table("ratified", "bottlenecks").num_rows == 2
        assert (plan.approval_state, plan.approval_version) == ("in_force", 2)
        assert [one.act for one in transaction.approvals.list_transitions("ratified")] == ["ratify"]
        assert [event.data for event in read_events(transaction.connection, "ratified")] == [
            {"attempt": 1},
            {"attempt": 1, "reason": "lost"},
        ]
        other = transaction.plans.get_plan("infeasible").head
        assert other is not None
        assert other.infeasibility is not None
        assert other.infeasibility.conflict[0].text == "too little power"


def test_a_ratified_plan_has_the_digest_of_its_renamed_content_and_an_audit_entry(upgraded: Store) -> None:
    with upgraded.read_transaction() as transaction:
        digest = transaction.approvals.get_approval("ratified").digest
        assert digest == compute_plan_digest(transaction, "ratified")
        entries = sorted(transaction.audit.list_entries(subject="ratified"), key=lambda entry: entry.caller)
    assert [(entry.caller, entry.act) for entry in entries] == [
        ("migration 0005", "plan digest renewed"),
        ("migration 0006", "plan digest renewed"),
    ]
    between = entries[0].detail["digest"]
    assert entries[0].detail == {"before": OLD_DIGEST, "digest": between}
    assert entries[1].detail == {"before": between, "digest": digest}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plan_approvals SET digest = 'x'",
        "DELETE FROM plan_approvals",
        "UPDATE approval_transitions SET caller = 'x'",
        "UPDATE plans SET caller = 'x'",
        "DELETE FROM plan_tables",
        "DELETE FROM problems",
        "DELETE FROM audit",
    ],
)
def test_what_was_guarded_is_guarded_after_the_upgrade(upgraded: Store, statement: str) -> None:
    with (
        pytest.raises(DatabaseFailureError, match=r"never changed|append-only"),
        upgraded.write_transaction() as transaction,
    ):
        transaction.connection.execute(text(statement))
