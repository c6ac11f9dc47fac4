"""Estimates of new plans against their exact solves, each a line: `python -m benchmarks coarse-first-plan`."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.subjects import SUBJECTS
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.options import PlanOptions
from models.plan_estimate import PlanEstimate
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.select import solve_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.lp.solution import Basis, Solution
from solvers.results.flows import Flows, clean_values
from solvers.results.summary import build_summary
from solvers.sensitivity import estimate_new_plan

YEARS = ("ryanggang-crisis", "ryanggang-normal")

CHANGES = (
    Change(what="power_limit", factor=0.9),
    Change(what="delivered", factor=0.8),
    Change(what="population", factor=1.05),
)
"""What-ifs of each year, planned as new problems."""


@dataclass(slots=True)
class Stopwatch:
    """Wall and CPU seconds since it was made; CPU seconds count both threads of the solver."""

    wall: float
    cpu: float

    @classmethod
    def start(cls) -> "Stopwatch":
        """Start."""
        return cls(time.perf_counter(), time.process_time())

    def read(self) -> tuple[float, float]:
        """Read wall and CPU seconds."""
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


def measure_estimates_of_plans(years: tuple[str, ...] = YEARS, changes: tuple[Change, ...] = CHANGES) -> Iterator[str]:
    """Compare the first figures of plans with exact solves: cold ones of the years, and of their what-ifs from those."""
    for year in years:
        problem = SUBJECTS[year]()
        basis = yield from _measure_problem(problem, year, None)
        for change in changes:
            yield from _measure_problem(
                apply_changes(problem, (change,)), f"{year}, {change.what} × {change.factor}", basis
            )


def _measure_problem(problem: PlanningProblem, name: str, start: Basis | None) -> Generator[str, None, Basis | None]:
    """Measure one problem; the times are compared where the exact solve is cold."""
    watch = Stopwatch.start()
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    estimate = estimate_new_plan(arrays, program)
    first_wall, first_cpu = watch.read()
    assert estimate is not None
    watch = Stopwatch.start()
    solution = solve_program(program, PlanOptions(time_limit_seconds=3600.0), start=start)
    wall, cpu = watch.read()
    assert solution.termination.reason == "optimal", solution.termination
    times = f"first figure after {first_wall:.1f} s ({first_cpu:.1f} CPU s)"
    if start is None:
        times += (
            f", {first_wall / (first_wall + wall):.3f} of the time with the linear program alone ({first_wall + wall:.0f} s; "
            f"{first_cpu / (first_cpu + cpu):.3f} by CPU, {first_cpu + cpu:.0f} s), must be ≤ 0.1"
        )
    yield f"{name}: {times}; {_describe_errors(arrays, program, solution, estimate)}"
    return solution.basis


def _describe_errors(arrays: ProblemArrays, program: Program, solution: Solution, estimate: PlanEstimate) -> str:
    values = clean_values(program, np.asarray(solution.values))
    flows = Flows.from_solution(arrays, program, values, np.zeros(program.lp.row_count))
    exact = build_summary(arrays, program, values, flows)
    objective = float(program.lp.cost @ values) + program.lp.offset
    priorities = ", ".join(
        f"{100 * (by_year.share - row.share):+.1f}"
        for by_year, row in zip(estimate.by_priority, exact.by_priority, strict=True)
    )
    return (
        f"bound {100 * (estimate.lower_bound / objective - 1):+.2f} % of the objective; served share "
        f"{100 * estimate.served_share:.1f} % by year, {100 * exact.served_share_of_needs:.1f} % exactly, by priority off by "
        f"{priorities} points"
    )
