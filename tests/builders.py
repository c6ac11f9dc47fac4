"""Short ways to write a problem down in a test."""

from collections.abc import Sequence
from typing import Any

from models.problem.planning_problem import PlanningProblem
from tests.plain_policy import PLAIN_POLICY

Json = dict[str, Any]


def make_problem(**parts: Any) -> PlanningProblem:
    """A problem from its parts as JSON; one period, one county `town` and one item `soap` unless stated otherwise."""
    return PlanningProblem.model_validate(problem_json(**parts))


def problem_json(**parts: Any) -> Json:
    """The JSON of `make_problem`, without smoothing unless `policy` states it."""
    problem = {
        "periods": ["p1"],
        "items": [{"id": "soap"}],
        "counties": [{"id": "town", "power_area": "area"}],
        "power_areas": [{"id": "area"}],
        "policy": {"shortage_bands": [{"width": 1, "weight": 1}], "priority_weights": {"1": 1, "2": 1, "3": 1}},
        **parts,
    }
    return problem | {"policy": {"smoothing": PLAIN_POLICY["smoothing"]} | problem["policy"]}


def need(county: str, item: str, quantity: float | Sequence[float]) -> Json:
    """A row of `demand`."""
    return {"county": county, "item": item, "quantity": quantity}


def add_washing_requirement(raw: Json) -> None:
    """Let the first two items of a problem meet one requirement, with every limit that one can have."""
    raw["requirements"] = [
        {
            "id": "washing",
            "norms": {"people": 2},
            "most": {"people": 30},
            "shares": {"soap": {"least": 0.25, "most": 0.75}},
        }
    ]
    raw["items"][0] |= {"provides": {"washing": 2.0}, "most_per_head": {"people": 40.0}}
    raw["items"][1] |= {"provides": {"washing": 0.5}}
