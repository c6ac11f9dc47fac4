"""Options that solvers do not take are refused with the least that they take."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service.api.answers import assert_problem, paths
from tests.service.api.conftest import WAIT
from tests.solvers.planning.test_tolerances import tiny


@pytest.mark.parametrize("solver", ["auto", "highs", "highs-ipm", "glop", "pdlp", "cbc"])
@pytest.mark.parametrize("tolerance", [9e-11, 1e-300])
def test_a_tolerance_below_the_least_is_refused(
    client: TestClient, problem: dict[str, Any], solver: str, tolerance: float
) -> None:
    body = {"problem": problem, "options": {"solver": solver, "tolerance": tolerance, "time_limit_seconds": 80_000.0}}
    refused = assert_problem(client.post("/v1/plans", json=body), 422, "out_of_range", "above_limit")
    assert paths(refused["errors"]) == {"/options/tolerance", "/options/time_limit_seconds"}
    assert any("at least 1e-10" in error["remedy"] for error in refused["errors"])


def test_the_least_tolerance_is_planned(client: TestClient, problem: dict[str, Any]) -> None:
    body = {"problem": problem, "options": {"tolerance": 1e-10}}
    answer = client.post("/v1/plans", json=body, headers={"Prefer": "wait=60"})
    assert answer.json()["outcome"] == "optimal"


def test_a_disputed_plan_is_unverified(client: TestClient) -> None:
    """It keeps its tables, but answers no sensitivity query and cannot be submitted."""
    problem = tiny(1e-9).model_dump(mode="json")
    answer = client.post("/v1/plans", json={"problem": problem, "options": {"verify": True}}, headers=WAIT)
    plan = answer.json()
    assert (plan["outcome"], plan["verification"]["agrees"]) == ("unverified", False)
    address = f"/v1/plans/{plan['id']}"
    assert client.get(f"{address}/tables/quotas").json()["rows"]
    assert "unverified" in assert_problem(client.get(f"{address}/shadow-prices"), 409)["detail"]
    assert_problem(client.post(f"{address}/approval/submit", headers={"If-Match": '"1"'}, json={}), 409)
