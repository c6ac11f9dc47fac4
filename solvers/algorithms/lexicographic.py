"""Ordered goals: each is solved to its optimum and held, by a row of the rule `goal`, while the next is solved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.plan import GoalResult
from models.problem.policy import Goal
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.algorithms.variants import replace_objective, replace_row_bounds
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import compute_goal_costs
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import Basis


@dataclass(frozen=True, slots=True)
class GoalCost:
    """A goal as something to minimise."""

    goal: Goal
    """The goal with its particulars."""
    cost: FloatArray
    """What is minimised, by column, (n,)."""

    @property
    def objective_sign(self) -> float:
        """−1 where the goal is a share to be raised: its value is sign × what is minimised."""
        return -1.0 if self.goal.goal == "worst_fulfilment" else 1.0


def list_goal_costs(index: ProblemArrays, program: Program) -> tuple[GoalCost, ...]:
    """The policy's goals, in order, as costs of a program built with them; none where the policy lists none."""
    goals = index.problem.policy.expand_ordered_goals()
    return tuple(GoalCost(g, cost) for g, cost in zip(goals, compute_goal_costs(index, program, goals), strict=True))


@dataclass(frozen=True, slots=True)
class LexicographicResult:
    """How far the goals got."""

    last_solve: SolveAttempt
    """The last program solved; the plan's prices are its prices."""
    best_values: SolveAttempt | None
    """The last attempt with a feasible point; None if there was none."""
    tolerance_bounds: tuple[tuple[float, float], ...]
    """What each goal reached and what it was held at, as minimised."""
    bases: tuple[Basis | None, ...]
    """The basis of each program solved, in order."""

    @property
    def is_proved(self) -> bool:
        """Whether every goal was solved to a certified optimum."""
        return self.last_solve.is_proved

    def build_goal_results(self, goals: Sequence[GoalCost], values: FloatArray) -> tuple[GoalResult, ...]:
        """What each goal reached, was held at, and is worth in a finished plan with these values, (n,)."""
        return tuple(
            GoalResult(
                goal=g.goal.goal,
                value=g.objective_sign * reached,
                tolerance_bound=g.objective_sign * held,
                final_value=g.objective_sign * float(g.cost @ values),
            )
            for g, (reached, held) in zip(goals, self.tolerance_bounds, strict=False)
        )


def solve_lexicographic(
    program: Program, goals: Sequence[GoalCost], run: SolveRun, stage: str, starts: Sequence[Basis | None] = ()
) -> LexicographicResult:
    """Solve the goals of a prepared program in order; without goals, its own objective once.

    `starts` are bases to begin the goals with, in order, such as those of the same goals under other bounds. A goal without one
    begins with the plan of the goal before.
    """
    costs = [(goal.cost, f"{stage}: {goal.goal.goal}") for goal in goals] or [(program.lp.cost, stage)]
    best: SolveAttempt | None = None
    held: list[tuple[float, float]] = []
    bases: list[Basis | None] = []
    bounds = np.full(len(goals), np.inf)
    for k, (cost, name) in enumerate(costs):
        wanted = replace_objective(replace_row_bounds(program, "goal", upper=bounds), cost) if goals else program
        start, new_goal = (starts[k], False) if k < len(starts) else (bases[-1] if bases else None, True)
        attempt = run.solve_stage(wanted, name, start, new_goal=new_goal)
        bases.append(attempt.solution.basis)
        best = attempt if attempt.is_feasible else best
        if not goals or not attempt.is_proved or attempt.solution.values is None:
            break
        value = float(cost @ attempt.solution.values)
        bounds[k] = value + goals[k].goal.tolerance * max(1.0, abs(value))
        held.append((value, float(bounds[k])))
    return LexicographicResult(attempt, best, tuple(held), tuple(bases))
