"""Bottlenecks: each shortage lists the binding limits on the supply of one more unit."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from solvers.results import write_table_files
from tests.builders import Json, make_problem, need
from tests.solvers.planning.two_counties import planned, rows, two_counties

KEY = ("rule", "id", "part", "limit_period")


def list_bottlenecks(problem: Json, item: str = "soap", period: str = "p1") -> list[tuple[str, ...]]:
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


def test_machine_hours_are_the_bottleneck() -> None:
    assert list_bottlenecks({"factories": kettle(4), "demand": [need("town", "soap", 10)]}) == [
        ("machine", "works", "kettle", "p1")
    ]


def test_no_shortage_has_no_bottleneck() -> None:
    assert list_bottlenecks({"factories": kettle(40), "demand": [need("town", "soap", 10)]}) == []


def test_missing_material_is_traced_to_its_source() -> None:
    problem = {
        "items": [{"id": "soap"}, {"id": "soda", "kind": "material"}],
        "factories": kettle(40, materials={"soda": 2}),
        "demand": [need("town", "soap", 10)],
        "supply_shares": {"materials": {"soda": 6}, "gateways": ["town"]},
    }
    assert list_bottlenecks(problem) == [("central_share", "soda", "", "p1")]


def test_link_and_supplying_place_are_bottlenecks() -> None:
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


def test_stock_traces_the_bottleneck_to_the_previous_period() -> None:
    problem = {
        "periods": ["p1", "p2"],
        "factories": kettle(4),
        "demand": [need("town", "soap", [0, 20])],
    }
    assert set(list_bottlenecks(problem, period="p2")) == {
        ("machine", "works", "kettle", "p1"),
        ("machine", "works", "kettle", "p2"),
    }


def test_item_without_production_has_the_bottleneck_of_its_cheapest_source() -> None:
    """All machine hours go to soap, which has the larger weight; candles lack the same hours."""
    lines = [{"item": name, "hours_per_unit": {"kettle": 1}} for name in ("soap", "candle")]
    problem = {
        "items": [{"id": "soap", "value": 2}, {"id": "candle", "value": 1}],
        "factories": [{"id": "works", "place": "town", "machines": {"kettle": 5}, "lines": lines}],
        "demand": [need("town", "soap", 10), need("town", "candle", 10)],
    }
    assert list_bottlenecks(problem, item="candle") == [("machine", "works", "kettle", "p1")]


def test_gain_is_the_saving_of_one_more_unit() -> None:
    problem = {"factories": kettle(4), "demand": [need("town", "soap", 10)]}
    before = planned(make_problem(**problem))
    after = planned(make_problem(**{**problem, "factories": kettle(5)}))
    (bottleneck,) = rows(before, "bottlenecks")
    assert before.plan.objective is not None
    assert after.plan.objective is not None
    assert bottleneck["gain"] == pytest.approx(before.plan.objective.value - after.plan.objective.value)
    (limit,) = [row for row in rows(before, "capacity") if row["rule"] == "machine"]
    assert limit["price"] == bottleneck["gain"]
    assert limit["used"] == limit["limit"] == 4


def test_bottlenecks_are_sorted_and_refer_to_capacity_or_power_rows() -> None:
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


def test_table_files_contain_the_tables(tmp_path: Path) -> None:
    result = planned(two_counties())
    for kind in ("csv", "parquet"):
        folder = tmp_path / "plan" / kind
        paths = write_table_files(result.tables, folder, kind)
        assert sorted(p.name for p in paths) == sorted(f"{name}.{kind}" for name in result.tables)
        for path in paths:
            table: pa.Table = csv.read_csv(path) if kind == "csv" else parquet.read_table(path)
            original = result.tables[path.stem]
            assert table.column_names == original.column_names
            assert table.num_rows == original.num_rows
            numbers = [f.name for f in original.schema if pa.types.is_float64(f.type)]
            if original.num_rows:
                assert table.select(numbers).to_pylist() == original.select(numbers).to_pylist()
