"""Where the command line gets its problem from: a built-in province or a JSON file, with scenarios and changes on top."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console

from models import provinces
from models.apply import apply_changes
from models.changes import Change, Scenario
from models.checks import Finding, InvalidProblem
from models.parsing import parse_problem, validate_model
from models.problem import PlanningProblem

err = Console(stderr=True)
out = Console()

_CHANGE = re.compile(
    r"(?P<what>[a-z_]+)(@(?P<where>[^=*@]*))?(@(?P<periods>[^=*@]+))?(?P<sign>[=*])(?P<number>[0-9.eE+-]+)"
)


def load(source: str, scenarios: list[str], changes: list[str]) -> PlanningProblem:
    """The problem named by `source` (a built-in province's id, or a JSON file), changed by scenarios, then by `changes`.

    Exits with the list of all findings when the problem or a change is invalid.
    """
    try:
        problem, known = _read(source)
        for name in scenarios:
            problem = apply_changes(problem, _scenario(name, known).changes)
        return apply_changes(problem, changes_of(changes))
    except InvalidProblem as invalid:
        refuse(invalid.findings)


def changes_of(texts: list[str]) -> tuple[Change, ...]:
    """Changes as written on the command line; exits with 2 for what is none."""
    return tuple(_change(text) for text in texts)


def written(change: Change) -> str:
    """A change as the command line takes it."""
    where = change.where if isinstance(change.where, str) else ",".join(change.where or ())
    periods = "" if change.periods is None else f"@{','.join(change.periods)}"
    place = f"@{where}{periods}" if where or periods else ""
    number = change.factor if change.factor is not None else change.value
    return f"{change.what}{place}{'*' if change.factor is not None else '='}{number!r}"


@contextmanager
def refusing() -> Iterator[None]:
    """Show the findings of an invalid change and exit with 1."""
    try:
        yield
    except InvalidProblem as invalid:
        refuse(invalid.findings)


def refuse(findings: tuple[Finding, ...]) -> NoReturn:
    """Show all findings and exit with 1."""
    show_findings(findings)
    raise typer.Exit(1)


def show_findings(findings: tuple[Finding, ...]) -> None:
    """Print findings, two lines each: where and what is wrong, then how to mend it. Lines are not broken, so that they can be searched."""
    for finding in findings:
        err.print(f"{finding.severity} {finding.path or '/'}: {finding.message}", soft_wrap=True, markup=False)
        err.print(f"    {finding.remedy}", soft_wrap=True, markup=False)


def _read(source: str) -> tuple[PlanningProblem, tuple[Scenario, ...]]:
    if source in provinces.builtin():
        province = provinces.load(source)
        return province.problem, province.scenarios
    path = Path(source)
    if not path.is_file():
        err.print(f"{source} is neither a built-in province ({', '.join(provinces.builtin())}) nor a file.")
        raise typer.Exit(2)
    return parse_problem(path.read_bytes()), ()


def _scenario(name: str, known: tuple[Scenario, ...]) -> Scenario:
    for scenario in known:
        if scenario.id == name:
            return scenario
    names = ", ".join(scenario.id for scenario in known) or "none: a file has no scenarios, use --change"
    err.print(f"There is no scenario {name}; there are: {names}.")
    raise typer.Exit(2)


def _change(text: str) -> Change:
    match = _CHANGE.fullmatch(text)
    if match is None:
        err.print(
            f"{text} is not a change; write WHAT[@WHERE[@PERIODS]]=VALUE or …*FACTOR, such as power_limit@kapsan*0.9 "
            "or power_limit@kapsan@1998-02=40000."
        )
        raise typer.Exit(2)
    raw: dict[str, Any] = {"what": match["what"]}
    if match["where"]:
        raw["where"] = match["where"].split(",")
    if match["periods"]:
        raw["periods"] = match["periods"].split(",")
    raw["value" if match["sign"] == "=" else "factor"] = float(match["number"])
    return validate_model(Change, raw)
