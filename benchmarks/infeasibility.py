"""Compare the infeasibility analysis with `getIis` and `feasibilityRelaxation` of HiGHS.

`python -m benchmarks.infeasibility [--subject NAME …] [--limit SECONDS]` prints one line for each subject, conflict and method:
seconds, members of the subset, and whether the subset is in conflict and irreducible among the limits that a planner can change.
docs/decisions/0040-infeasibility-analysis.md reports the results.
"""

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.subjects import SUBJECTS
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.infeasibility.iis import find_iis
from solvers.infeasibility.relaxation import (
    BALANCE_PENALTY,
    RelaxableLimits,
    build_relaxation,
    find_supporting_limits,
    restrict_to_limits,
)
from solvers.lp.linear_program import IntArray, LinearProgram, Program

IIS_STRATEGIES = {"light": 0, "from LP": 2, "from LP, irreducible": 6, "from ray, irreducible": 5}
"""Values of the HiGHS option `iis_strategy`."""


def require_quota(problem: PlanningProblem) -> PlanningProblem:
    """Require 10⁷ units of the first line: more than its machines can make."""
    factory = problem.factories[0]
    line = factory.lines[0].model_copy(update={"least": 1e7, "most": None})
    changed = factory.model_copy(update={"lines": (line, *factory.lines[1:])})
    return problem.model_copy(update={"factories": (changed, *problem.factories[1:])})


def require_quota_without_machines(problem: PlanningProblem) -> PlanningProblem:
    """Require 10⁷ units of the first line, with machine hours for them: materials or electricity are missing."""
    changed = require_quota(problem)
    factory = changed.factories[0]
    factory = factory.model_copy(update={"machines": dict.fromkeys(factory.machines, 1e12)})
    return changed.model_copy(update={"factories": (factory, *changed.factories[1:])})


def require_stock(problem: PlanningProblem, amount: float) -> PlanningProblem:
    """Require a closing stock of the first storable good in the first county: more than all supply of the plan."""
    item = next(item.id for item in problem.items if item.storable and item.kind == "good")
    county = problem.counties[0]
    raw = county.model_dump(mode="json")
    raw["stocks"].setdefault(item, {})["closing_least"] = amount
    raw["stocks"][item]["closing_most"] = None
    county = type(county).model_validate(raw)
    return problem.model_copy(update={"counties": (county, *problem.counties[1:])})


CONFLICTS: Mapping[str, Callable[[PlanningProblem], PlanningProblem]] = {
    "quota above machine hours": require_quota,
    "quota above materials": require_quota_without_machines,
    "closing stock of 10⁷": partial(require_stock, amount=1e7),
    "closing stock of 10⁹": partial(require_stock, amount=1e9),
}
"""Ways to make a problem infeasible."""


def is_infeasible(lp: LinearProgram) -> bool:
    """Return whether HiGHS proves that a program has no feasible point."""
    return backends.get_backend("highs").solve_program(lp, SolveOptions()).termination.reason == "infeasible"


def describe_subset(lp: LinearProgram, limits: RelaxableLimits, members: IntArray) -> str:
    """Return size, conflict and irreducibility of a subset of limits; all other limits are relaxed."""
    conflict = is_infeasible(restrict_to_limits(lp, limits, members))
    irreducible = conflict and not any(
        is_infeasible(restrict_to_limits(lp, limits, members[members != member])) for member in members
    )
    return f"{len(members)} limits, conflict {conflict}, irreducible {irreducible}"


def measure_own(lp: LinearProgram, limits: RelaxableLimits, limit_seconds: float) -> None:
    """Measure the relaxation and the IIS search of `solvers.infeasibility`."""
    begin = time.perf_counter()
    solution = backends.get_backend("highs").solve_program(build_relaxation(lp, limits), SolveOptions())
    relaxed = time.perf_counter() - begin
    if solution.values is None or solution.dual_values is None:
        print("  own relaxation          no solution")
        return
    print(f"  own relaxation          {relaxed:8.2f} s  total {limits.weight @ solution.values[lp.column_count :]:.6g}")
    amounts = solution.values[lp.column_count :]
    selected = np.flatnonzero((limits.weight < BALANCE_PENALTY) | (amounts > 1e-9))
    candidates = np.flatnonzero(np.isin(selected, find_supporting_limits(limits, solution.dual_values, lp.row_count)))
    named = limits.select_limits(selected)
    begin = time.perf_counter()
    found = find_iis(lp, named, candidates, solution.dual_values[: lp.row_count], limit_seconds)
    seconds = time.perf_counter() - begin
    print(
        f"  own IIS search         {seconds:8.2f} s  from {len(candidates)}: {describe_subset(lp, named, found.positions)}"
    )


