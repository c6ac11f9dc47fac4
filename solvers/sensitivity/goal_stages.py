"""The goals of a plan, taken in turn: what each seeks, what it reached, and how far it may give way.

A plan without ordered goals has one turn: weighted shortage and costs. With goals, each turn's program minimises its goal while
the rows of the rule `goal` hold those before it; the last turn's program is the one whose prices are the plan's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.problem.policy import Goal
from solvers.algorithms.lexicographic import GoalCost, ordered
from solvers.algorithms.run_state import Run
from solvers.algorithms.variants import with_cost, with_row_bounds
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import Basis, Solution
from solvers.sensitivity.errors import NoPlan, NothingToAsk

SLACK = 1e-7
"""Relative to 1 + the objective: a plan no worse than this is no worse."""


@dataclass(frozen=True, slots=True)
class Point:
    """An optimum of a program: values by column (n,), prices by row (m,), and its objective."""

    values: FloatArray
    """Value by column, (n,)."""
    row_price: FloatArray
    """Price by row, (m,)."""
    objective: float
    """What was minimised."""
    basis: Basis | None = None
    """The vertex, where it was asked for."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One goal in its turn."""

    name: str
    """Its place and name, such as `1 shortage`; `objective` where there are no goals."""
    goal: Goal | None
    """The goal; None where there are no goals."""
    sign: float
    """−1 where the goal is a share to be raised: its value is sign × what is minimised."""
    program: Program
    """The program of its turn."""
    point: Point
    """Its optimum."""

    @property
    def allowed(self) -> float:
        """What is minimised may come to at most so much without being worse than it is now."""
        value = self.point.objective
        if self.goal is None:
            return value + SLACK * (1 + abs(value))
        return value + max(self.held(value) - value, SLACK * (1 + abs(value)))

    def held(self, value: float) -> float:
        """At what the goal is held while the next is sought, once it has reached a value."""
        return value if self.goal is None else value + self.goal.tolerance * max(1.0, abs(value))


def take_turns(index: ProblemIndex, program: Program, run: Run, start: Basis | None = None) -> tuple[Turn, ...]:
    """Solve the goals of a problem in their order, from a basis; one turn where the policy lists none.

    `program`: as `program_of` gives it, with whatever else is held already. NoPlan where no plan keeps every rule, NothingToAsk
    where a turn has no proved optimum.
    """
    goals = ordered(index, program)
    if not goals:
        return (Turn("objective", None, 1.0, program, _solved(run, program, "the plan", start)),)
    bounds, turns = np.full(len(goals), np.inf), list[Turn]()
    for k, goal in enumerate(goals):
        mine = with_cost(with_row_bounds(program, "goal", upper=bounds), goal.cost)
        point = _solved(run, mine, f"the goal {goal.goal.goal}", start)
        turns.append(Turn(f"{k + 1} {goal.goal.goal}", goal.goal, goal.sign, mine, point))
        bounds = bounds.copy()
        bounds[k] = turns[-1].held(point.objective)
        start = point.basis
    return tuple(turns)


def alone(goal: GoalCost, program: Program, run: Run, start: Basis | None) -> float:
    """What a goal comes to where no other is held, as minimised."""
    free = with_cost(with_row_bounds(program, "goal"), goal.cost)
    return _solved(run, free, f"the goal {goal.goal.goal}", start).objective


def final_values(turns: Sequence[Turn], values: FloatArray) -> dict[str, float]:
    """What each goal comes to at a point, (n,), in its own sense; nothing where there are no goals."""
    return {t.name: t.sign * float(t.program.lp.cost @ values) for t in turns if t.goal is not None}


def optimum(session: HighsSession, *, seconds: float = 600.0, basis: bool = True) -> Point | None:
    """Solve a session from where it stands; None where there is no optimum, or no time to find it.

    By dual simplex with Devex weights and costs as they are, from the first run on: HiGHS keeps the weights that a session
    began with, and exact ones of the crisis year's basis take it 1.6 s, where the 10 to 60 steps of a remedy take 0.1.
    """
    solution: Solution = session.run("near", time_limit_seconds=seconds, with_basis=basis)
    if solution.stop.reason != "optimal" or solution.values is None or solution.row_price is None:
        return None
    return Point(solution.values, solution.row_price, session.objective, solution.basis)


def _solved(run: Run, program: Program, what: str, start: Basis | None) -> Point:
    attempt = run.solve(program, what, start)
    found = attempt.solution
    if found.stop.reason == "infeasible":
        raise NoPlan("no plan keeps every rule")
    if not attempt.proved or found.values is None or found.row_price is None:
        raise NothingToAsk(f"{what} has no proved optimum")
    objective = float(program.lp.cost @ found.values) + program.lp.offset
    return Point(found.values, found.row_price, objective, found.basis)
