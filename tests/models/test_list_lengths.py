"""Every list with one number for each period has its length checked."""

from typing import Any

import pytest

from models.problem.planning_problem import PlanningProblem
from tests.models.problems import list_codes, modified_problem
from tests.models.test_checks import BUDGET, COMING, DEMAND, add, put

BY_PERIOD: list[tuple[str | int, ...]] = [
    ("period_days",),
    ("items", 0, "importance"),
    ("requirements", 0, "importance"),
    ("counties", 0, "labour_hours"),
    ("counties", 0, "store_tonnes"),
    ("counties", 0, "handling_tonnes"),
    ("counties", 0, "stocks", "soap", "least"),
    ("counties", 0, "stocks", "soap", "most"),
    ("in_transit", 0, "quantity"),
    ("stations", 0, "handling_tonnes"),
    ("demand", 0, "quantity"),
    ("served_least", 0, "quantity"),
    ("factories", 0, "machines", "kettle"),
    ("factories", 0, "lines", 0, "least"),
    ("factories", 0, "lines", 0, "most"),
    ("power_areas", 0, "limit_kwh"),
    ("power_areas", 0, "own_generation_kwh"),
    ("supply_shares", "delivered"),
    ("supply_shares", "promised", "soap"),
    ("supply_shares", "materials", "soda"),
    ("links", 0, "tonnes"),
    ("partners", 0, "offers", "soap"),
    ("partners", 0, "wants", "starch"),
    ("budgets", 0, "won"),
]


WHOLE = (
    put("items", 0, "whole_units", value=True),
    put("factories", 0, "lines", 0, "lot", value=2),
    put("factories", 0, "lines", 0, "least_run", value=4),
)
"""Whole units, whose checks also read the lists."""


@pytest.mark.parametrize("more", [(), WHOLE], ids=["plain", "whole"])
@pytest.mark.parametrize("path", BY_PERIOD, ids=["/".join(map(str, path)) for path in BY_PERIOD])
def test_every_list_by_period_has_its_length_checked(path: tuple[str | int, ...], more: tuple[Any, ...]) -> None:
    pointer = "/" + "/".join(map(str, path))
    parts = (
        *(add(name, value=dict(DEMAND)) for name in ("demand", "served_least")),
        add("budgets", value=dict(BUDGET)),
        put("in_transit", value=[dict(COMING)]),
        put("requirements", value=[{"id": "washing"}]),
        put("supply_shares", "promised", value={"soap": 1}),
        *more,
    )
    raw = modified_problem(*parts, put(*path, value=[1, 1, 1]))
    assert (pointer, "wrong_length") in list_codes(raw)
    raw = modified_problem(*parts, put(*path, value=[]))
    assert (pointer, "wrong_length") in list_codes(raw)


def test_by_period_lists_every_field_of_the_schema() -> None:
    """Compare `BY_PERIOD` with the number lists in the schema, so that it cannot miss a new field."""
    schema = PlanningProblem.model_json_schema()
    # Past lists have one number per past period; `models.validation.checks.past` checks them and former quotas.
    models = [schema, *(one for name, one in schema["$defs"].items() if not name.startswith(("Past", "Former")))]
    fields = [(name, field) for model in models for name, field in model.get("properties", {}).items()]
    by_period = [name for name, field in fields if _may_be_numbers(field) and name != "calendars"]
    assert sorted(by_period) == sorted(
        str(path[-1]) if path[-2:-1] not in DICTS else str(path[-2]) for path in BY_PERIOD
    )


DICTS = [("machines",), ("offers",), ("wants",), ("materials",), ("promised",)]


def _may_be_numbers(schema: Any) -> bool:
    """Whether the schema allows a list of numbers, not counting referenced models."""
    if isinstance(schema, list):
        return any(_may_be_numbers(one) for one in schema)
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "array" and "items" in schema:
        # the limit of a period may be null
        entries = schema["items"].get("anyOf", [schema["items"]])
        if any(entry.get("type") == "number" for entry in entries):
            return True
    return any(_may_be_numbers(one) for one in schema.values())
