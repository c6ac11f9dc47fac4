"""The goals of a plan, taken in turn: what each seeks, what it reached, and how far it may give way.

A plan without ordered goals has one turn: weighted shortage and costs. With goals, each turn's program minimises its goal while
the rows of the rule `goal` hold those before it; the last turn's program is the one whose prices are the plan's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.problem.policy import Goal
from solvers.algorithms.lexicographic import GoalCost, list_goal_costs
from solvers.algorithms.run_state import SolveRun
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program, replace_objective, replace_row_bounds
from solvers.lp.solution import Basis, Solution
from solvers.sensitivity.errors import InfeasibleError, SensitivityUnavailableError

GOAL_SLACK = 1e-7
"""Relative to 1 + the objective: a plan no worse than this is no worse."""


@dataclass(frozen=True, slots=True)
class OptimalPoint:
    """An optimum of a program: values by column (n,), prices by row (m,), and its objective."""

    values: FloatArray
    """Value by column, (n,)."""
    dual_values: FloatArray
    """Price by row, (m,)."""
    objective: float
    """What was minimised."""
    basis: Basis | None = None
    """The vertex, where it was asked for."""


@dataclass(frozen=True, slots=True)
class GoalStage:
    """One goal in its turn."""

    name: str
    """Its place and name, such as `1 shortage`; `objective` where there are no goals."""
    goal: Goal | None
    """The goal; None where there are no goals."""
    sign: float
    """−1 where the goal is a share to be raised: its value is sign × what is minimised."""
    program: Program
    """The program of its turn."""
    point: OptimalPoint
    """Its optimum."""

    @property
    def no_worse_bound(self) -> float:
        """What is minimised may come to at most so much without being worse than it is now."""
        value = self.point.objective
        if self.goal is None:
            return value + GOAL_SLACK * (1 + abs(value))
        return value + max(self.tolerance_bound(value) - value, GOAL_SLACK * (1 + abs(value)))

    def tolerance_bound(self, value: float) -> float:
        """At what the goal is held while the next is sought, once it has reached a value."""
        return value if self.goal is None else value + self.goal.tolerance * max(1.0, abs(value))


def solve_goal_stages(
    arrays: ProblemArrays, program: Program, run: SolveRun, start: Basis | None = None
) -> tuple[GoalStage, ...]:
    """Solve the goals of a problem in their order, from a basis; one turn where the policy lists none.

    `program`: as `program_of` gives it, with whatever else is held already. NoPlan where no plan keeps every rule, NothingToAsk
    where a turn has no proved optimum.
    """
    goals = list_goal_costs(arrays, program)
    if not goals:
        return (GoalStage("objective", None, 1.0, program, _require_optimum(run, program, "the plan", start)),)
    bounds, goal_stages = np.full(len(goals), np.inf), list[GoalStage]()
    for k, goal in enumerate(goals):
        mine = replace_objective(replace_row_bounds(program, "goal", upper=bounds), goal.cost)
        point = _require_optimum(run, mine, f"the goal {goal.goal.goal}", start)
        goal_stages.append(GoalStage(f"{k + 1} {goal.goal.goal}", goal.goal, goal.objective_sign, mine, point))
        bounds = bounds.copy()
        bounds[k] = goal_stages[-1].tolerance_bound(point.objective)
        start = point.basis
    return tuple(goal_stages)


def solve_unconstrained(goal: GoalCost, program: Program, run: SolveRun, start: Basis | None) -> float:
    """What a goal comes to where no other is held, as minimised."""
    free = replace_objective(replace_row_bounds(program, "goal"), goal.cost)
    return _require_optimum(run, free, f"the goal {goal.goal.goal}", start).objective


def compute_final_values(goal_stages: Sequence[GoalStage], values: FloatArray) -> dict[str, float]:
    """What each goal comes to at a point, (n,), in its own sense; nothing where there are no goals."""
    return {t.name: t.sign * float(t.program.lp.cost @ values) for t in goal_stages if t.goal is not None}


def solve_to_optimum(session: HighsSession, *, seconds: float = 600.0, basis: bool = True) -> OptimalPoint | None:
    """Solve a session from where it stands; None where there is no optimum, or no time to find it.

    By dual simplex with Devex weights and costs as they are, from the first run on: HiGHS keeps the weights that a session
    began with, and exact ones of the crisis year's basis take it 1.6 s, where the 10 to 60 steps of a remedy take 0.1.
    """
    solution: Solution = session.solve_program("dual-devex", time_limit_seconds=seconds, with_basis=basis)
    if solution.termination.reason != "optimal" or solution.values is None or solution.dual_values is None:
        return None
    return OptimalPoint(solution.values, solution.dual_values, session.objective_value, solution.basis)


def _require_optimum(run: SolveRun, program: Program, what: str, start: Basis | None) -> OptimalPoint:
    attempt = run.solve_stage(program, what, start)
    found = attempt.solution
    if found.termination.reason == "infeasible":
        raise InfeasibleError("no plan keeps every rule")
    if not attempt.is_proved or found.values is None or found.dual_values is None:
        raise SensitivityUnavailableError(f"{what} has no proved optimum")
    objective = float(program.lp.cost @ found.values) + program.lp.offset
    return OptimalPoint(found.values, found.dual_values, objective, found.basis)
