"""Each law fails when a lawful plan is tampered with: a law that cannot fail proves nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from tests.builders import Json, make_problem, need
from tests.invariants import LAWS, assert_plan_lawful
from tests.invariants_of_value import law_own_needs_first
from tests.plan_reading import Reading

Rows = dict[str, list[dict[str, Any]]]


def problem_of_every_rule(**parts: Any) -> PlanningProblem:
    """Two towns and a gate, with every kind of limit, all generous."""
    soap: Json = {"item": "soap", "hours_per_unit": {"kettle": 1}, "kwh_per_unit": 1, "labour_hours_per_unit": 1}
    whole: Json = {
        "items": [
            {"id": "soap", "kg_per_unit": 1000, "whole_units": True, "holding_cost": 0.125},
            {"id": "soda", "kind": "material", "kg_per_unit": 1000},
        ],
        "periods": ["p1", "p2"],
        "counties": [
            {"id": "town", "power_area": "area", "labour_hours": 50, "store_tonnes": 50, "handling_tonnes": 50}
            | {"stocks": {"soap": {"opening": 4, "closing_least": 2, "most": 50}}},
            {"id": "village", "power_area": "area", "handling_tonnes": 50},
        ],
        "stations": [{"id": "gate"}],
        "power_areas": [{"id": "area", "limit_kwh": 50}],
        "factories": [
            {
                "id": "works",
                "place": "town",
                "machines": {"kettle": 50},
                "lines": [{**soap, "materials": {"soda": 0.5}, "most": 8}],
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
        "demand": [need("town", "soap", 10), need("village", "soap", 12)],
    }
    return make_problem(**{**whole, **parts})


@pytest.fixture(scope="module")
def planned() -> tuple[PlanningProblem, Plan, Rows]:
    problem = problem_of_every_rule()
    result = make_plan(problem)
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert_plan_lawful(problem, result.plan, rows)
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
    ("law_demand", more("supply", "demand", 1)),
    ("law_demand", more("supply", "served", 1)),
    ("law_balance", more("supply", "shortage", 1)),
    ("law_balance", more("quotas", "quantity", 1)),
    ("law_flows", more("supply", "arrived", 1)),
    ("law_bounds", more("quotas", "quantity", 5)),
    ("law_bounds", more("supply", "central", 1, county="town")),
    ("law_bounds", reverse_road),
    ("law_machine", more("quotas", "quantity")),
    ("law_labour", more("quotas", "quantity")),
    ("law_power", more("quotas", "quantity")),
    ("law_power", more("power", "used_by_rail", 1)),
    ("law_link", more("shipments", "quantity", link="road")),
    ("law_handling", more("shipments", "quantity", link="rail")),
    ("law_central_share", more("supply", "central", county="gate", item="soap")),
    ("law_local_floor", more("supply", "central", 1000, county="gate", item="soap")),
    ("law_swap_balance", more("swaps", "taken")),
    ("law_swap_balance", more("swaps", "given", -1000)),
    ("law_store", more("supply", "stock", 60, county="town", item="soap")),
    ("law_store", more("supply", "stock", -3, county="town", item="soap", period="p2")),
    ("law_bands", more("supply", "shortage", 1000, item="soap", county="village")),
    ("law_objective", more("supply", "shortage", 1, county="village")),
    ("law_objective", more("shipments", "quantity", 1, link="road")),
    ("law_whole_units", more("quotas", "quantity", 0.5)),
]


@pytest.mark.parametrize(("law", "tamper"), TAMPERINGS, ids=[f"{law}-{n}" for n, (law, _) in enumerate(TAMPERINGS)])
def test_law_notices(planned: tuple[PlanningProblem, Plan, Rows], law: str, tamper: Callable[[Rows], None]) -> None:
    problem, plan, rows = planned
    tampered = {name: [dict(row) for row in table] for name, table in rows.items()}
    tamper(tampered)
    with pytest.raises(AssertionError, match=law):
        assert_plan_lawful(problem, plan, tampered)


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
    with pytest.raises(AssertionError, match="law_capacity"):
        assert_plan_lawful(problem, plan, {**rows, "capacity": [row]})


def test_own_needs_first_is_noticed(planned: tuple[PlanningProblem, Plan, Rows]) -> None:
    problem, plan, rows = planned
    better = {**rows, "supply": [{**row, "shortage": 0.0} for row in rows["supply"]]}
    assert list(law_own_needs_first(Reading(problem, plan, rows), Reading(problem, plan, better)))


def test_every_law_has_a_tampering() -> None:
    assert {law.__name__ for law in LAWS} == {name for name, _ in TAMPERINGS} | {"law_capacity"}
