"""What is measured of a subject: each part of a plan, plain solvers and modelling libraries on the same program.

A driver gets the subject's problem ready, then times only its own part.
"""

from collections.abc import Callable, Mapping

from benchmarks.measuring import Measured, timed
from benchmarks.serving import request
from benchmarks.writers import WRITERS
from models.changes.change import Change
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers import backends, reference_model, sensitivity
from solvers.algorithms.pipeline import build_plan_program, solve_in_stages
from solvers.algorithms.run_state import SolveRun
from solvers.algorithms.select import solve_program
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Solution
from solvers.planning import make_plan
from solvers.results import build_results, clean_values

Driver = Callable[[PlanningProblem, float], Measured]
"""Measures one part of a problem's way; the number is the seconds after which a solve is cut."""


def _program(problem: PlanningProblem) -> LinearProgram:
    return build_plan_program(ProblemArrays.from_problem(problem)).lp


def _came_to(lp: LinearProgram, solution: Solution) -> str:
    if solution.values is None:
        return solution.termination.reason
    return f"{solution.termination.reason} {lp.cost @ solution.values + lp.offset:.12g}"


def validate(problem: PlanningProblem, _limit: float) -> Measured:
    """From the bytes of a request to a checked problem."""
    raw = problem.model_dump_json(by_alias=True, exclude_unset=True).encode()
    return timed(lambda: f"{len(raw)} bytes, {len(parse_problem(raw).items)} items")


def build(problem: PlanningProblem, _limit: float) -> Measured:
    """From the problem to the arrays."""

    def run() -> str:
        lp = _program(problem)
        return f"{lp.column_count} columns, {lp.row_count} rows, {lp.matrix.nnz} nonzeros"

    run()  # modules and caches of NumPy are warm in a service that runs
    return timed(run)


def build_pulp(problem: PlanningProblem, _limit: float) -> Measured:
    """The same from the problem to PuLP, as one would write it there: the second opinion's formulation."""
    return timed(lambda: str(type(reference_model.build_reference_program(problem)).__name__))


def hand_over(problem: PlanningProblem, _limit: float) -> Measured:
    """From the arrays into HiGHS."""
    lp = _program(problem)
    return timed(lambda: type(HighsSession(lp)).__name__)


def cold(problem: PlanningProblem, limit: float) -> Measured:
    """Solve as `auto` does, with nothing at hand."""
    program = build_plan_program(ProblemArrays.from_problem(problem))

    def run() -> str:
        solution = solve_program(program, PlanOptions(time_limit_seconds=limit))
        steps = ", ".join(f"{step.algorithm} {step.outcome}" for step in solution.strategy)
        return f"{_came_to(program.lp, solution)}; {steps}"

    return timed(run)


def plan(problem: PlanningProblem, limit: float) -> Measured:
    """The whole path in one process: build, solve, certify, whole units, report."""

    def run() -> str:
        made = make_plan(problem, PlanOptions(time_limit_seconds=limit)).plan
        return f"{made.outcome}; " + ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in made.timings.items())

    return timed(run)


def reporting(problem: PlanningProblem, limit: float) -> Measured:
    """From a solution to all tables and the summary."""
    index = ProblemArrays.from_problem(problem)
    program = build_plan_program(index)
    staged = solve_in_stages(index, program, SolveRun(PlanOptions(time_limit_seconds=limit)))
    priced = staged.pricing_solve
    if staged.values is None or priced.solution.dual_values is None:
        return Measured(0.0, 0.0, note="no plan to report")
    values, row_price = clean_values(priced.program, staged.values), priced.solution.dual_values

    def run() -> str:
        tables, _ = build_results(index, priced.program, values, row_price)
        return ", ".join(f"{name} {table.num_rows}" for name, table in tables.items())

    return timed(run)


def what_if(problem: PlanningProblem, limit: float) -> Measured:
    """A solved plan is opened from its stored basis and asked what 10 % more power in one area in one month would change."""
    options = PlanOptions(time_limit_seconds=limit)
    made = make_plan(problem, options)
    area, period = problem.power_areas[0].id, problem.periods[len(problem.periods) // 2]
    changes = [Change(what="power_limit", where=area, periods=(period,), factor=1.1)]

    def run() -> str:
        session = sensitivity.SensitivitySession.from_problem(problem, made.basis, options)
        compared = sensitivity.compare_plans(session, sensitivity.split_by_changes(problem, changes))
        before, after = compared.objective or (float("nan"), float("nan"))
        return f"power of {area} in {period}: objective {before:.9g} → {after:.9g}"

    return timed(run)


def plain(name: str) -> Driver:
    """A solver as it comes, on the same program; cut at the limit, its seconds are a lower bound."""

    def run(problem: PlanningProblem, limit: float) -> Measured:
        lp = _program(problem)

        def work() -> str:
            return _came_to(lp, backends.get_backend(name).solve_program(lp, SolveOptions(time_limit_seconds=limit)))

        return timed(work)

    return run


def written(name: str) -> Driver:
    """A modelling library writes the same program."""
    return lambda problem, _limit: WRITERS[name](_program(problem))


DRIVERS: Mapping[str, Driver] = {
    "validate": validate,
    "build": build,
    "build pulp": build_pulp,
    **{f"write {name}": written(name) for name in WRITERS},
    "hand over": hand_over,
    "cold": cold,
    **{f"plain {name}": plain(name) for name in ("highs", "highs-ipm", "glop", "pdlp", "cbc")},
    "what-if": what_if,
    "plan": plan,
    "report": reporting,
    "request": request,
}
"""What can be measured, by name."""
