"""Studies against what they must reach, each a line: `python -m benchmarks study-year`."""

import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from scipy.stats import qmc

from benchmarks.plan_estimates import measure_estimates_of_plans
from benchmarks.study_driving import StudyRun, build_factor, build_request, iterate_outcomes, open_run_solver, run_study
from benchmarks.study_quantiles import QuantileProof
from benchmarks.subjects import SUBJECTS
from models.analyses.study import BoundsRequest
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.select import solve_program
from solvers.analyses.opening import open_bounds
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.lp.solution import Solution
from solvers.sensitivity import CoarseEstimator, SensitivitySession, estimate_change

CRISIS, SCARCE = "ryanggang-crisis", "ryanggang-crisis-by-year"
"""Subjects: the crisis year, and the same in one period."""

CRISIS_FACTORS = (
    build_factor("power_limit", 0.75, 1.25),
    build_factor("delivered", 0.7, 1.0),
    build_factor("link_tonnes", 0.8, 1.2),
)
FOUR_FACTORS = (
    build_factor("power_limit", 0.9, 1.1),
    build_factor("machine_hours", 0.9, 1.1),
    build_factor("link_tonnes", 0.9, 1.1),
    build_factor("delivered", 0.9, 1.1),
)

QUANTILES = ("p10", "p50", "p90")
QUANTILE_SHARES = (0.1, 0.5, 0.9)

BROAD_CHANGES = (
    Change(what="power_limit", factor=0.9),
    Change(what="delivered", factor=0.9),
    Change(what="population", factor=1.05),
)


def measure_year(runs: int = 1_000) -> Iterator[str]:
    """Measure runs of the crisis year by year."""
    found = run_study(SUBJECTS[CRISIS](), build_request(CRISIS_FACTORS, runs, fidelity="year"))
    yield (
        f"{runs:,} runs of the crisis year by year, 3 factors: {found.seconds:.0f} s on 2 processes "
        f"({found.cpu_seconds / runs:.3f} CPU s a run, {found.head.failed_count} failed); must be ≤ 120 s"
    )


def measure_bounds(subject: str = SCARCE, runs: int = 60, points: int = 1_000) -> Iterator[str]:
    """Measure bounds at points between runs by month in four factors."""
    found = run_study(SUBJECTS[subject](), build_request(FOUR_FACTORS, runs, fidelity="month"))
    if not found.head.is_convex:
        yield f"{subject}: no bounds: {found.head.convexity_reason}"
        return
    bounds = open_bounds(found.conclusion.state)
    names = [factor["name"] for factor in FOUR_FACTORS]
    drawn = 0.9 + 0.2 * qmc.Sobol(len(names), rng=2).random(points)
    requests = [BoundsRequest(points=(dict(zip(names, point, strict=True)),)) for point in drawn.tolist()]
    began = time.perf_counter()
    answers = [bounds.compute_bounds(request).bounds[0] for request in requests]
    milliseconds = 1000 * (time.perf_counter() - began) / points
    widths = [
        (one.upper_bound - one.lower_bound) / abs(one.upper_bound)
        for one in answers
        if one.upper_bound is not None and one.lower_bound is not None
    ]
    yield (
        f"bounds from {runs} runs of {subject} in 4 factors: {milliseconds:.1f} ms a point; both bounds at "
        f"{len(widths) / points:.0%} of {points} points, {100 * float(np.median(widths)):.2f} % apart in the median, "
        f"{100 * float(np.quantile(widths, 0.9)):.2f} % at the 90 % quantile; must be ≤ 20 ms and ≤ 2 %"
    )


def measure_auto(runs: int = 1_000) -> Iterator[str]:
    """Measure corrected runs of the crisis year: their time and error bars."""
    found = run_study(SUBJECTS[CRISIS](), build_request(CRISIS_FACTORS, runs, fidelity="auto"))
    yield f"{runs:,} runs of the crisis year with auto: {found.seconds:.0f} s on 2 processes; must be ≤ 480 s; {_describe(found)}"


