"""Stages of lexicographic optimization: each goal with its program, optimum and tolerance.

A plan without ordered goals has one stage: weighted shortage and costs. With goals, the program of each stage minimises one goal, while the
constraints `goal` limit the earlier goals. The dual values of the last stage are the shadow prices of the plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.problem.policy import Goal
from solvers.algorithms.lexicographic import GoalCost, list_goal_costs
from solvers.algorithms.run_state import SolveRun
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import InfeasibleError, SensitivityUnavailableError
from solvers.lp.linear_program import FloatArray, Program, replace_objective, replace_row_bounds
from solvers.lp.solution import Basis, Solution

NO_WORSE_TOLERANCE = 1e-7
"""Tolerance for an equal objective, relative to 1 + the objective."""


@dataclass(frozen=True, slots=True)
class OptimalPoint:
    """Primal and dual optimal solution of a program."""

    values: FloatArray
    """Values of variables, (n,)."""
    dual_values: FloatArray
    """Dual values of constraints, (m,)."""
    objective: float
    """Objective value."""
    basis: Basis | None = None
    """Optimal basis, if requested."""


@dataclass(frozen=True, slots=True)
class GoalStage:
    """One stage of lexicographic optimization."""

    name: str
    """Position and name, such as `1 shortage`; `objective` without goals."""
    goal: Goal | None
    """The goal; None without ordered goals."""
    objective_sign: float
    """−1 for a share to maximise; the value of the goal is sign × objective."""
    program: Program
    """Program of the stage."""
    point: OptimalPoint
    """Optimal solution."""

    @property
    def no_worse_bound(self) -> float:
        """Largest objective that is not worse than the optimum, with tolerance."""
        value = self.point.objective
        if self.goal is None:
            return value + NO_WORSE_TOLERANCE * (1 + abs(value))
        return value + max(self.compute_tolerance_bound(value) - value, NO_WORSE_TOLERANCE * (1 + abs(value)))

    def compute_tolerance_bound(self, value: float) -> float:
        """Return the right-hand side of the constraint `goal` for an optimum of this value."""
        return value if self.goal is None else value + self.goal.tolerance * max(1.0, abs(value))


def solve_goal_stages(
    arrays: ProblemArrays, program: Program, run: SolveRun, start: Basis | None = None
) -> tuple[GoalStage, ...]:
    """Solve the goals of a problem in order from a basis; one stage without ordered goals.

    Parameters
    ----------
    program
        The program that `build_plan_program` returns, with any further bounds.

    Raises
    ------
    InfeasibleError
        No plan satisfies every constraint.
    SensitivityUnavailableError
        A stage has no proved optimum.
    """
    goals = list_goal_costs(arrays, program)
    if not goals:
        return (GoalStage("objective", None, 1.0, program, _require_optimum(run, program, "the plan", start)),)
    bounds, goal_stages = np.full(len(goals), np.inf), list[GoalStage]()
    for k, goal in enumerate(goals):
        stage_program = replace_objective(replace_row_bounds(program, "goal", upper=bounds), goal.cost)
        point = _require_optimum(run, stage_program, f"the goal {goal.goal.label}", start)
        goal_stages.append(
            GoalStage(f"{k + 1} {goal.goal.label}", goal.goal, goal.objective_sign, stage_program, point)
        )
        bounds = bounds.copy()
        bounds[k] = goal_stages[-1].compute_tolerance_bound(point.objective)
        start = point.basis
    return tuple(goal_stages)


def solve_unconstrained(goal: GoalCost, program: Program, run: SolveRun, start: Basis | None) -> float:
    """Return the optimum of a goal without the limits of other goals."""
    unlimited = replace_objective(replace_row_bounds(program, "goal"), goal.cost)
    return _require_optimum(run, unlimited, f"the goal {goal.goal.label}", start).objective


def compute_final_values(goal_stages: Sequence[GoalStage], values: FloatArray) -> dict[str, float]:
    """Return the value of each goal at a point, (n,); empty without ordered goals."""
    return {t.name: t.objective_sign * float(t.program.lp.cost @ values) for t in goal_stages if t.goal is not None}


def solve_to_optimum(
    solver_session: HighsSession,
    *,
    time_limit_seconds: float = 600.0,
    with_basis: bool = True,
    max_iterations: int | None = None,
) -> OptimalPoint | None:
    """Solve from the current basis of a session; return None without an optimum within the limits.

    The method is dual simplex with Devex weights and unperturbed costs from the first run. HiGHS keeps the weights of the first run.
    Exact weights for the basis of the crisis year take 1.6 s, while the 10 to 60 iterations of a remedy take 0.1 s.
    """
    solution: Solution = solver_session.solve_program(
        "dual-devex", time_limit_seconds=time_limit_seconds, with_basis=with_basis, max_iterations=max_iterations
    )
    if solution.termination.reason != "optimal" or solution.values is None or solution.dual_values is None:
        return None
    return OptimalPoint(solution.values, solution.dual_values, solver_session.objective_value, solution.basis)


def _require_optimum(run: SolveRun, program: Program, description: str, start: Basis | None) -> OptimalPoint:
    attempt = run.solve_stage(program, description, start)
    found = attempt.solution
    if found.termination.reason == "infeasible":
        raise InfeasibleError("no plan satisfies every constraint")
    if not attempt.is_proved or found.values is None or found.dual_values is None:
        raise SensitivityUnavailableError(f"{description} has no proved optimum")
    objective = float(program.lp.cost @ found.values) + program.lp.offset
    return OptimalPoint(found.values, found.dual_values, objective, found.basis)
