"""Another problem, opened from where a plan stands."""

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import in_turns, program_of
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemIndex
from solvers.sensitivity.errors import NoPlan
from solvers.sensitivity.session import Standing


def restand(standing: Standing, problem: PlanningProblem, seconds: float = 600.0) -> Standing | None:
    """Another problem, opened from the basis of this one; None where no plan keeps every rule.

    Raises NothingToAsk where its plan was not found within about so many seconds (each goal's, where goals are ordered).
    """
    basis, options = standing.point.basis, PlanOptions(time_limit_seconds=max(seconds, 0.1))
    try:
        if basis is None:
            return Standing.of(problem, options=options)
        near = WarmStart.of(standing.program, basis)
        if in_turns(problem):
            return Standing.of(problem, options=options, start=near)
        index = ProblemIndex.of(problem)
        program = program_of(index)
        return Standing.near(index, program, near.fit(program), options.time_limit_seconds)
    except NoPlan:
        return None
