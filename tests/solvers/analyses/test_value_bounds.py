"""Bounds of the objective between solved runs: never violated, narrower with more runs, and checked in the arrays."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.stats import qmc

from models.analyses.study import AdaptiveDesign, BoundsRequest
from models.validation.finding import InvalidProblemError
from solvers.analyses.studies.adaptive_points import FactorRange, choose_next_points
from solvers.analyses.studies.bound_model import BoundModel
from solvers.analyses.studies.study_bounds import LeverBounds, StudyValueBounds
from solvers.analyses.studies.value_bounds import SolvedRuns, ValueBounds, compute_margin, find_directions
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.backends.highs_session import HighsSession
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import FloatArray
from tests.solvers.analyses.test_bound_model import factor
from tests.solvers.replanning.year import year

FACTORS = (
    factor("power", 0.7, 1.3, what="power_limit"),
    factor("deliveries", 0.5, 1.0, what="delivered"),
    factor("stock", 0.0, 2.0, what="opening_stock"),
)


@dataclass(frozen=True)
class Solver:
    """A model, and a session in which it is solved at any point."""

    model: BoundModel
    varied: VariedProblem
    session: HighsSession

    def draw(self, count: int, seed: int) -> FloatArray:
        shares = qmc.Sobol(len(FACTORS), rng=seed).random(count)
        return np.asarray(self.varied.low + shares * (self.varied.high - self.varied.low))

    def solve(self, points: FloatArray) -> SolvedRuns:
        """Solve runs at points."""
        lower, upper, slopes, margin = [], [], [], []
        for point in points:
            bounds = self.model.compute_bounds(point)
            lp = bounds.apply_to_program(self.model.program).lp
            self.session.change_row_bounds(np.arange(lp.row_count), lp.row_lower, lp.row_upper)
            self.session.change_column_bounds(np.arange(lp.column_count), lp.column_lower, lp.column_upper)
            solution = self.session.solve_program("dual", with_basis=False)
            proof = certify_solution(lp, solution)
            assert proof.passed
            assert solution.dual_values is not None
            reduced = lp.cost - lp.matrix.T @ solution.dual_values
            lower.append(proof.dual_objective)
            upper.append(proof.primal_objective)
            slopes.append(self.model.compute_slopes(solution.dual_values, reduced))
            margin.append(compute_margin(self.model, solution.dual_values, reduced))
        return SolvedRuns(
            points, np.array(lower), np.array(slopes), np.array(upper), np.array(margin), find_directions(self.model)
        )


@pytest.fixture(scope="module")
def solver() -> Solver:
    varied = VariedProblem.from_base(year(smoothing=0.25), FACTORS)
    model = BoundModel.from_problem(varied)
    return Solver(model, varied, HighsSession(model.program.lp))


@pytest.fixture(scope="module")
def known(solver: Solver) -> SolvedRuns:
    """200 points nobody tells the bounds of."""
    return solver.solve(solver.draw(256, 7)[:200])


def test_bounds_hold_at_200_points_nobody_solved(solver: Solver, known: SolvedRuns) -> None:
    bounds = ValueBounds(solver.solve(solver.draw(32, 1)))
    lower, upper = bounds.compute_lower_bounds(known.points), bounds.compute_upper_bounds(known.points)
    room = 1e-6 * np.abs(known.upper)
    assert (lower <= known.upper + room).all()
    assert (known.upper <= upper + room).all()
    inside = np.isfinite(upper)
    assert inside.mean() > 0.5
    assert np.median((upper - lower)[inside] / known.upper[inside]) < 0.05


def test_bounds_are_exact_at_solved_points_and_narrower_with_more_runs(solver: Solver, known: SolvedRuns) -> None:
    points = solver.draw(64, 1)
    few, many = (ValueBounds(solver.solve(points[:count])) for count in (16, 64))
    for side in ("compute_lower_bounds", "compute_upper_bounds"):
        at_runs = getattr(few, side)(few.runs.points)
        assert at_runs == pytest.approx(few.runs.upper, rel=1e-6)
    room = 1e-6 * np.abs(known.upper)
    assert (few.compute_lower_bounds(known.points) <= many.compute_lower_bounds(known.points) + room).all()
    assert (few.compute_upper_bounds(known.points) >= many.compute_upper_bounds(known.points) - room).all()


def test_a_factor_that_only_relaxes_extends_the_hull(solver: Solver) -> None:
    assert find_directions(solver.model).tolist() == [1, 1, 0]
    runs = solver.solve(np.array([[0.8, 0.7, 1.0], [1.0, 0.9, 1.0]]))
    bounds = ValueBounds(runs)
    more, less = np.array([[1.2, 1.0, 1.0]]), np.array([[0.75, 0.7, 1.0]])
    assert bounds.compute_upper_bounds(more)[0] == pytest.approx(runs.upper.min())
    assert bounds.compute_upper_bounds(less)[0] == np.inf
    assert solver.solve(more).upper[0] <= runs.upper.min() * (1 + 1e-6)


def test_runs_without_plans_give_lower_bounds_only(solver: Solver) -> None:
    runs = solver.solve(solver.draw(16, 1))
    levers = {
        "base": LeverBounds(ValueBounds(replace(runs, upper=np.full(len(runs.points), np.inf)))),
        "more": LeverBounds(ValueBounds(runs)),
        "ordered": LeverBounds(ValueBounds(SolvedRuns.without_runs(runs.directions)), "The policy has ordered goals."),
        "none": LeverBounds(ValueBounds(SolvedRuns.without_runs(runs.directions))),
    }
    study = StudyValueBounds(("power", "deliveries", "stock"), levers)
    reopened = StudyValueBounds.decode(study.encode())
    point = {"power": 1.25, "deliveries": 0.98, "stock": 1.05}
    answers = {}
    for lever in levers:
        request = BoundsRequest(points=(point,), lever=lever)
        assert reopened.compute_bounds(request) == study.compute_bounds(request)
        answers[lever] = study.compute_bounds(request).bounds[0]
    assert answers["base"].lower_bound is not None
    assert answers["base"].upper_bound is None
    assert "no plans" in answers["base"].reason
    assert answers["more"].upper_bound is not None
    assert answers["more"].reason == ""
    assert (answers["ordered"].lower_bound, answers["ordered"].reason) == (None, "The policy has ordered goals.")
    assert answers["none"].lower_bound is None


def test_unknown_names_are_findings(solver: Solver) -> None:
    runs = SolvedRuns.without_runs(np.zeros(1, dtype=np.int64))
    study = StudyValueBounds(("power",), {"base": LeverBounds(ValueBounds(runs))})
    request = BoundsRequest(points=({"power": 1.0}, {"wind": 1.0}), lever="more")
    with pytest.raises(InvalidProblemError) as caught:
        study.compute_bounds(request)
    assert [finding.path for finding in caught.value.findings] == ["/lever", "/points/1/wind", "/points/1/power"]


@pytest.mark.parametrize("share", [None, 0.6])
def test_adaptive_design_narrows_the_bounds_sooner_than_draws(solver: Solver, share: float | None) -> None:
    """With a threshold, only points whose bounds straddle it are solved; the design ends when bounds are as narrow as asked."""
    factor_range = FactorRange(solver.varied.low, solver.varied.high)
    start = solver.solve(solver.draw(8, 1))
    threshold = None if share is None else float(np.quantile(start.upper, share))
    adaptive, runs = AdaptiveDesign(width=0.05, threshold=threshold, max_runs=64), start
    while len(chosen := choose_next_points(ValueBounds(runs), factor_range, adaptive, 4)):
        fresh = solver.solve(chosen)
        parts = {
            name: np.concatenate([getattr(one, name) for one in (runs, fresh)])
            for name in ("lower", "slopes", "upper", "margin", "points")
        }
        runs = SolvedRuns(**parts, directions=runs.directions)
        assert len(runs.points) <= 72, "the design does not end"
    candidates = factor_range.list_candidates()
    bounds = ValueBounds(runs)
    lower, upper = bounds.compute_lower_bounds(candidates), bounds.compute_upper_bounds(candidates)
    straddles = np.ones(len(lower), bool) if threshold is None else (lower <= threshold) & (upper > threshold)
    assert ((upper - lower)[straddles] <= 0.05 * np.abs(upper[straddles])).all()
