"""Each invariant fails when a valid plan is tampered with: an invariant that cannot fail proves nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from tests.builders import Json, make_problem, need
from tests.invariants import INVARIANTS, assert_plan_invariants, check_own_needs_first_invariant
from tests.plan_reading import Reading

Rows = dict[str, list[dict[str, Any]]]


def problem_of_every_rule(**parts: Any) -> PlanningProblem:
    """Two towns and a gate, with every kind of limit, all generous."""
    soap: Json = {"item": "soap", "hours_per_unit": {"kettle": 1}, "kwh_per_unit": 1, "labour_hours_per_unit": 1}
    whole: Json = {
        "items": [
            {"id": "soap", "kg_per_unit": 1000, "whole_units": True, "holding_cost": 0.125}
            | {"due": {"p2": {"share": 0.5, "by": 0.25}}},
            {"id": "soda", "kind": "material", "kg_per_unit": 1000},
            {"id": "ash", "provides": {"washing": 2}, "most_per_head": {"people": 2}},
        ],
        "periods": ["p1", "p2"],
        "counties": [
            {"id": "town", "power_area": "area", "labour_hours": 50, "store_tonnes": 50, "handling_tonnes": 50}
            | {"stocks": {"soap": {"opening": 4, "closing_least": 2, "most": 50}, "ash": {"opening": 30}}}
            | {"population": {"people": 10}},
            {"id": "village", "power_area": "area", "handling_tonnes": 50},
        ],
        "stations": [{"id": "gate"}],
        "power_areas": [{"id": "area", "limit_kwh": 50}],
        "factories": [
            {
                "id": "works",
                "place": "town",
                "machines": {"kettle": 50},
                "lines": [{**soap, "materials": {"soda": 0.5}, "most": 8, "lot": 2, "least_run": 4}],
            }
        ],
        "links": [
            {
                "id": "rail",
                "from": "gate",
                "to": "town",
                "km": 2,
                "tonnes": 50,
                "kwh_per_tonne_km": 0.25,
                "power_area": "area",
            },
            {"id": "road", "from": "town", "to": "village", "cost_per_tonne": 0.125, "tonnes": 50, "one_way": True},
        ],
        "supply_shares": {
            "central": 0.25,
            "gateways": ["gate"],
            "materials": {"soda": 40},
            "local_floor": {"soap": 0.25},
        },
        "partners": [{"id": "neighbour", "at": "gate", "offers": {"soap": 3}, "wants": {"soda": 30}, "credit": 1}],
        "budgets": [
            {"id": "roads", "won": 20, "covers": ["haulage"]},
            {"id": "trade", "won": 50, "carries_over": True, "covers": ["central", "swaps", "materials"]},
        ],
        "demand": [need("town", "soap", 10), need("village", "soap", 12)],
        "requirements": [
            {"id": "washing", "norms": {"people": 2}, "most": {"people": 3}, "shares": {"ash": {"least": 0.25}}}
        ],
        "served_least": [need("village", "soap", [1, 0])],
        "policy": {"shortage_bands": [{"width": 1, "weight": 1}], "own_surplus": True, "smoothing": 0.25},
    }
    return make_problem(**{**whole, **parts})


@pytest.fixture(scope="module")
def planned() -> tuple[PlanningProblem, Plan, Rows]:
    problem = problem_of_every_rule()
    result = make_plan(problem)
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert_plan_invariants(problem, result.plan, rows)
    return problem, result.plan, rows


def more(table: str, column: str, by: float = 100.0, **where: str) -> Callable[[Rows], None]:
    """Tamper with one figure of the first row that fits."""

    def tamper(rows: Rows) -> None:
        row = next(r for r in rows[table] if all(r[key] == value for key, value in where.items()))
        row[column] += by

    return tamper


def reverse_road(rows: Rows) -> None:
    """Send what the one-way road carries the other way."""
    row = next(r for r in rows["shipments"] if r["link"] == "road")
    row["from"], row["to"] = row["to"], row["from"]


TAMPERINGS = [
    ("check_demand_invariant", more("supply", "demand", 1)),
    ("check_demand_invariant", more("supply", "served", 1)),
    ("check_balance_invariant", more("supply", "shortage", 1)),
    ("check_balance_invariant", more("quotas", "quantity", 1)),
    ("check_demand_invariant", more("supply", "backlog", 1)),
    ("check_shortage_width_invariant", more("supply", "shortage", 100, item="soap", county="village")),
    ("check_served_least_invariant", more("supply", "shortage", 12, item="soap", county="village", period="p1")),
    ("check_due_invariant", more("supply", "in_time", 1, county="village", period="p2")),
    ("check_due_invariant", more("supply", "due", 1, county="village", period="p2")),
    ("check_due_invariant", more("supply", "stock", -4, county="village", item="soap", period="p1")),
    ("check_flows_invariant", more("supply", "arrived", 1)),
    ("check_bounds_invariant", more("quotas", "quantity", 5)),
    ("check_bounds_invariant", more("supply", "central", 1, county="town")),
    ("check_bounds_invariant", reverse_road),
    ("check_machine_invariant", more("quotas", "quantity")),
    ("check_labour_invariant", more("quotas", "quantity")),
    ("check_power_invariant", more("quotas", "quantity")),
    ("check_power_invariant", more("power", "used_by_rail", 1)),
    ("check_link_invariant", more("shipments", "quantity", link="road")),
    ("check_handling_invariant", more("shipments", "quantity", link="rail")),
    ("check_central_share_invariant", more("supply", "central", county="gate", item="soap")),
    ("check_local_floor_invariant", more("supply", "central", 1000, county="gate", item="soap")),
    ("check_swap_balance_invariant", more("swaps", "taken")),
    ("check_swap_balance_invariant", more("swaps", "given", -1000)),
    ("check_own_surplus_invariant", more("swaps", "given")),
    ("check_store_invariant", more("supply", "stock", 60, county="town", item="soap")),
    ("check_store_invariant", more("supply", "stock", -3, county="town", item="soap", period="p2")),
    ("check_budget_invariant", more("shipments", "quantity", 1000, link="road")),
    ("check_budget_invariant", more("supply", "central", county="gate", item="soap")),
    ("check_budget_invariant", more("swaps", "taken", 200)),
    ("check_bands_invariant", more("supply", "shortage", 1000, item="soap", county="village")),
    ("check_objective_invariant", more("supply", "shortage", 1, county="village")),
    ("check_objective_invariant", more("shipments", "quantity", 1, link="road")),
    ("check_objective_invariant", more("quotas", "quantity", 1)),
    ("check_objective_invariant", more("supply", "stock", 1, county="town", item="soda", period="p2")),
    ("check_whole_units_invariant", more("quotas", "quantity", 0.5)),
    ("check_whole_units_invariant", more("shipments", "quantity", 0.5)),
    ("check_whole_units_invariant", more("supply", "discarded", 0.5, item="soda")),
    ("check_lots_invariant", more("quotas", "quantity", 1)),
    ("check_lots_invariant", more("quotas", "quantity", -6)),
    ("check_deliveries_invariant", more("deliveries", "quantity", use="people")),
    ("check_deliveries_invariant", more("deliveries", "quantity", use="material")),
    ("check_deliveries_invariant", more("deliveries", "quantity", source="factory")),
    ("check_quality_invariant", more("deliveries", "quality", -0.5, source="factory")),
    ("check_requirement_invariant", more("requirements", "over", 1)),
    ("check_requirement_invariant", more("supply", "extra", 1, item="ash")),
    ("check_taken_invariant", more("supply", "extra", item="ash")),
    ("check_basket_share_invariant", more("supply", "extra", -100, item="ash")),
    ("check_baskets_invariant", more("baskets", "provided", 1)),
]


@pytest.mark.parametrize(
    ("invariant", "tamper"), TAMPERINGS, ids=[f"{invariant}-{n}" for n, (invariant, _) in enumerate(TAMPERINGS)]
)
def test_invariant_notices(
    planned: tuple[PlanningProblem, Plan, Rows], invariant: str, tamper: Callable[[Rows], None]
) -> None:
    problem, plan, rows = planned
    tampered = {name: [dict(row) for row in table] for name, table in rows.items()}
    tamper(tampered)
    with pytest.raises(AssertionError, match=invariant):
        assert_plan_invariants(problem, plan, tampered)


def test_capacity_past_its_limit_is_noticed(planned: tuple[PlanningProblem, Plan, Rows]) -> None:
    problem, plan, rows = planned
    row = {
        "rule": "machine",
        "id": "works",
        "part": "kettle",
        "period": "p1",
        "used": 60.0,
        "limit": 50.0,
        "price": 0.0,
    }
    with pytest.raises(AssertionError, match="check_capacity_invariant"):
        assert_plan_invariants(problem, plan, {**rows, "capacity": [row]})


@pytest.mark.parametrize(("column", "value"), [("arrives", "p1"), ("quantity", 9.0)])
def test_a_wrong_arrival_is_noticed(column: str, value: str | float) -> None:
    problem = make_problem(
        periods=["p1", "p2"],
        counties=[{"id": name, "power_area": "area"} for name in ("town", "village")],
        links=[{"id": "road", "from": "town", "to": "village", "transit_periods": 1}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "most": 8}]}],
        demand=[need("village", "soap", [0, 8])],
    )
    result = make_plan(problem)
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert_plan_invariants(problem, result.plan, rows)
    (shipment,) = rows["shipments"]
    assert (shipment["period"], shipment["arrives"]) == ("p1", "p2")
    lost = {**rows, "shipments": [{**shipment, column: value}]}
    with pytest.raises(AssertionError, match=r"check_transit_invariant|check_flows_invariant"):
        assert_plan_invariants(problem, result.plan, lost)


def test_own_needs_first_is_noticed(planned: tuple[PlanningProblem, Plan, Rows]) -> None:
    problem, plan, rows = planned
    better = {**rows, "supply": [{**row, "shortage": 0.0} for row in rows["supply"]]}
    assert list(check_own_needs_first_invariant(Reading(problem, plan, rows), Reading(problem, plan, better)))


def test_every_invariant_has_a_tampering() -> None:
    assert {invariant.__name__ for invariant in INVARIANTS} == {name for name, _ in TAMPERINGS} | {
        "check_capacity_invariant",
        "check_transit_invariant",
    }
