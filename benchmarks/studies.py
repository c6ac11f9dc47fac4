"""What a study costs against plans made one by one: `python -m benchmarks study`.

256 runs of the normal year, in its own periods, with ±10 % on three factors. A cold solve is what a run costs without a study: apply the
changes, build the program, solve it from nothing, certify it. A sample of the runs is solved cold, and stands for all of them. Rounding to
whole units is in neither.
"""

import json
import time
from collections.abc import Iterator

import numpy as np

from models.analyses.study import StudyRequest
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.provinces import load_builtin_province
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.analyses.analysis import AnalysisBase
from solvers.analyses.opening import open_analysis
from solvers.analyses.studies.draws import draw_points
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.data.problem_arrays import ProblemArrays

RUNS = 256
COLD_RUNS = 6
"""Runs of the study that are solved cold."""

LEAST_RATIO = 6.0
"""How many times less a study must cost."""

MOST_DIFFERENCE = 1e-6
"""Largest relative difference of the objective of a run and of its cold solve."""

VARIED = {"power": "power_limit", "machines": "machine_condition", "rail": "rail_tonnes"}
"""Factors and what they change."""


def list_study_lines() -> Iterator[str]:
    """Iterate over the lines that `python -m benchmarks study` prints, as they are measured."""
    problem, request = load_builtin_province("ryanggang").problem, _build_request()
    base, seconds = _solve_cold(problem)
    yield f"base plan of the normal year, cold: {seconds:.1f} CPU s"
    started = time.process_time()
    analysis = open_analysis(
        "study", AnalysisBase(problem, PlanOptions(), base.solution.basis), request.model_dump_json()
    )
    rows: dict[int, bytes] = {}
    for task in analysis.plan_tasks(rows):
        analysis.run_task(task, rows.__setitem__)
    analysis.conclude(rows)
    of_study = time.process_time() - started
    records = [RunRecord.decode(rows[run]) for run in range(RUNS)]
    iterations = np.array([record.iterations for record in records])
    yield f"study of {RUNS} runs: {of_study:.1f} CPU s, {of_study / RUNS:.2f} a run, {np.median(iterations):.0f} iterations in the median"
    varied = VariedProblem.from_base(problem, request.factors)
    points = varied.clip_points(draw_points(request))
    sample = np.linspace(0, RUNS - 1, COLD_RUNS).astype(int).tolist()
    cold, worst = [], 0.0
    for run in sample:
        attempt, seconds = _solve_cold(varied.build_problem(points[run]))
        cold.append(seconds)
        objective, found = (
            attempt.certificate.primal_objective if attempt.certificate else np.nan,
            records[run].objective,
        )
        worst = max(worst, abs((found or np.nan) - objective) / abs(objective))
        yield f"run {run} cold: {seconds:.1f} CPU s"
    ratio = float(np.mean(cold)) * RUNS / of_study
    yield f"objectives differ by at most {worst:.1e}: {_judge(worst <= MOST_DIFFERENCE)} (at most {MOST_DIFFERENCE:g})"
    yield f"cold solves ÷ study: {ratio:.1f}: {_judge(ratio >= LEAST_RATIO)} (at least {LEAST_RATIO:g})"


def _solve_cold(problem: PlanningProblem) -> tuple[SolveAttempt, float]:
    """Return a certified solve from nothing, with its CPU time in seconds."""
    started = time.process_time()
    program = build_plan_program(ProblemArrays.from_problem(problem))
    attempt = SolveRun(PlanOptions()).solve_stage(program, "solve")
    return attempt, time.process_time() - started


def _build_request() -> StudyRequest:
    distribution = {"kind": "uniform", "low": 0.9, "high": 1.1}
    factors = [
        {"name": name, "changes": [{"what": what}], "distribution": distribution} for name, what in VARIED.items()
    ]
    text = json.dumps({"factors": factors, "design": {"kind": "sobol", "size": RUNS, "seed": 1}})
    return StudyRequest.model_validate_json(text)


def _judge(holds: bool) -> str:
    return "holds" if holds else "SHORT"
