"""A workbook or a zip planned in one request: its scenario, its options, and what is refused."""

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from models import provinces
from models.changes.apply import apply_changes
from models.changes.change import Scenario
from models.examples import two_counties
from models.validation.parsing import parse_problem
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES, SpreadsheetKind
from tests.service.api.answers import assert_problem
from tests.service.spreadsheets.digits import round_model
from tests.service.spreadsheets.test_province_files import KINDS, written

DRY = Scenario.model_validate(
    {"id": "dry", "name": "Dry year", "changes": [{"what": "power_limit", "where": "kapsan", "factor": 0.67}]}
)
OTHER = Scenario.model_validate({"id": "other", "name": "Other", "changes": [{"what": "power_limit", "factor": 1.5}]})


def post(client: TestClient, kind: SpreadsheetKind, query: str = "", **headers: str) -> Response:
    body = written(kind, two_counties(), "Mine", (DRY, OTHER))
    sent = {"Content-Type": SPREADSHEET_MEDIA_TYPES[kind], "Prefer": "wait=60", **headers}
    return client.post(f"/v1/plans{query}", content=body, headers=sent)


@pytest.mark.parametrize("kind", KINDS)
def test_a_scenario_of_sheets_is_planned_in_one_request(client: TestClient, kind: SpreadsheetKind) -> None:
    answer = post(client, kind, "?scenario=dry&solver=highs&time_limit_seconds=33&verify=true&priority=7")
    assert answer.status_code == 201, answer.text
    plan = answer.json()
    assert plan["outcome"] == "optimal"
    assert plan["source"]["scenario"] == "dry"
    assert plan["source"]["province"] is None
    assert (plan["options"]["solver"], plan["options"]["time_limit_seconds"]) == ("highs", 33)
    assert plan["verification"] is not None
    planned = parse_problem(client.get(f"/v1/plans/{plan['id']}/problem").content)
    assert planned == apply_changes(two_counties(), DRY.changes)
    as_it_stands = post(client, kind, "?reuse=false").json()
    assert as_it_stands["source"]["scenario"] is None
    assert parse_problem(client.get(f"/v1/plans/{as_it_stands['id']}/problem").content) == two_counties()
    assert plan["summary"]["served_share"] < as_it_stands["summary"]["served_share"]


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ("?scenario=wet", "query/scenario", "unknown_scenario"),
        ("?solver=abacus", "query/solver", "literal_error"),
        ("?time_limit_seconds=0", "query/time_limit_seconds", "greater_than"),
        ("?scenario=dry&time_limit_seconds=80000", "query/time_limit_seconds", "above_limit"),
        ("?scenaro=dry", "query/scenaro", "extra_forbidden"),
    ],
)
def test_what_is_wrong_beside_sheets_is_told(client: TestClient, query: str, path: str, code: str) -> None:
    refused = assert_problem(post(client, "xlsx", query), 422, code)
    assert [one["path"] for one in refused["errors"]] == [path]


def test_what_goes_with_sheets_is_refused_with_json(client: TestClient) -> None:
    body = {"problem": two_counties().model_dump(mode="json", by_alias=True)}
    refused = assert_problem(client.post("/v1/plans?scenario=dry&verify=true", json=body), 422, "sheets_only")
    assert {one["path"] for one in refused["errors"]} == {"query/scenario", "query/verify"}


def test_a_key_tells_the_scenarios_of_the_same_sheets_apart(client: TestClient) -> None:
    key = {"Idempotency-Key": "one and the same".replace(" ", "-")}
    first = post(client, "zip", "?scenario=dry", **key).json()["id"]
    assert post(client, "zip", "?scenario=dry", **key).json()["id"] == first
    assert_problem(post(client, "zip", "?scenario=other", **key), 409, "other_body")


def test_ryanggang_in_its_crisis_comes_out_of_its_workbook(client: TestClient) -> None:
    book = client.get("/v1/provinces/ryanggang?format=xlsx").content
    sent = {"Content-Type": SPREADSHEET_MEDIA_TYPES["xlsx"]}
    answer = client.post("/v1/plans?scenario=crisis", content=book, headers=sent)
    assert answer.status_code == 202, answer.text
    plan = answer.json()["id"]
    kept = parse_problem(client.get(f"/v1/plans/{plan}/problem").content)
    client.delete(f"/v1/plans/{plan}")
    ryanggang = provinces.load_builtin_province("ryanggang")
    crisis = next(one for one in ryanggang.scenarios if one.id == "crisis")
    assert kept == apply_changes(round_model(ryanggang.problem), round_model(crisis).changes)
