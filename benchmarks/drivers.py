"""What is measured of a subject: seconds of one run of each part of a plan, and of plain solvers on the same program."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from models.checks import check
from models.options import PlanOptions
from models.problem import PlanningProblem
from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.index import ProblemIndex
from solvers.planning import make_plan
from solvers.program import Program
from solvers.strategy import solve
from solvers.strategy.stages import program_of


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one run."""

    wall: float
    """By the clock on the wall."""
    cpu: float
    """Of all threads of this process; what counts on a machine that others use too."""
    note: str = ""
    """What came out, or why it was cut."""


def measured(run: Callable[[], str]) -> Measured:
    """Time one run, which gives a note."""
    wall, cpu = time.perf_counter(), time.process_time()
    note = run()
    return Measured(time.perf_counter() - wall, time.process_time() - cpu, note)


def validate(problem: PlanningProblem, _limit: float) -> str:
    """Check the problem."""
    return f"{len(check(problem))} findings"


def build(problem: PlanningProblem, _limit: float) -> str:
    """From the problem to the arrays."""
    lp = program_of(ProblemIndex.of(problem)).lp
    return f"{lp.columns} columns, {lp.rows} rows, {lp.matrix.nnz} nonzeros"


def cold(problem: PlanningProblem, limit: float) -> str:
    """Solve as `auto` does, with nothing at hand."""
    solution = solve(program_of(ProblemIndex.of(problem)), PlanOptions(time_limit_seconds=limit))
    return f"{solution.stop.reason}; {solution.strategy}"


def plan(problem: PlanningProblem, limit: float) -> str:
    """The whole path: build, solve, certify, report."""
    made = make_plan(problem, PlanOptions(time_limit_seconds=limit)).plan
    return f"{made.outcome}; " + ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in made.timings.items())


def plain(name: str) -> Callable[[PlanningProblem, float], str]:
    """A solver as it comes, on the same program; cut at the time limit, its seconds are a lower bound."""

    def run(problem: PlanningProblem, limit: float) -> str:
        lp = program_of(ProblemIndex.of(problem)).lp
        return backends.get(name).solve(lp, SolveOptions(time_limit_seconds=limit)).stop.reason

    return run


DRIVERS: Mapping[str, Callable[[PlanningProblem, float], str]] = {
    "validate": validate,
    "build": build,
    "cold": cold,
    "plan": plan,
    **{f"plain {name}": plain(name) for name in ("highs", "highs-ipm", "glop", "pdlp", "cbc")},
}
"""What can be measured without a solved plan, by name."""


def what_if(program: Program, limit: float) -> Measured:
    """Solve a program, then measure how long it takes again, from the basis, when one limit of a rule falls by a tenth."""
    options = PlanOptions(time_limit_seconds=limit)
    basis = solve(program, options).basis
    rule = next(block for name, block in program.rules.items() if name in ("power", "machine", "link") and block.size)
    upper = program.lp.row_upper.copy()
    upper[rule.start] *= 0.9
    changed = replace(program, lp=replace(program.lp, row_upper=upper))

    def again() -> str:
        solution = solve(changed, options, start=basis)
        return f"{solution.stop.reason}; {solution.iterations} iterations; {solution.strategy}"

    return measured(again)
