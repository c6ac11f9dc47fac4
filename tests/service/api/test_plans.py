"""Plans: asked for, waited for, repeated, listed, cancelled."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.api.app import create_app
from service.core.settings import Settings
from service.domain.schemas.plans import PlanSource
from service.domain.schemas.problems import SourceEnvelope
from tests.service.api.answers import assert_problem, paths
from tests.service.api.conftest import WAIT
from tests.service.helpers import slow


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[TestClient]:
    """A service that only accepts: what is asked for waits."""
    settings = Settings(data_dir=tmp_path, solver_workers=0, queue_length=3, queue_length_per_caller=3)
    with TestClient(create_app(settings)) as client:
        yield client


def test_without_a_wish_to_wait_a_plan_is_accepted_and_made_later(client: TestClient, problem: dict[str, Any]) -> None:
    answer = client.post("/v1/plans", json={"problem": problem, "reuse": False})
    assert answer.status_code == 202
    where, head = answer.headers["location"], answer.json()
    assert where == f"/v1/plans/{head['id']}"
    assert head["status"] in {"queued", "running"}
    deadline = time.monotonic() + 60
    while (head := client.get(where).json())["status"] != "finished":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert head["outcome"] == "optimal"


def test_who_waits_gets_the_finished_plan(client: TestClient, plan: str) -> None:
    head = client.get(plan).json()
    assert head["status"] == "finished"
    assert head["certificate"]["passed"]
    assert 0 < head["summary"]["served_share"] < 1
    assert head["links"]["quotas"] == f"{plan}/tables/quotas"
    assert head["tables"]["quotas"] == client.get(f"{plan}/tables/quotas").json()["total"]


def test_the_wait_that_was_granted_is_named(waiting: TestClient, problem: dict[str, Any]) -> None:
    begun = time.monotonic()
    answer = waiting.post("/v1/plans", json={"problem": problem}, headers={"Prefer": "respond-async, wait=0.3"})
    assert answer.status_code == 202
    assert 0.25 < time.monotonic() - begun < 5
    assert answer.headers["preference-applied"] == "wait=0.3"


@pytest.mark.parametrize("prefer", ["", "wait", "wait=", "wait=soon", "wait=-1", "return=minimal", "wait=0", ";;,,="])
def test_other_preferences_are_passed_over(waiting: TestClient, problem: dict[str, Any], prefer: str) -> None:
    answer = waiting.post("/v1/plans", json={"problem": problem}, headers={"Prefer": prefer})
    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers


def test_the_same_request_with_its_key_is_the_same_plan(client: TestClient, problem: dict[str, Any]) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (client.post("/v1/plans", json={"problem": problem}, headers=key | WAIT) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert again.status_code == 201
    other = client.post("/v1/plans", json={"problem": problem | {"name": "other"}}, headers=key)
    assert paths(assert_problem(other, 409, "other_body")["errors"]) == {"header/idempotency-key"}


@pytest.mark.parametrize("key", ["x" * 256, "a b", "\xe9"])
def test_a_key_that_is_none_is_refused(client: TestClient, problem: dict[str, Any], key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    assert_problem(client.post("/v1/plans", json={"problem": problem}, headers=headers), 422, "bad_key")


def test_a_plan_that_was_made_before_answers_at_once(client: TestClient, plan: str, problem: dict[str, Any]) -> None:
    answer = client.post("/v1/plans", json={"problem": problem})
    assert answer.status_code == 201
    assert answer.json()["copied_from"] is not None
    assert answer.json()["objective"] == client.get(plan).json()["objective"]


def test_changes_are_made_and_remembered(client: TestClient, plan: str, problem: dict[str, Any]) -> None:
    change = {"what": "power_limit", "where": "kapsan", "factor": 0.5}
    answer = client.post("/v1/plans", json={"problem": problem, "changes": [change]}, headers=WAIT)
    assert answer.json()["source"]["changes"] == [change]
    planned = client.get(answer.headers["location"] + "/problem").json()
    assert planned["power_areas"][1]["limit_kwh"] == [21000.0, 20000.0]
    served = client.get(plan).json()["summary"]["served_share"]
    assert answer.json()["summary"]["served_share"] < served


def test_what_cannot_be_kept_is_a_plan_with_a_diagnosis(client: TestClient, problem: dict[str, Any]) -> None:
    problem["counties"][0]["stocks"]["soap"]["closing_least"] = 1e9
    answer = client.post("/v1/plans", json={"problem": problem}, headers=WAIT)
    assert answer.status_code == 201
    assert answer.json()["outcome"] == "infeasible"
    assert answer.json()["termination"]["reason"] == "infeasible"


def test_a_problem_that_cannot_be_planned_is_422_with_places(client: TestClient, problem: dict[str, Any]) -> None:
    problem["links"][0]["from"] = "atlantis"
    problem["items"][0]["value"] = float("1e300") * -1
    refused = assert_problem(client.post("/v1/plans", json={"problem": problem}), 422)
    assert {"/problem/links/0/from", "/problem/items/0/value"} <= paths(refused["errors"])


def test_more_time_than_there_is_is_refused(client: TestClient, problem: dict[str, Any]) -> None:
    sent = {"problem": problem, "options": {"time_limit_seconds": 3601}}
    assert paths(assert_problem(client.post("/v1/plans", json=sent), 422)["errors"]) == {"/options/time_limit_seconds"}


def test_a_full_queue_says_when_to_come_back(waiting: TestClient, problem: dict[str, Any]) -> None:
    for _ in range(3):
        assert waiting.post("/v1/plans", json={"problem": problem}).status_code == 202
    answer = waiting.post("/v1/plans", json={"problem": problem})
    assert_problem(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1


def test_plans_are_listed_newest_first_page_by_page(waiting: TestClient, problem: dict[str, Any]) -> None:
    made = [waiting.post("/v1/plans", json={"problem": problem}).json()["id"] for _ in range(3)]
    waiting.delete(f"/v1/plans/{made[0]}")
    first = waiting.get("/v1/plans?limit=2")
    assert [one["id"] for one in first.json()["plans"]] == [made[2], made[1]]
    assert first.headers["link"] == f'<{first.json()["next"]}>; rel="next"'
    last = waiting.get(first.json()["next"])
    assert [one["id"] for one in last.json()["plans"]] == [made[0]]
    assert last.json()["next"] is None
    assert "link" not in last.headers
    cancelled = waiting.get("/v1/plans?status=cancelled").json()["plans"]
    assert [one["id"] for one in cancelled] == [made[0]]
    assert_problem(waiting.get("/v1/plans?before=none"), 404)
    assert_problem(waiting.get("/v1/plans?status=odd"), 422)


def test_a_waiting_plan_is_cancelled_at_once_and_again(waiting: TestClient, problem: dict[str, Any]) -> None:
    where = waiting.post("/v1/plans", json={"problem": problem}).headers["location"]
    for _ in range(2):
        answer = waiting.delete(where)
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    for address in ("tables/quotas", "tables/quotas?format=csv", "workbook"):
        assert_problem(waiting.get(f"{where}/{address}"), 409)
    assert_problem(waiting.delete("/v1/plans/none"), 404)


def test_a_running_plan_tells_how_far_it_is_and_ends_on_request(client: TestClient) -> None:
    sent = slow().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    where = client.post("/v1/plans", json={"problem": sent}).headers["location"]
    deadline = time.monotonic() + 60
    while not (head := client.get(where).json())["progress"]:
        assert head["status"] in {"queued", "running"}, head["status"]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert head["progress"]["stage"]
    assert_problem(client.get(f"{where}/tables/quotas"), 409)
    begun = time.monotonic()
    answer = client.delete(where)
    assert answer.status_code in {200, 202}
    while client.get(where).json()["status"] != "cancelled":
        assert time.monotonic() < begun + 10
        time.sleep(0.1)


def test_a_finished_plan_is_kept(client: TestClient, plan: str) -> None:
    assert_problem(client.delete(plan), 409)


def test_the_problem_and_the_program_of_a_plan_can_be_read(client: TestClient, plan: str) -> None:
    problem = client.get(f"{plan}/problem")
    assert problem.json()["counties"][0]["id"] == "hyesan"
    again = client.get(f"{plan}/problem", headers={"If-None-Match": problem.headers["etag"]})
    assert again.status_code == 304
    mps, lp = client.get(f"{plan}/export.mps"), client.get(f"{plan}/export.lp")
    assert "power[kapsan,2002-02]" in mps.text
    assert lp.text.startswith("minimize")
    assert mps.headers["content-type"] == "text/plain; charset=utf-8"
    assert_problem(client.get(f"{plan}/export.exe"), 422)


def test_what_a_plan_remembers_of_its_source_is_what_a_request_says() -> None:
    assert set(PlanSource.model_fields) == {
        *SourceEnvelope.model_fields,
        "name",
        "replanned",
        "alternative",
        "study_run",
    }
