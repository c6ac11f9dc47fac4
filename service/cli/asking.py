"""Commands that ask a plan: why, curve, compare."""

from typing import Annotated

import typer
from rich.table import Table

from models.changes import Change
from service.cli import sources
from service.cli.planning import Changes, Scenarios, Source
from solvers import answers
from solvers.answers import By, NothingToAsk, Standing


def why(
    source: Source,
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    by: Annotated[By, typer.Option(help="What shortages are rolled up by.")] = "category",
    county: Annotated[str | None, typer.Option(help="Only shortages of this county.")] = None,
    item: Annotated[str | None, typer.Option(help="Only shortages of this item.")] = None,
    period: Annotated[str | None, typer.Option(help="Only shortages of this period.")] = None,
    causes: Annotated[int, typer.Option(help="Limits shown for each group.")] = 5,
) -> None:
    """Say why things are short, and with --county, --item and --period what would mend that shortage."""
    standing = _open(source, scenario, change)
    try:
        found = answers.reasons(standing, by, county=county, item=item, period=period)
    except KeyError as error:
        sources.err.print(f"{error.args[0]}.")
        raise typer.Exit(2) from error
    table = Table(by, "won", "limit", "period", "its part", "gain of one more", title="Limits behind shortages")
    for group in found.groups:
        for cause in group.causes[:causes]:
            limit = " ".join(filter(None, (cause.rule, cause.id, cause.part)))
            gain = f"{cause.gain:,.4g} won per {cause.unit}"
            table.add_row(group.key, f"{group.won:,.0f}", limit, cause.period, f"{cause.share:.1%}", gain)
    sources.out.print(table)
    if county and item and period:
        for remedy in answers.remedies(standing, county, item, period).remedies:
            sources.out.print(f"- {remedy.text}")


def curve(
    source: Source,
    what: Annotated[str, typer.Argument(help="WHAT or WHAT@WHERE of a change, such as power_limit@kapsan.")],
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    start: Annotated[float, typer.Option("--from", help="Factor (or value) at which the curve begins.")] = 1.0,
    end: Annotated[float, typer.Option("--to", help="Factor (or value) at which it ends.")] = 0.2,
    values: Annotated[bool, typer.Option("--values", help="Vary the value rather than a factor.")] = False,
    most: Annotated[int, typer.Option(help="Solves at most.")] = 40,
) -> None:
    """Vary one limit or share and show every point at which prices change."""
    standing = _open(source, scenario, change)
    name, _, where = what.partition("@")
    raw = {"what": name, "value" if values else "factor": 1.0} | ({"where": where.split(",")} if where else {})
    try:
        found = answers.curve(standing, Change.model_validate(raw), start, end, most=most)
    except (NothingToAsk, ValueError) as error:
        sources.err.print(str(error))
        raise typer.Exit(1) from error
    table = Table("at", "objective, won", "served", "won per 1 more", "", title=what)
    for point in found.points:
        mark = "breakpoint" if point.breakpoint else ""
        table.add_row(
            f"{point.at:.4g}", f"{point.objective:,.2f}", f"{point.served_share:.1%}", f"{point.price:,.4g}", mark
        )
    sources.out.print(table)
    sources.out.print(found.note)


def compare(
    source: Source,
    with_: Annotated[str, typer.Argument(metavar="OTHER", help="JSON file or province to compare with.")],
    scenario: Scenarios = [],  # noqa: B006
    change: Changes = [],  # noqa: B006
    other_scenario: Annotated[list[str], typer.Option("--other-scenario", help="Scenario of the other.")] = [],  # noqa: B006
    other_change: Annotated[list[str], typer.Option("--other-change", help="Change to the other.")] = [],  # noqa: B006
) -> None:
    """Compare two plans: what differs in what goes in and comes out, and which part of the change did how much."""
    standing = _open(source, scenario, change)
    other = sources.load(with_, other_scenario, other_change)
    found = answers.compare(standing, answers.by_parts(standing.index.problem, other))
    steps = Table("step", "objective, won", "changes by", "served share", title="Step by step")
    for step in found.steps:
        if step.objective is None or step.served_share is None:
            steps.add_row(step.name, "no plan", "", "")
            continue
        moved = f"{step.objective_change:+,.2f}"
        steps.add_row(step.name, f"{step.objective:,.2f}", moved, f"{step.served_share:.1%}")
    sources.out.print(steps)
    for title, rows in (("county", found.by_county), ("category", found.by_category)):
        table = Table(title, "served before", "served after", title=f"By {title}")
        for row in rows:
            table.add_row(row.key, f"{row.before:.1%}", f"{row.after:.1%}")
        sources.out.print(table)
    sources.out.print(f"{found.inputs_differing} inputs differ.")


def _open(source: str, scenario: list[str], change: list[str]) -> Standing:
    """The plan of a source, ready to be asked; exits with 1 where there is none."""
    try:
        return Standing.of(sources.load(source, scenario, change))
    except NothingToAsk as error:
        sources.err.print(f"{error}.")
        raise typer.Exit(1) from error
