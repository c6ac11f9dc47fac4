"""Studies, ranges and alternatives over HTTP, from the request to every format of a table."""

import io
import json
from collections.abc import Iterator
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from starlette.testclient import TestClient

from models.analyses.study import BoundsRequest
from models.examples import two_counties_raw
from service.api.body_examples import BODY_EXAMPLES
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT

FACTORS = [
    {
        "name": "power",
        "changes": [{"what": "power_limit"}],
        "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
    },
    {
        "name": "deliveries",
        "changes": [{"what": "delivered"}],
        "distribution": {"kind": "uniform", "low": 0.7, "high": 1.0},
    },
]
DRY = {"name": "dry", "changes": [{"what": "power_limit", "where": "kapsan", "factor": 0.5}]}

Json = dict[str, Any]


@pytest.fixture(scope="module")
def study(client: TestClient, plan: str) -> Json:
    """A finished study of four draws and one lever."""
    body = {"base": {"plan": plan.rpartition("/")[2]}, "factors": FACTORS, "levers": [DRY], "hold": "quotas"}
    sent = client.post("/v1/studies", json={**body, "design": {"kind": "grid", "levels": 2}}, headers=WAIT)
    assert sent.status_code == 201, sent.text
    assert sent.headers["location"] == f"/v1/studies/{sent.json()['id']}"
    assert sent.json()["status"] == "finished", sent.json()
    return dict(sent.json())


@pytest.fixture(scope="module")
def alternatives(client: TestClient, plan: str) -> Json:
    sent = client.post(f"{plan}/alternatives", json={"slack": [0.01], "count": 1}, headers=WAIT)
    assert (sent.status_code, sent.json()["status"]) == (201, "finished"), sent.text
    return dict(sent.json())


def read_runs(client: TestClient, study: Json) -> list[Json]:
    return list(client.get(study["links"]["runs"]).json()["rows"])


def test_the_head_of_a_study_is_flat(client: TestClient, study: Json, plan: str) -> None:
    assert study == client.get(study["links"]["self"]).json()
    assert (study["run_count"], study["progress"], study["reason"]) == (8, {"done": 8, "total": 8}, "")
    assert f"/v1/plans/{study['base_plan']}" == plan
    assert study["tables"]["runs"] == 8
    assert {one["lever"] for one in study["quantiles"]} == {"base", "dry"}
    assert study["request"]["levers"] == [DRY]


