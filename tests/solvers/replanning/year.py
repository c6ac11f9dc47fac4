"""Two counties over six months without whole units, as an example for replanning."""

from typing import Any

from models.examples import two_counties_raw
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem

Json = dict[str, Any]
MONTHS = [f"2002-{month:02}" for month in range(1, 7)]


def raw(*, whole: bool = False, **policy: Any) -> Json:
    """Return six months: power falls in spring, school demand starts in April, one partner settles by quarter and one by plan."""
    problem = two_counties_raw()
    problem |= {"periods": MONTHS, "period_days": [31, 28, 31, 30, 31, 30], "years": 0.5}
    problem["calendars"] = {"school": [0.1, 0.1, 0.3, 0.3, 0.1, 0.1]}
    for item in problem["items"]:
        item |= {"whole_units": whole and item.get("whole_units", False), "holding_cost": 0.001, "importance": 1.0}
    for factory in problem["factories"]:
        factory["machines"] = dict.fromkeys(factory["machines"], 300.0)
    problem["power_areas"][0]["limit_kwh"] = [15000, 14000, 13000, 11000, 12000, 15000]
    problem["power_areas"][1]["limit_kwh"] = 40000
    problem["supply_shares"] |= {"delivered": [1, 1, 0.8, 0.8, 1, 1], "materials": {"soda": 2000}}
    problem["partners"][0]["settlement"] = "quarter"
    problem["policy"] |= policy
    return problem


def year(**choices: Any) -> PlanningProblem:
    """Return the same data as a problem."""
    return parse_problem(raw(**choices))
