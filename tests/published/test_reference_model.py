"""The second opinion on every published case."""

import pytest

from models.problem.planning_problem import PlanningProblem
from solvers import reference_model
from tests.published.case import Case
from tests.published.catalogue import CASES

ACCURACY = {"highs": 1e-9, "cbc": 1e-7}
"""Relative; CBC writes eight digits."""


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_published_optimum(case: Case, solver: str) -> None:
    opinion = reference_model.solve_reference_model(PlanningProblem.model_validate(case.problem), solver)
    assert opinion.status == "optimal"
    assert opinion.objective is not None
    found = case.from_objective(opinion.objective) if case.scale is None else case.scale * opinion.goal_optima[0][1]
    assert found == pytest.approx(case.published, rel=max(case.digits if case.digits < 1e-6 else 0, ACCURACY[solver]))


def test_names_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
