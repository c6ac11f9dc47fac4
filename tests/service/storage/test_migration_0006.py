"""A database with problems that omit former defaults is upgraded: stored problems keep their meaning."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select, text

from service.core.codecs import compress
from service.domain.approval import compute_plan_digest
from service.storage.canonical import compute_digest, compute_json_digest
from service.storage.engine import create_database_engine
from service.storage.errors import DatabaseFailureError
from service.storage.migrate import upgrade_database
from service.storage.schema import plans
from service.storage.store import Store
from tests.plain_policy import PLAIN_POLICY
from tests.service.conftest import DATABASES, empty_database, small_service
from tests.service.helpers import small
from tests.service.storage.test_migration_0005 import insert

OWN_BANDS = [{"width": 1.0, "weight": 3.0}]
OLD_DIGEST = hashlib.sha256(b"of the plan as it was ratified").hexdigest()
HEAD: dict[str, Any] = {
    "outcome": "optimal",
    "termination": {"reason": "optimal", "limit": None, "detail": ""},
    "solver": {"name": "highs"},
    "timings": {},
    "tables": {},
}


def put_old_problem(connection: Connection, policy: dict[str, Any] | None) -> str:
    """Store the small problem as 0.2.0 stored it: without what was a default then."""
    problem = small().model_dump(mode="json", exclude_defaults=True)
    problem.pop("policy")
    body = orjson.dumps(problem | ({} if policy is None else {"policy": policy}), option=orjson.OPT_SORT_KEYS)
    digest = compute_digest(body)
    insert(connection, "problems", digest=digest, size=len(body), body=compress(body), created=1.0)
    return digest


def fill_old_database(connection: Connection) -> None:
    """A ratified plan of the default policy, a draft with bands of its own, and a province, as 0005 stored them."""
    default = put_old_problem(connection, None)
    own = put_old_problem(connection, {"shortage_bands": OWN_BANDS, "quality_weight": 0.5})
    for plan, digest in (("ratified", default), ("draft", own)):
        insert(
            connection, "plans", id=plan, problem_digest=digest, options={}, options_digest="o", source={},
            caller="local", state="finished", outcome="optimal", head=HEAD, created=1.0, finished=2.0, province="north",
        )  # fmt: skip
    insert(
        connection, "provinces", id="north", version=1, name="North", problem_digest=default, scenarios=json.dumps([]),
        created=1.0, caller="local", deleted=False,
    )  # fmt: skip
    insert(
        connection, "plan_approvals", plan="ratified", province="north", state="in_force", version=2, digest=OLD_DIGEST
    )


@pytest.fixture(scope="module", params=DATABASES)
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store on a database that was filled at 0005 and upgraded since, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("upgraded")
    with empty_database(request.param, folder, request, migrated=False) as address:
        engine = create_database_engine(address, 1)
        upgrade_database(engine, "0005")
        with engine.begin() as connection:
            fill_old_database(connection)
        engine.dispose()
        store = Store.open_store(small_service(address, folder))
        yield store
        store.close()


def test_problems_state_the_former_defaults(upgraded: Store) -> None:
    with upgraded.read_transaction() as transaction:
        stored = [
            transaction.problems.get_stored_problem(digest)
            for digest in (
                transaction.plans.get_plan("ratified").problem_digest,
                transaction.provinces.get_province("north").problem_digest,
                transaction.plans.get_plan("draft").problem_digest,
            )
        ]
    for problem in stored:
        assert problem.digest == compute_digest(problem.decompress_json())
    default, of_province, own = (problem.parse_problem() for problem in stored)
    assert default == of_province
    assert default.policy.model_dump(mode="json")["shortage_bands"] == PLAIN_POLICY["shortage_bands"]
    assert own.policy.model_dump(mode="json")["shortage_bands"] == OWN_BANDS
    assert own.policy.quality_weight == 0.5
    for policy in (default.policy, own.policy):
        assert (policy.own_surplus, policy.smoothing, policy.tie_break) == (False, 0.0, False)


def test_no_problem_is_left_with_its_old_digest(upgraded: Store) -> None:
    with upgraded.read_transaction() as transaction:
        digests = transaction.connection.execute(text("SELECT digest FROM problems")).scalars().all()
        used = transaction.connection.execute(text("SELECT problem_digest FROM plans")).scalars().all()
    assert set(digests) == set(used)
    assert len(digests) == 2


def test_a_ratified_plan_has_the_digest_of_its_renewed_content_and_an_audit_entry(upgraded: Store) -> None:
    with upgraded.read_transaction() as transaction:
        digest = transaction.approvals.get_approval("ratified").digest
        assert digest == compute_plan_digest(transaction, "ratified")
        (entry,) = transaction.audit.list_entries(subject="ratified")
    assert (entry.act, entry.detail) == ("plan digest renewed", {"before": OLD_DIGEST, "digest": digest})


def test_heads_get_the_digests_of_what_is_stored_since_0007(upgraded: Store) -> None:
    with upgraded.read_transaction() as transaction:
        rows = transaction.connection.execute(select(plans.c.head, plans.c.head_digest)).all()
        assert transaction.plans.get_plan("ratified").build is None
    assert [row.head_digest for row in rows] == [compute_json_digest(row.head) for row in rows]


@pytest.mark.parametrize("statement", ["UPDATE plans SET caller = 'x'", "DELETE FROM problems", "DELETE FROM audit"])
def test_what_was_guarded_is_guarded_after_the_upgrade(upgraded: Store, statement: str) -> None:
    with (
        pytest.raises(DatabaseFailureError, match=r"never changed|append-only"),
        upgraded.write_transaction() as transaction,
    ):
        transaction.connection.execute(text(statement))
