"""Two counties, two items, two factories, two periods: small enough to check by eye, with a binding limit for every constraint.

Soda is boiled at `works` in the plain and made into soap at `mill` in the hills; one electric railway joins the two.
"""

from typing import Any

from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Goal
from tests.builders import make_problem, need

GOALS = (
    Goal(goal="worst_fulfilment", over="county"),
    Goal(goal="central_share", target=0.25),
    Goal(goal="shortage"),
    Goal(goal="quality"),
    Goal(goal="cost"),
    Goal(goal="quotas_close"),
    Goal(goal="level"),
)


_DUE = {"p1": {"share": 0.5, "by": 0.25}, "p2": {"share": 0.75}}


_RIVER = {"id": "river", "from": "plain", "to": "hills", "mode": "water", "one_way": True, "transit_periods": 1}


def two_towns(**parts: Any) -> PlanningProblem:
    """Return the problem with some parts replaced."""
    soap = {"id": "soap", "category": "care", "kg_per_unit": 250, "value": 2, "priority": 1, "importance": [1, 2]}
    soda = {"id": "soda", "category": "chemicals", "kind": "material", "kg_per_unit": 500, "value": 3}
    stated: dict[str, Any] = {
        "periods": ["p1", "p2"],
        "period_days": [40, 10],
        "years": 0.14,
        "items": [
            soap | {"holding_cost": 0.125, "due": _DUE, "carry_over": 0.5},
            soda | {"loss": 0.25, "transportable": True},
        ],
        "counties": [_hills(), {"id": "plain", "power_area": "south"}],
        "power_areas": [{"id": "north", "limit_kwh": [100, 80], "own_generation_kwh": 5}, {"id": "south"}],
        "demand": [need("hills", "soap", [40, 60]), need("plain", "soap", 20)],
        "served_least": [need("hills", "soap", [0, 5]), need("plain", "soap", 3)],
        "factories": [_works(), _mill()],
        "supply_shares": {
            "central": 0.5,
            "delivered": [1, 0.5],
            "gateways": ["plain"],
            "materials": {"soda": 4},
            "local_floor": {"care": 0.25, "soda": 0.5},
        },
        "links": [_railway(), _RIVER],
        "in_transit": [{"link": "river", "to": "hills", "item": "soap", "quantity": [2, 0]}],
        "partners": [_partner()],
        "budgets": _budgets(),
        "former_quotas": [{"factory": "mill", "item": "soap", "quantity": [12, 8]}],
        "policy": {
            "shortage_bands": [{"width": 0.5, "weight": 4}, {"width": 0.5, "weight": 1}],
            "quality_weight": 0.5,
            "own_surplus": True,
            "smoothing": 0.125,
            "goals": [goal.model_dump() for goal in GOALS],
        },
    }
    return make_problem(**(stated | parts))


def two_towns_with_substitutes() -> PlanningProblem:
    """Return the problem with a requirement that soap and ash meet, with every limit of requirements."""
    washing = {"id": "washing", "unit": "wash", "value": 0.5, "norms": {"people": 60}, "most": {"people": 90}}
    washing |= {"carry_over": 0.25, "due": {"p2": {"share": 0.5, "by": 0.5}}}
    washing |= {"shares": {"ash": {"least": 0.125, "most": 0.5}, "soap": {"most": 0.75}}}
    plain = two_towns().model_dump(by_alias=True, exclude_unset=True)
    soap, soda = plain["items"]
    soap |= {"provides": {"washing": 4}, "most_per_head": {"people": 100}}
    ash = {"id": "ash", "kg_per_unit": 500, "provides": {"washing": 0.5}, "most_per_head": {"people": 40}}
    hills = _hills() | {"population": {"people": 10}}
    hills["stocks"]["ash"] = {"opening": 6}
    return two_towns(
        items=[soap, soda, ash], requirements=[washing], counties=[hills, {"id": "plain", "power_area": "south"}]
    )


def _hills() -> dict[str, Any]:
    return {
        "id": "hills",
        "power_area": "north",
        "labour_hours": [30, 20],
        "store_tonnes": 10,
        "handling_tonnes": 15,
        "stocks": {"soap": {"opening": 8, "least": 1, "most": 30, "closing_least": 4, "closing_most": 12}},
    }


def _works() -> dict[str, Any]:
    line = {"item": "soda", "hours_per_unit": {"boiler": 2}, "kwh_per_unit": 4, "cost_per_unit": 0.5, "most": [20, 10]}
    return {"id": "works", "place": "plain", "level": "central", "machines": {"boiler": 60}, "lines": [line]}


def _mill() -> dict[str, Any]:
    line = {
        "item": "soap",
        "hours_per_unit": {"press": 0.5},
        "labour_hours_per_unit": 0.25,
        "kwh_per_unit": 1.5,
        "materials": {"soda": 0.5},
        "quality": 0.75,
        "least": 2,
    }
    machines = {"press": [40, 32]}
    return {
        "id": "mill",
        "place": "hills",
        "condition": 0.5,
        "power_overhead": 2,
        "machines": machines,
        "lines": [line],
    }


def _railway() -> dict[str, Any]:
    return {
        "id": "railway",
        "from": "plain",
        "to": "hills",
        "mode": "rail",
        "km": 10,
        "tonnes": [12, 6],
        "kwh_per_tonne_km": 0.25,
        "power_area": "north",
        "cost_per_tonne_km": 0.0625,
        "cost_per_tonne": 0.5,
    }


def _partner() -> dict[str, Any]:
    return {
        "id": "north-coast",
        "at": "plain",
        "offers": {"soda": [6, 2]},
        "wants": {"soap": 10},
        "rate": 0.75,
        "credit": 1,
        "settlement": "period",
    }


def _budgets() -> list[dict[str, Any]]:
    return [
        {"id": "works", "won": [20, 12], "covers": ["making", "haulage"], "categories": ["chemicals"]},
        {"id": "trade", "won": [30, 15], "carries_over": True, "covers": ["central", "materials", "swaps"]}
        | {"partners": ["north-coast"], "price_factor": 0.5},
    ]