@pytest.mark.parametrize("kind", ["json", "csv", "parquet", "arrow"])
def test_runs_come_in_every_format_with_a_column_for_each_factor(client: TestClient, study: Json, kind: str) -> None:
    answer = client.get(study["links"]["runs"], params={"format": kind})
    assert answer.status_code == 200, answer.text
    read = {
        "json": lambda body: pa.Table.from_pylist(json.loads(body)["rows"]),
        "csv": lambda body: csv.read_csv(io.BytesIO(body)),
        "parquet": lambda body: parquet.read_table(io.BytesIO(body)),
        "arrow": lambda body: pa.ipc.open_stream(body).read_all(),
    }
    table = read[kind](answer.content)
    assert table["run"].to_pylist() == list(range(8))
    assert {"power", "deliveries", "objective", "served_share", "plan"} <= set(table.column_names)
    again = client.get(
        study["links"]["runs"], params={"format": kind}, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_a_study_is_a_workbook(client: TestClient, study: Json, alternatives: Json) -> None:
    answer = client.get(study["links"]["workbook"])
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {"Index", "Head", "Quantiles", "runs", "drivers", "counties", "regret"} <= set(book.sheetnames)
    first, *rows = book["runs"].iter_rows(values_only=True)
    assert {"run", "power", "deliveries", "served_share"} <= set(first)
    assert [row[0] for row in rows] == list(range(8))
    again = client.get(study["links"]["workbook"], headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert_problem(client.get(f"/v1/studies/{alternatives['id']}/workbook"), 404)


def test_runs_are_filtered_sorted_and_paged(client: TestClient, study: Json) -> None:
    query: Json = {"lever": "dry", "sort": "-objective", "columns": "run,power,objective", "limit": 3}
    page = client.get(study["links"]["runs"], params=query).json()
    assert (page["total"], len(page["rows"]), list(page["rows"][0])) == (4, 3, ["run", "power", "objective"])
    assert client.get(page["next"]).json()["rows"][0]["run"] >= 4
    assert_problem(client.get(study["links"]["runs"], params={"lever": "wet"}), 422)


def test_bounds_of_a_study_are_told_at_any_point(client: TestClient, study: Json) -> None:
    (_, body), *_ = BODY_EXAMPLES[BoundsRequest].values()
    answer = client.post(study["links"]["bounds"], json=body)
    assert answer.status_code == 200, answer.text
    (bounds,) = answer.json()["bounds"]
    assert bounds["lower_bound"] is None or bounds["lower_bound"] <= bounds["upper_bound"]
    wrong = client.post(study["links"]["bounds"], json={"points": [{"powr": 1.0}]})
    assert_problem(wrong, 422)


def test_a_run_opens_as_a_plan_once(client: TestClient, study: Json) -> None:
    row = read_runs(client, study)[6]
    opened = client.post(f"/v1/studies/{study['id']}/runs/6/plan", headers=WAIT)
    assert opened.status_code == 201, opened.text
    made = opened.json()
    assert (made["outcome"], made["base_plan"]) == ("optimal", study["base_plan"])
    assert made["source"]["study_run"] == {"study": study["id"], "run": 6, "hold": "quotas"}
    assert made["source"]["changes"][0] == DRY["changes"][0]
    assert [one["factor"] for one in made["source"]["changes"][1:]] == [row["power"], row["deliveries"]]
    again = client.post(f"/v1/studies/{study['id']}/runs/6/plan", headers=WAIT)
    assert again.json()["id"] == made["id"]
    assert [one["plan"] for one in read_runs(client, study)] == [""] * 6 + [made["id"], ""]
    assert_problem(client.post(f"/v1/studies/{study['id']}/runs/8/plan"), 404)


def test_an_alternative_is_a_plan_without_dual_values(client: TestClient, alternatives: Json, plan: str) -> None:
    (name,) = alternatives["plans"]
    found = client.get(f"/v1/plans/{name}").json()
    assert (found["outcome"], f"/v1/plans/{found['base_plan']}") == ("optimal", plan)
    assert found["source"]["alternative"] == {"analysis": alternatives["id"], "number": 0}
    assert client.get(f"/v1/plans/{name}/tables/quotas").json()["total"] > 0
    refused = assert_problem(client.get(f"/v1/plans/{name}/shadow-prices"), 409)
    assert found["base_plan"] in refused["detail"]
    for body in ({"measures": [{"measure": "made"}]},):
        assert_problem(client.post(f"/v1/plans/{name}/ranges", json=body), 409)
    study = {"base": {"plan": name}, "factors": FACTORS}
    errors = assert_problem(client.post("/v1/studies", json=study), 422)["errors"]
    assert [(one["path"], one["code"]) for one in errors] == [("/base/plan", "alternative_as_base")]
    again = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT).json()
    assert again["copied_from"] != name


WRONG_STUDIES: list[tuple[Json, list[tuple[str, str]]]] = [
    ({}, [("/factors", "missing"), ("/base", "missing")]),
    ({"base": {}, "factors": FACTORS}, [("/base", "invalid")]),
    ({"base": {"plan": "x", "problem": {}}, "factors": FACTORS}, [("/base", "invalid")]),
    (
        {"base": {"plan": "x"}, "factors": FACTORS, "hold": "all"},
        [("/hold", "unknown_choice"), ("/base/plan", "unknown_plan")],
    ),
    ({"base": {"province": "nowhere"}, "factors": FACTORS}, [("/base/province", "unknown_province")]),
    (
        {
            "base": {"problem": two_counties_raw(), "changes": [{"what": "power_limit", "where": "x", "factor": 1}]},
            "factors": FACTORS,
        },
        [("/base/changes/0/where", "unknown_where")],
    ),
    ({"base": 3, "factors": 3}, [("/factors", "wrong_type"), ("/base", "wrong_type")]),
    (
        {"base": {"problem": two_counties_raw()}, "factors": [FACTORS[0], FACTORS[0]], "levers": [DRY], "hold": "all"},
        [("/hold", "unknown_choice"), ("/factors/1/name", "duplicate_name")],
    ),
    (
        {
            "base": {"problem": two_counties_raw()},
            "factors": [{**FACTORS[0], "name": 3}, {**FACTORS[1], "changes": [{"what": "delivered", "where": "x"}]}],
        },
        [("/factors/0/name", "wrong_type"), ("/factors/1/changes/0/where", "unknown_where")],
    ),
    (
        {
            "base": {"problem": two_counties_raw()},
            "factors": [FACTORS[0], {**FACTORS[1], "changes": [{"what": "delivered", "where": "x"}]}],
            "levers": [{"name": "dry", "changes": [DRY["changes"][0], {"what": "labour", "where": "x", "factor": 2}]}],
            "thresholds": [{"outcome": "served_share", "of": {"county": ["kapsan", "x"]}, "least": 0.5}],
        },
        [
            ("/factors/1/changes/0/where", "unknown_where"),
            ("/levers/0/changes/1/where", "unknown_where"),
            ("/thresholds/0/of/county/1", "unknown_county"),
        ],
    ),
]


@pytest.mark.parametrize(("body", "expected"), WRONG_STUDIES)
def test_all_mistakes_of_a_request_are_told_at_once(client: TestClient, body: Json, expected: list[Any]) -> None:
    errors = assert_problem(client.post("/v1/studies", json=body), 422)["errors"]
    assert [(one["path"], one["code"]) for one in errors] == expected


def test_a_province_or_problem_as_base_is_planned_first(client: TestClient) -> None:
    base = {"problem": two_counties_raw(), "changes": [{"what": "power_limit", "factor": 0.9}]}
    body = {"base": base, "factors": FACTORS, "design": {"kind": "list", "points": [{"power": 1.0, "deliveries": 1.0}]}}
    key = {"Idempotency-Key": "planned-first"}
    made = client.post("/v1/studies", json=body, headers={**WAIT, **key}).json()
    assert made["status"] == "finished", made
    source = client.get(f"/v1/plans/{made['base_plan']}").json()["source"]
    assert source["changes"] == [{"what": "power_limit", "factor": 0.9}]
    assert client.post("/v1/studies", json=body, headers=key).json()["id"] == made["id"]
    assert_problem(client.post("/v1/studies", json={**body, "hold": "swaps"}, headers=key), 409)


@pytest.fixture
def waiting(client: TestClient, plan: str) -> Iterator[str]:
    """Address of a study that does not end by itself for long."""
    body = {"base": {"plan": plan.rpartition("/")[2]}, "factors": FACTORS, "design": {"size": 4096}}
    sent = client.post("/v1/studies", json=body)
    assert sent.status_code == 202
    yield sent.headers["location"]
    client.delete(sent.headers["location"])


def test_a_study_is_cancelled_and_its_events_told(client: TestClient, waiting: str) -> None:
    assert_problem(client.get(f"{waiting}/tables/runs"), 409)
    assert_problem(client.post(f"{waiting}/bounds", json={"points": [{"power": 1.0, "deliveries": 1.0}]}), 409)
    assert_problem(client.post(f"{waiting}/runs/0/plan"), 409)
    ended = client.delete(waiting)
    assert (ended.status_code, ended.json()["status"], ended.json()["run_count"]) == (200, "cancelled", None)
    events = client.get(f"{waiting}/events").text
    assert "event: queued" in events
    assert events.rstrip().endswith("id: " + str(events.count("event: ")))
    assert client.get(f"{waiting}/events", headers={"Last-Event-ID": str(events.count("event: "))}).status_code == 204


def test_analyses_are_listed_by_kind_and_base(client: TestClient, study: Json, alternatives: Json) -> None:
    query = {"base_plan": study["base_plan"], "status": "finished", "limit": 1}
    page = client.get("/v1/studies", params=query).json()
    assert [one["id"] for one in page["analyses"]] == [study["id"]]
    assert client.get("/v1/alternatives").json()["analyses"][0]["id"] == alternatives["id"]
    assert_problem(client.get(f"/v1/ranges/{study['id']}"), 404)
    assert_problem(client.get(f"/v1/studies/{alternatives['id']}/tables/runs"), 404)
    assert_problem(client.delete(f"/v1/studies/{study['id']}"), 409)
