"""Short ways to run a study in a test."""

import json
import random
from functools import cache
from typing import Any

from models.examples import two_counties
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.analyses.analysis import Analysis, AnalysisBase, AnalysisConclusion
from solvers.analyses.opening import open_analysis
from solvers.planning import PlanResult, make_plan

Json = dict[str, Any]
Rows = dict[int, bytes]

POWER = {
    "name": "power",
    "changes": [{"what": "power_limit"}],
    "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
}
DELIVERIES = {
    "name": "deliveries",
    "changes": [{"what": "delivered"}],
    "distribution": {"kind": "uniform", "low": 0.7, "high": 1.0},
}


def state_request(**parts: Any) -> Json:
    """A request with two factors, and 16 draws unless stated otherwise."""
    return {"factors": [POWER, DELIVERIES], "design": {"kind": "sobol", "size": 16, "seed": 1}, **parts}


def open_base(problem: PlanningProblem, result: PlanResult | None = None) -> AnalysisBase:
    """The base of a study: a problem with its plan."""
    result = result or make_plan(problem)
    return AnalysisBase(problem, PlanOptions(), result.basis, result.tables)


@cache
def example_base() -> AnalysisBase:
    """Two counties with their plan."""
    return open_base(two_counties())


def solve_rows(analysis: Analysis, shuffle_seed: int | None = None) -> Rows:
    """All rows of an analysis; tasks in random order if a seed is given."""
    rows: Rows = {}
    while tasks := list(analysis.plan_tasks(rows)):
        if shuffle_seed is not None:
            random.Random(shuffle_seed).shuffle(tasks)  # noqa: S311
        for task in tasks:
            analysis.run_task(task, rows.__setitem__)
    return rows


def run_study(request: Json, base: AnalysisBase | None = None) -> tuple[Analysis, Rows, AnalysisConclusion]:
    """Run a study to its end."""
    analysis = open_analysis("study", base or example_base(), json.dumps(request))
    rows = solve_rows(analysis)
    return analysis, rows, analysis.conclude(rows)
