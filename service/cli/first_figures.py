"""First figures of large problems, by year, while a person waits for the exact answer."""

import math

from rich.console import Console

from models.plan_estimate import PlanEstimate
from models.problem.planning_problem import PlanningProblem
from service.core.share_text import format_share
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.sensitivity import ESTIMATE_TIME_SHARE, ESTIMATED_COLUMNS, estimate_new_plan


def print_plan_estimate(
    console: Console,
    plan_seconds: float,
    arrays: ProblemArrays,
    program: Program,
    fewest_columns: int = ESTIMATED_COLUMNS,
) -> None:
    """Print what a plan comes to by year before it is solved, if its program has as many variables as stated.

    `plan_seconds` is the time limit of the plan, of which the estimate takes a small share.
    """
    if program.lp.column_count < fewest_columns:
        return
    estimate = estimate_new_plan(arrays, program, ESTIMATE_TIME_SHARE * plan_seconds)
    if estimate is None:
        return
    priorities = ", ".join(f"{row.share:.0%} of priority {row.key}" for row in estimate.by_priority)
    console.print(
        f"Estimate by year, in which the periods are added up: about {estimate.served_share:.0%} of all needs "
        f"served, by value ({priorities}); the objective is proved to be at least {math.floor(estimate.lower_bound):,} weighted won. "
        "Solving by period ...",
        soft_wrap=True,
        highlight=False,
    )


def print_first_figures(
    console: Console, before: PlanningProblem, after: PlanningProblem, fewest_columns: int = ESTIMATED_COLUMNS
) -> None:
    """Print what changes come to by year, if a person reads along and the problem is large."""
    if not console.is_terminal:
        return
    first = _estimate_problem(before, fewest_columns)
    second = None if first is None else _estimate_problem(after, fewest_columns)
    if first is None or second is None:
        return
    console.print(
        f"By year, in which the periods are added up: the objective changes from {first.objective:,.0f} to "
        f"{second.objective:,.0f} weighted won, the served share from {format_share(first.served_share)} to "
        f"{format_share(second.served_share)}. With the changes, the objective is proved to be at least "
        f"{second.lower_bound:,.0f}. Solving by period ...",
        soft_wrap=True,
        highlight=False,
    )


def _estimate_problem(problem: PlanningProblem, fewest_columns: int) -> PlanEstimate | None:
    """Estimate a problem; None with fewer variables than stated, and as `estimate_new_plan`."""
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    return None if program.lp.column_count < fewest_columns else estimate_new_plan(arrays, program)
