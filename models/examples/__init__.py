"""Small example problems shipped with Allot."""

import json
from importlib import resources
from typing import Any

from models.problem.planning_problem import PlanningProblem


def two_counties_text() -> str:
    """Return the JSON text of an example with two counties, three goods and two months."""
    return resources.files(__name__).joinpath("two_counties.json").read_text(encoding="utf-8")


def two_counties_raw() -> dict[str, Any]:
    """Return the example as new dictionaries and lists, safe to modify."""
    raw: dict[str, Any] = json.loads(two_counties_text())
    return raw


def two_counties() -> PlanningProblem:
    """Return the example as a planning problem."""
    return PlanningProblem.model_validate(two_counties_raw())


def food_basket_raw() -> dict[str, Any]:
    """Return the example of a relief operation, with 25 foods and 12 nutrients, as new dictionaries and lists."""
    text = resources.files(__name__).joinpath("food_basket.json").read_text(encoding="utf-8")
    raw: dict[str, Any] = json.loads(text)
    return raw
