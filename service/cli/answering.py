"""Commands that ask a plan for prices, remedies, changes tried, goals, and why there is none."""

from typing import Annotated

import typer
from pydantic import BaseModel
from rich.table import Table

from models.plan import Diagnosis
from service.cli import sources
from service.cli.asking import AsJson, opened, show_comparison
from service.cli.planning import Changes, Scenarios, Source
from solvers import answers
from solvers.answers import NothingToAsk
from solvers.planning import make_plan


def prices(
    source: Source,
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    leading: Annotated[int, typer.Option(help="Limits told in words, with the range in which the price holds.")] = 10,
    most: Annotated[int, typer.Option(help="Limits and goods listed at most.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Say what one more unit of each limit is worth, in won saved: a kWh in an area and month, an hour, a tonne, a unit of credit.

    `allot prices ryanggang -s crisis --leading 5`. The prices are of the plan before quotas are rounded to whole units.
    """
    found = answers.prices(opened(source, scenario, change), leading=leading, most=most)
    if _as_json(found, as_json):
        return
    table = Table("limit", "period", "used", "of", "won per 1 more", "holds from", "to", title="Prices of limits")
    for row in found.limits:
        limit = " ".join(filter(None, (row.rule, row.id, row.part)))
        falls = "" if row.falls is None else f"{row.limit - row.falls:,.6g}"
        rises = "" if row.rises is None else f"{row.limit + row.rises:,.6g}"
        price = f"{row.price:,.4g} / {row.unit}"
        table.add_row(limit, row.period, f"{row.used:,.6g}", f"{row.limit:,.6g}", price, falls, rises)
    sources.out.print(table)
    for row in found.limits:
        if row.text:
            sources.out.print(f"- {row.text}")


def remedies(
    source: Source,
    county: Annotated[str, typer.Option(help="County of the shortage.")],
    item: Annotated[str, typer.Option(help="Item short.")],
    period: Annotated[str, typer.Option(help="Period of the shortage.")],
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    left: Annotated[float, typer.Option(help="Share of the shortage that may be left: 0 ends it.")] = 0.5,
    most: Annotated[int, typer.Option(help="Limits tried at most.")] = 5,
    free: Annotated[
        bool, typer.Option("--free", help="Also amounts with which the best plan needs no telling.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find the smallest single changes that end or halve a shortage, each verified by solving again, with what it costs others.

    Under each stands the change as `--change` takes it. `allot remedies FILE --county hyesan --item soap --period 2002-01 --left 0`
    """
    standing = opened(source, scenario, change)
    try:
        found = answers.remedies(standing, county, item, period, left=left, most=most, free=free)
    except KeyError as error:
        sources.err.print(f"{error.args[0]}.")
        raise typer.Exit(2) from error
    if _as_json(found, as_json):
        return
    sources.out.print(f"{found.shortage:,.6g} short; {found.tried} limits tried.", soft_wrap=True)
    for remedy in found.remedies:
        sources.out.print(f"- {remedy.text}", soft_wrap=True)
        for made in remedy.changes:
            sources.out.print(f"    --change {sources.written(made)}", soft_wrap=True, highlight=False)


def what_if(
    source: Source,
    tried: Annotated[
        list[str], typer.Option("--try", "-t", help="WHAT[@WHERE[@PERIODS]]=VALUE or *FACTOR; may be repeated.")
    ],
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Try changes on a plan, one after another, each solved from the plan before: `allot what-if ryanggang -s crisis -t power_limit*1.1`."""
    standing = opened(source, scenario, change)
    with sources.refusing():
        changes = sources.changes_of(tried)
        steps = answers.by_changes(standing.index.problem, changes)
    show_comparison(answers.compare(standing, steps), as_json=as_json)


def goals(
    source: Source,
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
) -> None:
    """Say what each ordered goal reached, what it would by itself, and what it gave up for those before it."""
    try:
        found = answers.goal_prices(sources.load(source, scenario, change))
    except NothingToAsk as error:
        sources.err.print(f"{error}.")
        raise typer.Exit(1) from error
    table = Table("goal", "reached", "by itself", "given up", "better per unit given by", title="Goals in order")
    for row in found:
        per = ", ".join(f"{name}: {price:,.4g}" for name, price in row.prices.items())
        table.add_row(row.goal, f"{row.reached.value:,.6g}", f"{row.alone:,.6g}", f"{row.paid:,.6g}", per)
    sources.out.print(table if found else "The policy lists no goals.")


def diagnosis(
    source: Source,
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Say why there is no plan: the smallest set of rules that cannot hold together, and the least that must give way.

    Exits with 1 where there is none, with 0 where the plan keeps every rule.
    """
    plan = make_plan(sources.load(source, scenario, change)).plan
    if plan.diagnosis is None:
        sources.out.print(f"The plan is {plan.outcome}: nothing is in conflict.")
        return
    if not _as_json(plan.diagnosis, as_json):
        _show(plan.diagnosis)
    raise typer.Exit(1)


def _show(found: Diagnosis) -> None:
    sources.out.print("These cannot hold together:")
    for row in found.conflict:
        sources.out.print(f"- {row.text}", soft_wrap=True)
    sources.out.print("The least that must give way" + (", verified by solving again:" if found.verified else ":"))
    for row in found.relaxations:
        sources.out.print(f"- by {row.relaxation:,.6g} {row.unit}: {row.text}", soft_wrap=True)


def _as_json(found: BaseModel, as_json: bool) -> bool:
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    return as_json
