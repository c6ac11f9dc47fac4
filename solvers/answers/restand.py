"""Another problem, opened from where a plan stands."""

from models.options import PlanOptions
from models.problem import PlanningProblem
from solvers.answers.errors import NoPlan
from solvers.answers.standing import Standing
from solvers.index import ProblemIndex
from solvers.strategy.stages import in_turns, program_of
from solvers.strategy.warm import WarmStart


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
