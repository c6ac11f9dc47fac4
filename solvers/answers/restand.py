"""Another problem, opened from where a plan stands."""

from models.options import PlanOptions
from models.problem import PlanningProblem
from solvers.answers.errors import NoPlan
from solvers.answers.standing import Standing
from solvers.index import ProblemIndex
from solvers.strategy import solve
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
        start = near.fit(program)
        # As plans are solved from a basis: what dual simplex does not mend in seconds, interior point solves anew. Primal simplex
        # from here took 343 s where this takes 46 (crisis year, all power - 5 %).
        found = solve(program, PlanOptions(), start=start)
        return Standing.at(index, program, found.basis if found.basis is not None else start)
    except NoPlan:
        return None
