"""Served share, shortage and cost of one plan are the same figure in its head, list, tables, answers, workbook and command."""

import io
import itertools
import json
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from models.examples import two_counties_raw
from service.cli import app
from tests.builders import need, problem_json
from tests.service.api.conftest import WAIT

HALF = {"what": "power_limit", "factor": 0.5}


def small_problem(seed: int) -> dict[str, Any]:
    """Two counties with other electricity, people and values; all goods are in whole units where the seed is odd."""
    draw, raw = random.Random(seed), two_counties_raw()  # noqa: S311 - a problem, not a secret
    for area in raw["power_areas"]:
        area["limit_kwh"] = [round(kwh * draw.uniform(0.02, 0.4)) for kwh in area["limit_kwh"]]
    for county in raw["counties"]:
        county["population"] = {
            name: round(heads / draw.uniform(5, 400)) for name, heads in county["population"].items()
        }
        county.pop("stocks", None)
    for item in raw["items"]:
        item["value"] = round(draw.uniform(0.3, 6), 2)
        item["whole_units"] = seed % 2 == 1 and item.get("kind") == "good"
    return raw


PROBLEMS = {"two counties": two_counties_raw(), **{f"seed {seed}": small_problem(seed) for seed in range(4)}}


@pytest.fixture(scope="module", params=PROBLEMS)
def problem(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = PROBLEMS[request.param]
    return found


@pytest.fixture(scope="module")
def head(client: TestClient, problem: dict[str, Any]) -> dict[str, Any]:
    return make_plan(client, {"problem": problem})


def make_plan(client: TestClient, body: Any) -> dict[str, Any]:
    answer = client.post("/v1/plans", json=body, headers=WAIT)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    assert found["outcome"] == "optimal"
    return found


def read(client: TestClient, plan: str, path: str) -> Any:
    answer = client.get(f"/v1/plans/{plan}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def read_rows(client: TestClient, plan: str, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read(client, plan, f"/tables/{table}?limit=5000")["rows"]
    return rows


def read_summary_sheet(client: TestClient, plan: str) -> dict[str, Any]:
    """The first figure of each row of the first sheet of the workbook, by the text before it."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/v1/plans/{plan}/workbook").content))
    rows = book["Summary"].iter_rows(values_only=True)
    return {str(row[0]): row[1] for row in rows if row and row[0] is not None and len(row) > 1}


def served_by_value(rows: list[dict[str, Any]], problem: dict[str, Any]) -> float:
    """The served share that the table `supply` has: what is served of the demand, by value."""
    value = {item["id"]: item["value"] or 1 for item in problem["items"]}
    demand = float(sum(row["demand"] * value[row["item"]] for row in rows))
    return float(sum(row["served"] * value[row["item"]] for row in rows if row["demand"] > 0)) / demand


def assert_all_equal(figures: dict[str, float]) -> None:
    for (first, a), (second, b) in itertools.combinations(figures.items(), 2):
        assert a == pytest.approx(b, rel=1e-6, abs=1e-9), f"{first} is not {second}"


def test_the_served_share_is_one_figure(
    client: TestClient, head: dict[str, Any], problem: dict[str, Any], tmp_path: Path
) -> None:
    """Also that of a county: the mean over counties, weighted by need, is that of the plan."""
    plan, summary = head["id"], head["summary"]
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problem), encoding="utf-8")
    command = json.loads(CliRunner().invoke(app, ["plan", str(file), "--json"]).stdout)
    equity = [row for rows in read(client, plan, "/equity")["by_county"].values() for row in rows]
    other = make_plan(client, {"base_plan": plan, "changes": [HALF]})
    comparison = client.post(f"/v1/plans/{plan}/compare", json={"plan": other["id"]}).json()
    listed = next(one for one in client.get("/v1/plans?limit=100").json()["plans"] if one["id"] == plan)
    assert comparison["relaxed"] is False
    assert_all_equal(
        {
            "head": summary["served_share"],
            "list of plans": listed["served_share"],
            "table supply": served_by_value(read_rows(client, plan, "supply"), problem),
            "by county": sum(row["served"] for row in summary["by_county"]) / summary["demand_value"],
            "by category": sum(row["served"] for row in summary["by_category"]) / summary["demand_value"],
            "equity": sum(row["served"] for row in equity) / sum(row["demand"] for row in equity),
            "comparison": comparison["served_share"][0],
            "command": command["summary"]["served_share"],
        }
    )
    assert comparison["served_share"][1] == other["summary"]["served_share"]
    assert comparison["objective"] == [head["objective"]["value"], other["objective"]["value"]]
    for name in ("by_county", "by_category"):
        for k, one in enumerate((head, other)):
            shares = {row["key"]: row["share"] for row in one["summary"][name]}
            assert {row["key"]: row[("before", "after")[k]] for row in comparison[name]} == shares


def test_the_cost_is_one_figure(client: TestClient, head: dict[str, Any]) -> None:
    """The parts add up to the objective, and the workbook has the same."""
    sheet, objective = read_summary_sheet(client, head["id"]), head["objective"]
    assert_all_equal(
        {
            "head": objective["value"],
            "parts": sum(objective["parts"].values()),
            "workbook": float(sheet["value"]),
        }
    )
    assert "Objective, weighted won" in sheet


def test_the_shortage_is_one_figure(client: TestClient, head: dict[str, Any]) -> None:
    """A bottleneck tells the same units short as the table `supply`, in whole units where the item has them."""
    supply = {(r["county"], r["item"], r["period"]): r["shortage"] for r in read_rows(client, head["id"], "supply")}
    for row in read_rows(client, head["id"], "bottlenecks"):
        assert row["shortage"] == supply[row["county"], row["item"], row["period"]]


def test_figures_before_rounding_say_so(client: TestClient, head: dict[str, Any], problem: dict[str, Any]) -> None:
    """Only a problem with whole units has a relaxation whose figures differ; its own objective is in the head."""
    is_whole = any(item.get("whole_units") for item in problem["items"])
    address, body = f"/v1/plans/{head['id']}", {"changes": [HALF]}
    answers = [
        client.post(f"{address}/what-if", json=body).json(),
        client.post(f"{address}/compare", json=body).json(),
        client.post(f"{address}/estimate", json=body).json(),
        client.post(f"{address}/curve", json={"change": HALF, "start": 1, "end": 0.9, "max_solves": 3}).json(),
        client.get(f"{address}/shadow-prices?with_ranges=0").json(),
        client.get(f"{address}/bottlenecks").json(),
    ]
    assert [one["relaxed"] for one in answers] == [is_whole] * len(answers)
    assert answers[0]["objective"][0] == pytest.approx(head["objective"]["before_rounding"], rel=1e-6)
    if not is_whole:
        assert answers[0]["objective"][0] == pytest.approx(head["objective"]["value"], rel=1e-6)


def test_equity_counts_requirements_as_the_head_does(client: TestClient) -> None:
    """What people take of a requirement after it is due does not meet it."""
    raw = problem_json(
        items=[{"id": "maize", "provides": {"energy": 2}}],
        counties=[{"id": "town", "power_area": "area", "population": {"people": 10}}],
        demand=[need("town", "maize", 40)],
        requirements=[{"id": "energy", "unit": "kcal", "norms": {"people": 10}, "due": {"p1": {"share": 0.5}}}],
        factories=[{"id": "mill", "place": "town", "lines": [{"item": "maize", "most": 40}]}],
    )
    head = make_plan(client, {"problem": raw})
    (told,) = head["summary"]["requirements"]["by_county"]
    rows = read(client, head["id"], "/equity")["by_county"]["town"]
    goods = head["summary"]["by_county"][0]["served"]
    assert told["served"] == pytest.approx(50)
    assert sum(row["served"] for row in rows) == pytest.approx(goods + told["served"])
