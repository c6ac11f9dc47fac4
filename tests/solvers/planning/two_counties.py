"""The example problem of two counties, and helpers to plan it and to read its tables."""

from importlib.resources import files
from typing import Any

import orjson

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.planning import PlanResult, make_plan
from tests.builders import Json
from tests.plain_policy import PLAIN_POLICY

EXAMPLE = "two_counties.json"


def two_counties() -> Json:
    """Load a mutable copy of the example, with a plain policy."""
    raw: Json = orjson.loads((files("models.examples") / EXAMPLE).read_bytes())
    return raw | {"policy": PLAIN_POLICY | raw["policy"]}


def planned(problem: Json | PlanningProblem, **options: Any) -> PlanResult:
    """Plan a problem."""
    checked = problem if isinstance(problem, PlanningProblem) else parse_problem(problem)
    return make_plan(checked, PlanOptions(**options))


def rows(result: PlanResult, table: str, **where: str) -> list[Json]:
    """Return the rows of a table with these labels."""
    every: list[Json] = result.tables[table].to_pylist()
    return [row for row in every if all(row[name] == value for name, value in where.items())]


def column_sum(result: PlanResult, table: str, column: str, **where: str) -> float:
    """Sum a column over the rows with these labels."""
    return float(sum(row[column] for row in rows(result, table, **where)))
