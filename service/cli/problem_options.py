"""Arguments and options that name a problem, in all commands alike."""

from typing import Annotated

import typer

SourceArgument = Annotated[str, typer.Argument(help="Built-in province, JSON file, workbook, or zip or folder of CSV.")]
ScenarioOption = Annotated[
    list[str], typer.Option("--scenario", "-s", help="Scenario of the province; may be repeated.")
]
ChangeOption = Annotated[
    list[str], typer.Option("--change", "-c", help="WHAT[@WHERE[@PERIODS]]=VALUE or *FACTOR; may be repeated.")
]
