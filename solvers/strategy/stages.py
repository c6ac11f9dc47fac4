"""The stages of a plan: needs without swaps, ordered goals, whole units; each a program solved from the last basis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from models.plan import Certificate, GoalResult
from solvers.index import ProblemIndex
from solvers.program import FloatArray, IntArray, Program
from solvers.solution import Basis
from solvers.strategy.extend import with_column_bounds, with_row_bounds, with_rows
from solvers.strategy.goal_costs import GoalCost, prepare
from solvers.strategy.goals import Reached, reach
from solvers.strategy.run import Attempt, Run
from solvers.strategy.units import round_quotas


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


def solve_in_stages(index: ProblemIndex, program: Program, run: Run) -> Staged:
    """Solve a plain program by the stages that the policy and the items of the problem ask for."""
    policy = index.problem.policy
    own_needs = policy.own_needs_first and program.decisions["take"].size + program.decisions["give"].size > 0
    if own_needs:
        program = _with_free_own_needs(program)
    program, goals = prepare(program, index, policy.ordered_goals())
    make = program.decisions["make"]
    whole = make.positions[index.items.whole[index.lines.item[make.axes["line"]]]]
    if not own_needs:
        return _goals_then_units(program, goals, whole, run, "solve", None)
    without = _goals_then_units(_without_swaps(program), goals, whole, run, "without swaps", None)
    if not without.proved or without.values is None:
        return without
    had = program.lp.matrix.tocsr()[program.rules["own_needs_first"].span] @ without.values
    bound = with_row_bounds(program, "own_needs_first", upper=np.maximum(had, 0.0))
    return _goals_then_units(bound, goals, whole, run, "solve", without.priced.solution.basis)


def _goals_then_units(
    program: Program, goals: Sequence[GoalCost], whole: IntArray, run: Run, stage: str, start: Basis | None
) -> Staged:
    """Reach the goals; then, where quotas must be whole, round them and reach the goals again with the rest."""
    reached = reach(program, goals, run, stage, start)
    plain = _staged(reached, goals)
    if not reached.proved or not len(whole):
        return plain
    rounded = round_quotas(program, goals, whole, reached, run, "whole units")
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


def _with_free_own_needs(program: Program) -> Program:
    """Rows that add up a demand's shortage over its bands, not bounded yet.

    Σ_k short[n,i,t,k] ≤ what is short there when no swaps are allowed   ↔ own_needs_first[n,i,t]
    """
    short = program.decisions["short"]
    names = ("place", "item", "period")
    cells, row = np.unique(np.stack([short.axes[name] for name in names]), axis=1, return_inverse=True)
    shape = (cells.shape[1], program.lp.columns)
    rows = sparse.csc_array((np.ones(short.size), (row.ravel(), short.positions)), shape=shape)
    return with_rows(program, "own_needs_first", dict(zip(names, cells, strict=True)), rows)
