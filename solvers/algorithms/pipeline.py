"""The stages of a plan: needs without swaps, ordered goals, whole units; each a program solved from the last basis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.plan import Certificate, GoalResult
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.lexicographic import GoalCost, Reached, ordered, reach
from solvers.algorithms.rounding import round_quotas
from solvers.algorithms.run_state import Attempt, Run
from solvers.algorithms.variants import with_column_bounds, with_row_bounds
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation import build, is_past, units_short
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.lp.solution import Basis


@dataclass(frozen=True, slots=True)
class Staged:
    """What the stages came to."""

    priced: Attempt
    """The program whose prices are the plan's: the last goal's, before rounding."""
    values: FloatArray | None
    """The finished plan, by column of `priced.program`, (n,); None without a feasible point."""
    ended: Attempt
    """The attempt that ended the stages: the last one, or the one that failed."""
    proved: bool
    """Whether every stage was solved to a certified optimum (but for what rounding cost)."""
    certificate: Certificate | None
    """Of the priced program; its primal residual also covers the rounded plan."""
    goals: tuple[GoalResult, ...] = ()
    """What the goals reached."""
    rounded: bool = False
    """Whether quotas were rounded to whole units."""
    impossible: bool = False
    """Whether all whole quotas were looked at and none keeps every rule."""
    without_swaps: FloatArray | None = None
    """Units short in the plan without swaps, (counties, items, periods); None where own_needs_first asks for none."""


def program_of(index: ProblemIndex) -> Program:
    """The program that all stages share, with the goals' columns and rows and the rows of own_needs_first, not bounded yet.

    Its shape is the same in every stage, so that each can start from the basis of the one before.
    """
    policy = index.problem.policy
    if not holds_own_needs(index.problem):
        return build(index, goals=policy.expand_ordered_goals())
    program = build(index, goals=policy.expand_ordered_goals(), without_swaps=np.zeros_like(index.demand))
    return with_row_bounds(program, "own_needs_first")


def solve_in_stages(index: ProblemIndex, program: Program, run: Run, start: Basis | None = None) -> Staged:
    """Solve the program of `program_of` by the stages that the policy and the items of the problem ask for.

    `start` is a basis for the first of them, such as that of a plan of nearly the same problem.
    """
    goals, whole = ordered(index, program), _whole(index, program)
    if not holds_own_needs(index.problem):
        return _goals_then_units(program, goals, whole, run, "solve", start)
    held = held_by_own_needs(index, program, run, start)
    if held.program is None or held.without.values is None:
        return held.without
    without, basis = held.without.values, held.without.priced.solution.basis
    staged = _goals_then_units(held.program, goals, whole, run, "solve", basis, without)
    return replace(staged, without_swaps=units_short(index, program, without))


def holds_own_needs(problem: PlanningProblem) -> bool:
    """Whether a plan without swaps is made first, by which own needs are held."""
    return problem.policy.own_needs_first and len(problem.partners) > 0


def in_turns(problem: PlanningProblem) -> bool:
    """Whether a problem is solved in stages, so that bounds of its last program depend on what was found before."""
    return bool(problem.policy.goals) or holds_own_needs(problem)


@dataclass(frozen=True, slots=True)
class OwnNeeds:
    """What comes of planning without swaps first."""

    without: Staged
    """The plan without swaps."""
    program: Program | None
    """The program in which no need goes shorter than in that plan; None where there is no proved plan without swaps."""


def held_by_own_needs(index: ProblemIndex, program: Program, run: Run, start: Basis | None = None) -> OwnNeeds:
    """Plan without swaps, and hold what every county is then short of; for problems with `own_needs_first`."""
    goals, whole = ordered(index, program), _whole(index, program)
    without = _goals_then_units(_without_swaps(program), goals, whole, run, "without swaps", start)
    if not without.proved or without.values is None:
        return OwnNeeds(without, None)
    had = program.lp.matrix.tocsr()[program.rules["own_needs_first"].span] @ without.values
    return OwnNeeds(without, with_row_bounds(program, "own_needs_first", upper=np.maximum(had, 0.0)))


def _whole(index: ProblemIndex, program: Program) -> IntArray:
    """Columns of quotas counted in whole units, but for what is past."""
    make = program.decisions["make"]
    return make.positions[index.items.whole[index.lines.item[make.axes["line"]]] & ~is_past(index, make)]


def _goals_then_units(
    program: Program,
    goals: Sequence[GoalCost],
    whole: IntArray,
    run: Run,
    stage: str,
    start: Basis | None,
    known: FloatArray | None = None,
) -> Staged:
    """Reach the goals; then, where quotas must be whole, round them and reach the goals again with the rest.

    `known` is a plan with whole quotas that keeps every rule, (n,), where there is one.
    """
    reached = reach(program, goals, run, stage, (start,))
    plain = _staged(reached, goals)
    if not reached.proved or not len(whole):
        return plain
    rounded = round_quotas(program, goals, whole, reached, run, "whole units", known)
    final = rounded.reached
    if final.best is None or final.best.solution.values is None:
        return replace(plain, ended=final.last, proved=False, values=None, rounded=True, impossible=rounded.exhausted)
    values = final.best.solution.values
    return replace(
        plain,
        values=values,
        ended=final.last,
        proved=final.proved,
        certificate=_covering(plain.certificate, final.best.certificate),
        goals=reached.results(goals, values),
        rounded=True,
    )


def _staged(reached: Reached, goals: Sequence[GoalCost]) -> Staged:
    shown = reached.best or reached.last
    values = shown.solution.values if reached.best is not None else None
    results = () if values is None else reached.results(goals, values)
    return Staged(shown, values, reached.last, reached.proved, shown.certificate, results)


def _covering(priced: Certificate | None, rounded: Certificate | None) -> Certificate | None:
    """The certificate of the priced program with the larger primal residual of the two."""
    if priced is None or rounded is None:
        return None
    residual = max(priced.primal_residual, rounded.primal_residual)
    passed = priced.passed and residual <= priced.tolerance
    return priced.model_copy(update={"primal_residual": residual, "passed": passed})


def _without_swaps(program: Program) -> Program:
    columns = np.concatenate([program.decisions["give"].positions, program.decisions["take"].positions])
    nothing = np.zeros(len(columns))
    return with_column_bounds(program, columns, nothing, nothing)
