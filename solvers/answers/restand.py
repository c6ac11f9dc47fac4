"""Another problem, opened from where a plan stands."""

from models.problem import PlanningProblem
from solvers.answers.errors import NoPlan
from solvers.answers.standing import Standing
from solvers.index import ProblemIndex
from solvers.strategy.stages import program_of
from solvers.strategy.warm import WarmStart


def restand(standing: Standing, problem: PlanningProblem) -> Standing | None:
    """Another problem, opened from the basis of this one; None where no plan keeps every rule."""
    basis = standing.point.basis
    try:
        if basis is None:
            return Standing.of(problem)
        near = WarmStart.of(standing.program, basis)
        if problem.policy.goals or problem.policy.own_needs_first:
            return Standing.of(problem, start=near)
        index = ProblemIndex.of(problem)
        program = program_of(index)
        return Standing.near(index, program, near.fit(program))
    except NoPlan:
        return None
