"""`/v1/plans/{plan}/map`: needs and swaps in won, compared with the tables that they come from."""

from collections import defaultdict
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.published.diets import diet_of_the_week
from tests.service.api.conftest import WAIT
from tests.service.api.test_briefing import read_rows

AMOUNTS = ("demand", "served", "shortage", "central")


def read_needs(client: TestClient, plan: str) -> dict[tuple[str, str], tuple[float, ...]]:
    needs = client.get(f"{plan}/map").json()["needs"]
    keys = zip(needs["place"], needs["period"], strict=True)
    return dict(zip(keys, zip(*(needs[name] for name in AMOUNTS), strict=True), strict=True))


def add_up(rows: list[dict[str, Any]], names: tuple[str, ...], values: dict[str, float]) -> dict[Any, list[float]]:
    sums: dict[Any, list[float]] = defaultdict(lambda: [0.0] * len(names))
    for row in rows:
        if row["item"] in values:
            key = (row.get("county") or row["partner"], row["period"])
            sums[key] = [total + values[row["item"]] * row[name] for total, name in zip(sums[key], names, strict=True)]
    return sums


def test_needs_are_those_of_the_table_in_won(client: TestClient, plan: str) -> None:
    items = client.get(f"{plan}/problem").json()["items"]
    assert any(one.get("kind") == "material" for one in items)
    values = {one["id"]: one.get("value", 1.0) for one in items if one.get("kind", "good") == "good"}
    rows, found = read_rows(client, plan, "supply"), read_needs(client, plan)
    expected = add_up(rows, AMOUNTS, values)
    assert found.keys() == expected.keys()
    assert len({place for place, _ in found}) > 2, "stations are there, at which the centre delivers"
    for key, amounts in expected.items():
        assert found[key] == pytest.approx(amounts), key
    summary = client.get(plan).json()["summary"]
    assert sum(one[0] for one in found.values()) == pytest.approx(summary["demand_value"])
    served = sum(one[1] for one in found.values()) / summary["demand_value"]
    assert served == pytest.approx(summary["served_share"])


def test_swaps_are_those_of_the_table_in_won(client: TestClient, problem: dict[str, Any]) -> None:
    plan = client.post("/v1/plans", json={"problem": problem}, headers=WAIT).headers["location"]
    values = {one["id"]: one.get("value", 1.0) for one in problem["items"]}
    expected = add_up(read_rows(client, plan, "swaps"), ("given", "taken"), values)
    swaps = client.get(f"{plan}/map").json()["swaps"]
    keys = list(zip(swaps["partner"], swaps["period"], strict=True))
    assert set(keys) == set(expected)
    assert expected, "the plan swaps"
    for key, given, taken in zip(keys, swaps["given"], swaps["taken"], strict=True):
        assert (given, taken) == pytest.approx(expected[key])


def test_prices_of_electricity_and_links_are_those_of_the_tables(client: TestClient, plan: str) -> None:
    found = client.get(f"{plan}/map").json()
    power = read_rows(client, plan, "power")
    assert any(row["price"] > 0 for row in power)
    assert found["power"] == {name: [row[name] for row in power] for name in ("area", "period", "price")}
    links = [row for row in read_rows(client, plan, "capacity") if row["rule"] == "link"]
    assert any(row["used"] > 0 for row in links)
    names = {"link": "id", "to": "part", "period": "period", "used": "used", "limit": "limit", "price": "price"}
    assert found["links"] == {name: [row[column] for row in links] for name, column in names.items()}


def test_requirements_count_beside_goods(client: TestClient) -> None:
    """With less sodium some requirements are short, which no table of goods tells."""
    made = client.post("/v1/plans", json={"problem": diet_of_the_week(40_000.0)}, headers=WAIT)
    plan = made.headers["location"]
    (needs,) = read_needs(client, plan).values()
    problem = diet_of_the_week(40_000.0)
    values = {one["id"]: one.get("value", 1.0) for one in (*problem["items"], *problem["requirements"])}
    requirements = [
        {"item": row["requirement"], "demand": row["need"], "served": row["met"], "central": 0.0} | row
        for row in read_rows(client, plan, "requirements")
    ]
    assert any(row["shortage"] > 0 for row in requirements)
    (expected,) = add_up([*read_rows(client, plan, "supply"), *requirements], AMOUNTS, values).values()
    assert needs == pytest.approx(expected)


def test_a_plan_without_figures_has_no_map(client: TestClient, problem: dict[str, Any]) -> None:
    problem["factories"][0]["lines"][0]["least"] = 60_000
    made = client.post("/v1/plans", json={"problem": problem}, headers=WAIT)
    refused = client.get(f"{made.headers['location']}/map")
    assert refused.status_code == 409
    assert "infeasible" in refused.json()["detail"]
    assert client.get("/v1/plans/nowhere/map").status_code == 404
