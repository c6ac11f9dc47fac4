"""Whole units: a plan in whole units, lots and least runs, near to the optimum of the linear program.

A small program is searched near to the point of the linear program, and its dual values often prove that the plan found is good enough.
Else rounding item by item finds a whole plan (`solvers.algorithms.item_rounding`), and small programs are then solved as a whole by
branch and bound, from that plan. All work is limited, in simplex iterations. With ordered goals, each goal is minimised in turn while the goals before it keep
their values as far as whole units allow.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from solvers.algorithms.item_rounding import ItemRounding
from solvers.algorithms.lexicographic import GoalCost, LexicographicResult
from solvers.algorithms.run_state import SolveAttempt, SolveRun, certify_attempt
from solvers.algorithms.search_space import exclude_dear_points, limit_to_near_steps
from solvers.backends.highs_mip import MixedIntegerProgram, SearchLimits, solve_mixed_integer
from solvers.formulation import WholeUnits
from solvers.lp.certificate import compute_dual_bound, measure_primal_residual
from solvers.lp.linear_program import (
    FloatArray,
    LinearProgram,
    Program,
    append_row,
    replace_column_bounds,
    replace_objective,
    replace_row_bounds,
)
from solvers.lp.solution import Progress, Solution, SolveStep, StepOutcome, Termination

STAGE = "whole units"
"""Name of the stage in timings, progress reports and solve steps."""

SMALL_PROGRAM_COLUMNS, SMALL_PROGRAM_DISCRETE = 20_000, 4_000
"""Numbers of variables, and of discrete variables, up to which the whole program is solved by branch and bound."""

ITEM_WORK, WHOLE_WORK, TIE_WORK = 25_000, 100_000, 15_000
"""Work to improve items in a large program, for branch and bound of a small one, and to settle its ties, in simplex iterations."""

SMALL_ITEM_WORK, LARGE_GAP = 20_000, 0.005
"""Work to improve items of a small program after a search that a limit ended with a gap above this share."""

NEAR_STEPS, NEAR_WORK, NEAR_NODES = 1.0, 20_000, 200
"""Steps around the point of the linear program within which a small program is searched first; simplex iterations and nodes for it."""

WHOLE_NODES, TIE_NODES = 5_000, 50
"""Nodes of the search trees for these two."""

RELATIVE_GAP, NEAR_GAP = 1e-5, 5e-6
"""Gaps at which branch and bound of a whole program, and of the points near to its linear program, stops, relative to the objective."""

TIE_GAP = 1e-4
"""Gap at which settling ties stops, relative to the part of the objective of the tie-break without shortages."""

HELD_SHARE = 1e-9
"""Share by which the objective may rise while ties are settled, relative to max(1, objective)."""


@dataclass(frozen=True, slots=True)
class RoundingResult:
    """Result of rounding."""

    attempt: SolveAttempt
    """The whole plan; its termination says why no whole plan was found, if its solution has no values."""
    bound: float
    """No whole plan has a smaller objective; with ordered goals, of the first goal."""
    is_infeasible: bool
    """Whether the search proved that no whole plan exists."""


@dataclass(frozen=True, slots=True)
class _Objective:
    """One objective to minimise in whole units."""

    program: Program
    """The program with the objective, and the limits of earlier goals."""
    bound: float
    """Its optimum in the linear program."""


def round_to_whole_units(
    program: Program,
    goals: Sequence[GoalCost],
    whole: WholeUnits,
    relaxed: LexicographicResult,
    run: SolveRun,
    tie_break: FloatArray | None = None,
    known_values: FloatArray | None = None,
) -> RoundingResult:
    """Find a plan in whole units.

    Parameters
    ----------
    whole
        Steps and least runs of the variables.
    relaxed
        Result of the goals without whole units.
    tie_break
        Objective of the tie-break, (n,); it is used for small programs.
    known_values
        A plan in whole units, (n,), if one is known; used if no other is found.
    """
    started = time.monotonic()
    if run.on_progress is not None:
        run.on_progress(Progress(STAGE))
    search = _Search(whole, relaxed.last_solve, run)
    result = search.minimize_in_turn(program, goals, relaxed, known_values)
    if result.attempt.solution.values is not None and tie_break is not None and search.is_small(program.lp):
        result = replace(result, attempt=search.settle_ties(result.attempt, tie_break))
    run.seconds_by_stage[STAGE] = run.seconds_by_stage.get(STAGE, 0.0) + time.monotonic() - started
    run.strategy_by_stage.setdefault(STAGE, tuple(search.steps))
    return result


class _Search:
    """The search for a whole plan of one program."""

    def __init__(self, whole: WholeUnits, relaxed: SolveAttempt, run: SolveRun) -> None:
        self._whole, self._relaxed, self._run = whole, relaxed, run
        self._is_near = False  # whether the plan was found near to the point of the linear program
        self.steps: list[SolveStep] = []

    def is_small(self, lp: LinearProgram) -> bool:
        """Return whether branch and bound solves the whole program."""
        discrete = int(np.count_nonzero(self._whole.is_discrete))
        return lp.column_count <= SMALL_PROGRAM_COLUMNS and discrete <= SMALL_PROGRAM_DISCRETE

    def minimize_in_turn(
        self, program: Program, goals: Sequence[GoalCost], relaxed: LexicographicResult, known: FloatArray | None
    ) -> RoundingResult:
        """Minimise the objective, or each goal in turn, in whole units."""
        if not goals:
            return self._minimize(program, None, known)
        limits = np.full(len(goals), np.inf)
        result: RoundingResult | None = None
        for k, (goal, (_, relaxed_limit)) in enumerate(zip(goals, relaxed.tolerance_bounds, strict=False)):
            staged = replace_objective(replace_row_bounds(program, "goal", upper=limits), goal.cost)
            start = None if result is None else result.attempt.solution.values
            found = self._minimize(staged, start, known)
            if found.attempt.solution.values is None:
                return found if result is None else result
            result = found if result is None else replace(found, bound=result.bound)
            value = float(goal.cost @ found.attempt.solution.values)
            limits[k] = max(relaxed_limit, value + goal.goal.tolerance * max(1.0, abs(value)))
        if result is None:
            raise ValueError("cannot round: no goal was solved")
        return result

    def _minimize(self, program: Program, start: FloatArray | None, known: FloatArray | None) -> RoundingResult:
        """Minimise one objective in whole units, from the relaxed plan or from a whole one."""
        relaxed = self._relaxed.solution
        if relaxed.values is None:
            raise ValueError("cannot round: the goals have no primal point")
        duals = np.zeros(program.lp.row_count) if relaxed.dual_values is None else relaxed.dual_values
        small = self.is_small(program.lp)
        near = self._search_near(program.lp, relaxed.values, duals) if small else None
        if near is not None and self._is_near:
            bound = compute_dual_bound(program.lp, duals)
            return RoundingResult(self._clean_residual(self._certify(program, near)), bound, False)
        values = near if near is not None else relaxed.values if start is None else start
        rounding = ItemRounding(program.lp, self._whole, values.copy(), duals, self._run.remaining_seconds)
        best = near
        if near is None:
            best = self._round_items(rounding, improves=not small)
            best = best if best is not None else start if start is not None else known
        bound, is_infeasible = -np.inf, False
        if small or best is None:
            best, bound, is_infeasible = self._branch_and_bound(program.lp, best, rounding, duals)
        if best is None:
            return RoundingResult(self._fail(program, is_infeasible=is_infeasible), bound, is_infeasible)
        return RoundingResult(self._clean_residual(self._certify(program, best)), bound, False)

    def _round_items(self, rounding: ItemRounding, *, improves: bool) -> FloatArray | None:
        """Return the whole point of rounding item by item, if it finds one; improve it if asked to."""
        started = time.monotonic()
        is_whole = rounding.round_all()
        if is_whole and improves:
            rounding.improve(ITEM_WORK)
        self._run.is_out_of_time |= rounding.is_out_of_time
        self._add_step("item-rounding", started, "optimal" if is_whole else "rejected")
        return rounding.values if is_whole else None

    def _search_near(self, lp: LinearProgram, values: FloatArray, dual_values: FloatArray) -> FloatArray | None:
        """Search small steps around the point of the linear program, and note whether its dual values prove that the plan is good enough.

        Where a bound of a variable is far away, branch and bound of the whole program takes many times as long.
        """
        self._is_near, started = False, time.monotonic()
        bound = compute_dual_bound(lp, dual_values)
        if _compute_gap(lp, values, bound) > RELATIVE_GAP:
            return None  # the dual values are those of another goal
        program = limit_to_near_steps(self._build_mixed_integer(lp), values, NEAR_STEPS)
        limits = SearchLimits(NEAR_GAP, NEAR_WORK, self._run.remaining_seconds(), NEAR_NODES, is_lean=True)
        found = solve_mixed_integer(program, limits)
        self._run.is_out_of_time |= found.is_out_of_time
        if found.values is None or not self._is_better(lp, found.values, None):
            self._add_step("near-search", started, "rejected")
            return None
        self._is_near = _compute_gap(lp, found.values, bound) <= RELATIVE_GAP
        self._add_step("near-search", started, "optimal" if self._is_near else "limit")
        return found.values

    def _branch_and_bound(
        self, lp: LinearProgram, best: FloatArray | None, rounding: ItemRounding, dual_values: FloatArray
    ) -> tuple[FloatArray | None, float, bool]:
        """Search the whole program; where a limit ends the search with a large gap, improve items.

        Return the best point, if any, the bound, and whether there is no point at all.
        """
        best, bound, ended = self._search_tree(lp, best, dual_values)
        if ended == "limit" and best is not None and _compute_gap(lp, best, bound) > LARGE_GAP:
            started, rounding.values = time.monotonic(), best.copy()
            rounding.improve(SMALL_ITEM_WORK)
            self._run.is_out_of_time |= rounding.is_out_of_time
            self._add_step("item-rounding", started, "optimal")
            best = rounding.values if self._is_better(lp, rounding.values, best) else best
        return best, bound, ended == "infeasible"

    def _search_tree(
        self, lp: LinearProgram, best: FloatArray | None, dual_values: FloatArray
    ) -> tuple[FloatArray | None, float, StepOutcome]:
        """Return the best point and the bound after the search, and how the search ended."""
        started = time.monotonic()
        limits = SearchLimits(RELATIVE_GAP, WHOLE_WORK, self._run.remaining_seconds(), WHOLE_NODES, is_lean=True)
        program = self._build_mixed_integer(lp)
        if best is not None:
            program = exclude_dear_points(program, lp.cost, dual_values, float(lp.cost @ best))
        found = solve_mixed_integer(program, limits, best)
        self._run.is_out_of_time |= found.is_out_of_time
        if found.values is not None and self._is_better(lp, found.values, best):
            best = found.values
        ended: StepOutcome = "infeasible" if found.is_infeasible else "optimal" if found.is_complete else "limit"
        self._add_step("branch-and-bound", started, ended)
        return best, found.bound, ended

    def _clean_residual(self, attempt: SolveAttempt) -> SolveAttempt:
        """Return the whole plan, with its other values solved again if rounding errors of many small programs have added up."""
        if attempt.is_feasible or attempt.solution.values is None:
            return attempt
        columns = np.flatnonzero(self._whole.is_discrete | self._whole.is_in_sum)
        fixed = attempt.solution.values[columns]
        program = replace_column_bounds(attempt.program, columns, fixed, fixed)
        solved = self._run.solve_stage(program, STAGE, self._relaxed.solution.basis)
        return self._certify(attempt.program, solved.solution.values) if solved.solution.values is not None else attempt

    def _is_better(self, lp: LinearProgram, values: FloatArray, best: FloatArray | None) -> bool:
        if measure_primal_residual(lp, values) > self._run.options.tolerance:
            return False
        return best is None or float(lp.cost @ values) <= float(lp.cost @ best)

    def settle_ties(self, attempt: SolveAttempt, cost: FloatArray) -> SolveAttempt:
        """Return the whole plan with the smallest cost of the tie-break among those that are as good and no shorter anywhere.

        Shortages weigh so much that all else would vanish in a gap of the whole objective; while they may rise, the search is slow.
        """
        lp, values = attempt.program.lp, attempt.solution.values
        if values is None:
            return attempt
        value = float(lp.cost @ values)
        held = append_row(lp, lp.cost, value + HELD_SHARE * max(1.0, abs(value)))
        is_shortage = self._whole.is_shortage
        most = np.where(is_shortage, np.clip(values, lp.column_lower, lp.column_upper), lp.column_upper)
        mixed = self._build_mixed_integer(replace(held, cost=cost, offset=0.0, column_upper=most))
        dual_values = attempt.solution.dual_values
        if dual_values is not None:
            mixed = exclude_dear_points(mixed, held.cost, np.append(dual_values, 0.0), float(held.row_upper[-1]))
        if self._is_near:
            mixed = limit_to_near_steps(mixed, values, NEAR_STEPS)
        gap = TIE_GAP * float(cost @ np.where(is_shortage, 0.0, values)) / max(float(cost @ values), 1.0)
        limits = SearchLimits(gap, TIE_WORK, self._run.remaining_seconds(), TIE_NODES, is_lean=True)
        found = solve_mixed_integer(mixed, limits, values)
        self._run.is_out_of_time |= found.is_out_of_time
        if found.values is None or cost @ found.values >= cost @ values:
            return attempt
        settled = self._certify(attempt.program, found.values)
        return settled if settled.is_feasible and float(lp.cost @ found.values) <= held.row_upper[-1] else attempt

    def _build_mixed_integer(self, lp: LinearProgram) -> MixedIntegerProgram:
        """Return the program with every requirement of whole units."""
        sums = self._whole.sums
        return MixedIntegerProgram(lp, self._whole.step, self._whole.least_run, sums, np.zeros(sums.shape[0]))

    def _certify(self, program: Program, values: FloatArray) -> SolveAttempt:
        """Return a whole plan as an attempt, with the certificate of its constraints."""
        termination = Termination("optimal", detail="whole units")
        solution = Solution(termination, values, self._relaxed.solution.dual_values)
        return SolveAttempt(program, solution, certify_attempt(program, solution, self._run.options.tolerance))

    def _fail(self, program: Program, *, is_infeasible: bool) -> SolveAttempt:
        """Return an attempt without values; after a proof, with a program whose limits conflict without integrality, if one is found."""
        if not is_infeasible:
            detail = "no plan in whole units was found within the time limit or the work for it"
            termination = Termination("limit", "time" if self._run.is_out_of_time else "iterations", detail)
            return SolveAttempt(program, Solution(termination, None, None), None)
        values = self._relaxed.solution.values
        if values is None:
            raise ValueError("cannot round: the goals have no primal point")
        attempt = SolveAttempt(program, Solution(Termination("infeasible"), None, None), None)
        for columns in (
            np.flatnonzero(self._whole.is_quota & self._whole.is_discrete),
            np.flatnonzero(self._whole.is_discrete),
        ):
            step = np.where(self._whole.step[columns] > 0, self._whole.step[columns], 1.0)
            fixed = np.clip(
                np.floor(values[columns] / step + 1e-6) * step,
                program.lp.column_lower[columns],
                program.lp.column_upper[columns],
            )
            attempt = self._run.solve_stage(replace_column_bounds(program, columns, fixed, fixed), STAGE)
            if attempt.solution.termination.reason == "infeasible":
                return attempt
        return replace(attempt, solution=Solution(Termination("infeasible"), None, None), certificate=None)

    def _add_step(self, algorithm: str, started: float, outcome: StepOutcome) -> None:
        self.steps.append(SolveStep(algorithm, time.monotonic() - started, 0, outcome))


def _compute_gap(lp: LinearProgram, values: FloatArray, bound: float) -> float:
    """Return how far a point may be above the optimum, relative to max(1, its objective)."""
    value = float(lp.cost @ values) + lp.offset
    return (value - bound) / max(1.0, abs(value))
