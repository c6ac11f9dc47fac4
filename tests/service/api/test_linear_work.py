"""Work on a body grows as the body does: these bodies took minutes of a thread, or held the writers' lock for seconds."""

import io
import json
import sqlite3
import zipfile

import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.core.settings import Settings
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT

KEYS = 150_000
ROWS = 60_000
JSON_ROWS = 40_000
JSON_TYPE = {"Content-Type": "application/json"}


def test_many_repeated_keys_are_found_in_one_pass(client: TestClient) -> None:
    """Counting every key in the list of all keys would take half an hour."""
    keys = [f'"{number}":1' for number in range(KEYS)]
    body = "{" + ",".join([*keys, *keys]) + "}"
    assert_problem(client.post("/v1/validate", content=body, headers=JSON_TYPE), 422, "repeated_key")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{" + ",".join(f'"f{number}":1' for number in range(10_001)) + "}", "10,001 keys; the limit is 10,000"),
        ('{"problem":{"period_days":[' + '"",' * 20_000 + '""]}}', "'period_days' contains 20,001 values"),
    ],
)
def test_what_could_be_a_million_mistakes_is_refused_before_they_are_listed(
    client: TestClient, body: str, said: str
) -> None:
    assert (
        said in assert_problem(client.post("/v1/validate", content=body, headers=JSON_TYPE), 413, "too_many")["detail"]
    )


def test_a_report_full_of_unknown_names_is_refused_with_a_thousand_findings(client: TestClient) -> None:
    plan = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT).headers["location"]
    for act in ("submit", "ratify"):
        assert client.post(f"{plan}/approval/{act}", json={}).status_code == 200
    rows = "".join(f"nobody-{number},soap,2002-01,1\n" for number in range(ROWS))
    report = f"factory,item,period,quantity\n{rows}"
    answer = client.post(f"{plan}/outputs", content=report, headers={"Content-Type": "text/csv"})
    refused = assert_problem(answer, 422)
    assert len(refused["errors"]) == 1001
    assert refused["errors"][-1]["code"] == "more_findings"
    rows_as_json = [{"factory": "hyesan-daily", "item": "soap", "period": "2002-01", "quantity": "x"}] * JSON_ROWS
    answer = client.post(f"{plan}/outputs", content=json.dumps({"outputs": rows_as_json}), headers=JSON_TYPE)
    refused = assert_problem(answer, 422)
    assert len(refused["errors"]) == 1001
    assert refused["errors"][-1]["code"] == "more_findings"


def test_a_sheet_full_of_repeated_columns_is_answered_with_one_finding(client: TestClient) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("items.csv", "id," * 20_000 + "id\n")
    zipped = {"Content-Type": "application/zip"}
    report = client.post("/v1/validate", content=sink.getvalue(), headers=zipped).json()
    repeated = [finding for finding in report["findings"] if finding["code"] == "repeated_column"]
    assert [finding["message"] for finding in repeated] == ["The column occurs 20,001 times."]
    assert_problem(client.put("/v1/provinces/wide", content=sink.getvalue(), headers=zipped), 422)


def test_a_report_is_checked_while_another_writes(client: TestClient, api_settings: Settings) -> None:
    plan = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT).headers["location"]
    for act in ("submit", "ratify"):
        client.post(f"{plan}/approval/{act}", json={})
    writer = sqlite3.connect(api_settings.data_dir / "allot.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        wrong = {"outputs": [{"factory": "nobody", "item": "soap", "period": "2002-01", "quantity": 1}]}
        assert_problem(client.post(f"{plan}/outputs", json=wrong), 422, "unknown_factory")
    finally:
        writer.execute("ROLLBACK")
        writer.close()
