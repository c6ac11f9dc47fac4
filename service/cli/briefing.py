"""The command for the briefing of a plan that is made now."""

import typer
from rich.table import Table

from models.number_text import format_amount
from models.problem.planning_problem import PlanningProblem
from service.cli import problem_sources
from service.cli.plan_summary import print_infeasibility
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from service.domain.briefing import MAX_LINES, PlanLines, build_plan_lines, write_headline
from solvers.planning import make_plan


def show_briefing(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
) -> None:
    """Plan a province and print the most important: what is short most, what holds most, due dates that are not kept.

    Example: `allot briefing ryanggang -s crisis`. Exit with 1 if there is no plan.
    """
    problem = problem_sources.load_problem(source, scenario, change)
    result = make_plan(problem)
    summary = result.plan.summary
    if summary is None:
        if result.plan.infeasibility is not None:
            print_infeasibility(result.plan.infeasibility, problem_sources.output_console)
        raise typer.Exit(1)
    supply, requirements, bottlenecks = (result.tables[name] for name in ("supply", "requirements", "bottlenecks"))
    lines = build_plan_lines(problem, supply, requirements, bottlenecks)
    problem_sources.output_console.print(write_headline(problem, summary, lines))
    for table in _build_tables(problem, lines):
        if table.row_count:
            problem_sources.output_console.print(table)


def _build_tables(problem: PlanningProblem, lines: PlanLines) -> tuple[Table, Table, Table]:
    unit_of = {need.id: need.unit for need in problem.needs}
    goods = Table("item", "short", "won", "served", "counties", "periods", title="What is short most")
    for good in lines.goods[:MAX_LINES]:
        short = f"{format_amount(good.short)} {unit_of[good.item]}"
        share, counts = format_share(good.served_share), (str(good.counties), str(len(good.periods)))
        goods.add_row(good.item, short, f"{good.short_value:,.0f}", share, *counts)
    limits = Table("limit", "of what is short", "shortages", "periods", title="What holds most")
    for limit in lines.limits[:MAX_LINES]:
        name = " ".join(filter(None, (limit.rule, limit.id, limit.part)))
        limits.add_row(name, format_share(limit.held_share), str(limit.shortages), str(len(limit.periods)))
    deadlines = Table("item", "period", "missed", "of what is due", title="Due dates missed")
    for missed in lines.deadlines[:MAX_LINES]:
        units = f"{format_amount(missed.missed)} {unit_of[missed.item]}"
        deadlines.add_row(missed.item, missed.period, units, format_share(missed.missed / missed.due))
    return goods, limits, deadlines
