"""`/v1/plans/{plan}/briefing`: merged figures of a plan, compared with the tables that they come from."""

from collections import defaultdict
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from tests.service.api.conftest import WAIT


def read_rows(client: TestClient, plan: str, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(f"{plan}/tables/{table}?limit=5000").json()["rows"]
    return rows


def test_short_goods_add_up_to_the_summary(client: TestClient, plan: str) -> None:
    briefing, head = client.get(f"{plan}/briefing").json(), client.get(plan).json()
    short = sum(one["short_value"] for one in briefing["short_goods"])
    figures = {one["name"]: one for one in briefing["figures"]}
    assert figures["served_share"]["value"] == head["summary"]["served_share"] < 1
    assert figures["short_value"]["value"] == pytest.approx(short)
    assert short == pytest.approx(head["summary"]["demand_value"] * (1 - head["summary"]["served_share"]))
    assert [one["short_value"] for one in briefing["short_goods"]] == sorted(
        (one["short_value"] for one in briefing["short_goods"]), reverse=True
    )
    least = min(head["summary"]["by_county"], key=lambda one: one["share"])
    assert (briefing["least_served_county"], briefing["least_served_share"]) == (least["key"], least["share"])


def test_goods_are_merged_over_counties_and_periods(client: TestClient, plan: str) -> None:
    totals: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    periods, counties = defaultdict(set), defaultdict(set)
    for row in read_rows(client, plan, "supply"):
        totals[row["item"]][0] += row["demand"]
        totals[row["item"]][1] += row["served"]
        if row["shortage"] > 0:
            periods[row["item"]].add(row["period"])
            counties[row["item"]].add(row["county"])
    found = client.get(f"{plan}/briefing").json()["short_goods"]
    assert {one["item"] for one in found} == set(periods)
    for one in found:
        demand, served = totals[one["item"]]
        assert (one["demand"], one["short"]) == pytest.approx((demand, demand - served))
        assert one["served_share"] == pytest.approx(served / demand)
        assert one["periods"] == sorted(periods[one["item"]])
        assert one["counties"] == len(counties[one["item"]])


def test_limits_are_merged_over_periods_and_count_each_shortage_once(client: TestClient, plan: str) -> None:
    problem = client.get(f"{plan}/problem").json()
    value_of = {one["id"]: one.get("value", 1.0) for one in problem["items"]}
    shortages, held, periods = {}, defaultdict(set), defaultdict(set)
    for row in read_rows(client, plan, "bottlenecks"):
        key = (row["county"], row["item"], row["period"])
        shortages[key] = row["shortage"] * value_of[row["item"]]
        held[row["rule"], row["id"], row["part"]].add(key)
        periods[row["rule"], row["id"], row["part"]].add(row["limit_period"])
    briefing = client.get(f"{plan}/briefing").json()
    assert len(briefing["limits"]) == briefing["limit_count"] == len(held) > 2
    for one in briefing["limits"]:
        keys = held[one["rule"], one["id"], one["part"]]
        assert one["shortages"] == len(keys)
        assert one["held_value"] == pytest.approx(sum(shortages[key] for key in keys))
        assert set(one["periods"]) == periods[one["rule"], one["id"], one["part"]]
        assert 0 < one["held_share"] <= 1
    assert briefing["rules"][0] == {"rule": "power", "limits": 1, "held_share": 1.0}


def test_it_is_compared_with_a_stated_plan(client: TestClient, plan: str) -> None:
    changed = {"problem": two_counties_raw(), "changes": [{"what": "power_limit", "factor": 2}]}
    other = client.post("/v1/plans", json=changed, headers=WAIT).json()
    briefing = client.get(f"{plan}/briefing?with={other['id']}").json()
    assert briefing["compared_with"] == other["id"]
    compared = {one["name"]: one["compared"] for one in briefing["figures"]}
    assert compared["served_share"] == other["summary"]["served_share"]
    assert compared["served_share"] > briefing["figures"][0]["value"]
    good = briefing["short_goods"][0]
    assert good["compared_served_share"] > good["served_share"]
    assert briefing["limits"][0]["compared_held_share"] is not None
    alone = client.get(f"{plan}/briefing").json()
    assert alone["compared_with"] is None
    assert all(one["compared"] is None for one in alone["figures"])


def test_missed_due_dates_are_told(client: TestClient, problem: dict[str, Any]) -> None:
    item = next(one for one in problem["items"] if one["id"] == "notebook")
    item["due"] = {"2002-01": {"share": 1.0, "by": 0.5}}
    made = client.post("/v1/plans", json={"problem": problem}, headers=WAIT)
    briefing = client.get(f"{made.headers['location']}/briefing").json()
    rows = [row for row in read_rows(client, made.headers["location"], "supply") if row["due"]]
    (missed,) = briefing["missed_deadlines"]
    assert (missed["item"], missed["period"], missed["by"]) == ("notebook", "2002-01", 0.5)
    assert missed["due"] == pytest.approx(sum(row["due"] for row in rows))
    assert missed["missed"] == pytest.approx(sum(row["due"] - row["in_time"] for row in rows))


def test_next_steps_lead_from_draft_to_replanning(client: TestClient) -> None:
    body = {"problem": two_counties_raw(), "reuse": False}
    plan = client.post("/v1/plans", json=body, headers=WAIT).headers["location"]

    def read_steps() -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = client.get(f"{plan}/briefing").json()["next_steps"]
        return steps

    assert [one["kind"] for one in read_steps()] == ["submit"]
    for act in ("submit", "ratify"):
        assert client.post(f"{plan}/approval/{act}", json={}).status_code == 200
    quotas = [row for row in read_rows(client, plan, "quotas") if row["quantity"] > 0]
    first = [row for row in quotas if row["period"] == "2002-01"]
    steps = read_steps()
    assert [one["kind"] for one in steps] == ["put-in-force", "report"]
    assert (steps[1]["period"], steps[1]["count"]) == ("2002-01", len(first))
    outputs = [
        {"factory": row["factory"], "item": row["item"], "period": "2002-01", "quantity": row["quantity"] / 2}
        for row in first
    ]
    assert client.post(f"{plan}/outputs", json={"outputs": outputs}).status_code == 201
    by_kind = {one["kind"]: one for one in read_steps()}
    assert by_kind["report"]["period"] == by_kind["replan"]["period"] == "2002-02"
    assert by_kind["behind"]["count"] == len({row["factory"] for row in first})
    assert by_kind["behind"]["factories"][0]["fulfilment"] == pytest.approx(0.5, abs=0.01)


def test_an_infeasible_plan_has_no_figures(client: TestClient, problem: dict[str, Any]) -> None:
    problem["factories"][0]["lines"][0]["least"] = 60_000
    made = client.post("/v1/plans", json={"problem": problem}, headers=WAIT)
    briefing = client.get(f"{made.headers['location']}/briefing").json()
    assert briefing["outcome"] == "infeasible"
    assert (briefing["figures"], briefing["short_goods"], briefing["limits"]) == ([], [], [])
    assert [one["kind"] for one in briefing["next_steps"]] == ["resolve"]
    refused = client.get(f"{made.headers['location']}/briefing?with={made.json()['id']}")
    assert refused.status_code == 409
    assert client.get(f"{made.headers['location']}/briefing?with=nowhere").status_code == 404
