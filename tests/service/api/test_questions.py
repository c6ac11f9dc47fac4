"""Questions to a finished plan over HTTP; every example of the documentation is sent."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from service.api.body_examples import BODY_EXAMPLES
from service.domain.schemas.sensitivity import CompareBody, CurveBody, EstimateBody, GridBody, WhatIfBody
from tests.service.api.answers import assert_problem

EXAMPLES = [
    (question, name, body)
    for question, shown in (
        ("compare", BODY_EXAMPLES[CompareBody]),
        ("what-if", BODY_EXAMPLES[WhatIfBody]),
        ("estimate", BODY_EXAMPLES[EstimateBody]),
        ("curve", BODY_EXAMPLES[CurveBody]),
        ("grid", BODY_EXAMPLES[GridBody]),
    )
    for name, (_, body) in shown.items()
]


def read_json(client: TestClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("question", "name", "body"), EXAMPLES)
def test_every_example_runs(client: TestClient, plan: str, question: str, name: str, body: Any) -> None:
    answer = client.post(f"{plan}/{question}", json=body)
    assert answer.status_code == 200, answer.text


def test_every_question_has_an_example_that_runs(client: TestClient, plan: str) -> None:
    """Questions that are read take the examples of their parameters; those that are posted, their bodies' examples."""
    requested = set()
    for path, item in client.get("/openapi.json").json()["paths"].items():
        for method, operation in item.items():
            if "sensitivity" not in operation.get("tags", ()) or "{plan}" not in path:
                continue
            requested.add(path.rpartition("/")[2])
            if method == "post":
                continue
            needed = [p for p in operation["parameters"] if p["in"] == "query" and p.get("required")]
            query = "&".join(f"{p['name']}={p['schema']['examples'][0]}" for p in needed)
            read_json(client, f"{plan}/{path.rpartition('/')[2]}?{query}")
    posted = {question for question, _, _ in EXAMPLES}
    assert requested == posted | {"shadow-prices", "bottlenecks", "remedies", "equity", "goals", "infeasibility"}


def test_a_remedy_can_be_posted_as_it_stands(client: TestClient, plan: str, problem: Any) -> None:
    where = "county=hyesan&item=soap&period=2002-01"
    found = read_json(client, f"{plan}/remedies?{where}&include_unreserved=true")
    supply = read_json(client, f"{plan}/tables/supply?{where}")["rows"][0]
    assert found["shortage"] == supply["shortage"]
    left = [remedy["shortage_if_not_reserved"] for remedy in found["remedies"] if remedy["limits"]]
    assert left == sorted(left)
    for remedy in (found["remedies"][0], found["remedies"][-1]):
        assert remedy["before"] == supply["shortage"]
        answer = client.post(f"{plan}/what-if", json={"changes": remedy["changes"]})
        assert answer.status_code == 200, answer.text
        (need,) = answer.json()["reserved"]
        assert (need["county"], need["item"], need["period"]) == ("hyesan", "soap", "2002-01")
        assert need["after"] <= remedy["after"] + 1e-6 < need["before"]
        body = {"problem": problem, "changes": remedy["changes"]}
        made = client.post("/v1/plans", json=body, headers={"Prefer": "wait=60"})
        assert made.status_code == 201, made.text
        after = read_json(client, f"{made.headers['location']}/tables/supply?{where}")["rows"][0]["shortage"]
        assert after <= remedy["after"] + 1e-6 < remedy["before"]


def test_ordered_goals_are_answered_for(client: TestClient, problem: Any) -> None:
    problem["policy"] |= {"goals": ["shortage", "cost"], "own_needs_first": True}
    made = client.post("/v1/plans", json={"problem": problem}, headers={"Prefer": "wait=60"})
    address = made.headers["location"]
    assert [row["goal"] for row in read_json(client, f"{address}/goals")["goals"]] == ["shortage", "cost"]
    found = read_json(client, f"{address}/remedies?county=hyesan&item=soap&period=2002-01")
    assert found["remedies"]
    assert set(found["remedies"][0]["goal_changes"]) == {"1 shortage", "2 cost"}
    curve = client.post(f"{address}/curve", json=BODY_EXAMPLES[CurveBody]["power"][1] | {"max_solves": 3}).json()
    assert [point["shadow_price"] for point in curve["points"]] == [None, None, None]
    tried = client.post(f"{address}/what-if", json=BODY_EXAMPLES[WhatIfBody]["power"][1]).json()
    assert [row["key"] for row in tried["goals"]] == ["1 shortage", "2 cost"]


def test_a_broad_change_is_estimated_in_longer_periods_on_request(client: TestClient, plan: str) -> None:
    """The estimate from prices is the same; the bound of both holds for the result."""
    (_, body), (_, coarse_body) = BODY_EXAMPLES[EstimateBody].values()
    changes = coarse_body["changes"]
    plain = client.post(f"{plan}/estimate", json={"changes": changes}).json()
    found = client.post(f"{plan}/estimate", json=coarse_body).json()
    assert (plain["exact"], plain["coarse"]) == (False, None)
    coarse = found.pop("coarse")
    assert {**found, "coarse": None} == plain
    exact = client.post(f"{plan}/what-if", json={"changes": changes}).json()["objective"]
    assert coarse["fidelity"] == "year"
    assert coarse["lower_bound"] <= exact[1] * (1 + 1e-9)
    assert coarse["objective_change"] == pytest.approx(exact[1] - exact[0], rel=0.1)
    assert client.post(f"{plan}/estimate", json=body).status_code == 200


