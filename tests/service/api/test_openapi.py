"""The OpenAPI document: current, complete, and with examples that run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from models.analyses.near_optimal import AlternativesRequest, RangesRequest
from models.analyses.study import BoundsRequest
from models.examples import two_counties_raw
from models.problem.planning_problem import PlanningProblem
from service.api.app import create_app
from service.api.body_examples import BODY_EXAMPLES
from service.api.permissions import find_route_guard
from service.core.settings import Settings
from service.domain.schemas.analyses import BacktestBody, StudyBody
from service.domain.schemas.fulfilment import OutputsBody, ReplanBody
from service.domain.schemas.keys import KeyBody
from service.domain.schemas.plan_titles import TitleBody
from service.domain.schemas.plans import PlanBody
from service.domain.schemas.problems import ProblemSource
from service.domain.schemas.provinces import BordersBody, ProvinceBody
from service.domain.schemas.sensitivity import CompareBody, CurveBody, EstimateBody, GridBody, WhatIfBody
from service.domain.schemas.webhooks import WebhookBody
from tests.service.api.conftest import WAIT

SNAPSHOT = Path(__file__).parents[3] / "docs" / "openapi.json"
METHODS = ("get", "put", "post", "delete")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    described: Json = create_app(Settings()).openapi()
    return json.loads(json.dumps(described))  # type: ignore[no-any-return]


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def test_the_snapshot_is_current(document: Json, request: pytest.FixtureRequest) -> None:
    """A change of the interface is seen in review: `pytest --update-golden` writes docs/openapi.json anew."""
    text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if request.config.getoption("--update-golden"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == text, "docs/openapi.json is not current; see this test's words"


def test_every_operation_says_what_it_does_and_how_it_fails(document: Json) -> None:
    seen = list(operations(document))
    assert len(seen) >= 20
    for path, method, operation in seen:
        name = f"{method} {path}"
        assert operation["summary"], name
        assert operation["description"], name
        assert "500" in operation["responses"], name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
        if "{" in path:
            assert "404" in operation["responses"] or method == "put", name
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(operation["responses"]), name
            assert operation["requestBody"]["content"]["application/json"]["examples"], name


UNGUARDED = {
    "/",
    "/page/{digest}/{name:path}",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/v1/version",
    "/openapi.json",
    "/docs",
    "/static",
}
"""Paths that answer whoever asks: nothing of a province is told there."""


def test_every_route_is_guarded_but_those_that_tell_nothing(document: Json) -> None:
    """A new route says who may use it: `dependencies=[may("read")]` (see service/access) in its router or by itself."""
    seen = 0
    for route in iter_route_contexts(create_app(Settings()).routes):
        path = str(getattr(route, "path", None) or route)
        guarded = find_route_guard(getattr(route, "dependant", None)) is not None
        assert guarded != (path in UNGUARDED), f"{path} is not guarded; {path} in UNGUARDED: {path in UNGUARDED}"
        seen += guarded
    assert seen >= 30
    for path, method, operation in operations(document):
        assert ({"401", "403"} <= set(operation["responses"])) != (path in UNGUARDED), f"{method} {path}"


def test_every_parameter_and_every_field_says_what_it_is(document: Json) -> None:
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description") or parameter["schema"].get("description"), (path, method, parameter)
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            assert described.get("description"), f"{name}.{field}"


def test_every_reference_leads_somewhere(document: Json) -> None:
    text = json.dumps(document)
    for name in {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert name in document["components"]["schemas"]


def matches(document: Json, operation: Json, status: int, media_type: str, body: Any) -> None:
    """Assert that an answer is what the document says it would be."""
    described = operation["responses"][str(status)]["content"][media_type]["schema"]
    schema = {**described, "components": document["components"]}
    errors = [f"{error.instance_path}: {error.message}" for error in jsonschema_rs.iter_errors(schema, body)]
    assert not errors


QUESTIONS = {
    "compare": BODY_EXAMPLES[CompareBody],
    "what-if": BODY_EXAMPLES[WhatIfBody],
    "estimate": BODY_EXAMPLES[EstimateBody],
    "curve": BODY_EXAMPLES[CurveBody],
    "grid": BODY_EXAMPLES[GridBody],
}

BEFORE = {
    "submit": (),
    "return": ("submit",),
    "ratify": ("submit",),
    "put-in-force": ("submit", "ratify"),
    "close": ("submit", "ratify", "put-in-force"),
    "outputs": ("submit", "ratify"),
}
"""The acts that must precede each act."""

EXAMPLES = [
    *(
        ("post", f"/v1/plans/{{plan}}/{question}", f"PLAN/{question}", name)
        for question, shown in QUESTIONS.items()
        for name in shown
    ),
    *(
        ("post", f"/v1/plans/{{plan}}/approval/{act}", f"PLAN/approval/{act}", "noted")
        for act in BEFORE
        if act != "outputs"
    ),
    *(("post", "/v1/plans/{plan}/outputs", "PLAN/outputs", name) for name in BODY_EXAMPLES[OutputsBody]),
    *(("post", "/v1/plans/{plan}/replan", "PLAN/replan", name) for name in BODY_EXAMPLES[ReplanBody]),
    *(
        ("post", "/v1/validate", "/v1/validate", name)
        for name in (*BODY_EXAMPLES[ProblemSource], *BODY_EXAMPLES[PlanningProblem])
    ),
    *(
        ("post", path, path, name)
        for path in ("/v1/demand", "/v1/population")
        for name in (*BODY_EXAMPLES[ProblemSource], *BODY_EXAMPLES[PlanningProblem])
    ),
    *(("post", "/v1/plans", "/v1/plans", name) for name in BODY_EXAMPLES[PlanBody]),
    *(("post", "/v1/plans/{plan}/ranges", "PLAN/ranges", name) for name in BODY_EXAMPLES[RangesRequest]),
    *(
        ("post", "/v1/plans/{plan}/alternatives", "PLAN/alternatives", name)
        for name in BODY_EXAMPLES[AlternativesRequest]
    ),
    *(("post", "/v1/studies", "/v1/studies", name) for name in BODY_EXAMPLES[StudyBody]),
    *(("post", "/v1/backtests", "/v1/backtests", name) for name in BODY_EXAMPLES[BacktestBody]),
    *(("post", "/v1/webhooks", "/v1/webhooks", name) for name in BODY_EXAMPLES[WebhookBody]),
    *(("put", "/v1/plans/{plan}/title", "PLAN/title", name) for name in BODY_EXAMPLES[TitleBody]),
    *(("put", "/v1/provinces/{province}", "/v1/provinces/example", name) for name in BODY_EXAMPLES[ProvinceBody]),
    *(
        ("put", "/v1/provinces/{province}/borders", "/v1/provinces/example/borders", name)
        for name in BODY_EXAMPLES[BordersBody]
    ),
]


def test_every_documented_example_is_tried(document: Json) -> None:
    documented = {
        (method, path, name)
        for path, method, operation in operations(document)
        if "requestBody" in operation
        for name in operation["requestBody"]["content"]["application/json"]["examples"]
    }
    with_keys = {("post", "/v1/keys", name) for name in BODY_EXAMPLES[KeyBody]}  # tried in tests/service/auth
    of_a_study = {("post", "/v1/studies/{analysis}/bounds", name) for name in BODY_EXAMPLES[BoundsRequest]}
    assert documented == with_keys | of_a_study | {(method, path, name) for method, path, _, name in EXAMPLES}


@pytest.mark.parametrize(("method", "path", "address", "name"), EXAMPLES)
def test_examples_run_and_responses_match_the_document(
    client: TestClient, document: Json, plan: str, method: str, path: str, address: str, name: str
) -> None:
    operation = document["paths"][path][method]
    request = operation["requestBody"]["content"]["application/json"]
    example = request["examples"][name]["value"]
    schema = {**request["schema"], "components": document["components"]}
    assert jsonschema_rs.is_valid(schema, example)
    wait = {} if name == "ryanggang" else {"Prefer": "wait=60"}
    if (act := path.rpartition("/")[2]) in BEFORE:
        plan = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT).headers["location"]
        assert [client.post(f"{plan}/approval/{before}", json={}).status_code for before in BEFORE[act]] == [200] * len(
            BEFORE[act]
        )
    answer = client.request(method, address.replace("PLAN", plan), json=example, headers=wait)
    assert answer.status_code in {200, 201, 202}, answer.text
    matches(document, operation, answer.status_code, "application/json", answer.json())
    if path == "/v1/plans" and answer.status_code == 202:
        assert name == "ryanggang"
        client.delete(answer.headers["location"])
    if path == "/v1/webhooks":  # nobody answers there, and later tests make plans with this client
        assert client.delete(f"{path}/{answer.json()['id']}").status_code == 204


READS = [
    "",
    "/approval",
    "/shadow-prices?with_ranges=2&max_results=5",
    "/bottlenecks?group_by=county&max_results=3",
    "/equity",
    "/goals",
    "/infeasibility",
    "/tables/quotas",
    "/tables/supply?limit=3",
    "/tables/shipments?layout=columns",
    "/tables/swaps",
    "/outputs",
    "/fulfilment?through=2002-01",
    "/tables/power",
    "/tables/capacity",
    "/tables/bottlenecks",
    "/problem",
]


@pytest.mark.parametrize("part", READS)
def test_what_is_read_of_a_plan_is_as_described(client: TestClient, document: Json, plan: str, part: str) -> None:
    path = "/v1/plans/{plan}" + part.partition("?")[0]
    answer = client.get(plan + part)
    matches(document, document["paths"][path]["get"], 200, "application/json", answer.json())


@pytest.mark.parametrize(
    "path",
    [
        "/v1/plans",
        "/v1/provinces",
        "/v1/me",
        "/v1/keys",
        "/v1/audit",
        "/v1/audit?order=newest&limit=1",
        "/health/live",
        "/health/ready",
        "/v1/version",
    ],
)
def test_lists_and_health_are_as_described(client: TestClient, document: Json, plan: str, path: str) -> None:
    assert plan
    matches(
        document, document["paths"][path.partition("?")[0]]["get"], 200, "application/json", client.get(path).json()
    )


def test_errors_are_as_described(client: TestClient, document: Json) -> None:
    answer = client.post("/v1/plans", json={"problem": {}})
    operation = document["paths"]["/v1/plans"]["post"]
    matches(document, operation, 422, "application/problem+json", answer.json())
