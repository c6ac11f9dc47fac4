"""Tolerances and tiny coefficients: no Python error, a finding, and no optimum that the reference model disputes."""

import pytest

from models.options import LEAST_TOLERANCE, PlanOptions
from models.plan import VerificationResult
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import check_problem
from solvers.backends.highs_session import LEAST_HIGHS_TOLERANCE
from solvers.planning import make_plan
from solvers.verification import PlanClaim, verify_plan
from tests.builders import Json, make_problem, need
from tests.solvers.planning.two_counties import two_counties


def tiny(kwh: float, **line: float) -> PlanningProblem:
    """A town without electricity, whose works needs little of it for a piece of soap."""
    factory: Json = {"id": "works", "place": "town", "lines": [{"item": "soap", "kwh_per_unit": kwh, **line}]}
    county = {"id": "town", "power_area": "area"}
    area = {"id": "area", "limit_kwh": 0.0}
    raw = make_problem(counties=[county], factories=[factory], demand=[need("town", "soap", 100)], power_areas=[area])
    return PlanningProblem.model_validate(raw)


@pytest.mark.parametrize("tolerance", [LEAST_TOLERANCE, 1e-12, 1e-300])
def test_a_tolerance_that_no_solver_takes_is_no_error(tolerance: float) -> None:
    """The certificate is judged by the tolerance; the solver gets the least that it takes."""
    problem = PlanningProblem.model_validate(two_counties())
    plan = make_plan(problem, PlanOptions(tolerance=tolerance)).plan
    assert plan.outcome in ("optimal", "feasible", "failed")
    assert plan.outcome != "failed" or plan.termination.reason == "numerical"


def test_the_least_tolerance_is_the_least_of_highs() -> None:
    assert LEAST_TOLERANCE == LEAST_HIGHS_TOLERANCE
    plan = make_plan(PlanningProblem.model_validate(two_counties()), PlanOptions(tolerance=LEAST_TOLERANCE)).plan
    assert plan.outcome == "optimal"


def test_a_limit_that_tolerances_cover_is_a_finding_and_no_verified_optimum() -> None:
    problem = tiny(1e-9)
    (finding,) = [one for one in check_problem(problem) if one.code == "tiny_coefficient"]
    assert (finding.path, finding.severity) == ("/factories/0/lines/0/kwh_per_unit", "warning")
    plan = make_plan(problem, PlanOptions(verify=True)).plan
    assert plan.outcome == "unverified"
    assert plan.termination.reason == "numerical"
    assert plan.termination.detail == "CBC finds an objective of 100 won, not the one of 0 won before rounding"
    assert plan.objective is not None
    assert plan.verification is not None
    assert not plan.verification.agrees
    assert make_plan(problem).plan.outcome == "optimal"


def test_coefficients_above_the_tolerance_are_no_finding() -> None:
    problem = tiny(1e-3)
    assert "tiny_coefficient" not in {one.code for one in check_problem(problem)}
    plan = make_plan(problem, PlanOptions(verify=True)).plan
    assert plan.outcome == "optimal"
    assert plan.verification is not None
    assert plan.verification.agrees


def test_a_reference_model_without_a_plan_disagrees() -> None:
    """A least quota without electricity has no plan, whatever objective is claimed."""
    found = verify_plan(tiny(1.0, least=10.0), PlanClaim(0.0, (), None), 1e-6, 10.0)
    assert found == VerificationResult(solver="CBC", objective=None, difference=None, agrees=False)
