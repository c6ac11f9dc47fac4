"""Command that prints what people take, and how far it meets their requirements."""

from typing import Annotated

import typer
from rich.table import Table

from models.baskets import BasketSummary, summarize_baskets
from models.number_text import format_amount
from models.problem.planning_problem import PlanningProblem
from service.cli import problem_sources
from service.cli.plan_summary import print_infeasibility
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from solvers.planning import make_plan

MAX_PROVIDED = 3
"""Requirements named for an item."""


def show_baskets(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    county: Annotated[
        list[str], typer.Option("--county", help="County whose basket to print; all by default; may be repeated.")
    ] = [],  # noqa: B006
) -> None:
    """Print how far the requirements of each county are met, what one more unit is worth in weighted won, and what a
    head takes a day.

    Example: `allot baskets food-basket.json --county camp-a`
    """
    problem = problem_sources.load_problem(source, scenario, change)
    if not problem.requirements:
        problem_sources.error_console.print("The problem has no requirements, so there are no baskets.")
        raise typer.Exit(1)
    result = make_plan(problem)
    if "requirements" not in result.tables or result.plan.objective is None:
        problem_sources.error_console.print(f"The outcome of the plan is {result.plan.outcome}.")
        if result.plan.infeasibility is not None:
            print_infeasibility(result.plan.infeasibility, problem_sources.error_console)
        raise typer.Exit(1)
    tables = (result.tables[name].to_pylist() for name in ("requirements", "baskets"))
    summary = summarize_baskets(problem, *tables)
    unknown = [name for name in county if name not in {one.id for one in problem.counties}]
    if unknown:
        problem_sources.error_console.print(f"The problem has no county {unknown[0]}.")
        raise typer.Exit(2)
    chosen = [name for name in summary.list_counties() if not county or name in county]
    for name in chosen:
        problem_sources.output_console.print(_build_share_table(problem, summary, name))
        problem_sources.output_console.print(_build_basket_table(problem, summary, name))


def _build_share_table(problem: PlanningProblem, summary: BasketSummary, county: str) -> Table:
    """Build the table of requirements: what a head gets a day, how much of the need that is, and what more is worth."""
    table = Table("requirement", "a head and day", "met", "one more is worth", title=f"Requirements of {county}")
    for one in problem.requirements:
        if (county, one.id) in summary.shares:
            amount = f"{format_amount(summary.sum_provided(county, one.id), 4)} {one.unit}"
            price = format_amount(summary.prices[county, one.id], 4)
            table.add_row(one.id, amount, format_share(summary.shares[county, one.id]), price)
    return table


def _build_basket_table(problem: PlanningProblem, summary: BasketSummary, county: str) -> Table:
    """Build the table of what a head takes a day: amounts, and the requirements of which an item provides most."""
    units = {item.id: item.unit for item in problem.items}
    table = Table("item", "a head and day", "g", "of what all provide", title=f"Basket in {county}")
    for item in summary.list_items(county):
        shares = {
            one.id: summary.provided.get((county, item, one.id), 0.0) / total
            for one in problem.requirements
            if (total := summary.sum_provided(county, one.id)) > 0
        }
        largest = sorted(shares, key=lambda name: -shares[name])[:MAX_PROVIDED]
        text = ", ".join(f"{name} {format_share(shares[name])}" for name in largest if shares[name] > 0)
        amount = f"{format_amount(summary.units[county, item], 4)} {units[item]}"
        table.add_row(item, amount, format_amount(summary.grams[county, item], 4), text)
    return table
