"""Analyses belong to the province of their base plan: who may read, start and cancel them."""

from collections.abc import Callable

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT
from tests.service.auth.conftest import ON_BOTH_DATABASES, Caller

As = Callable[[str], Caller]

FACTOR = {
    "name": "power",
    "changes": [{"what": "power_limit"}],
    "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
}
STUDY = {"factors": [FACTOR], "design": {"kind": "grid", "levels": 2}}


@pytest.fixture(scope="module")
def study(guarded: TestClient, as_: As) -> str:
    """Address of a finished study of a plan of the province `north`."""
    body = {"name": "North", "problem": two_counties_raw()}
    assert guarded.put("/v1/provinces/north", json=body, headers=as_("bureau")).status_code in (200, 201)
    wanted = {**STUDY, "base": {"province": "north"}}
    made = guarded.post("/v1/studies", json=wanted, headers={**WAIT, **as_("bureau")})
    assert (made.status_code, made.json()["status"]) == (201, "finished"), made.text
    return made.headers["location"]


@ON_BOTH_DATABASES
@pytest.mark.parametrize("caller", ["admin", "bureau", "centre", "reader", "watcher"])
def test_who_may_read_the_province_reads_its_analyses(guarded: TestClient, as_: As, study: str, caller: str) -> None:
    for part in ("", "/tables/runs", "/events"):
        assert guarded.get(f"{study}{part}", headers=as_(caller)).status_code == 200, part
    listed = guarded.get("/v1/studies", headers=as_(caller)).json()["analyses"]
    assert study.rpartition("/")[2] in {one["id"] for one in listed}


def test_an_analysis_of_another_province_is_not_there(guarded: TestClient, as_: As, study: str) -> None:
    stranger, tried = as_("stranger"), 0
    for route in iter_route_contexts(guarded.app.routes):  # type: ignore[attr-defined]
        path = str(getattr(route, "path", ""))
        if path.startswith("/v1/studies/{analysis}"):
            for method in getattr(route, "methods", None) or ():
                address = path.replace("{analysis}", study.rpartition("/")[2]).replace("{run}", "0")
                assert_problem(guarded.request(method, address, headers=stranger), 404)
                tried += 1
    assert tried >= 10
    assert guarded.get("/v1/studies", headers=stranger).json()["analyses"] == []
    plan = guarded.get(study, headers=as_("bureau")).json()["base_plan"]
    refused = guarded.post("/v1/studies", json={**STUDY, "base": {"plan": plan}}, headers=stranger)
    assert assert_problem(refused, 422)["errors"][0]["code"] == "unknown_plan"


def test_a_reader_starts_opens_and_cancels_nothing(guarded: TestClient, as_: As, study: str) -> None:
    reader = as_("reader")
    plan = guarded.get(study, headers=reader).json()["base_plan"]
    measures = {"measures": [{"measure": "made"}]}
    assert_problem(guarded.post(f"/v1/plans/{plan}/ranges", json=measures, headers=reader), 403)
    assert_problem(guarded.post(f"{study}/runs/0/plan", headers=reader), 403)
    assert_problem(guarded.delete(study, headers=reader), 403)
    assert guarded.post(f"{study}/bounds", json={"points": [{"power": 1.0}]}, headers=reader).status_code == 200
