"""The command line `allot`.

Exit codes: 0 success, 1 a negative answer (invalid problem, infeasible plan), 2 wrong usage,
3 storage does not answer, or the service cannot start.
"""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from service.cli.command_loading import CommandTable

COMMANDS = {
    "plan": "service.cli.planning:plan_province",
    "briefing": "service.cli.briefing:show_briefing",
    "bottlenecks": "service.cli.comparisons:show_bottlenecks",
    "shadow-prices": "service.cli.remedies:show_shadow_prices",
    "remedies": "service.cli.remedies:show_remedies",
    "what-if": "service.cli.remedies:show_what_if",
    "baskets": "service.cli.baskets:show_baskets",
    "equity": "service.cli.remedies:show_equity",
    "goals": "service.cli.remedies:show_goals",
    "infeasibility": "service.cli.remedies:show_infeasibility",
    "curve": "service.cli.comparisons:show_curve",
    "grid": "service.cli.comparisons:show_grid",
    "compare": "service.cli.comparisons:compare_plans",
    "study": "service.cli.studies:study_plan",
    "ranges": "service.cli.near_optimal:show_ranges",
    "alternatives": "service.cli.near_optimal:show_alternatives",
    "backtest": "service.cli.backtests:backtest_policies",
    "fulfilment": "service.cli.fulfilment:show_fulfilment",
    "replan": "service.cli.fulfilment:replan_from_outputs",
    "export": "service.cli.planning:export_program",
    "validate": "service.cli.inspection:validate_problem",
    "demand": "service.cli.inspection:export_demand",
    "population": "service.cli.inspection:show_population",
    "provinces": "service.cli.inspection:list_provinces",
    "check": "service.cli.check:check_storage",
    "serve": "service.cli.serve:serve_http",
    "keys": "service.cli.api_keys:app",
    "database": "service.cli.database:app",
    "province": "service.cli.provinces:app",
}
"""Where each command is, in the order of the help: `module:attribute`."""


class CommandGroup(TyperGroup):
    """All commands; each is loaded when it is used."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = CommandTable(COMMANDS)


app = typer.Typer(
    cls=CommandGroup,
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


def main() -> None:
    """Run the command line."""
    app()
