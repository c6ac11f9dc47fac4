"""The stages of a plan: needs without swaps, ordered goals, whole units; each a program solved from the last basis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.plan import Certificate, GoalResult
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.lexicographic import GoalCost, LexicographicResult, list_goal_costs, solve_lexicographic
from solvers.algorithms.rounding import round_quotas
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.algorithms.variants import replace_column_bounds, replace_row_bounds
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program, is_past_period, sum_shortage_units
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.lp.solution import Basis


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What the stages came to."""

    pricing_solve: SolveAttempt
    """The program whose prices are the plan's: the last goal's, before rounding."""
    values: FloatArray | None
    """The finished plan, by column of `priced.program`, (n,); None without a feasible point."""
    last_solve: SolveAttempt
    """The attempt that ended the stages: the last one, or the one that failed."""
    is_proved: bool
    """Whether every stage was solved to a certified optimum (but for what rounding cost)."""
    certificate: Certificate | None
    """Of the priced program; its primal residual also covers the rounded plan."""
    goal_results: tuple[GoalResult, ...] = ()
    """What the goals reached."""
    rounded: bool = False
    """Whether quotas were rounded to whole units."""
    is_infeasible: bool = False
    """Whether all whole quotas were looked at and none keeps every rule."""
    without_swaps: FloatArray | None = None
    """Units short in the plan without swaps, (counties, items, periods); None where own_needs_first asks for none."""


def build_plan_program(index: ProblemArrays) -> Program:
    """The program that all stages share, with the goals' columns and rows and the rows of own_needs_first, not bounded yet.

    Its shape is the same in every stage, so that each can start from the basis of the one before.
    """
    policy = index.problem.policy
    if not requires_own_needs_stage(index.problem):
        return build_program(index, goals=policy.expand_ordered_goals())
    program = build_program(
        index, goals=policy.expand_ordered_goals(), shortage_without_swaps=np.zeros_like(index.demand)
    )
    return replace_row_bounds(program, "own_needs_first")


def solve_in_stages(
    index: ProblemArrays, program: Program, run: SolveRun, start: Basis | None = None
) -> PipelineResult:
    """Solve the program of `program_of` by the stages that the policy and the items of the problem ask for.

    `start` is a basis for the first of them, such as that of a plan of nearly the same problem.
    """
    goals, whole = list_goal_costs(index, program), _find_whole_unit_columns(index, program)
    if not requires_own_needs_stage(index.problem):
        return _solve_goals_then_round(program, goals, whole, run, "solve", start)
    held = apply_no_worse_off_bounds(index, program, run, start)
    if held.program is None or held.shortage_without_swaps.values is None:
        return held.shortage_without_swaps
    without, basis = held.shortage_without_swaps.values, held.shortage_without_swaps.pricing_solve.solution.basis
    result = _solve_goals_then_round(held.program, goals, whole, run, "solve", basis, without)
    return replace(result, without_swaps=sum_shortage_units(index, program, without))


def requires_own_needs_stage(problem: PlanningProblem) -> bool:
    """Whether a plan without swaps is made first, by which own needs are held."""
    return problem.policy.own_needs_first and len(problem.partners) > 0


def is_multi_stage(problem: PlanningProblem) -> bool:
    """Whether a problem is solved in stages, so that bounds of its last program depend on what was found before."""
    return bool(problem.policy.goals) or requires_own_needs_stage(problem)


@dataclass(frozen=True, slots=True)
class NoSwapStage:
    """What comes of planning without swaps first."""

    shortage_without_swaps: PipelineResult
    """The plan without swaps."""
    program: Program | None
    """The program in which no need goes shorter than in that plan; None where there is no proved plan without swaps."""


def apply_no_worse_off_bounds(
    index: ProblemArrays, program: Program, run: SolveRun, start: Basis | None = None
) -> NoSwapStage:
    """Plan without swaps, and hold what every county is then short of; for problems with `own_needs_first`."""
    goals, whole = list_goal_costs(index, program), _find_whole_unit_columns(index, program)
    without = _solve_goals_then_round(_remove_swaps(program), goals, whole, run, "without swaps", start)
    if not without.is_proved or without.values is None:
        return NoSwapStage(without, None)
    had = program.lp.matrix.tocsr()[program.constraints["own_needs_first"].block_slice] @ without.values
    return NoSwapStage(without, replace_row_bounds(program, "own_needs_first", upper=np.maximum(had, 0.0)))


def _find_whole_unit_columns(index: ProblemArrays, program: Program) -> IntArray:
    """Columns of quotas counted in whole units, but for what is past."""
    make = program.variables["make"]
    return make.positions[
        index.items.is_whole_units[index.lines.item[make.axes["line"]]] & ~is_past_period(index, make)
    ]


def _solve_goals_then_round(
    program: Program,
    goals: Sequence[GoalCost],
    whole: IntArray,
    run: SolveRun,
    stage: str,
    start: Basis | None,
    known: FloatArray | None = None,
) -> PipelineResult:
    """Reach the goals; then, where quotas must be whole, round them and reach the goals again with the rest.

    `known` is a plan with whole quotas that keeps every rule, (n,), where there is one.
    """
    reached = solve_lexicographic(program, goals, run, stage, (start,))
    plain = _build_result(reached, goals)
    if not reached.is_proved or not len(whole):
        return plain
    rounded = round_quotas(program, goals, whole, reached, run, "whole units", known)
    final = rounded.goals_result
    if final.best_values is None or final.best_values.solution.values is None:
        return replace(
            plain,
            last_solve=final.last_solve,
            is_proved=False,
            values=None,
            rounded=True,
            is_infeasible=rounded.search_exhausted,
        )
    values = final.best_values.solution.values
    return replace(
        plain,
        values=values,
        last_solve=final.last_solve,
        is_proved=final.is_proved,
        certificate=_cover_rounding_residual(plain.certificate, final.best_values.certificate),
        goal_results=reached.build_goal_results(goals, values),
        rounded=True,
    )


def _build_result(reached: LexicographicResult, goals: Sequence[GoalCost]) -> PipelineResult:
    shown = reached.best_values or reached.last_solve
    values = shown.solution.values if reached.best_values is not None else None
    results = () if values is None else reached.build_goal_results(goals, values)
    return PipelineResult(shown, values, reached.last_solve, reached.is_proved, shown.certificate, results)


def _cover_rounding_residual(priced: Certificate | None, rounded: Certificate | None) -> Certificate | None:
    """The certificate of the priced program with the larger primal residual of the two."""
    if priced is None or rounded is None:
        return None
    residual = max(priced.primal_residual, rounded.primal_residual)
    passed = priced.passed and residual <= priced.tolerance
    return priced.model_copy(update={"primal_residual": residual, "passed": passed})


def _remove_swaps(program: Program) -> Program:
    columns = np.concatenate([program.variables["give"].positions, program.variables["take"].positions])
    nothing = np.zeros(len(columns))
    return replace_column_bounds(program, columns, nothing, nothing)
