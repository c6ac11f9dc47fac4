"""The command line: `allot plan`, `bottlenecks`, `shadow-prices`, `remedies`, `what-if`, `equity`, `goals`, `infeasibility`, `curve`, `grid`, `compare`, `validate`, and more.

Exit codes: 0 done, 1 the answer is no (invalid problem, no plan), 2 the command itself was wrong.
"""

import typer

from service.cli import answering, asking, executing, inspecting, keys, planning, provinces, serving

app = typer.Typer(
    name="allot",
    help="Plan what a province makes, moves and swaps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("plan")(planning.plan_province)
app.command("bottlenecks")(asking.show_bottlenecks)
app.command("shadow-prices")(answering.show_shadow_prices)
app.command("remedies")(answering.show_remedies)
app.command("what-if")(answering.show_what_if)
app.command("equity")(answering.show_equity)
app.command("goals")(answering.show_goals)
app.command("infeasibility")(answering.show_infeasibility)
app.command("curve")(asking.show_curve)
app.command("grid")(asking.show_grid)
app.command("compare")(asking.compare_plans)
app.command("fulfilment")(executing.show_fulfilment)
app.command("replan")(executing.replan_from_outputs)
app.command("export")(planning.export_program)
app.command("validate")(inspecting.validate_problem)
app.command("demand")(inspecting.export_demand)
app.command("provinces")(inspecting.list_provinces)
app.add_typer(keys.app, name="keys")
app.command("serve")(serving.serve_http)
app.add_typer(provinces.app, name="province")


def main() -> None:
    """Run the command line."""
    app()
