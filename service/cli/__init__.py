"""The command line: `allot plan`, `why`, `prices`, `remedies`, `what-if`, `evenness`, `goals`, `diagnosis`, `curve`, `grid`, `compare`, `validate`, and more.

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
app.command("plan")(planning.plan)
app.command("why")(asking.why)
app.command("prices")(answering.prices)
app.command("remedies")(answering.remedies)
app.command("what-if")(answering.what_if)
app.command("evenness")(answering.evenness)
app.command("goals")(answering.goals)
app.command("diagnosis")(answering.diagnosis)
app.command("curve")(asking.curve)
app.command("grid")(asking.grid)
app.command("compare")(asking.compare)
app.command("fulfilment")(executing.fulfilment)
app.command("replan")(executing.replan)
app.command("export")(planning.export)
app.command("validate")(inspecting.validate)
app.command("demand")(inspecting.demand)
app.command("provinces")(inspecting.provinces)
app.add_typer(keys.app, name="keys")
app.command("serve")(serving.serve)
app.add_typer(provinces.app, name="province")


def main() -> None:
    """Run the command line."""
    app()