def measure_auto_against_month(subject: str = CRISIS, runs: int = 200) -> Iterator[str]:
    """Compare corrected quantiles with proved ones of the same runs by month."""
    problem, request = SUBJECTS[subject](), build_request(CRISIS_FACTORS, runs, fidelity="auto")
    auto = run_study(problem, request)
    yield f"{runs} runs of {subject} with auto: {auto.seconds:.0f} s; {_describe(auto)}"
    proof = QuantileProof.from_study(auto, QUANTILE_SHARES)
    with open_run_solver(problem, request) as solve:
        for _ in proof.solve_further_runs(solve):
            yield proof.describe()
    corrected = np.quantile(list(iterate_outcomes(auto)), QUANTILE_SHARES)
    low, high = proof.bound_quantiles()
    error = 100 * np.maximum(np.abs(corrected / low - 1), np.abs(corrected / high - 1))
    figures = ", ".join(f"{name} {one:.2f} %" for name, one in zip(QUANTILES, error.tolist(), strict=True))
    yield f"{runs} runs of {subject} with auto against by month: apart at most {figures}; must be ≤ 1, 0.5 and 1 %"


def measure_coarse_first(subject: str = CRISIS) -> Iterator[str]:
    """Compare the first figure of broad changes with a cold solve of them."""
    problem = SUBJECTS[subject]()
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    base = _solve(program)
    assert base.basis is not None
    session = SensitivitySession.from_basis(arrays, program, base.basis)
    for change in BROAD_CHANGES:
        yield _measure_first_figure(session, apply_changes(problem, (change,)), f"{change.what} × {change.factor}")


def _measure_first_figure(session: SensitivitySession, changed: PlanningProblem, name: str) -> str:
    began = time.perf_counter()
    estimator = CoarseEstimator.from_session(session)
    assert estimator is not None
    coarse = estimator.refine_estimate(estimate_change(session, changed), changed).coarse
    first = time.perf_counter() - began
    began = time.perf_counter()
    program = build_plan_program(ProblemArrays.from_problem(changed))
    values = _solve(program).values
    cold = time.perf_counter() - began
    assert coarse is not None
    exact = float(program.lp.cost @ np.asarray(values)) + program.lp.offset
    return (
        f"{name}: first figure after {first:.1f} s with all that it opens, {cold / first:.0f} times sooner than a cold solve "
        f"({cold:.0f} s); must be ≥ 10; off by {100 * (coarse.objective / exact - 1):+.2f} % of the objective, bound "
        f"{100 * (coarse.lower_bound / exact - 1):+.2f} %"
    )


def _solve(program: Program) -> Solution:
    solution = solve_program(program, PlanOptions())
    assert solution.termination.reason == "optimal", solution.termination
    return solution


def _describe(run: StudyRun) -> str:
    """Describe how runs were corrected."""
    correction = run.head.multi_fidelity
    if correction is None:
        return "not corrected"
    objective = next(row for row in run.head.quantiles if row.outcome == "objective")
    bars = ", ".join(
        f"{name} ± {100 * (interval[1] - interval[0]) / 2 / abs(value):.2f} %"
        for name in QUANTILES
        for value, interval in [(getattr(objective, name), getattr(objective, f"{name}_interval"))]
    )
    return f"corrected by {correction.corrected_by} runs, correlation {correction.correlation:.4f}, {bars}"


STUDY_LINES: Mapping[str, Callable[[], Iterator[str]]] = {
    "study-year": measure_year,
    "study-bounds": measure_bounds,
    "study-auto": measure_auto,
    "study-auto-against-month": measure_auto_against_month,
    "coarse-first": measure_coarse_first,
    "coarse-first-plan": measure_estimates_of_plans,
}
"""What prints each line, by action."""
