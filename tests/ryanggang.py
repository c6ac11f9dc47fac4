"""The crisis year of Ryanggang, planned once for all tests that look at it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from models.changes.apply import apply_changes
from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from models.provinces import load_builtin_province
from solvers.planning import PlanResult, make_plan


@dataclass(frozen=True)
class Planned:
    """A problem with its plan and the rows of its tables."""

    problem: PlanningProblem
    """The problem."""
    plan: Plan
    """The head of its plan."""
    rows: dict[str, list[dict[str, Any]]]
    """Its tables as rows."""
    result: PlanResult
    """The plan as it was made, with its basis."""


def year(scenario: str) -> PlanningProblem:
    """One of Ryanggang's years."""
    province = load_builtin_province("ryanggang")
    changes = next(s.changes for s in province.scenarios if s.id == scenario)
    return apply_changes(province.problem, changes)


@cache
def crisis_year() -> Planned:
    """The crisis year and its plan; solved when first asked for, once a run: who asks is marked with the group `crisis year`."""
    problem = year("crisis")
    result = make_plan(problem)
    return Planned(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()}, result)
