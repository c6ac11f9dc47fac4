"""Lexicographic optimization: optimise the goals in order, each subject to tolerance bounds on the goals before it.

The constraint block `goal` has one row for each goal. After a goal is solved, its row limits its value to the optimum plus the
tolerance of the goal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.plan import GoalResult
from models.problem.policy import Goal
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import compute_goal_costs
from solvers.lp.linear_program import FloatArray, Program, replace_objective, replace_row_bounds
from solvers.lp.solution import Basis


@dataclass(frozen=True, slots=True)
class GoalCost:
    """A goal as an objective to minimise."""

    goal: Goal
    """The goal with its options."""
    cost: FloatArray
    """Objective coefficient of each variable, (n,)."""

    @property
    def objective_sign(self) -> float:
        """−1 for a share to maximise (max-min fairness), else 1: value of the goal = sign × minimised objective."""
        return -1.0 if self.goal.goal == "worst_fulfilment" else 1.0


def list_goal_costs(index: ProblemArrays, program: Program) -> tuple[GoalCost, ...]:
    """Return the goals of the policy, in order, as objectives of a program that was built with these goals."""
    goals = index.problem.policy.expand_ordered_goals()
    return tuple(GoalCost(g, cost) for g, cost in zip(goals, compute_goal_costs(index, program, goals), strict=True))


@dataclass(frozen=True, slots=True)
class LexicographicResult:
    """Result of a lexicographic optimization."""

    last_solve: SolveAttempt
    """The last solve; its dual values are the shadow prices of the plan."""
    best_solve: SolveAttempt | None
    """The last solve with a feasible point; None without one."""
    tolerance_bounds: tuple[tuple[float, float], ...]
    """Optimal value and tolerance bound of each solved goal, as minimised."""
    bases: tuple[Basis | None, ...]
    """Final basis of each solve, in order."""

    @property
    def is_proved(self) -> bool:
        """Whether all goals were solved to certified optima."""
        return self.last_solve.is_proved

    def build_goal_results(self, goals: Sequence[GoalCost], values: FloatArray) -> tuple[GoalResult, ...]:
        """Return the optimal value, tolerance bound and final value of each goal, for a finished plan with these values, (n,)."""
        return tuple(
            GoalResult(
                goal=g.goal.label,
                value=g.objective_sign * optimum,
                tolerance_bound=g.objective_sign * bound,
                final_value=g.objective_sign * float(g.cost @ values),
            )
            for g, (optimum, bound) in zip(goals, self.tolerance_bounds, strict=False)
        )


def solve_lexicographic(
    program: Program, goals: Sequence[GoalCost], run: SolveRun, stage: str, starts: Sequence[Basis | None] = ()
) -> LexicographicResult:
    """Solve the goals of a program in order; without goals, minimise its own objective.

    Parameters
    ----------
    starts
        Starting bases of the first goals, in order, for example those of the same goals under other bounds. Each further goal
        starts from the solution of the goal before it.
    """
    costs = [(goal.cost, f"{stage}: {goal.goal.label}") for goal in goals] or [(program.lp.cost, stage)]
    best: SolveAttempt | None = None
    tolerance_bounds: list[tuple[float, float]] = []
    bases: list[Basis | None] = []
    bounds = np.full(len(goals), np.inf)
    for k, (cost, name) in enumerate(costs):
        staged = replace_objective(replace_row_bounds(program, "goal", upper=bounds), cost) if goals else program
        start, new_goal = (starts[k], False) if k < len(starts) else (bases[-1] if bases else None, True)
        attempt = run.solve_stage(staged, name, start, is_start_feasible=new_goal)
        bases.append(attempt.solution.basis)
        best = attempt if attempt.is_feasible else best
        if not goals or not attempt.is_proved or attempt.solution.values is None:
            break
        value = float(cost @ attempt.solution.values)
        bounds[k] = value + goals[k].goal.tolerance * max(1.0, abs(value))
        tolerance_bounds.append((value, float(bounds[k])))
    return LexicographicResult(attempt, best, tuple(tolerance_bounds), tuple(bases))
