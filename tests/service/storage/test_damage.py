"""Damage is found and told: whatever byte of a stored table or problem changes, no wrong figure is answered."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from typer.testing import CliRunner

from models.examples import two_counties_raw
from models.problem.planning_problem import PlanningProblem
from service.api.app import create_app
from service.cli import app as command_line
from service.core.codecs import PlanOutcome, encode_basis, encode_table
from service.core.settings import Settings
from service.domain.integrity import CheckedCounts, check_store
from service.storage.plan_requests import PlanRequest
from service.storage.repositories.jobs import JobQueue
from service.storage.store import Store
from solvers.planning import PlanResult, make_plan
from tests.service.api.answers import assert_problem
from tests.service.conftest import empty_database, small_service

FLIPS = 15
FORMATS = ("json", "csv", "xlsx", "parquet", "arrow")


@dataclass
class Stored:
    """A service without solvers, and two finished plans of two problems."""

    client: TestClient
    store: Store
    queue: JobQueue
    settings: Settings
    plans: list[str]

    def execute(self, statement: str, **values: object) -> None:
        with self.store.write_transaction() as stored:
            stored.connection.execute(text(statement), values)

    def table_file(self, plan: str, table: str) -> Path:
        with self.store.read_transaction() as stored:
            query = text("SELECT object_key FROM plan_tables WHERE plan = :plan AND name = :name")
            key = stored.connection.execute(query, {"plan": plan, "name": table}).scalar_one()
        return self.settings.data_dir / "objects" / str(key)


def problem(name: str) -> PlanningProblem:
    return PlanningProblem.model_validate(two_counties_raw() | {"name": name})


@pytest.fixture(scope="module")
def solved() -> PlanResult:
    return make_plan(problem("solved"))


def finish(queue: JobQueue, result: PlanResult, name: str) -> str:
    """Store a finished plan."""
    plan = queue.submit_plan(PlanRequest(problem(name), reuse=False)).plan.id
    claim = queue.claim_next_job("test")
    assert claim is not None
    assert result.basis is not None
    tables = {table: encode_table(rows) for table, rows in result.tables.items()}
    assert queue.store_outcome(claim, PlanOutcome(result.plan, tables, encode_basis(result.basis)))
    return plan


@pytest.fixture(params=[0, 2**24], ids=["objects", "inline"])
def stored(request: pytest.FixtureRequest, tmp_path: Path, solved: PlanResult) -> Iterator[Stored]:
    with empty_database("sqlite", tmp_path, request) as address:
        settings = small_service(address, tmp_path, solver_workers=0, max_inline_table_bytes=request.param)
        store = Store.open_store(settings)
        queue = JobQueue(store, settings)
        plans = [finish(queue, solved, name) for name in ("first", "second")]
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            yield Stored(client, store, queue, settings, plans)
        store.close()


def assert_damaged(stored: Stored, path: str, **headers: str) -> None:
    answer = stored.client.get(path, headers=headers)
    assert assert_problem(answer, 500)["type"] == "urn:allot:damaged", path


def test_no_flipped_byte_of_a_table_comes_back_as_a_figure(stored: Stored) -> None:
    plan, rng = stored.plans[0], random.Random(3)  # noqa: S311
    is_file = stored.settings.max_inline_table_bytes == 0
    damaged_file = stored.table_file(plan, "quotas") if is_file else None
    with stored.store.read_transaction() as transaction:
        body = transaction.plans.read_parquet(plan, "quotas")
    for number in range(FLIPS):
        place = rng.randrange(len(body))
        flipped = body[:place] + bytes([body[place] ^ (1 << rng.randrange(8))]) + body[place + 1 :]
        if is_file:
            stored.table_file(plan, "quotas").write_bytes(flipped)
        else:
            stored.execute(
                "UPDATE plan_tables SET body = :body WHERE plan = :plan AND name = 'quotas'", body=flipped, plan=plan
            )
        assert_damaged(stored, f"/v1/plans/{plan}/tables/quotas?format={FORMATS[number % len(FORMATS)]}")
    assert stored.client.get(f"/v1/plans/{plan}/tables/supply").status_code == 200
    # plans with equal tables share the object
    sharing = [one for one in stored.plans if is_file and stored.table_file(one, "quotas") == damaged_file] or [plan]
    damages = {(one.kind, one.name) for one in check_store(stored.store, CheckedCounts())}
    assert damages == {("table", f"quotas of {one}") for one in sharing}
    assert 'allot_damaged_reads_total{kind="table"}' in stored.client.get("/metrics").text


@pytest.mark.parametrize("stored", [0], indirect=True)
def test_a_file_that_is_cut_emptied_swapped_or_gone_is_damage(stored: Stored) -> None:
    plan = stored.plans[0]
    file = stored.table_file(plan, "supply")
    whole, other = file.read_bytes(), stored.table_file(plan, "quotas").read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", other, None):
        file.unlink() if damaged is None else file.write_bytes(damaged)
        for kind in FORMATS:
            assert_damaged(stored, f"/v1/plans/{plan}/tables/supply?format={kind}")
        assert_damaged(stored, f"/v1/plans/{plan}/workbook")


@pytest.mark.parametrize("stored", [2**24], indirect=True)
@pytest.mark.parametrize(
    "head",
    ["substr(head, 1, length(head) / 2)", "'{}'", "json_set(head, '$.objective.value', 1.0)", "NULL"],
    ids=["half", "empty", "other figure", "none"],
)
def test_a_list_leaves_out_a_plan_that_cannot_be_read_and_names_it(stored: Stored, head: str) -> None:
    first, second = stored.plans
    stored.execute(f"UPDATE plans SET head = {head} WHERE id = :id", id=first)  # noqa: S608
    assert_damaged(stored, f"/v1/plans/{first}")
    page = stored.client.get("/v1/plans").json()
    assert ([one["id"] for one in page["plans"]], page["damaged"]) == ([second], [first])
    pages = [stored.client.get("/v1/plans?limit=1").json()]
    pages.append(stored.client.get(pages[0]["next"]).json())
    assert [one["damaged"] for one in pages] == [[], [first]]
    again = stored.queue.submit_plan(PlanRequest(problem("first")))
    assert again.plan.copied_from is None


def test_a_damaged_plan_answers_no_other_request(stored: Stored) -> None:
    first = stored.plans[0]
    copy = stored.queue.submit_plan(PlanRequest(problem("first"))).plan
    assert copy.copied_from == first
    version = stored.client.get("/v1/version").json()
    for plan in (first, copy.id):
        made_by = stored.client.get(f"/v1/plans/{plan}").json()["made_by"]
        assert made_by == {name: version[name] for name in ("version", "commit", "source_digest")}
    if stored.settings.max_inline_table_bytes:
        stored.execute("UPDATE plan_tables SET body = x'00' WHERE name = 'supply'")
    else:
        stored.table_file(first, "supply").write_bytes(b"")
    assert stored.queue.submit_plan(PlanRequest(problem("first"))).plan.copied_from is None


@pytest.mark.parametrize("stored", [2**24], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plans SET basis = substr(basis, 1, 40) WHERE id = :id",
        "UPDATE plans SET basis_digest = problem_digest WHERE id = :id",
        "UPDATE problems SET body = x'00' WHERE digest = (SELECT problem_digest FROM plans WHERE id = :id)",
    ],
)
def test_a_damaged_basis_or_base_problem_is_no_start(stored: Stored, statement: str) -> None:
    base = stored.plans[0]
    stored.queue.submit_plan(PlanRequest(problem("varied"), base_plan=base))
    claim = stored.queue.claim_next_job("test")
    assert claim is not None
    assert claim.warm_start is not None
    assert stored.queue.requeue_claim(claim, "again", count_attempt=False)
    stored.execute(statement, id=base)
    again = stored.queue.claim_next_job("test")
    assert again is not None
    assert (again.plan, again.warm_start) == (claim.plan, None)


@pytest.mark.parametrize("stored", [2**24], indirect=True)
def test_a_problem_that_was_swapped_is_told_and_written_again_when_it_is_posted(stored: Stored) -> None:
    first = stored.plans[0]
    stored.execute(
        "UPDATE problems SET body = (SELECT body FROM problems WHERE digest <> :digest LIMIT 1) WHERE digest = :digest",
        digest=problem_digest(stored, first),
    )
    assert_damaged(stored, f"/v1/plans/{first}/problem")
    damages = list(check_store(stored.store, CheckedCounts()))
    assert [(one.kind, one.name) for one in damages] == [("problem", problem_digest(stored, first))]
    stored.queue.submit_plan(PlanRequest(problem("first"), reuse=False))
    assert stored.client.get(f"/v1/plans/{first}/problem").json()["name"] == "first"
    assert not list(check_store(stored.store, CheckedCounts()))


def problem_digest(stored: Stored, plan: str) -> str:
    with stored.store.read_transaction() as transaction:
        return transaction.plans.get_plan(plan).problem_digest


@pytest.mark.parametrize("stored", [2**24], indirect=True)
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DELETE FROM job_events WHERE job = :id AND seq = 2", "after number 0 one is gone"),
        ("DELETE FROM job_events WHERE job = :id AND kind = 'finished'", "of 3 are stored"),
        ("UPDATE job_events SET data = '{]' WHERE job = :id AND seq = 2", "cannot be read"),
        (
            "UPDATE job_events SET data = '{\"outcome\": \"failed\"}' WHERE job = :id AND kind = 'finished'",
            "another outcome than optimal",
        ),
        ('UPDATE plans SET options = \'{"tolerance": "small"}\' WHERE id = :id', "PlanOptions"),
    ],
)
def test_the_check_reads_options_and_events(stored: Stored, statement: str, reason: str) -> None:
    plan = stored.plans[0]
    stored.execute(statement, id=plan)
    (first, *more) = check_store(stored.store, CheckedCounts())
    assert (first.name, reason in str(first)) == (plan, True), str(first)
    assert all(one.name == plan for one in more)


@pytest.mark.parametrize("stored", [2**24], indirect=True)
def test_the_command_names_what_is_damaged(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOT_DATABASE_URL", stored.settings.resolve_database_url())
    monkeypatch.setenv("ALLOT_DATA_DIR", str(stored.settings.data_dir))
    sound = CliRunner().invoke(command_line, ["check"])
    assert sound.exit_code == 0, sound.output
    assert "2 plans" in sound.stdout
    assert "nothing damaged" in sound.stdout
    stored.execute("DELETE FROM plan_tables WHERE plan = :id AND name = 'quotas'", id=stored.plans[0])
    stored.execute("UPDATE plans SET head = '{}' WHERE id = :id", id=stored.plans[1])
    stored.execute("UPDATE plans SET basis_digest = problem_digest WHERE id = :id", id=stored.plans[0])
    found = CliRunner().invoke(command_line, ["check"])
    assert found.exit_code == 1
    assert f"basis {stored.plans[0]}: " in found.stdout
    assert f"plan {stored.plans[0]}: its head names other tables" in found.stdout
    assert f"plan {stored.plans[1]}: " in found.stdout
