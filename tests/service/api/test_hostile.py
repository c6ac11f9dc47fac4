"""Bodies that mean harm are answered quickly, clearly and with the rest of the service alive."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.core.settings import Settings
from tests.service.api.answers import assert_problem, paths

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with the limits that it has if nobody sets any; it solves nothing."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("wide"), solver_workers=0)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


NOT_JSON = {
    "nothing": b"",
    "half an object": b'{"problem": ',
    "nested deep": b"[" * 1_000_000,
    "nested deep and closed": b'{"problem":' * 100_000 + b"1" + b"}" * 100_000,
    "not UTF-8": b'{"problem": "\xff\xfe"}',
    "UTF-16": '{"problem": {}}'.encode("utf-16"),
    "a number of ten thousand digits": b'{"years": ' + b"1" * 10_000 + b"}",
}

WRONG = {
    "a list": b"[]",
    "a word": b'"problem"',
    "null": b"null",
    "a key twice": b'{"province": "ryanggang", "province": "ryanggang"}',
    "NUL": b'{"province": "a\\u0000b"}',
    "unpaired surrogate": b'{"province": "\\ud800"}',
    "a problem that is a list": b'{"problem": []}',
    "a problem that is a number": b'{"problem": 1e400}',
    "counties that are an object": b'{"problem": {"periods": ["p"], "items": {}, "counties": {"a": 1}}}',
    "factories that are numbers": b'{"problem": {"factories": [1, 2, null]}}',
    "changes that are a word": b'{"province": "ryanggang", "changes": "many"}',
    "ten thousand changes": json.dumps(
        {"province": "ryanggang", "changes": [{"what": "labour", "factor": 1}] * 10_000}
    ).encode(),
    "a path as a name": b'{"province": "../../etc/passwd"}',
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("path", ["/v1/validate", "/v1/demand", "/v1/plans"])
def test_what_is_not_json_is_400(wide: TestClient, path: str, body: bytes) -> None:
    assert_problem(wide.post(path, content=body, headers=JSON), 400)


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_means_nothing_is_422_with_places(wide: TestClient, body: bytes) -> None:
    refused = assert_problem(wide.post("/v1/plans", content=body, headers=JSON), 422)
    assert refused["errors"]
    assert wide.put("/v1/provinces/wrong", content=body, headers=JSON).status_code == 422


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "NaN", "Infinity", "1" * 400, "-0.1", "true", '"7"', "[1, 2, 3]"]
)
def test_numbers_that_are_none_are_found_at_their_place(wide: TestClient, number: str) -> None:
    text = json.dumps({"problem": two_counties_raw()}).replace("15000", number, 1)
    refused = assert_problem(wide.post("/v1/plans", content=text.encode(), headers=JSON), 422)
    assert all(path.startswith("/problem/power_areas/0/limit_kwh") for path in paths(refused["errors"]))


def many(part: str, count: int) -> dict[str, Any]:
    """Two counties with so many of something that it is beyond a limit."""
    problem = two_counties_raw()
    problem[part] = [problem[part][0]] * count
    return {"problem": problem}


@pytest.mark.parametrize(
    ("part", "count"), [("counties", 501), ("items", 2_001), ("factories", 20_001), ("links", 20_001)]
)
def test_too_many_of_anything_is_413_with_the_limit(wide: TestClient, part: str, count: int) -> None:
    refused = assert_problem(wide.post("/v1/plans", json=many(part, count)), 413, "too_many")
    assert f"{count:,} {part}" in refused["detail"]
    assert f"/problem/{part}" in paths(refused["errors"])


def test_too_many_periods_lines_cells_and_variables_are_413(wide: TestClient) -> None:
    problem = two_counties_raw()
    problem["periods"] = [f"p{k}" for k in range(401)]
    assert_problem(wide.post("/v1/plans", json={"problem": problem}), 413)
    problem = two_counties_raw()
    problem["factories"] = [{**problem["factories"][0], "lines": [problem["factories"][0]["lines"][0]] * 100_001}]
    assert_problem(wide.post("/v1/plans", json={"problem": problem}), 413)
    problem = two_counties_raw()
    problem |= {
        part: problem[part][:1] * count for part, count in (("counties", 300), ("items", 1_000), ("periods", 20))
    }
    refused = assert_problem(wide.post("/v1/plans", json={"problem": problem}), 413)
    assert "counties × items × periods" in refused["detail"]
    problem = two_counties_raw()
    problem["links"] = problem["links"][:1] * 20_000
    problem["items"] = problem["items"][:1] * 200
    refused = assert_problem(wide.post("/v1/plans", json={"problem": problem}), 413)
    assert "16,004,006 variables" in refused["detail"]


def test_a_million_rows_of_demand_are_refused_within_seconds(wide: TestClient) -> None:
    row = '{"county":"hyesan","item":"soap","quantity":1}'
    text = json.dumps({"problem": {**two_counties_raw(), "demand": "HERE"}})
    body = text.replace('"HERE"', f"[{','.join([row] * 1_000_000)}]").encode()
    begun = time.monotonic()
    refused = assert_problem(wide.post("/v1/plans", content=body, headers=JSON), 413)
    assert time.monotonic() - begun < 30
    assert "1,000,043 JSON objects" in refused["detail"]


def test_more_demand_than_there_can_be_is_refused_by_its_name(wide: TestClient) -> None:
    row = {"county": "hyesan", "item": "soap", "quantity": 1}
    refused = wide.post("/v1/plans", json={"problem": {**two_counties_raw(), "demand": [row] * 100_000}})
    assert "100,000 demand; the limit is 8" in assert_problem(refused, 413)["detail"]
    nothing = {"name": "x", "periods": [], "items": [], "counties": [], "demand": [row] * 10_001}
    assert "10,001 demand" in assert_problem(wide.post("/v1/validate", json=nothing), 413)["detail"]


def test_a_hundred_megabytes_are_refused_unread(wide: TestClient) -> None:
    begun = time.monotonic()
    assert_problem(wide.post("/v1/plans", content=b"x" * 100 * 1024 * 1024, headers=JSON), 413)
    assert time.monotonic() - begun < 5


def test_others_are_served_while_a_big_body_is_read(tmp_path: Path) -> None:
    """The longest that a small request waits beside a body of tens of megabytes is far below the time that body takes."""
    app = create_app(Settings(data_dir=tmp_path, solver_workers=0))
    row = '{"county":"hyesan","item":"soap","quantity":[1.5, 2.5]}'
    text = json.dumps({"problem": {**two_counties_raw(), "demand": "HERE"}})
    body = text.replace('"HERE"', f"[{','.join([row] * 380_000)}]").encode()

    async def both() -> tuple[float, float]:
        async with app.router.lifespan_context(app) as state:

            async def with_state(scope: Any, receive: Any, send: Any) -> None:
                await app({**scope, "state": dict(state or {})}, receive, send)

            async with httpx2.AsyncClient(
                transport=httpx2.ASGITransport(with_state), base_url="http://allot"
            ) as client:
                begun = time.monotonic()
                big = asyncio.create_task(client.post("/v1/validate", content=body, headers=JSON))
                worst = 0.0
                while not big.done():
                    requested = time.monotonic()
                    assert (await client.get("/health/live")).status_code == 200
                    worst = max(worst, time.monotonic() - requested)
                    await asyncio.sleep(0.01)
                assert (await big).status_code == 413
                return worst, time.monotonic() - begun

    worst, whole = asyncio.run(both())
    assert worst < max(0.5, whole / 3)


@pytest.mark.parametrize(
    "path", ["/v1/plans/%00", "/v1/plans/..%2f..", "/v1/plans/" + "x" * 5_000, "/v1/provinces/%F0%9F%A5%94"]
)
def test_odd_paths_are_refused(wide: TestClient, path: str) -> None:
    assert wide.get(path).status_code in {404, 422}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_nul_in_an_address_reaches_no_database(wide: TestClient, method: str) -> None:
    assert wide.request(method, "/v1/provinces/x%00").status_code == 404
    assert wide.get("/v1/plans/none/outputs?factory=%00").status_code == 422


def test_the_service_still_plans_after_all_that(client: TestClient, plan: str) -> None:
    assert client.get(plan).json()["outcome"] == "optimal"
