"""The command that compares ways of planning against drawn years."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models.analyses.backtest import BacktestRequest, BacktestResult
from models.number_text import format_amount
from service.cli import analysis_texts, local_analysis, problem_sources
from service.cli.analysis_options import (
    CorrelationOption,
    FactorOption,
    FormatOption,
    WorkersOption,
    read_request_file,
    write_tables,
)
from service.cli.comparisons import JsonOption
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from solvers.analyses.requests import parse_request


def backtest_policies(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    request: Annotated[
        Path | None, typer.Option(help="JSON file with the backtest, as for POST /v1/backtests but without `base`.")
    ] = None,
    factor: FactorOption = [],  # noqa: B006
    correlation: CorrelationOption = [],  # noqa: B006
    policy: Annotated[
        list[str],
        typer.Option(
            help="NAME:KEY=VALUE,… with replan_every (never or periods), forecast (base, last, mean, perfect), quotas (free, "
            "kept_close, ceilings) and horizon (all or months); may be repeated."
        ),
    ] = [],  # noqa: B006
    paths: Annotated[int, typer.Option("--paths", "-n", help="Number of drawn years.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    persistence: Annotated[
        float, typer.Option(help="Rank correlation of a factor with itself one period earlier.")
    ] = 0.0,
    workers: WorkersOption = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables of the backtest.")] = None,
    table_format: FormatOption = "csv",
    as_json: JsonOption = False,
) -> None:
    """Compare ways of planning against drawn years: cost, regret, worth of planning again, changes of quotas.

    Example: `allot backtest ryanggang -f 'power_limit*uniform(0.75,1.25)' --policy once --policy
    'monthly:replan_every=1,forecast=last' -n 5`
    """
    problem = problem_sources.load_problem(source, scenario, change)
    stated = {
        "factors": [analysis_texts.parse_factor(text) for text in factor],
        "rank_correlation": [analysis_texts.parse_correlation(text) for text in correlation],
        "policies": [analysis_texts.parse_policy(text) for text in policy],
        "paths": {"count": paths, "seed": seed, "persistence": persistence},
    }
    if request is not None and (factor or policy):
        problem_sources.error_console.print("State the backtest either by --request or by --factor and --policy.")
        raise typer.Exit(2)
    with problem_sources.exit_on_invalid_problem():
        compared = parse_request(BacktestRequest, problem, stated if request is None else read_request_file(request))
    found = local_analysis.solve_and_analyze("backtest", problem, compared, workers=workers)
    head = BacktestResult.model_validate(found.head)
    if as_json:
        typer.echo(head.model_dump_json(indent=2))
    else:
        _print_backtest(head)
    write_tables(found, out, table_format)


def _print_backtest(head: BacktestResult) -> None:
    costs = Table(
        "policy", "mean", "10 %", "median", "90 %", "regret", "planning again saves", title="Objective, weighted won"
    )
    shares = Table("policy", "priority", "10 %", "median", "90 %", "quotas changed", title="Served shares")
    for row in head.policies:
        amounts = (row.cost_mean, row.cost_p10, row.cost_p50, row.cost_p90, row.regret, row.value_of_replanning)
        costs.add_row(row.policy, *("" if amount is None else format_amount(amount, 5) for amount in amounts))
        for position, one in enumerate(row.served):
            changed = format_share(row.nervousness) if position == 0 and row.nervousness is not None else ""
            quantiles = (format_share(share) for share in (one.p10, one.p50, one.p90))
            shares.add_row(row.policy if position == 0 else "", str(one.priority), *quantiles, changed)
    problem_sources.output_console.print(costs)
    problem_sources.output_console.print(shares)
    if head.perfect_foresight_mean is not None:
        perfect = format_amount(head.perfect_foresight_mean, 5)
        problem_sources.output_console.print(f"With perfect foresight the mean objective is {perfect} weighted won.")
    for row in head.policies:
        for count, text in (
            (row.infeasible_count, "came to a period in which no plan satisfies every constraint"),
            (row.failed_count, "came to a period without a proved plan"),
        ):
            if count:
                problem_sources.output_console.print(f"{row.policy}: {count} of the years {text}.", soft_wrap=True)