def measure_highs_relaxation(lp: LinearProgram, limits: RelaxableLimits, limit_seconds: float) -> None:
    """Measure `feasibilityRelaxation` with one penalty for each row and column bound; −1 makes a limit rigid."""
    session = HighsSession(lp)
    session.set_option("time_limit", limit_seconds)
    lower, upper = np.full(lp.column_count, -1.0), np.full(lp.column_count, -1.0)
    rows = np.full(lp.row_count, -1.0)
    penalty = limits.weight / limits.scale
    of_column, is_upper = limits.is_column == 1, limits.sign > 0
    lower[limits.position[of_column & ~is_upper]] = penalty[of_column & ~is_upper]
    upper[limits.position[of_column & is_upper]] = penalty[of_column & is_upper]
    rows[limits.position[~of_column]] = penalty[~of_column]
    begin = time.perf_counter()
    status = session._highs.feasibilityRelaxation(-1.0, -1.0, -1.0, lower, upper, rows)  # noqa: SLF001
    seconds = time.perf_counter() - begin
    solution, info = session._highs.getSolution(), session._highs.getInfo()  # noqa: SLF001
    has_duals = bool(solution.dual_valid) and np.any(np.asarray(solution.row_dual))
    print(
        f"  HiGHS relaxation        {seconds:8.2f} s  {status.name}, total {info.objective_function_value:.6g},"
        f" duals {has_duals}"
    )


def measure_highs_iis(
    lp: LinearProgram, program: Program, limits: RelaxableLimits, limit_seconds: float, strategy: str
) -> None:
    """Measure `getIis` on the program without costs; test its members among the relaxable limits for irreducibility."""
    session = HighsSession(replace(lp, cost=np.zeros(lp.column_count), offset=0.0))
    session.set_option("iis_strategy", IIS_STRATEGIES[strategy])
    for option in ("time_limit", "iis_time_limit"):
        session.set_option(option, limit_seconds)
    begin = time.perf_counter()
    status, iis = session._highs.getIis()  # noqa: SLF001
    seconds = time.perf_counter() - begin
    rows, columns = np.asarray(iis.row_index_, dtype=np.int64), np.asarray(iis.col_index_, dtype=np.int64)
    named = limits.select_limits(np.flatnonzero(limits.weight < BALANCE_PENALTY))
    chosen = np.flatnonzero(
        np.where(named.is_column == 1, np.isin(named.position, columns), np.isin(named.position, rows))
    )
    found = describe_subset(lp, named, chosen) if len(chosen) and len(chosen) <= 60 else f"{len(chosen)} limits"
    print(
        f"  getIis {strategy:<22} {seconds:8.2f} s  {status.name}, IIS status {iis.status_},"
        f" {len(rows)} rows and {len(columns)} columns of {program.lp.row_count} and {program.lp.column_count}; {found}",
        flush=True,
    )


def main() -> None:
    """Measure every chosen subject and conflict."""
    parser = argparse.ArgumentParser(prog="benchmarks.infeasibility", description=__doc__)
    parser.add_argument("--subject", action="append", choices=list(SUBJECTS))
    parser.add_argument("--limit", type=float, default=60.0, help="time limit of each method in seconds")
    options = parser.parse_args()
    for subject in options.subject or ("tiny", "small", "province", "ryanggang-normal"):
        for conflict, change in CONFLICTS.items():
            arrays = ProblemArrays.from_problem(change(SUBJECTS[subject]()))
            program = build_program(arrays)
            if not is_infeasible(replace(program.lp, cost=np.zeros(program.lp.column_count), offset=0.0)):
                print(f"{subject}, {conflict}: feasible")
                continue
            print(f"{subject}, {conflict}: {program.lp.row_count} rows, {program.lp.column_count} columns", flush=True)
            limits = RelaxableLimits.from_program(arrays, program)
            measure_own(program.lp, limits, options.limit)
            measure_highs_relaxation(program.lp, limits, options.limit)
            for strategy in IIS_STRATEGIES:
                measure_highs_iis(program.lp, program, limits, options.limit, strategy)


if __name__ == "__main__":
    main()
