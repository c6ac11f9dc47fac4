"""First figures of large problems, by year, while a person waits for the exact answer."""

from rich.console import Console

from models.problem.planning_problem import PlanningProblem
from service.core.share_text import format_share
from solvers.sensitivity import solve_by_year

FEWEST_COLUMNS = 100_000
"""Fewest variables of a program whose exact answer takes so long that figures by year come first."""


def print_first_figures(
    console: Console, before: PlanningProblem, after: PlanningProblem, fewest_columns: int = FEWEST_COLUMNS
) -> None:
    """Print what changes come to by year, if a person reads along and the problem is large."""
    if not console.is_terminal:
        return
    first = solve_by_year(before, fewest_columns)
    second = None if first is None else solve_by_year(after, fewest_columns)
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
