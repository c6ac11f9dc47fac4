"""Ranges without a service: a base, the ranges of measures, and the same by another library."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog

from models.analyses.measures import RangeMeasure
from models.analyses.near_optimal import MeasureRange
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.analyses.analysis import AnalysisBase
from solvers.analyses.near_optimal.linear_measures import build_linear_measure
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.analyses.opening import open_analysis
from solvers.planning import make_plan
from solvers.sensitivity import SensitivitySession
from tests.builders import Json

MEASURES: list[Json] = [
    {"measure": "served_share"},
    {"measure": "served_share", "of": {"priority": [1, 2], "county": ["hyesan"]}},
    {"measure": "made"},
    {"measure": "shipped"},
    {"measure": "stock"},
    {"measure": "power_used"},
    {"measure": "taken"},
    {"measure": "given"},
]


POLICIES: dict[str, Json] = {
    "objective": {},
    "goals": {"goals": [{"goal": "worst_fulfilment", "over": "county"}, "shortage", "cost"]},
    "own-needs": {"own_needs_first": True},
}


def open_base(problem: PlanningProblem, **options: Any) -> AnalysisBase:
    planned = make_plan(problem)
    return AnalysisBase(problem, PlanOptions(**options), planned.basis, planned.tables)


def find_ranges(base: AnalysisBase, slack: Sequence[float], measures: Sequence[Json]) -> tuple[MeasureRange, ...]:
    analysis = open_analysis("ranges", base, json.dumps({"slack": list(slack), "measures": list(measures)}))
    rows: dict[int, bytes] = {}
    for task in analysis.plan_tasks(rows):
        analysis.run_task(task, rows.__setitem__)
    assert analysis.plan_tasks(rows) == ()
    conclusion = analysis.conclude(rows)
    table = conclusion.tables["ranges"].to_pylist()
    ranges: tuple[MeasureRange, ...] = conclusion.head.ranges  # type: ignore[attr-defined]
    assert [(row["slack"], row["least"], row["here"]) for row in table] == [(r.slack, r.least, r.here) for r in ranges]
    return ranges


UNBOUNDED = 3
"""Status of SciPy."""


def find_cold(base: AnalysisBase, found: MeasureRange) -> tuple[float, float]:
    """Least and greatest value by SciPy, from the definition and without a starting point."""
    session = SensitivitySession.from_problem(base.problem, base.basis)
    near = NearOptimalSet.from_session(session)
    lp = near.limit_to(found.slack)
    measure = build_linear_measure(session.arrays, near.program, RangeMeasure(measure=found.measure))
    matrix = lp.matrix.toarray()
    above, below = np.isfinite(lp.row_upper), np.isfinite(lp.row_lower)
    rows = np.vstack([matrix[above], -matrix[below]])
    sides = np.concatenate([lp.row_upper[above], -lp.row_lower[below]])
    bounds = list(zip(lp.column_lower, lp.column_upper, strict=True))
    values = []
    for sign in (1.0, -1.0):
        cost = sign * measure.coefficients
        solved = linprog(cost, rows, sides, bounds=bounds)
        if solved.status == UNBOUNDED:
            values.append(-sign * np.inf)
            continue
        assert solved.status == 0, solved.message
        assert solved.fun is not None
        values.append(sign * float(solved.fun) + measure.constant)
    return values[0], values[1]
