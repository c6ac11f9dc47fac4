"""Changes that no plan satisfies, over HTTP: what-if, compare and estimate answer what planning the same changes does."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from tests.service.api.answers import assert_problem
from tests.service.api.conftest import WAIT

LEAST = {"what": "line_least", "where": "hyesan-daily/soap", "value": 1e6}
STORE = {"what": "store_tonnes", "where": "hyesan", "value": 0.0}
POWER = {"what": "power_limit", "factor": 0.5}
CLOSING = {"what": "closing_least", "where": "hyesan/soap", "value": 4e5}

IMPOSSIBLE = ([LEAST], [STORE], [CLOSING], [POWER, LEAST], [LEAST, POWER], [STORE, LEAST])

FIGURES = ("objective", "served_share", "goals", "by_county", "by_category", "by_factory")


def post(client: TestClient, address: str, body: Any) -> dict[str, Any]:
    """The body of an answer with status 200."""
    answer = client.post(address, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def make_plan(client: TestClient, body: Any) -> dict[str, Any]:
    """A finished plan."""
    answer = client.post("/v1/plans", json=body, headers=WAIT)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def infeasible(client: TestClient, plan: str) -> dict[str, Any]:
    """A plan that ended infeasible."""
    return make_plan(client, {"base_plan": plan.rpartition("/")[2], "changes": [POWER, LEAST]})


@pytest.mark.parametrize("changes", IMPOSSIBLE)
def test_an_impossible_change_is_answered_as_it_is_planned(client: TestClient, plan: str, changes: Any) -> None:
    planned = make_plan(client, {"base_plan": plan.rpartition("/")[2], "changes": changes})
    assert planned["outcome"] == "infeasible"
    bodies = (
        ("what-if", {"changes": changes}),
        ("compare", {"changes": changes}),
        ("compare", {"plan": planned["id"]}),
    )
    for query, body in bodies:
        found = post(client, f"{plan}/{query}", body)
        assert (found["outcome"], found["base_outcome"]) == ("infeasible", "optimal")
        assert found["infeasibility"] == planned["infeasibility"]
        assert all(found[name] is None for name in FIGURES)
        assert found["input_difference_count"] == len(found["inputs"]) > 0
    estimate = post(client, f"{plan}/estimate", {"changes": changes})
    assert estimate["outcome"] == ("unknown" if changes == [CLOSING] else "infeasible")
    assert estimate["served_share"] is None
    assert estimate["outcome"] == "unknown" or estimate["objective_change"] is None


def test_a_possible_change_is_optimal(client: TestClient, plan: str) -> None:
    found = post(client, f"{plan}/what-if", {"changes": [POWER]})
    assert (found["outcome"], found["base_outcome"], found["infeasibility"]) == ("optimal", "optimal", None)
    assert all(found[name] is not None for name in FIGURES)


def test_an_infeasible_plan_is_compared_by_its_inputs(
    client: TestClient, plan: str, infeasible: dict[str, Any]
) -> None:
    address = f"/v1/plans/{infeasible['id']}"
    found = post(client, f"{address}/compare", {"plan": plan.rpartition("/")[2]})
    assert (found["outcome"], found["base_outcome"], found["infeasibility"]) == ("optimal", "infeasible", None)
    assert all(found[name] is None for name in FIGURES)
    paths = {row["path"] for row in found["inputs"]}
    assert {"/power_areas/hyesan/limit_kwh", "/factories/hyesan-daily/lines/soap/least"} <= paths
    assert found["steps"][-1]["objective"] is not None
    itself = post(client, f"{address}/compare", {"plan": infeasible["id"]})
    assert (itself["outcome"], itself["inputs"]) == ("infeasible", [])
    assert itself["infeasibility"] == infeasible["infeasibility"]
    resolved = post(client, f"{address}/what-if", {"changes": [LEAST | {"value": 0.0}]})
    assert (resolved["outcome"], resolved["base_outcome"]) == ("optimal", "infeasible")
    unresolved = post(client, f"{address}/what-if", {"changes": [POWER]})
    assert unresolved["outcome"] == "infeasible"
    assert unresolved["infeasibility"]["conflict"]


@pytest.mark.parametrize("query", ["shadow-prices", "bottlenecks", "equity", "goals"])
def test_other_queries_point_to_the_conflict(client: TestClient, infeasible: dict[str, Any], query: str) -> None:
    problem = assert_problem(client.get(f"/v1/plans/{infeasible['id']}/{query}"), 409)
    assert f"GET /v1/plans/{infeasible['id']}/infeasibility" in problem["detail"]


def test_curves_and_grids_tell_where_no_plan_is_left(client: TestClient, plan: str) -> None:
    varied = {"what": "line_least", "where": "hyesan-daily/soap", "value": 0}
    curve = post(client, f"{plan}/curve", {"change": varied, "start": 0, "end": 1e6})
    (parameter,) = curve["infeasible_parameters"]
    assert (curve["outcome"], curve["explored_until"]) == ("optimal", 1e6)
    assert curve["points"][-1]["parameter"] == pytest.approx(parameter, rel=1e-3)
    axis = {"change": varied, "values": [0, 1e6]}
    grid = post(client, f"{plan}/grid", {"first": {"change": POWER, "values": [1]}, "second": axis})
    assert [cell["outcome"] for cell in grid["cells"]] == ["optimal", "infeasible"]
    planned = make_plan(client, {"base_plan": plan.rpartition("/")[2], "changes": [POWER | {"factor": 1}, LEAST]})
    assert grid["infeasibility"] == planned["infeasibility"]


def test_a_conflict_of_several_stages_is_answered_as_it_is_planned(client: TestClient) -> None:
    raw = two_counties_raw()
    raw["policy"] |= {"own_needs_first": True, "goals": ["shortage", "cost"]}
    base = make_plan(client, {"problem": raw})
    planned = make_plan(client, {"base_plan": base["id"], "changes": [STORE]})
    found = post(client, f"/v1/plans/{base['id']}/what-if", {"changes": [STORE]})
    assert found["infeasibility"] == planned["infeasibility"] is not None
