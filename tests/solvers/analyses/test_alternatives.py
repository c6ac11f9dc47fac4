"""Alternatives are whole plans within the slack, differ from the plan and from each other, and form a convex set before rounding."""

import json
from itertools import combinations

import numpy as np
import pytest

from models.analyses.near_optimal import AlternativesResult
from models.examples import two_counties
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.analyses.analysis import AnalysisBase, AnalysisConclusion
from solvers.analyses.near_optimal.alternatives import AlternativesAnalysis, decode_alternative
from solvers.analyses.near_optimal.near_optimal_set import NearOptimalSet
from solvers.analyses.opening import open_analysis
from solvers.lp.certificate import measure_primal_residual
from solvers.planning import make_plan
from solvers.sensitivity import SensitivitySession
from tests.builders import Json
from tests.invariants import assert_plan_invariants
from tests.properties.planned import rows_of
from tests.solvers.sensitivity.test_goals import with_policy

POLICIES: dict[str, Json] = {
    "objective": {},
    "goals": {"goals": [{"goal": "worst_fulfilment", "over": "county"}, "shortage", "cost"]},
}


def find_alternatives(problem: PlanningProblem, **request: object) -> tuple[AnalysisConclusion, dict[int, bytes]]:
    base = AnalysisBase(problem, PlanOptions(), make_plan(problem).basis)
    analysis = open_analysis("alternatives", base, json.dumps(request))
    assert isinstance(analysis, AlternativesAnalysis)
    rows: dict[int, bytes] = {}
    for task in analysis.plan_tasks(rows):
        analysis.run_task(task, rows.__setitem__)
    assert analysis.plan_tasks(rows) == ()
    return analysis.conclude(rows), rows


@pytest.mark.parametrize("name", POLICIES)
def test_alternatives_are_plans_within_the_slack(name: str) -> None:
    problem = with_policy(two_counties(), POLICIES[name])
    optimum = make_plan(problem).plan.objective
    assert optimum is not None
    conclusion, rows = find_alternatives(problem, slack=[0.01, 0.05], count=3)
    head = conclusion.head
    assert isinstance(head, AlternativesResult)
    assert len(head.alternatives) == len(conclusion.plans) == sum(map(bool, rows.values()))
    assert len(head.alternatives) == 6 or name == "goals"
    assert len(head.alternatives) >= 4
    for alternative, found in zip(head.alternatives, conclusion.plans, strict=True):
        plan = found.plan
        assert (plan.outcome, found.basis) == ("optimal", None)
        assert f"within a slack of {alternative.slack:g}" in plan.termination.detail
        assert plan.certificate is not None
        assert plan.certificate.passed
        assert plan.objective is not None
        assert plan.objective.before_rounding == alternative.objective
        assert_plan_invariants(problem, plan, rows_of(found))
        if name == "objective":
            most = optimum.before_rounding * (1 + alternative.slack)
            assert plan.objective.value <= most * (1 + 1e-6)
        else:
            shortage, held = plan.objective.goals[1], optimum.goals[1]
            assert shortage.final_value <= held.value * (1 + alternative.slack) * (1 + 1e-4)
        assert alternative.differences
        assert alternative.distance > 0


def test_the_middle_of_two_alternatives_is_within_the_slack() -> None:
    problem = two_counties()
    _, rows = find_alternatives(problem, slack=[0.05], count=3)
    session = SensitivitySession.from_problem(problem)
    lp = NearOptimalSet.from_session(session).limit_to(0.05)
    points = [decode_alternative(row, lp.column_count).relaxed for row in rows.values()]
    for first, second in combinations(points, 2):
        assert np.abs(first - second).max() > 1
        assert measure_primal_residual(lp, (first + second) / 2) <= 1e-6
