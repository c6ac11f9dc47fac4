"""Every refusal is problem details, whoever refuses."""

import json
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.api.app import create_app
from service.core.settings import Settings
from tests.service.api.answers import assert_problem


def test_an_unknown_path_is_404(client: TestClient) -> None:
    body = assert_problem(client.get("/v1/nothing"), 404)
    assert body["instance"] == "/v1/nothing"


def test_a_method_that_is_not_possible_is_405_and_says_what_is(client: TestClient) -> None:
    answer = client.post("/health/live")
    assert_problem(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_a_parameter_out_of_range_is_422_with_its_name(client: TestClient) -> None:
    body = assert_problem(client.get("/v1/plans?limit=0"), 422, "greater_than_equal")
    assert body["errors"][0]["path"] == "query/limit"


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json", "multipart/form-data"]
)
def test_a_body_that_is_not_said_to_be_json_is_415(client: TestClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = client.post("/v1/validate", content=b"{}", headers=headers)
    assert_problem(answer, 415)
    assert answer.headers["accept"].startswith("application/json, ")


def test_a_compressed_body_is_415(client: TestClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert_problem(client.post("/v1/validate", content=b"{}", headers=headers), 415)


def test_json_with_a_charset_and_kinds_of_json_are_taken(client: TestClient) -> None:
    for content_type in ("application/json; charset=utf-8", "application/vnd.allot+json"):
        answer = client.post("/v1/validate", content=b'{"problem": {}}', headers={"Content-Type": content_type})
        assert answer.status_code == 200


@pytest.fixture
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, TestClient]]:
    """A service with a route that makes a mistake."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("broken"), solver_workers=1))

    def mistaken() -> None:
        raise ZeroDivisionError("the secret is 7")

    app.add_api_route("/mistaken", mistaken)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield app, client


def test_a_mistake_of_ours_is_500_and_tells_nothing(broken: tuple[FastAPI, TestClient]) -> None:
    answer = broken[1].get("/mistaken")
    assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_bodies_are_limited_by_their_stated_length(server: str) -> None:
    with httpx2.Client(base_url=server) as client:
        answer = client.post(
            "/v1/validate", content=b" " * (5 * 1024 * 1024), headers={"Content-Type": "application/json"}
        )
    body = assert_problem(answer, 413)
    assert "4,194,304" in body["detail"]


def test_bodies_are_limited_while_they_come(server: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 100_000

    with httpx2.Client(base_url=server) as client:
        answer = client.post("/v1/validate", content=pieces(), headers={"Content-Type": "application/json"})
    assert_problem(answer, 413)


def test_several_errors_come_together(client: TestClient) -> None:
    body = {"problem": {"periods": []}, "options": {"solver": "abacus"}, "colour": "red", "province": 7}
    answer = client.post("/v1/plans", content=json.dumps(body), headers={"Content-Type": "application/json"})
    found = {error["path"] for error in assert_problem(answer, 422)["errors"]}
    assert {"/problem/periods", "/problem/items", "/options/solver", "/colour", "/province"} <= found
