"""HTTP without surprises: HEAD, byte order marks, preferences, media types, filters, equal requests."""

import json
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.domain.plans import parse_wait_seconds
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT

PROBLEM = {"problem": two_counties_raw() | {"name": "HTTP forms"}}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_get_paths(client: TestClient, plan: str) -> list[str]:
    """Return an address of every operation of GET in the OpenAPI document that needs no parameter but the plan."""
    paths = client.get("/openapi.json").json()["paths"]
    identifier = plan.rpartition("/")[2]
    own = [path.replace("{plan}", identifier).replace("{province}", "ryanggang").replace("{kind}", "lp") for path, methods in paths.items() if "get" in methods]  # fmt: skip
    return [path for path in own if "{" not in path]


def test_head_is_answered_wherever_get_is(client: TestClient, plan: str) -> None:
    paths = list_get_paths(client, plan)
    assert len(paths) > 30
    for path in [*paths, "/", "/docs", "/openapi.json", "/metrics", f"{plan}/tables/quotas?format=xlsx"]:
        head = client.head(path)
        assert head.content == b"", path
        if path.endswith("/events"):
            assert head.status_code == 200
            continue
        got = client.get(path)
        assert head.status_code == got.status_code, path
        assert head.headers.get("content-type") == got.headers.get("content-type"), path
        assert head.headers.get("etag") == got.headers.get("etag"), path


def test_head_ends_over_a_real_connection(server: str) -> None:
    """Streams end with the headers, and the connection can be used again."""
    with httpx2.Client(base_url=server, timeout=30) as client:
        location = client.post("/v1/plans", json=PROBLEM, headers=WAIT).headers["location"]
        for path in (f"{location}/events", f"{location}/tables/supply?format=csv", "/health/ready", location):
            answer = client.head(path)
            assert (answer.status_code, answer.content) == (200, b"")
            assert client.get("/health/live").status_code == 200


def test_head_without_get_is_not_allowed(client: TestClient) -> None:
    answer = client.head("/v1/validate")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert client.patch("/health/live").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("prefer", ["wait=5", "Wait=5", "WAIT = 5", 'respond-async, wAiT="5"', "wait=5; foo=1"])
def test_a_preference_is_read_in_any_case(prefer: str) -> None:
    assert parse_wait_seconds(prefer, 60.0) == 5.0


@pytest.mark.parametrize("marks", [0, 1, 2])
def test_json_with_byte_order_marks_is_taken(client: TestClient, marks: int) -> None:
    raw = two_counties_raw()
    raw["items"][0]["priority"] = 1.0
    body = ("\ufeff" * marks + json.dumps({"problem": raw}, ensure_ascii=False)).encode()
    answer = client.post("/v1/validate", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["valid"], answer.text


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/v1/validate", ["application/json", XLSX, "application/zip"]),
        ("/v1/plans", ["application/json", XLSX, "application/zip"]),
        ("/v1/demand", ["application/json"]),
    ],
)
@pytest.mark.parametrize("sent", ["application/vnd.oasis.opendocument.spreadsheet", "text/plain", ""])
def test_an_unsupported_media_type_is_told_every_supported_one(
    client: TestClient, path: str, named: list[str], sent: str
) -> None:
    answer = client.post(path, content=b"x", headers={"Content-Type": sent})
    assert answer.status_code == 415
    assert answer.headers["accept"] == ", ".join(named)
    assert all(one in answer.json()["detail"] for one in named)


def test_reports_name_their_media_types(client: TestClient, plan: str) -> None:
    answer = client.post(f"{plan}/outputs", content=b"x", headers={"Content-Type": "application/zip"})
    assert answer.headers["accept"] == f"application/json, text/csv, {XLSX}"


def vary(value: Any) -> Any:
    """Return the same JSON with keys in reverse order and whole numbers as floats."""
    if isinstance(value, dict):
        return {key: vary(element) for key, element in reversed(value.items())}
    if isinstance(value, list):
        return [vary(element) for element in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_the_same_json_in_another_form_is_the_same_request(client: TestClient) -> None:
    body = {**PROBLEM, "priority": 3}
    headers = {"Content-Type": "application/json", "Idempotency-Key": "one"}
    forms = [
        json.dumps(body),
        json.dumps(body, indent=3, ensure_ascii=False),
        json.dumps(vary(body)),
        "\ufeff" + json.dumps(body),
    ]
    locations = {client.post("/v1/plans", content=form.encode(), headers=headers).headers["location"] for form in forms}
    assert len(locations) == 1
    other = client.post("/v1/plans", json={**body, "priority": 2}, headers=headers)
    assert_problem(other, 409, "other_body")


@pytest.mark.parametrize(
    ("query", "column", "nearest"),
    [
        ("tables/supply?county=HYESAN", "county", "hyesan"),
        ("tables/supply?county=hyesan&county=kapsam", "county", "kapsan"),
        ("tables/quotas?period=2002-1", "period", "2002-01"),
        ("tables/quotas?item=soup&format=csv", "item", "soap"),
        ("tables/power?area=Kapsan", "area", "kapsan"),
        ("tables/shipments?to=kiljo", "to", "kilju"),
        ("tables/capacity?rule=machin", "rule", "machine"),
        ("outputs?factory=hyesan-dayly", "factory", "hyesan-daily"),
        ("bottlenecks?county=HYESAN", "county", "hyesan"),
        ("remedies?county=hyesan&item=soup&period=2002-01", "item", "soap"),
    ],
)
def test_an_unknown_label_of_a_filter_is_told_with_the_nearest(
    client: TestClient, plan: str, query: str, column: str, nearest: str
) -> None:
    answer = client.get(f"{plan}/{query}")
    assert_problem(answer, 422, "unknown_label")
    (finding,) = answer.json()["errors"]
    assert finding["path"] == f"query/{column}"
    assert f"“{nearest}”" in finding["remedy"]


def test_a_filter_is_normalised_as_labels_are(client: TestClient, plan: str) -> None:
    plain = client.get(f"{plan}/tables/quotas?item=soap").json()["rows"]
    disturbed = client.get(f"{plan}/tables/quotas", params={"item": " so\u200bap\u00a0"}).json()["rows"]
    assert plain == disturbed != []


def test_a_known_label_without_rows_gives_an_empty_table(client: TestClient, plan: str) -> None:
    assert client.get(f"{plan}/tables/quotas?item=soda").json()["rows"] == []
    assert client.get(f"{plan}/tables/shipments?from=kapsan").status_code == 200


def test_a_byte_order_mark_is_given_on_request(client: TestClient, plan: str) -> None:
    for path in ("tables/quotas?format=csv", "outputs?format=csv"):
        plain = client.get(f"{plan}/{path}").content
        assert not plain.startswith(b"\xef\xbb\xbf")
        assert client.get(f"{plan}/{path}&bom=true").content == b"\xef\xbb\xbf" + plain
    as_xlsx = client.get(f"{plan}/tables/quotas?format=xlsx&bom=true").content
    assert as_xlsx[:2] == b"PK"
