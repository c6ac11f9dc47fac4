"""Looking at a problem without planning it: /v1/validate, /v1/population and /v1/demand."""

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service.api.answers import assert_problem, paths


def test_a_good_problem_is_valid(client: TestClient, problem: dict[str, Any]) -> None:
    for sent in ({"problem": problem}, problem):
        found = client.post("/v1/validate", json=sent).json()
        assert found["valid"]
        assert found["errors"] == 0
        assert (found["size"]["counties"], found["size"]["items"], found["size"]["lines"]) == (2, 4, 3)


def test_a_bad_problem_is_an_answer_with_all_that_is_wrong(client: TestClient, problem: dict[str, Any]) -> None:
    problem["links"][0]["from"] = "atlantis"
    problem["items"][0]["value"] = -1
    problem["counties"][1]["power_area"] = "nowhere"
    for prefix, sent in (("/problem", {"problem": problem}), ("", problem)):
        answer = client.post("/v1/validate", json=sent)
        assert answer.status_code == 200
        found = answer.json()
        assert not found["valid"]
        assert {f"{prefix}/links/0/from", f"{prefix}/items/0/value", f"{prefix}/counties/1/power_area"} <= paths(
            found["findings"]
        )
        assert all(one["remedy"] and one["code"] for one in found["findings"])


def test_doubts_are_warnings_and_leave_a_problem_valid(client: TestClient, problem: dict[str, Any]) -> None:
    problem["items"][1]["norms"] = {"martians": 3}
    found = client.post("/v1/validate", json={"problem": problem}).json()
    assert found["valid"]
    assert found["warnings"] >= 1
    assert {one["severity"] for one in found["findings"]} == {"warning"}


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"province": "atlantis"}, "/province"),
        ({"province": "ryanggang", "scenario": "carnival"}, "/scenario"),
        ({"province": "ryanggang", "version": 9}, "/version"),
        (
            {"province": "ryanggang", "changes": [{"what": "power_limit", "where": "mars", "factor": 1}]},
            "/changes/0/where",
        ),
        ({"province": "ryanggang", "changes": [{"what": "weather", "factor": 1}]}, "/changes/0/what"),
        ({"province": "ryanggang", "changes": [{"what": "power_limit"}]}, "/changes/0"),
        ({}, ""),
        ({"changes": []}, ""),
    ],
    ids=[
        "province",
        "scenario",
        "version",
        "where",
        "what",
        "neither factor nor value",
        "nothing",
        "changes of nothing",
    ],
)
def test_what_cannot_be_meant_is_found(client: TestClient, sent: dict[str, Any], path: str) -> None:
    found = client.post("/v1/validate", json=sent).json()
    assert not found["valid"]
    assert path in paths(found["findings"])
    assert_problem(client.post("/v1/plans", json=sent), 422)


def test_a_problem_and_a_province_are_one_too_many(client: TestClient, problem: dict[str, Any]) -> None:
    refused = assert_problem(client.post("/v1/plans", json={"problem": problem, "province": "ryanggang"}), 422)
    assert {one["code"] for one in refused["errors"]} == {"problem_or_province"}
    refused = assert_problem(client.post("/v1/plans", json={"problem": problem, "scenario": "crisis"}), 422)
    assert paths(refused["errors"]) == {"/scenario"}


def test_the_estimate_is_people_times_norms_over_the_plan(client: TestClient, problem: dict[str, Any]) -> None:
    answer = client.post("/v1/demand?item=soap", json={"problem": problem}).json()
    assert answer["periods"] == ["2002-01", "2002-02"]
    hyesan = next(row for row in answer["rows"] if row["county"] == "hyesan")
    need = 41854 * 12 * 0.1616
    assert sum(hyesan["quantity"]) == math.ceil(need)  # whole pieces, rounded up over the plan
    assert hyesan["quantity"] == pytest.approx([need * 31 / 59, need * 28 / 59], abs=1)
    assert hyesan["groups"] == [
        {
            "group": "households",
            "heads": 41854.0,
            "heads_source": "stated",
            "error": None,
            "norm": 12.0,
            "quantity": pytest.approx(need),
        }
    ]


def test_heads_of_a_census_are_projected_to_the_plans_year(client: TestClient, problem: dict[str, Any]) -> None:
    del problem["counties"][0]["population"]["households"]
    problem["counties"][0]["census"] = {"households": {"heads": 40_000, "yearly_growth": 0.01}}
    problem["population_projection"] = {"census_year": 1993, "plan_year": 2002.5, "error": 0.02}
    answer = client.post("/v1/population", json={"problem": problem}).json()
    assert (answer["census_year"], answer["plan_year"]) == (1993, 2002.5)
    heads = {(row["county"], row["group"]): row for row in answer["rows"]}
    assert heads["hyesan", "households"]["heads"] == pytest.approx(40_000 * 1.01**9.5)
    assert heads["hyesan", "households"] | {"heads": 0, "projected": 0} == {
        "county": "hyesan", "group": "households", "heads": 0, "source": "census", "projected": 0, "error": 0.02,
        "method": "census",
    }  # fmt: skip
    assert heads["kapsan", "households"]["source"] == "stated"
    del problem["population_projection"]["plan_year"]
    refused = assert_problem(client.post("/v1/population", json={"problem": problem}), 422)
    assert {one["code"] for one in refused["errors"]} == {"no_census_year"}


def test_the_estimate_can_be_restricted(client: TestClient) -> None:
    sent = {"province": "ryanggang", "scenario": "crisis"}
    everything = client.post("/v1/demand", json=sent).json()["rows"]
    item = everything[0]["item"]
    some = client.post(f"/v1/demand?county=hyesan&county=kapsan&item={item}", json=sent)
    assert {row["county"] for row in some.json()["rows"]} == {"hyesan", "kapsan"}
    assert len(some.json()["rows"]) < len(everything)
    assert all(row in everything for row in some.json()["rows"])
    assert_problem(client.post("/v1/demand?county=atlantis", json=sent), 422, "unknown")


def test_changes_reach_the_estimate(client: TestClient, problem: dict[str, Any]) -> None:
    def list_totals(sent: dict[str, Any]) -> list[float]:
        return [sum(row["quantity"]) for row in client.post("/v1/demand", json=sent).json()["rows"]]

    once = list_totals({"problem": problem})
    twice = list_totals({"problem": problem, "changes": [{"what": "population", "factor": 2}]})
    assert twice == pytest.approx([2 * total for total in once], abs=1)  # whole needs are rounded up
