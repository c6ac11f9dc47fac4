"""The bounds of a program as an affine function of the factors of a study."""

from typing import Any

import numpy as np
import pytest

from models.analyses.study import Factor
from models.changes.change import Change
from models.examples import two_counties
from models.validation.finding import InvalidProblemError
from solvers.algorithms.pipeline import build_plan_program
from solvers.analyses.studies.bound_model import BoundModel, BoundsNotAffineError
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.sensitivity.bounds import BOUND_ARRAYS, Bounds
from tests.builders import make_problem, need


def factor(name: str, low: float, high: float, **change: Any) -> Factor:
    """A factor with one change, evenly spread between two ends."""
    distribution = {"kind": "uniform", "low": low, "high": high}
    return Factor.model_validate({"name": name, "changes": [change], "distribution": distribution})


def measure_distance(model: BoundModel, varied: VariedProblem, point: Any) -> float:
    """The largest distance of a bound from the model at a point, beyond its allowance."""
    built = Bounds.from_program(build_plan_program(ProblemArrays.from_problem(varied.build_problem(point))).lp)
    predicted = model.compute_bounds(point)
    distances = []
    for name in BOUND_ARRAYS:
        expected, found = getattr(predicted, name), getattr(built, name)
        finite = np.isfinite(expected)
        assert (finite == np.isfinite(found)).all()
        distance = np.abs(expected[finite] - found[finite]) - getattr(model.allowance, name)[finite]
        distances.append(float(distance.max(initial=0.0)))
    return max(distances)


def test_factors_on_limits_give_an_exact_model() -> None:
    """Power moves right-hand sides in proportion, also where two factors move the same limit."""
    problem = two_counties()
    areas = tuple(area.model_copy(update={"own_generation_kwh": 10.0}) for area in problem.power_areas)
    factors = (
        factor("power", 0.8, 1.2, what="power_limit"),
        factor("own", 0.5, 1.5, what="own_generation"),
        factor("links", 0.5, 1.0, what="link_tonnes", periods=[problem.periods[0]]),
    )
    varied = VariedProblem.from_base(problem.model_copy(update={"power_areas": areas}), factors)
    model = BoundModel.from_problem(varied)
    assert model.is_exact
    for point in ((0.83, 1.21, 0.77), (1.2, 0.5, 1.0), (1.0, 1.0, 0.51)):
        assert measure_distance(model, varied, np.array(point)) <= 1e-6


def test_rounded_limits_stay_within_the_allowance() -> None:
    """Deliveries of items in whole units follow the factor in steps, which the model allows for."""
    problem = make_problem(
        periods=["p1", "p2"],
        items=[{"id": "soap", "whole_units": True}],
        demand=[need("town", "soap", [333, 777])],
        supply_shares={"central": 1.0, "delivered": 0.9, "gateways": ["town"]},
    )
    varied = VariedProblem.from_base(problem, (factor("delivered", 0.5, 1.1, what="delivered"),))
    model = BoundModel.from_problem(varied)
    assert not model.is_exact
    assert 0 < model.allowance.row_upper.max() <= 3
    assert measure_distance(model, varied, np.array([0.73])) <= 1.0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([("norms", {}), ("population", {})], "multiply each other"),
        ([("carry_over", {})], "changes variables, coefficients or costs"),
    ],
)
def test_reason_where_there_is_no_model(changes: list[tuple[str, dict[str, Any]]], reason: str) -> None:
    """Products of factors and changes of coefficients have no model, and the reason says so."""
    problem = make_problem(
        periods=["p1", "p2"],
        items=[{"id": "soap", "norms": {"people": 2}, "carry_over": 0.5}],
        counties=[{"id": "town", "power_area": "area", "population": {"people": 100}}],
    )
    factors = tuple(factor(what, 0.5, 1.2, what=what, **more) for what, more in changes)
    with pytest.raises(BoundsNotAffineError, match=reason):
        BoundModel.from_problem(VariedProblem.from_base(problem, factors))


def test_ordered_goals_have_no_model() -> None:
    """With ordered goals, limits of later stages depend on earlier optima."""
    problem = make_problem(
        demand=[need("town", "soap", 10)],
        supply_shares={"central": 1.0, "gateways": ["town"]},
        policy={"goals": ["shortage", "cost"]},
    )
    with pytest.raises(BoundsNotAffineError, match="ordered goals"):
        BoundModel.from_problem(VariedProblem.from_base(problem, (factor("d", 0.5, 1.0, what="delivered"),)))


def test_factors_are_clipped_to_the_range_of_their_fields() -> None:
    """A condition of 0.8 can rise by a quarter at most, and the greatest value is valid."""
    problem = two_counties()
    condition = max(one.condition for one in problem.factories)
    varied = VariedProblem.from_base(problem, (factor("machines", 0.5, 9.0, what="machine_condition"),))
    assert varied.high[0] == pytest.approx(1 / condition, rel=1e-12)
    assert max(one.condition for one in varied.build_problem(varied.high).factories) == pytest.approx(1.0)


def test_findings_have_paths_within_the_request() -> None:
    """An unknown name is reported where the request states it."""
    problem = two_counties()
    wrong = (factor("a", 0.5, 1.0, what="delivered"), factor("b", 0.5, 1.0, what="power_limit", where="nowhere"))
    with pytest.raises(InvalidProblemError) as found:
        VariedProblem.from_base(problem, wrong)
    assert [one.path for one in found.value.findings] == ["/factors/1/changes/0/where"]
    lever = [Change(what="power_limit", where="nowhere", factor=1.1)]
    with pytest.raises(InvalidProblemError) as found:
        VariedProblem.from_base(problem, wrong[:1], lever, ("levers", 2))
    assert [one.path for one in found.value.findings] == ["/levers/2/changes/0/where"]


def test_stocks_that_are_seldom_whole_have_no_model() -> None:
    """A stock of items in whole units has a remainder at almost every point, a decision that the neutral problem lacks."""
    factors = tuple(
        factor(what, low, high, what=what)
        for what, low, high in (("power_limit", 0.7, 1.2), ("delivered", 0.6, 1.0), ("opening_stock", 0.5, 1.5))
    )
    with pytest.raises(BoundsNotAffineError, match="changes variables"):
        BoundModel.from_problem(VariedProblem.from_base(two_counties(), factors))
