"""Deliveries: goods traced from sources to users, by hand."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers.planning import PlanResult, make_plan
from solvers.results.deliveries import _ItemFlows, _order_nodes, _split_lots, _split_whole_units, _trace_item
from tests.builders import Json, make_problem, need
from tests.invariants import assert_plan_invariants


def mixing_problem(**parts: object) -> PlanningProblem:
    """Two factories and the centre meet in `town`, which serves itself and sends to `village`."""
    soap: Json = {"id": "soap", "value": 2, "kg_per_unit": 1}
    whole: Json = {
        "periods": ["p1", "p2"],
        "items": [soap],
        "counties": [{"id": "town", "power_area": "area"}, {"id": "village", "power_area": "area"}],
        "factories": [
            {"id": "old", "place": "town", "condition": 0.5, "lines": [{"item": "soap", "quality": 0.8, "least": 30, "most": 30}]},
            {"id": "new", "place": "town", "lines": [{"item": "soap", "quality": 0.9, "least": 50, "most": 50}]},
        ],
        "links": [{"id": "road", "from": "town", "to": "village", "one_way": True}],
        "supply_shares": {"central": 0.2, "gateways": ["town"]},
        "demand": [need("town", "soap", 75), need("village", "soap", 25)],
    }  # fmt: skip
    return make_problem(**{**whole, **parts})


def rows(result: PlanResult, **where: str) -> list[Json]:
    """The deliveries that fit."""
    table: pa.Table = result.tables["deliveries"]
    return [row for row in table.to_pylist() if all(row[name] == value for name, value in where.items())]


@pytest.fixture(scope="module")
def result() -> PlanResult:
    problem = mixing_problem()
    planned = make_plan(problem)
    assert planned.plan.outcome == "optimal"
    assert_plan_invariants(problem, planned.plan, {name: table.to_pylist() for name, table in planned.tables.items()})
    return planned


def test_goods_that_meet_are_delivered_in_proportion(result: PlanResult) -> None:
    """30 of the old factory, 50 of the new, 20 of the centre: the village gets a quarter of each."""
    found = {(row["source"], row["from"]): row["quantity"] for row in rows(result, to="village", period="p1")}
    assert found == {
        ("factory", "old"): pytest.approx(7.5),
        ("factory", "new"): pytest.approx(12.5),
        ("centre", "town"): pytest.approx(5),
    }


def test_quality_is_weighted_by_value(result: PlanResult) -> None:
    """Quality 0.8 in a condition of 0.5 is 0.6."""
    summary = result.plan.summary
    assert summary is not None
    assert summary.quality is not None
    assert summary.quality.quality == pytest.approx(0.3 * 0.6 + 0.5 * 0.9 + 0.2)
    factory, centre = summary.quality.by_source
    assert (factory.key, centre.key, centre.quality) == ("factory", "centre", 1)
    assert [factory.value, centre.value] == pytest.approx([320, 80])
    assert factory.quality == pytest.approx((0.3 * 0.6 + 0.5 * 0.9) / 0.8)
    table = result.tables["quality"].to_pylist()
    assert sum(row["value"] for row in table) == pytest.approx(400)
    (row,) = [row for row in table if (row["county"], row["source"]) == ("village", "factory")]
    assert row["quality"] == pytest.approx((0.3 * 0.6 + 0.5 * 0.9) / 0.8)
    assert row["category"] == "other"


def test_stock_keeps_its_mix_and_what_is_left_is_listed() -> None:
    county = {"id": "town", "power_area": "area", "stocks": {"soap": {"opening": 20, "closing_least": 10}}}
    result = make_plan(
        mixing_problem(
            counties=[county, {"id": "village", "power_area": "area"}],
            demand=[need("town", "soap", [0, 75]), need("village", "soap", [0, 25])],
            supply_shares={"central": 0},
            links=[{"id": "road", "from": "town", "to": "village", "one_way": True, "tonnes": [0, 100]}],
            items=[{"id": "soap", "loss": 0.5}],
            factories=[
                {"id": "old", "place": "town", "lines": [{"item": "soap", "most": [80, 0]}]},
                {"id": "new", "place": "town", "lines": [{"item": "soap", "most": [0, 60]}]},
            ],
        )
    )
    lost = rows(result, use="loss")
    assert {row["to"] for row in lost} == {"town"}
    served: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows(result, use="people"):
        served[row["source"], row["from"]] += row["quantity"]
    assert served["factory", "old"] / served["stock", "town"] == pytest.approx(80 / 10)
    assert sum(row["quantity"] for row in rows(result, use="stock")) == pytest.approx(10)
    everything = rows(result, source="factory")
    assert {name: sum(row["quantity"] for row in everything if row["from"] == name) for name in ("old", "new")} == {
        "old": pytest.approx(80),
        "new": pytest.approx(60),
    }


def test_whole_units_are_delivered_whole() -> None:
    problem = mixing_problem(
        items=[{"id": "soap", "whole_units": True}],
        demand=[need("town", "soap", 76), need("village", "soap", 24)],
    )
    result = make_plan(problem)
    found = rows(result, use="people")
    assert found
    assert all(row["quantity"] == round(row["quantity"]) for row in found)
    assert sum(row["quantity"] for row in found if row["to"] == "village") == 48
    assert_plan_invariants(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()})


def test_what_is_shipped_in_a_circle_is_left_out() -> None:
    flows = _ItemFlows()
    a, b = (0, 0), (0, 1)
    flows.inflows[a] = {(0, 7): 10.0}
    flows.moves[a] = {b: 9.0}
    flows.moves[b] = {a: 5.0}
    flows.outflows[b] = {(0, 1): 4.0}
    flows.outflows[a] = {(0, 0): 6.0}
    assert _order_nodes(flows) == [a, b]
    assert [(user, source, amount) for _, user, source, amount in _trace_item(flows, whole_units=False)] == [
        ((0, 0), (0, 7), 6.0),
        ((0, 1), (0, 7), 4.0),
    ]


whole_lots = st.lists(st.integers(0, 40), min_size=1, max_size=8)


@given(whole_lots, st.data())
def test_whole_lots_are_divided_in_whole_units_near_proportion(lots: list[int], data: st.DataObject) -> None:
    total = sum(lots)
    amount = data.draw(st.integers(0, total))
    here = np.array(lots, dtype=np.float64)
    part = _split_whole_units(here, float(amount))
    assert part.sum() == amount
    assert np.all(part == np.round(part))
    assert np.all((part >= 0) & (part <= here))
    if total:
        assert np.all(np.abs(part - here * amount / total) < 1)


@given(whole_lots, st.data())
def test_users_share_everything(lots: list[int], data: st.DataObject) -> None:
    total = sum(lots)
    amounts: list[int] = []
    while sum(amounts) < total:
        amounts.append(data.draw(st.integers(1, total - sum(amounts))))
    parts = _split_lots(np.array(lots, dtype=np.float64), [float(a) for a in amounts], _split_whole_units)
    assert [part.sum() for part in parts] == amounts
    assert not parts or np.all(sum(parts) == lots)
