"""The stages of a plan: a plan without swaps (no-harm constraint), lexicographic goals, the tie-break, and whole units.

All stages solve programs of one shape, so each stage starts from the basis of the stage before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.plan import Certificate, GoalResult
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.lexicographic import GoalCost, LexicographicResult, list_goal_costs, solve_lexicographic
from solvers.algorithms.rounding import round_to_whole_units
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.algorithms.tie_break import settle_ties
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import (
    WholeUnits,
    build_program,
    compute_tie_break_cost,
    find_whole_units,
    sum_shortage_units,
)
from solvers.lp.linear_program import FloatArray, Program, replace_column_bounds, replace_row_bounds
from solvers.lp.solution import Basis


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """Result of all stages."""

    pricing_solve: SolveAttempt
    """The solve whose dual values are the shadow prices of the plan: the last goal, before rounding."""
    values: FloatArray | None
    """Value of each variable of `pricing_solve.program` in the finished plan, after the tie-break and rounding, (n,); None without a
    feasible point."""
    last_solve: SolveAttempt
    """The last solve, or the solve that failed."""
    is_proved: bool
    """Whether every stage ended with a certified optimum, and a whole plan was found; see `whole_bound` for the cost of whole units."""
    certificate: Certificate | None
    """Certificate of the values before rounding, by the dual values of the pricing solve; its primal residual also covers the
    rounded plan."""
    goal_results: tuple[GoalResult, ...] = ()
    """Result of each goal."""
    is_rounded: bool = False
    """Whether the values were rounded to whole units, lots and least runs."""
    whole_bound: float = -np.inf
    """Bound of branch and bound: no whole plan has a smaller objective; with ordered goals, of the first goal. −inf if unknown."""
    is_infeasible: bool = False
    """Whether branch and bound proved that no whole plan exists."""
    shortage_without_swaps: FloatArray | None = None
    """Shortage in units in the plan without swaps, (counties, items, periods); None without `own_needs_first`."""

    @property
    def has_conflict(self) -> bool:
        """Whether the last solve ended because no plan satisfies every constraint, in whole units if they are required."""
        is_claimed = self.values is None and self.last_solve.solution.termination.reason == "infeasible"
        return is_claimed and (not self.is_rounded or self.is_infeasible)


def build_plan_program(index: ProblemArrays) -> Program:
    """Build the program of all stages, with the variables and constraints of the goals and the no-harm constraints.

    The no-harm constraints (`own_needs_first`) and the goal constraints are free rows until a stage sets their bounds.
    """
    policy = index.problem.policy
    if not requires_own_needs_stage(index.problem):
        return build_program(index, goals=policy.expand_ordered_goals())
    program = build_program(
        index, goals=policy.expand_ordered_goals(), shortage_without_swaps=np.zeros_like(index.demand)
    )
    return replace_row_bounds(program, "own_needs_first")


def build_first_stage_program(index: ProblemArrays) -> Program:
    """Build the program of the first stage, which is infeasible if the problem is: with `own_needs_first`, it has no swaps."""
    program = build_plan_program(index)
    return _remove_swaps(program) if requires_own_needs_stage(index.problem) else program


def solve_in_stages(
    index: ProblemArrays, program: Program, run: SolveRun, start: Basis | None = None
) -> PipelineResult:
    """Solve the program of `build_plan_program` in the stages that the policy and the items of the problem require.

    `start` is a basis for the first stage, for example of the plan of a similar problem.
    """
    goals, whole = list_goal_costs(index, program), find_whole_units(index, program)
    tie_break = compute_tie_break_cost(index, program) if index.problem.policy.tie_break else None
    if not requires_own_needs_stage(index.problem):
        return _solve_goals_then_round(program, goals, whole, run, "solve", start, tie_break)
    no_swap_stage = apply_no_worse_off_bounds(index, program, run, start)
    if no_swap_stage.program is None or no_swap_stage.no_swap_result.values is None:
        return no_swap_stage.no_swap_result
    without, basis = (
        no_swap_stage.no_swap_result.values,
        no_swap_stage.no_swap_result.pricing_solve.solution.basis,
    )
    result = _solve_goals_then_round(no_swap_stage.program, goals, whole, run, "solve", basis, tie_break, without)
    return replace(result, shortage_without_swaps=sum_shortage_units(index, program, without))


def requires_own_needs_stage(problem: PlanningProblem) -> bool:
    """Check whether the no-harm constraint applies, which needs a plan without swaps first."""
    return problem.policy.own_needs_first and len(problem.partners) > 0


def is_multi_stage(problem: PlanningProblem) -> bool:
    """Check whether bounds of the last program depend on the results of earlier stages."""
    return bool(problem.policy.goals) or requires_own_needs_stage(problem)


@dataclass(frozen=True, slots=True)
class NoSwapStage:
    """Result of the stage without swaps."""

    no_swap_result: PipelineResult
    """Result of the plan without swaps."""
    program: Program | None
    """The program with no-harm bounds: no shortage exceeds that of the plan without swaps; None without a proved plan."""


def apply_no_worse_off_bounds(
    index: ProblemArrays, program: Program, run: SolveRun, start: Basis | None = None
) -> NoSwapStage:
    """Solve without swaps, then limit each shortage to its value in that plan (no-harm constraint).

    Swaps may be what serves a least amount. So where no plan without swaps serves the least amounts, it is solved without them.
    Its ties are settled, so that the limits seldom depend on where the solve began.
    """
    goals, without_swaps = list_goal_costs(index, program), _remove_swaps(program)
    whole = find_whole_units(index, without_swaps)
    tie_break = compute_tie_break_cost(index, program) if index.problem.policy.tie_break else None
    without = _solve_goals_then_round(without_swaps, goals, whole, run, "without swaps", start, tie_break)
    if without.has_conflict and program.constraints["served_least"].size:
        unreserved = replace_row_bounds(without_swaps, "served_least")
        without = _solve_goals_then_round(unreserved, goals, whole, run, "without swaps", start, tie_break)
    if not without.is_proved or without.values is None:
        return NoSwapStage(without, None)
    shortage = program.lp.matrix.tocsr()[program.constraints["own_needs_first"].block_slice] @ without.values
    return NoSwapStage(without, replace_row_bounds(program, "own_needs_first", upper=np.maximum(shortage, 0.0)))


def _solve_goals_then_round(
    program: Program,
    goals: Sequence[GoalCost],
    whole: WholeUnits,
    run: SolveRun,
    stage: str,
    start: Basis | None,
    tie_break: FloatArray | None = None,
    known_values: FloatArray | None = None,
) -> PipelineResult:
    """Solve the goals and settle ties; then find a plan in whole units.

    `tie_break` is the objective of the tie-break, (n,); None leaves ties as the solver does. `known_values` is a whole plan, (n,), if
    one is known.
    """
    goals_result = _settle_goals_result(solve_lexicographic(program, goals, run, stage, (start,)), tie_break, run)
    continuous = _build_result(goals_result, goals)
    if not goals_result.is_proved or not whole.is_discrete.any():
        return continuous
    rounded = round_to_whole_units(program, goals, whole, goals_result, run, tie_break, known_values)
    values = rounded.attempt.solution.values
    if values is None:
        return replace(
            continuous,
            last_solve=rounded.attempt,
            is_proved=False,
            values=None,
            is_rounded=True,
            is_infeasible=rounded.is_infeasible,
        )
    return replace(
        continuous,
        values=values,
        certificate=_cover_rounding_residual(continuous.certificate, rounded.attempt.certificate),
        goal_results=goals_result.build_goal_results(goals, values),
        is_rounded=True,
        whole_bound=rounded.bound,
    )


def _settle_goals_result(
    goals_result: LexicographicResult, tie_break: FloatArray | None, run: SolveRun
) -> LexicographicResult:
    """Return the result with the values that minimise the objective of the tie-break among its optima, if it is proved."""
    if tie_break is None or not goals_result.is_proved:
        return goals_result
    settled = settle_ties(goals_result.last_solve, tie_break, run)
    return replace(goals_result, last_solve=settled, best_solve=settled)


def _build_result(goals_result: LexicographicResult, goals: Sequence[GoalCost]) -> PipelineResult:
    pricing_solve = goals_result.best_solve or goals_result.last_solve
    values = pricing_solve.solution.values if goals_result.best_solve is not None else None
    results = () if values is None else goals_result.build_goal_results(goals, values)
    return PipelineResult(
        pricing_solve, values, goals_result.last_solve, goals_result.is_proved, pricing_solve.certificate, results
    )


def _cover_rounding_residual(
    certificate: Certificate | None, rounded_certificate: Certificate | None
) -> Certificate | None:
    """Return the certificate of the pricing solve with the larger primal residual of the two."""
    if certificate is None or rounded_certificate is None:
        return None
    residual = max(certificate.primal_residual, rounded_certificate.primal_residual)
    passed = certificate.passed and residual <= certificate.tolerance
    return certificate.model_copy(update={"primal_residual": residual, "passed": passed})


def _remove_swaps(program: Program) -> Program:
    columns = np.concatenate([program.variables["give"].positions, program.variables["take"].positions])
    zeros = np.zeros(len(columns))
    return replace_column_bounds(program, columns, zeros, zeros)
