"""Commands that attribute shortages, vary parameters and compare plans."""

from typing import Annotated

import typer
from rich.table import Table

from models.answers import GridCell, ParameterGrid, ParametricCurve, ShortageAttribution
from models.changes.change import Change
from models.comparisons import Comparison
from models.number_text import format_amount
from models.plan import Infeasibility
from models.problem.planning_problem import PlanningProblem
from service.cli import plan_summary, problem_sources
from service.cli.problem_options import ChangeOption, ScenarioOption, SourceArgument
from service.core.share_text import format_share
from solvers import sensitivity
from solvers.sensitivity import (
    ComparisonSteps,
    GroupBy,
    InfeasibleError,
    SensitivitySession,
    SensitivityUnavailableError,
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def show_bottlenecks(
    source: SourceArgument,
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    group_by: Annotated[GroupBy, typer.Option(help="Grouping of the shortages.")] = "category",
    county: Annotated[str | None, typer.Option(help="Only shortages of this county.")] = None,
    item: Annotated[str | None, typer.Option(help="Only shortages of this item.")] = None,
    period: Annotated[str | None, typer.Option(help="Only shortages of this period.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only limits of this rule, such as power.")] = None,
    limit: Annotated[
        str | None, typer.Option(help="Only this limit; with --group-by limit, all shortages that it causes.")
    ] = None,
    max_results: Annotated[int, typer.Option(help="Maximum number of groups, the largest first.")] = 100,
    max_causes: Annotated[int, typer.Option(help="Maximum number of limits for each group.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Attribute shortages to limits; with --county, --item and --period also find remedies.

    The parts of a group add up to its value in weighted won. Example: `allot bottlenecks ryanggang -s crisis --group-by
    category`. All shortages of one limit: `allot bottlenecks ryanggang -s crisis --group-by limit --rule power
    --limit hyesan`.
    """
    session = open_session(source, scenario, change)
    try:
        found = sensitivity.attribute_shortages(
            session, group_by, county=county, item=item, period=period, rule=rule, limit=limit, max_results=max_results
        )
    except KeyError as error:
        problem_sources.error_console.print(f"{error.args[0]}.")
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    problem_sources.output_console.print(_build_bottleneck_table(found, group_by, max_causes))
    print_if_relaxed(found)
    if county and item and period:
        for remedy in sensitivity.find_remedies(session, county, item, period).remedies:
            problem_sources.output_console.print(f"- {remedy.text}")


def _build_bottleneck_table(found: ShortageAttribution, group_by: GroupBy, max_causes: int) -> Table:
    table = Table(group_by, "weighted won", "limit", "period", "share", "amount", "shadow price", title="Bottlenecks")
    for group in found.groups:
        for cause in group.binding_limits[:max_causes]:
            limit = " ".join(filter(None, (cause.rule, cause.id, cause.part)))
            if cause.only_together_with:
                others = (" ".join(filter(None, (o.rule, o.id, o.part, o.period))) for o in cause.only_together_with)
                limit += f" (only together with {', '.join(others)})"
            price, amount = (
                f"{format_amount(cause.shadow_price, 4)} per {cause.unit}",
                f"{format_amount(cause.amount, 4)} {cause.unit}",
            )
            table.add_row(
                group.key, f"{group.value:,.0f}", limit, cause.period, format_share(cause.share), amount, price
            )
        if group.unreachable > 0:
            share = format_share(group.unreachable / group.value)
            table.add_row(group.key, f"{group.value:,.0f}", "unreachable", "", share, "", "")
    return table


def show_curve(
    source: SourceArgument,
    what: Annotated[str, typer.Argument(help="WHAT or WHAT@WHERE of a change, such as power_limit@kapsan.")],
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    start: Annotated[float, typer.Option("--from", help="Factor (or value) at the start.")] = 1.0,
    end: Annotated[float, typer.Option("--to", help="Factor (or value) at the end.")] = 0.2,
    values: Annotated[bool, typer.Option("--values", help="Vary the value rather than a factor.")] = False,
    max_solves: Annotated[int, typer.Option(help="Maximum number of solves.")] = 40,
    time_limit: Annotated[
        float, typer.Option(help="Time limit in seconds; the output shows what was found by then.")
    ] = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Vary one limit or share and list every breakpoint: `allot curve ryanggang power_limit@hyesan --to 0.2`.

    Plans with ordered goals or own needs first are sampled at even distances.
    """
    session = open_session(source, scenario, change)
    name, _, where = what.partition("@")
    raw = {"what": name, "value" if values else "factor": 1.0} | ({"where": where.split(",")} if where else {})
    try:
        found = sensitivity.compute_curve(
            session, Change.model_validate(raw), start, end, max_solves=max_solves, time_limit_seconds=time_limit
        )
    except (SensitivityUnavailableError, ValueError) as error:
        problem_sources.error_console.print(str(error))
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        _exit_without_plan(found.outcome == "optimal")
        return
    table = Table("at", "objective, weighted won", "served", "weighted won per 1 more", "", title=what)
    for point in found.points:
        mark = "breakpoint" if point.is_breakpoint else ""
        table.add_row(
            format_amount(point.parameter, 4),
            f"{point.objective:,.2f}",
            format_share(point.served_share),
            "" if point.shadow_price is None else format_amount(point.shadow_price, 4),
            mark,
        )
    problem_sources.output_console.print(table)
    problem_sources.output_console.print(found.note)
    print_if_relaxed(found)
    _show_infeasibility(found.infeasibility)
    _exit_without_plan(found.outcome == "optimal")


def show_grid(
    source: SourceArgument,
    first: Annotated[
        str, typer.Argument(help="WHAT[@WHERE]=FACTOR,FACTOR,… of one change, such as power_limit=1,0.5.")
    ],
    second: Annotated[str, typer.Argument(help="Change and factors of the second axis.")],
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    values: Annotated[bool, typer.Option("--values", help="Vary the values rather than factors.")] = False,
    time_limit: Annotated[
        float, typer.Option(help="Time limit in seconds; the output shows what was found by then.")
    ] = 600.0,
    as_json: JsonOption = False,
) -> None:
    """Vary two parameters: `allot grid ryanggang power_limit=1,0.6,0.2 delivered=1,0.5`."""
    session = open_session(source, scenario, change)
    with problem_sources.exit_on_invalid_problem():
        sides = [_parse_grid_axis(text, values=values) for text in (first, second)]
        found = sensitivity.compute_grid(session, sides[0], sides[1], time_limit_seconds=time_limit)
    has_plan = any(cell.outcome == "optimal" for cell in found.cells)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        _exit_without_plan(has_plan)
        return
    table = Table(
        f"{first.partition('=')[0]} \\ {second.partition('=')[0]}",
        *(f"{b:g}" for b in sides[1][1]),
        title="Served share, and objective in weighted won",
    )
    cells = {(cell.first, cell.second): cell for cell in found.cells}
    for a in sides[0][1]:
        row = [cells.get((a, b)) for b in sides[1][1]]
        table.add_row(f"{a:g}", *("" if cell is None else _format_grid_cell(cell) for cell in row))
    problem_sources.output_console.print(table)
    print_if_relaxed(found)
    if found.not_evaluated:
        problem_sources.output_console.print(f"There was no time for {found.not_evaluated} pairs.")
    _show_infeasibility(found.infeasibility)
    _exit_without_plan(has_plan)


def _exit_without_plan(has_plan: bool) -> None:
    if not has_plan:
        raise typer.Exit(1)


def _show_infeasibility(found: Infeasibility | None) -> None:
    """Print why the first of the parameters without a plan has none."""
    if found is not None:
        problem_sources.output_console.print("Some of them have no plan. The first, because:")
        plan_summary.print_infeasibility(found, problem_sources.output_console)


def _parse_grid_axis(text: str, *, values: bool) -> tuple[Change, list[float]]:
    """Parse a change with its numbers; BadParameter for any other form."""
    name, _, numbers = text.partition("=")
    what, _, where = name.partition("@")
    raw = {"what": what, "value" if values else "factor": 1.0} | ({"where": where.split(",")} if where else {})
    try:
        return Change.model_validate(raw), [float(number) for number in numbers.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"{text}: write WHAT[@WHERE]=NUMBER,NUMBER,… ({error})") from error


def _format_grid_cell(cell: GridCell) -> str:
    if cell.objective is None or cell.served_share is None:
        return "no plan"
    return f"{format_share(cell.served_share)}  {cell.objective:,.0f}"


def compare_plans(
    source: SourceArgument,
    other_source: Annotated[str, typer.Argument(metavar="OTHER", help="JSON file or province to compare with.")],
    scenario: ScenarioOption = [],  # noqa: B006
    change: ChangeOption = [],  # noqa: B006
    other_scenario: Annotated[list[str], typer.Option("--other-scenario", help="Scenario of the other plan.")] = [],  # noqa: B006
    other_change: Annotated[list[str], typer.Option("--other-change", help="Change to the other plan.")] = [],  # noqa: B006
    as_json: JsonOption = False,
) -> None:
    """Compare two plans: differences of inputs and results, and the effect of each part of the change.

    Example: `allot compare ryanggang ryanggang --other-scenario crisis`
    """
    problem = problem_sources.load_problem(source, scenario, change)
    other = problem_sources.load_problem(other_source, other_scenario, other_change)
    show_comparison(compare_steps(problem, sensitivity.split_by_parts(problem, other)), as_json=as_json)


def compare_steps(problem: PlanningProblem, steps: ComparisonSteps) -> Comparison:
    """Compare the plan of a problem with that of the last step; exit with 1 where neither plan nor conflict is proved."""
    try:
        try:
            session = SensitivitySession.from_problem(problem)
        except InfeasibleError:
            return sensitivity.compare_infeasible_plan(problem, steps)
        return sensitivity.compare_plans(session, steps)
    except SensitivityUnavailableError as error:
        problem_sources.error_console.print(f"{error}.")
        raise typer.Exit(1) from error


def show_comparison(found: Comparison, *, as_json: bool) -> None:
    """Print a comparison: steps, goals, and served shares, or why there is no plan. Exit with 1 if a problem is infeasible."""
    is_infeasible = "infeasible" in (found.outcome, found.base_outcome)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _print_reserved_needs(found)
        problem_sources.output_console.print(_build_step_table(found))
        if is_infeasible:
            _print_infeasible_comparison(found)
        else:
            _print_figures(found)
            print_if_relaxed(found)
        count = found.input_difference_count
        problem_sources.output_console.print("1 input differs." if count == 1 else f"{count} inputs differ.")
    if is_infeasible:
        raise typer.Exit(1)


def print_if_relaxed(found: Comparison | ParametricCurve | ParameterGrid | ShortageAttribution) -> None:
    """Say that figures are before rounding, if the plan itself has whole units."""
    if found.relaxed:
        text = "The figures are before rounding to whole units; those of the plan itself can differ."
        problem_sources.output_console.print(text, soft_wrap=True)


def _print_reserved_needs(found: Comparison) -> None:
    """Print what is short of the needs that the changes reserve, before and after."""
    for need in found.reserved or ():
        problem_sources.output_console.print(
            f"The shortage of {need.item} in {need.county} in {need.period} changes from "
            f"{format_amount(need.before)} to {format_amount(need.after)} {need.unit}.",
            soft_wrap=True,
        )


def _build_step_table(found: Comparison) -> Table:
    steps = Table("step", "objective, weighted won", "change", "served share", title="Step by step")
    for step in found.steps:
        if step.objective is None or step.served_share is None:
            steps.add_row(step.name, "no plan", "", "")
            continue
        moved = "" if step.objective_change is None else f"{step.objective_change:+,.2f}"
        steps.add_row(step.name, f"{step.objective:,.2f}", moved, format_share(step.served_share))
    return steps


def _print_figures(found: Comparison) -> None:
    for goal in found.goals or ():
        problem_sources.output_console.print(
            f"goal {goal.key}: {format_amount(goal.before)} before, {format_amount(goal.after)} after"
        )
    for title, rows in (("county", found.by_county), ("category", found.by_category)):
        table = Table(title, "served before", "served after", title=f"By {title}")
        for row in rows or ():
            table.add_row(row.key, format_share(row.before), format_share(row.after))
        problem_sources.output_console.print(table)


def _print_infeasible_comparison(found: Comparison) -> None:
    console = problem_sources.output_console
    if found.base_outcome == "infeasible":
        console.print("No plan satisfies every constraint of the first problem, so its figures cannot be compared.")
    if found.outcome == "infeasible":
        console.print("No plan satisfies every constraint of the changed problem.")
    if found.infeasibility is not None:
        plan_summary.print_infeasibility(found.infeasibility, console)
    table = Table("input", "before", "after", title="Different inputs")
    for row in found.inputs:
        table.add_row(row.path, row.before, row.after)
    console.print(table)


def open_session(source: str, scenario: list[str], change: list[str]) -> SensitivitySession:
    """Open a sensitivity session for the plan of a source; exits as `open_problem`."""
    return open_problem(problem_sources.load_problem(source, scenario, change))


def open_problem(problem: PlanningProblem) -> SensitivitySession:
    """Open a sensitivity session for a problem; exit with 1 where there is no plan, with the conflict if there is one."""
    try:
        try:
            return SensitivitySession.from_problem(problem)
        except InfeasibleError as error:
            found = sensitivity.explain_infeasibility(problem)
            problem_sources.error_console.print("No plan satisfies every constraint of the problem.")
            plan_summary.print_infeasibility(found, problem_sources.error_console)
            raise typer.Exit(1) from error
    except SensitivityUnavailableError as error:
        problem_sources.error_console.print(f"{error}.")
        raise typer.Exit(1) from error
