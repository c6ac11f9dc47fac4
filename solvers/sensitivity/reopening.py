"""Another problem, opened from where a plan stands."""

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.sensitivity.errors import InfeasibleError
from solvers.sensitivity.session import SensitivitySession


def open_changed(
    session: SensitivitySession, problem: PlanningProblem, seconds: float = 600.0
) -> SensitivitySession | None:
    """Another problem, opened from the basis of this one; None where no plan keeps every rule.

    Raises NothingToAsk where its plan was not found within about so many seconds (each goal's, where goals are ordered).
    """
    basis, options = session.point.basis, PlanOptions(time_limit_seconds=max(seconds, 0.1))
    try:
        if basis is None:
            return SensitivitySession.from_problem(problem, options=options)
        near = WarmStart.from_program(session.program, basis)
        if is_multi_stage(problem):
            return SensitivitySession.from_problem(problem, options=options, start=near)
        arrays = ProblemArrays.from_problem(problem)
        program = build_plan_program(arrays)
        return SensitivitySession.from_nearby_basis(
            arrays, program, near.map_basis_to(program), options.time_limit_seconds
        )
    except InfeasibleError:
        return None
