"""Commands that ask a plan for prices, remedies, changes tried, goals, and why there is none."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.table import Table

from models.answers import GoodPrice
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
    goods: Annotated[int, typer.Option(help="Goods shown at most, the dearest shortages first.")] = 0,
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
    sources.out.print(found.note, soft_wrap=True)
    if goods > 0:
        sources.out.print(_goods_table(found.goods[:goods]))


def _goods_table(rows: Sequence[GoodPrice]) -> Table:
    table = Table("county", "item", "period", "short", "won per 1 more", title="Prices of goods")
    for row in rows:
        price = f"{row.price:,.4g} / {row.unit}"
        table.add_row(row.county, row.item, row.period, f"{row.shortage:,.6g}", price)
    return table


def remedies(
    source: Source,
    county: Annotated[str, typer.Option(help="County of the shortage.")],
    item: Annotated[str, typer.Option(help="Item short.")],
    period: Annotated[str, typer.Option(help="Period of the shortage.")],
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    left: Annotated[float, typer.Option(help="Share of the shortage that may be left: 0 ends it.")] = 0.5,
    most: Annotated[int, typer.Option(help="Limits tried at most.")] = 5,
    limit: Annotated[int | None, typer.Option(help="Remedies that are enough; no further limit is tried then.")] = None,
    seconds: Annotated[float, typer.Option(help="Seconds at most.")] = 60.0,
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
        found = answers.remedies(
            standing, county, item, period, left=left, most=most, limit=limit, free=free, seconds=seconds
        )
    except KeyError as error:
        sources.err.print(f"{error.args[0]}.")
        raise typer.Exit(2) from error
    if _as_json(found, as_json):
        return
    more = f", {found.untried} not" if found.untried else ""
    sources.out.print(f"{found.shortage:,.6g} short; {found.tried} limits tried{more}.", soft_wrap=True)
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


def evenness(
    source: Source,
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Say how evenly scarcity is shared: served share by county and priority, the spread between counties, and how bands are used."""
    found = answers.evenness(opened(source, scenario, change))
    if _as_json(found, as_json):
        return
    levels = list(found.spread)
    table = Table("county", *(f"priority {level}" for level in levels), title="Served share")
    for county, shares in found.by_county.items():
        known = {share.key: f"{share.share:.1%}" for share in shares}
        table.add_row(county, *(known.get(level, "") for level in levels))
    table.add_row("spread", *(f"{found.spread[level]:.1%}" for level in levels))
    sources.out.print(table)
    for band in found.bands:
        sources.out.print(
            f"Band {band.band} (weight {band.weight:g}): {band.won:,.0f} won short, {band.needs} needs, {band.full} of them to its end."
        )


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
