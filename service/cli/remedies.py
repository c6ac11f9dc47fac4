"""Commands for shadow prices, remedies, what-if, equity, goals and infeasibility."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.table import Table

from models.answers import GoodShadowPrice, NoRemedyReason, Remedies
from models.comparisons import PriceOfEquity
from models.number_text import format_amount
from service.cli import problem_sources
from service.cli.comparisons import JsonOption, compare_steps, open_problem, open_session, show_comparison
from service.cli.first_figures import print_first_figures
from service.cli.plan_summary import format_gini, format_spread, print_infeasibility
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from solvers import sensitivity
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import make_plan
from solvers.sensitivity import SensitivitySession, SensitivityUnavailableError

REASONS_WITHOUT_REMEDY: Mapping[NoRemedyReason, str] = {
    "served": "Nothing is short.",
    "past": "The shortage is past, or carried over from a past period, which no reservation reaches.",
    "unreachable": "No larger limits bring the item there: nobody makes, sends or swaps enough of it.",
    "worse": "Larger limits end the shortage, but every plan with them has a worse objective.",
    "whole_units": "No plan in whole units was found that reduces the shortage.",
    "time": "The time limit ended the search before a remedy was found.",
}
"""Why there is no remedy, for people."""


def show_shadow_prices(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    with_ranges: Annotated[int, typer.Option(help="Number of limits with allowable range and words.")] = 10,
    max_results: Annotated[int, typer.Option(help="Maximum number of limits and of goods.")] = 30,
    max_goods: Annotated[int, typer.Option(help="Maximum number of goods, the highest shadow prices first.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Print the shadow price of each limit, in weighted won per unit, with its allowable range.

    Example: `allot shadow-prices ryanggang -s crisis --with-ranges 5`. The prices hold before rounding to whole
    units.
    """
    found = sensitivity.compute_shadow_prices(
        open_session(source, scenario, change), with_ranges=with_ranges, max_results=max_results
    )
    if _print_if_json(found, as_json):
        return
    table = Table(
        "limit", "period", "used", "of", "shadow price, weighted won", "from", "to", title="Shadow prices of limits"
    )
    for row in found.limits:
        limit = " ".join(filter(None, (row.rule, row.id, row.part)))
        falls = "" if row.allowable_decrease is None else format_amount(row.limit - row.allowable_decrease)
        rises = "" if row.allowable_increase is None else format_amount(row.limit + row.allowable_increase)
        price = f"{format_amount(row.shadow_price, 4)} / {row.unit}"
        table.add_row(limit, row.period, format_amount(row.used), format_amount(row.limit), price, falls, rises)
    problem_sources.output_console.print(table)
    for row in found.limits:
        if row.text:
            problem_sources.output_console.print(f"- {row.text}")
    problem_sources.output_console.print(found.note, soft_wrap=True)
    if max_goods > 0:
        problem_sources.output_console.print(_build_goods_table(found.goods[:max_goods]))


def _build_goods_table(rows: Sequence[GoodShadowPrice]) -> Table:
    table = Table("county", "item", "period", "short", "shadow price, weighted won", title="Shadow prices of goods")
    for row in rows:
        price = f"{format_amount(row.shadow_price, 4)} / {row.unit}"
        table.add_row(row.county, row.item, row.period, format_amount(row.shortage), price)
    return table


