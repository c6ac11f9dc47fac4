"""The whole walk: plan, put in force, report three months, look at fulfilment, plan the rest again; on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.plan import Plan
from models.validation.parsing import parse_problem
from service.api.app import create_app
from service.core.settings import Settings
from tests.invariants import assert_plan_invariants
from tests.service.api.conftest import WAIT
from tests.service.conftest import MOSTLY_SQLITE
from tests.solvers.replanning.year import MONTHS, raw

Json = dict[str, Any]

CSV = {"Content-Type": "text/csv"}
HEADS = tuple(Plan.model_fields)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as opened:
        yield opened


def planned(client: TestClient, body: Json) -> str:
    answer = client.post("/v1/plans", json=body, headers=WAIT)
    assert answer.status_code == 201, answer.text
    assert answer.json()["outcome"] == "optimal"
    address = answer.headers["location"]
    for act in ("submit", "ratify", "put-in-force"):
        assert client.post(f"{address}/approval/{act}", json={}).status_code == 200
    return str(address)


def rows(client: TestClient, plan: str, table: str) -> list[Json]:
    found: list[Json] = client.get(f"{plan}/tables/{table}?limit=5000").json()["rows"]
    return found


def report(client: TestClient, plan: str, months: list[str], made: float) -> Json:
    """Report a share of the quotas of some months as CSV."""
    quotas = [row for row in rows(client, plan, "quotas") if row["period"] in months]
    lines = [f"{q['factory']},{q['item']},{q['period']},{q['quantity'] * made!r}" for q in quotas]
    answer = client.post(f"{plan}/outputs", content="\n".join(["factory,item,period,quantity", *lines]), headers=CSV)
    assert answer.status_code == 201, answer.text
    accepted: Json = answer.json()
    assert accepted["accepted"] == len(quotas)
    return accepted


def again(client: TestClient, plan: str, body: Json) -> Json:
    answer = client.post(f"{plan}/replan", json=body, headers=WAIT)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    assert answer.headers["location"] == f"/v1/plans/{made['id']}"
    assert made["outcome"] == "optimal", made["termination"]
    return made


def assert_invariants(client: TestClient, made: Json) -> None:
    address = made["links"]["self"]
    problem = parse_problem(client.get(f"{address}/problem").content)
    tables = {name: rows(client, address, name) for name in made["tables"]}
    assert_plan_invariants(problem, Plan.model_validate({name: made[name] for name in HEADS}), tables)


def test_the_walk(client: TestClient) -> None:
    plan = planned(client, {"problem": raw()})
    before = client.get(plan).json()["objective"]["value"]
    report(client, plan, MONTHS[:3], 0.7)
    review = client.get(f"{plan}/fulfilment?by=county").json()
    assert review["through"] == MONTHS[2]
    assert [row["fulfilment"] for row in review["rows"]] == pytest.approx([0.7] * len(review["rows"]))
    assert {row["unreported"] for row in review["rows"]} == {0}
    made = again(client, plan, {"from": MONTHS[3]})
    assert made["base_plan"] == plan.rpartition("/")[2]
    assert made["approval_state"] == "draft"
    assert any(step["warm_start"] for step in made["solver"]["strategy"])
    told = made["source"]["replanned"]
    assert (told["from"], told["past"], told["assumed"]) == (MONTHS[3], MONTHS[:3], 0)
    assert told["lost"] == told["unexplained"] == []
    assert made["objective"]["value"] > before
    assert_invariants(client, made)
    past = {(q["factory"], q["item"], q["period"]): q["quantity"] for q in rows(client, plan, "quotas")}
    for quota in rows(client, made["links"]["self"], "quotas"):
        if quota["period"] in MONTHS[:3]:
            key = quota["factory"], quota["item"], quota["period"]
            assert quota["quantity"] == pytest.approx(0.7 * past[key])


@MOSTLY_SQLITE
def test_outputs_as_planned_give_the_same_year(client: TestClient) -> None:
    plan = planned(client, {"problem": raw()})
    report(client, plan, MONTHS[:2], 1.0)
    made = again(client, plan, {"from": MONTHS[2]})
    assert made["objective"]["value"] == pytest.approx(client.get(plan).json()["objective"]["value"], rel=1e-9)


@MOSTLY_SQLITE
def test_close_quotas_say_what_they_reached_and_what_they_cost(client: TestClient) -> None:
    plan = planned(client, {"problem": raw()})
    report(client, plan, MONTHS[:2], 0.5)
    change = {"what": "power_limit", "where": "kapsan", "factor": 0.95}
    made = again(client, plan, {"from": MONTHS[2], "keep_quotas_close": True, "changes": [change]})
    assert [goal["goal"] for goal in made["objective"]["goals"]] == ["shortage", "quotas_close", "cost"]
    assert made["source"]["changes"][-1]["where"] == "kapsan"
    goals = client.get(f"{made['links']['self']}/goals").json()["goals"]
    assert "2 quotas_close" in goals[2]["shadow_prices"]
    assert_invariants(client, made)


@MOSTLY_SQLITE
def test_a_plan_made_again_is_carried_out_and_made_again(client: TestClient) -> None:
    plan = planned(client, {"problem": raw()})
    report(client, plan, MONTHS[:2], 0.8)
    made = again(client, plan, {"from": MONTHS[2]})["links"]["self"]
    for act in ("submit", "ratify", "put-in-force"):
        assert client.post(f"{made}/approval/{act}", json={}).status_code == 200
    report(client, made, MONTHS[2:4], 0.9)
    last = again(client, made, {"from": MONTHS[4]})
    assert last["source"]["replanned"]["past"] == MONTHS[:4]
    assert last["source"]["replanned"]["reported"] == len(
        [row for row in rows(client, made, "quotas") if row["period"] in MONTHS[2:4]]
    )
    assert_invariants(client, last)


@MOSTLY_SQLITE
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"from": MONTHS[0]}, "/from"),
        ({"from": "2009-01"}, "/from"),
        ({}, "/from"),
        ({"from": MONTHS[1], "unreported": "half"}, "/unreported"),
        ({"from": MONTHS[1], "changes": [{"what": "power_limit", "where": "x", "factor": 1}]}, "/changes/0/where"),
        ({"from": MONTHS[1], "options": {"time_limit_seconds": 80_000}}, "/options/time_limit_seconds"),
    ],
)
def test_bad_requests_are_told_where(client: TestClient, body: Json, path: str) -> None:
    plan = planned(client, {"problem": raw()})
    answer = client.post(f"{plan}/replan", json=body)
    assert answer.status_code == 422, answer.text
    assert path in {one["path"] for one in answer.json()["errors"]}


def test_the_same_request_with_a_key_gives_the_same_plan(client: TestClient) -> None:
    plan = planned(client, {"problem": raw()})
    sent = [
        client.post(f"{plan}/replan", json={"from": start}, headers={**WAIT, "Idempotency-Key": "april"})
        for start in (MONTHS[3], MONTHS[3], MONTHS[2])
    ]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    assert sent[2].status_code == 409


@MOSTLY_SQLITE
def test_nothing_is_planned_again_that_is_not_there(client: TestClient) -> None:
    assert client.post("/v1/plans/nobody/replan", json={"from": MONTHS[1]}).status_code == 404


@pytest.mark.slow_lane
def test_the_walk_through_ryanggangs_normal_year(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Three months at seven eighths; April to December planned again; every rule holds over the year."""
    folder = tmp_path_factory.mktemp("ryanggang")
    patient = {
        "max_wait_seconds": 3600,
        "default_time_limit_seconds": 3600,
    }  # a loaded machine ends the same plan later
    with TestClient(create_app(Settings.model_validate({"data_dir": folder, "solver_workers": 1} | patient))) as client:
        wait = {"Prefer": "wait=3600"}
        plan = client.post("/v1/plans", json={"province": "ryanggang", "scenario": "normal"}, headers=wait)
        address = plan.headers["location"]
        assert plan.json()["outcome"] == "optimal"
        for act in ("submit", "ratify", "put-in-force"):
            assert client.post(f"{address}/approval/{act}", json={}).status_code == 200
        problem = parse_problem(client.get(f"{address}/problem").content)
        report(client, address, list(problem.periods[:3]), 0.875)
        review = client.get(f"{address}/fulfilment?by=factory").json()
        assert len(review["rows"]) > 50
        assert review["total"]["fulfilment"] == pytest.approx(0.875)
        answer = client.post(f"{address}/replan", json={"from": problem.periods[3]}, headers=wait)
        made = answer.json()
        assert made["outcome"] == "optimal", made["termination"]
        assert any(step["warm_start"] for step in made["solver"]["strategy"])
        assert made["source"]["replanned"]["unexplained"] == []
        assert made["objective"]["value"] > plan.json()["objective"]["value"]
        after = parse_problem(client.get(f"{made['links']['self']}/problem").content)
        tables = {
            name: client.get(f"{made['links']['self']}/tables/{name}?limit=100000").json()["rows"]
            for name in made["tables"]
        }
        assert_plan_invariants(after, Plan.model_validate({name: made[name] for name in HEADS}), tables)
