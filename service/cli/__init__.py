"""The command line `allot`.

Exit codes: 0 success, 1 a negative answer (invalid problem, infeasible plan), 2 wrong usage,
3 storage does not answer, or the service cannot start.
"""

from typing import Annotated

import typer

from service.cli import (
    api_keys,
    backtests,
    baskets,
    briefing,
    check,
    comparisons,
    database,
    fulfilment,
    inspection,
    near_optimal,
    planning,
    provinces,
    remedies,
    serve,
    studies,
)

app = typer.Typer(
    name="allot",
    help="Plan what a province makes, moves and swaps.",
    no_args_is_help=True,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def handle_global_options(
    version: Annotated[bool, typer.Option("--version", help="Print version, commit and solver versions.")] = False,
) -> None:
    """Plan what a province makes, moves and swaps."""
    if version:
        print_version()
        raise typer.Exit


def print_version() -> None:
    """Print the build: version, commit, source digest and solver versions."""
    from service.core.build_info import read_build_info

    build = read_build_info()
    typer.echo(f"allot {build.version} (commit {build.commit or 'unknown'}, sources {build.source_digest[:12]})")
    for name, one in build.solver_versions.items():
        typer.echo(f"{name} {one}")


app.command("plan")(planning.plan_province)
app.command("briefing")(briefing.show_briefing)
app.command("bottlenecks")(comparisons.show_bottlenecks)
app.command("shadow-prices")(remedies.show_shadow_prices)
app.command("remedies")(remedies.show_remedies)
app.command("what-if")(remedies.show_what_if)
app.command("baskets")(baskets.show_baskets)
app.command("equity")(remedies.show_equity)
app.command("goals")(remedies.show_goals)
app.command("infeasibility")(remedies.show_infeasibility)
app.command("curve")(comparisons.show_curve)
app.command("grid")(comparisons.show_grid)
app.command("compare")(comparisons.compare_plans)
app.command("study")(studies.study_plan)
app.command("ranges")(near_optimal.show_ranges)
app.command("alternatives")(near_optimal.show_alternatives)
app.command("backtest")(backtests.backtest_policies)
app.command("fulfilment")(fulfilment.show_fulfilment)
app.command("replan")(fulfilment.replan_from_outputs)
app.command("export")(planning.export_program)
app.command("validate")(inspection.validate_problem)
app.command("demand")(inspection.export_demand)
app.command("population")(inspection.show_population)
app.command("provinces")(inspection.list_provinces)
app.add_typer(api_keys.app, name="keys")
app.command("check")(check.check_storage)
app.add_typer(database.app, name="database")
app.command("serve")(serve.serve_http)
app.add_typer(provinces.app, name="province")


def main() -> None:
    """Run the command line."""
    app()