def show_remedies(
    source: SourceArgument,
    county: Annotated[str, typer.Option(help="County of the shortage.")],
    item: Annotated[str, typer.Option(help="Item of the shortage.")],
    period: Annotated[str, typer.Option(help="Period of the shortage.")],
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    target_share: Annotated[float, typer.Option(help="Share of the shortage that may remain: 0 ends it.")] = 0.5,
    max_candidates: Annotated[int, typer.Option(help="Maximum number of limits to evaluate.")] = 5,
    max_results: Annotated[int | None, typer.Option(help="Stop after this number of remedies.")] = None,
    time_limit: Annotated[float, typer.Option(help="Time limit in seconds.")] = 60.0,
    include_unreserved: Annotated[
        bool, typer.Option("--include-unreserved", help="Also find amounts that suffice without a reservation.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find the smallest changes that end or halve a shortage, each verified by a solve, with the effect on other needs.

    Each remedy begins with the shortage before and after, and states its changes for `--change`: larger limits, and
    the reservation for this need. Example: `allot remedies FILE --county hyesan --item soap --period
    2002-01 --target-share 0`
    """
    session = open_session(source, scenario, change)
    try:
        found = sensitivity.find_remedies(
            session,
            county,
            item,
            period,
            target_share=target_share,
            max_candidates=max_candidates,
            max_results=max_results,
            include_unreserved=include_unreserved,
            time_limit_seconds=time_limit,
        )
    except KeyError as error:
        problem_sources.error_console.print(f"{error.args[0]}.")
        raise typer.Exit(2) from error
    if _print_if_json(found, as_json):
        return
    _print_remedies(found)


def _print_remedies(found: Remedies) -> None:
    more = f", {found.not_evaluated} not evaluated" if found.not_evaluated else ""
    problem_sources.output_console.print(
        f"{format_amount(found.shortage)} short; {found.evaluated} limits evaluated{more}.", soft_wrap=True
    )
    if found.reason is not None:
        problem_sources.output_console.print(REASONS_WITHOUT_REMEDY[found.reason], soft_wrap=True)
    for remedy in found.remedies:
        problem_sources.output_console.print(f"- {remedy.text}", soft_wrap=True)
        for change in remedy.changes:
            problem_sources.output_console.print(
                f"    --change {problem_sources.format_change(change)}", soft_wrap=True, highlight=False
            )


def show_what_if(
    source: SourceArgument,
    tried_changes: Annotated[
        list[str], typer.Option("--try", "-t", help="WHAT[@WHERE[@PERIODS]]=VALUE or *FACTOR; may be repeated.")
    ],
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    as_json: JsonOption = False,
) -> None:
    """Solve a plan with changes, one after another: `allot what-if ryanggang -s crisis -t power_limit*1.1`.

    Exits with 1 if no plan satisfies the changed problem, and names the conflict and the least relaxation.
    """
    problem = problem_sources.load_problem(source, scenario, change)
    with problem_sources.exit_on_invalid_problem():
        steps = sensitivity.split_by_changes(problem, problem_sources.parse_changes(tried_changes))
    print_first_figures(problem_sources.error_console, problem, steps[-1][1])
    show_comparison(compare_steps(problem, steps), as_json=as_json)


def show_equity(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    price: Annotated[
        bool, typer.Option("--price", help="Also solve the plan without fairness: the price of equity.")
    ] = False,
    time_limit: Annotated[float, typer.Option(help="Time limit of the second solve in seconds.")] = 600.0,
    as_json: JsonOption = False,
) -> None:
    """Print how scarcity is distributed: served share by county and priority, its range and inequality, and the use
    of shortage bands.
    """
    problem = problem_sources.load_problem(source, scenario, change)
    result = make_plan(problem)
    if result.plan.outcome != "optimal":
        problem_sources.error_console.print(f"The outcome of the plan is {result.plan.outcome}.")
        if result.plan.infeasibility is not None:
            print_infeasibility(result.plan.infeasibility, problem_sources.error_console)
        raise typer.Exit(1)
    cost = None
    if price:
        try:
            session = SensitivitySession.from_problem(problem, result.basis)
            cost = sensitivity.compute_price_of_equity(session, time_limit)
        except SensitivityUnavailableError as error:
            problem_sources.error_console.print(f"{error}.")
            raise typer.Exit(1) from error
    supply, requirements = (result.tables[name] for name in ("supply", "requirements"))
    found = sensitivity.compute_equity(ProblemArrays.from_problem(problem), supply, requirements, cost)
    if _print_if_json(found, as_json):
        return
    levels = list(found.served_share_range)
    table = Table("county", *(f"priority {level}" for level in levels), title="Served share")
    for county, shares in found.by_county.items():
        known = {share.key: format_share(share.share) for share in shares}
        table.add_row(county, *(known.get(level, "") for level in levels))
    table.add_row("range", *(format_share(found.served_share_range[level]) for level in levels))
    problem_sources.output_console.print(table)
    for band in found.shortage_bands:
        problem_sources.output_console.print(
            f"Band {band.band} (weight {band.weight:g}): {band.value:,.0f} won short, {band.need_count} needs, {band.filled_count} of them to the full width."
        )
    print_line = partial(problem_sources.output_console.print, soft_wrap=True)
    print_line(f"Gini coefficient between counties: {format_gini(found.gini)}.")
    print_line(f"Greatest spread: {format_spread(found.greatest_spread)}.")
    if found.price is not None:
        print_line(_describe_price_of_equity(found.price))


def _describe_price_of_equity(found: PriceOfEquity) -> str:
    relative = "" if found.relative_price is None else f" ({format_share(found.relative_price)})"
    fair, plain = found.fair, found.plain
    return (
        f"Price of equity: {found.price:,.0f} weighted won{relative}. Without fairness, the objective is {plain.objective:,.0f} "
        f"instead of {fair.objective:,.0f} weighted won, the served share {format_share(plain.served_share)} instead of "
        f"{format_share(fair.served_share)}, and the Gini coefficient {format_gini(plain.gini)} instead of "
        f"{format_gini(fair.gini)}."
    )


def show_goals(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
) -> None:
    """Print the result of each ordered goal, its own optimum, and its loss to earlier goals."""
    problem = problem_sources.load_problem(source, scenario, change)
    try:
        found = sensitivity.compute_session_goal_tradeoffs(open_problem(problem)) if problem.policy.goals else ()
    except SensitivityUnavailableError as error:
        problem_sources.error_console.print(f"{error}.")
        raise typer.Exit(1) from error
    table = Table("goal", "result", "own optimum", "loss", "gain per unit of", title="Goals in order")
    for row in found:
        per = ", ".join(f"{name}: {format_amount(price, 4)}" for name, price in row.shadow_prices.items())
        table.add_row(
            row.goal,
            format_amount(row.result.value),
            format_amount(row.unconstrained_value),
            format_amount(row.loss_to_earlier_goals),
            per,
        )
    problem_sources.output_console.print(table if found else "The policy has no ordered goals.")


def show_infeasibility(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    as_json: JsonOption = False,
) -> None:
    """Explain why there is no plan: the irreducible set of conflicting constraints, and the least relaxation.

    Exits with 1 if the problem is infeasible, with 0 if a plan satisfies every constraint.
    """
    plan = make_plan(problem_sources.load_problem(source, scenario, change)).plan
    if plan.infeasibility is None:
        problem_sources.output_console.print(f"The plan is {plan.outcome}: no constraints conflict.")
        return
    if not _print_if_json(plan.infeasibility, as_json):
        print_infeasibility(plan.infeasibility, problem_sources.output_console)
    raise typer.Exit(1)


def _print_if_json(found: BaseModel, as_json: bool) -> bool:
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    return as_json