def test_shadow_prices_describe_the_leading_limits(client: TestClient, plan: str) -> None:
    found = read_json(client, f"{plan}/shadow-prices?with_ranges=3&max_results=20")
    assert found["note"].startswith("Shadow prices are those of the linear program before")
    described = [row for row in found["limits"] if row["text"]]
    assert len(described) == min(3, len(found["limits"]))
    assert all(row["shadow_price"] > 0 for row in found["limits"])


def test_why_and_remedies_of_the_worst_shortage(client: TestClient, plan: str) -> None:
    worst = read_json(client, f"{plan}/bottlenecks?group_by=limit")["groups"][0]
    assert worst["binding_limits"]
    county, item, period = worst["key"].split("/")
    found = read_json(client, f"{plan}/remedies?county={county}&item={item}&period={period}&target_share=0.5")
    assert found["shortage"] > 0
    assert all(row["after"] <= found["target_shortage"] + 1e-6 for row in found["remedies"])


def test_a_plan_compared_with_another_has_steps_that_add_up(client: TestClient, plan: str, problem: Any) -> None:
    problem["power_areas"][1]["limit_kwh"] = [20000, 20000]
    other = client.post("/v1/plans", json={"problem": problem}, headers={"Prefer": "wait=60"}).json()["id"]
    found = client.post(f"{plan}/compare", json={"plan": other}).json()
    assert [step["name"] for step in found["steps"]] == ["electricity"]
    heads = [read_json(client, address)["objective"] for address in (plan, f"/v1/plans/{other}")]
    assert found["objective"] == pytest.approx([head["value"] for head in heads])
    moved = sum(step["objective_change"] for step in found["steps"])  # before rounding to whole units
    assert heads[1]["before_rounding"] - heads[0]["before_rounding"] == pytest.approx(moved)
    assert found["input_difference_count"] == 1


def test_equity_has_the_figures_of_the_plan(client: TestClient, plan: str) -> None:
    summary, found = read_json(client, plan)["summary"], read_json(client, f"{plan}/equity")
    assert found["gini"] == pytest.approx(summary["gini"])
    assert found["greatest_spread"] == pytest.approx(summary["greatest_spread"])
    for county in summary["by_county"]:
        served = sum(row["served"] for row in found["by_county"][county["key"]])
        assert served == pytest.approx(county["served"])


def test_the_price_of_equity_is_given_on_request(client: TestClient, plan: str) -> None:
    assert read_json(client, f"{plan}/equity")["price"] is None
    found = read_json(client, f"{plan}/equity?price=true&time_limit_seconds=60")
    price = found["price"]
    assert price["price"] == pytest.approx(price["fair"]["objective"] - price["plain"]["objective"])
    assert price["price"] >= 0
    assert price["plain"]["served_share"] >= price["fair"]["served_share"] - 1e-9
    assert client.get(f"{plan}/equity?price=true&time_limit_seconds=0").status_code == 422


def test_goals_of_selected_needs_have_names_of_their_own(client: TestClient, problem: Any) -> None:
    of_soap = {"goal": "shortage", "of": {"item": ["soap"], "county": ["kapsan"]}}
    problem["policy"] |= {"goals": [of_soap, "shortage", "cost"]}
    made = client.post("/v1/plans", json={"problem": problem}, headers={"Prefer": "wait=60"})
    goals = made.json()["objective"]["goals"]
    assert [goal["goal"] for goal in goals] == ["shortage of item soap, county kapsan", "shortage", "cost"]
    rows = read_json(client, f"{made.headers['location']}/goals")["goals"]
    assert "1 shortage of item soap, county kapsan" in rows[1]["shadow_prices"]


def test_equity_goals_and_infeasibility(client: TestClient, plan: str, problem: Any) -> None:
    assert read_json(client, f"{plan}/equity")["shortage_bands"]
    assert read_json(client, f"{plan}/goals") == {"goals": []}
    assert read_json(client, f"{plan}/infeasibility") == {"infeasibility": None}
    problem["factories"][0]["lines"][0]["least"] = 10_000_000
    made = client.post("/v1/plans", json={"problem": problem}, headers={"Prefer": "wait=60"})
    address = made.headers["location"]
    assert made.json()["outcome"] == "infeasible"
    assert read_json(client, f"{address}/infeasibility")["infeasibility"]["conflict"]
    assert_problem(client.get(f"{address}/shadow-prices"), 409)


def test_impossible_queries_are_refused(client: TestClient, plan: str) -> None:
    assert_problem(client.get("/v1/plans/none/shadow-prices"), 404)
    assert_problem(client.get(f"{plan}/remedies?county=none&item=soap&period=2002-01"), 422, "unknown_label")
    assert_problem(client.get(f"{plan}/bottlenecks?county=none"), 422, "unknown_label")
    assert_problem(client.get(f"{plan}/bottlenecks?group_by=nothing"), 422)
    assert_problem(client.post(f"{plan}/curve", json={"start": 1}), 422)
    assert_problem(
        client.post(f"{plan}/what-if", json={"changes": [{"what": "power_limit", "where": "x", "factor": 1}]}), 422
    )


def test_an_estimate_is_what_solving_again_finds_where_it_says_so(client: TestClient, plan: str) -> None:
    """Electricity a hundredth less is within the range of the prices in these two counties."""
    body = {"changes": [{"what": "power_limit", "where": "hyesan", "factor": 0.99}]}
    found = client.post(f"{plan}/estimate", json=body).json()
    truth = client.post(f"{plan}/what-if", json=body).json()
    assert found["exact"] is True
    assert found["objective_change"] == pytest.approx(truth["objective"][1] - truth["objective"][0])
    assert found["served_share"] == pytest.approx(truth["served_share"])
