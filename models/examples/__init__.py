"""Small problems shipped with Allot, to start from and to show."""

import json
from importlib import resources
from typing import Any

from models.problem.planning_problem import PlanningProblem


def two_counties_text() -> str:
    """The JSON text of two counties, three goods and two months."""
    return resources.files(__name__).joinpath("two_counties.json").read_text(encoding="utf-8")


def two_counties_raw() -> dict[str, Any]:
    """The same as plain dictionaries and lists, free to be changed."""
    raw: dict[str, Any] = json.loads(two_counties_text())
    return raw


def two_counties() -> PlanningProblem:
    """The same as a problem."""
    return PlanningProblem.model_validate(two_counties_raw())
