"""Reasons: each shortage names the binding limits that one unit more would have to pass."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from solvers.results import write_table_files
from tests.builders import Json, make_problem, need
from tests.solvers.planning.two_counties import planned, rows, two_counties

KEY = ("rule", "id", "part", "limit_period")


def found(problem: Json, item: str = "soap", period: str = "p1") -> list[tuple[str, ...]]:
    result = planned(make_problem(**problem))
    return [tuple(row[name] for name in KEY) for row in rows(result, "bottlenecks", item=item, period=period)]


def kettle(hours: float, **line: object) -> list[Json]:
    return [
        {
            "id": "works",
            "place": "town",
            "machines": {"kettle": hours},
            "lines": [{"item": "soap", "hours_per_unit": {"kettle": 1}, **line}],
        }
    ]


def test_machine_that_is_too_slow() -> None:
    assert found({"factories": kettle(4), "demand": [need("town", "soap", 10)]}) == [
        ("machine", "works", "kettle", "p1")
    ]


def test_nothing_short_has_no_reason() -> None:
    assert found({"factories": kettle(40), "demand": [need("town", "soap", 10)]}) == []


def test_material_that_is_missing_is_followed_to_where_it_comes_from() -> None:
    problem = {
        "items": [{"id": "soap"}, {"id": "soda", "kind": "material"}],
        "factories": kettle(40, materials={"soda": 2}),
        "demand": [need("town", "soap", 10)],
        "supply_shares": {"materials": {"soda": 6}, "gateways": ["town"]},
    }
    assert found(problem) == [("central_share", "soda", "", "p1")]


def test_link_and_the_place_behind_it() -> None:
    problem = {
        "items": [{"id": "soap", "kg_per_unit": 1000}],
        "counties": [{"id": "town", "power_area": "area"}, {"id": "hill", "power_area": "area"}],
        "factories": kettle(7),
        "links": [{"id": "road", "from": "town", "to": "hill", "tonnes": 3}],
        "demand": [need("town", "soap", 5), need("hill", "soap", 5)],
        "policy": {"shortage_bands": [{"width": 0.5, "weight": 4}, {"width": 0.5, "weight": 1}]},
    }
    result = planned(make_problem(**problem))
    assert [row["id"] for row in rows(result, "bottlenecks", county="town")] == ["works"]
    hill = {row["rule"] for row in rows(result, "bottlenecks", county="hill")}
    assert hill <= {"machine", "link"}
    assert "machine" in hill


def test_store_leads_back_to_the_month_before() -> None:
    problem = {
        "periods": ["p1", "p2"],
        "factories": kettle(4),
        "demand": [need("town", "soap", [0, 20])],
    }
    assert set(found(problem, period="p2")) == {
        ("machine", "works", "kettle", "p1"),
        ("machine", "works", "kettle", "p2"),
    }


def test_what_is_never_made_names_the_limit_of_its_cheapest_way() -> None:
    """All hours go to soap, which weighs more; candles are short for want of the same hours."""
    lines = [{"item": name, "hours_per_unit": {"kettle": 1}} for name in ("soap", "candle")]
    problem = {
        "items": [{"id": "soap", "value": 2}, {"id": "candle", "value": 1}],
        "factories": [{"id": "works", "place": "town", "machines": {"kettle": 5}, "lines": lines}],
        "demand": [need("town", "soap", 10), need("town", "candle", 10)],
    }
    assert found(problem, item="candle") == [("machine", "works", "kettle", "p1")]


def test_gain_is_what_one_more_unit_saves() -> None:
    problem = {"factories": kettle(4), "demand": [need("town", "soap", 10)]}
    before = planned(make_problem(**problem))
    after = planned(make_problem(**{**problem, "factories": kettle(5)}))
    (reason,) = rows(before, "bottlenecks")
    assert before.plan.objective is not None
    assert after.plan.objective is not None
    assert reason["gain"] == pytest.approx(before.plan.objective.value - after.plan.objective.value)
    (limit,) = [row for row in rows(before, "capacity") if row["rule"] == "machine"]
    assert limit["price"] == reason["gain"]
    assert limit["used"] == limit["limit"] == 4


def test_reasons_come_largest_first_and_name_rows_of_capacity_or_power() -> None:
    result = planned(two_counties())
    limits = {(row["rule"], row["id"], row["part"], row["period"]): row["price"] for row in rows(result, "capacity")}
    limits |= {("power", row["area"], "", row["period"]): row["price"] for row in rows(result, "power")}
    last: dict[tuple[str, ...], float] = {}
    for row in rows(result, "bottlenecks"):
        assert row["gain"] == limits[tuple(row[name] for name in KEY)]
        cell = (row["county"], row["item"], row["period"])
        assert row["gain"] <= last.get(cell, float("inf"))
        last[cell] = row["gain"]
    short = {(r["county"], r["item"], r["period"]) for r in rows(result, "supply") if r["shortage"] > 0}
    assert set(last) == short


def test_tables_written_to_a_folder_read_back(tmp_path: Path) -> None:
    result = planned(two_counties())
    for kind in ("csv", "parquet"):
        folder = tmp_path / "plan" / kind
        paths = write_table_files(result.tables, folder, kind)
        assert sorted(p.name for p in paths) == sorted(f"{name}.{kind}" for name in result.tables)
        for path in paths:
            table: pa.Table = csv.read_csv(path) if kind == "csv" else parquet.read_table(path)
            stated = result.tables[path.stem]
            assert table.column_names == stated.column_names
            assert table.num_rows == stated.num_rows
            numbers = [f.name for f in stated.schema if pa.types.is_float64(f.type)]
            if stated.num_rows:
                assert table.select(numbers).to_pylist() == stated.select(numbers).to_pylist()
