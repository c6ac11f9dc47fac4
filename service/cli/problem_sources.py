"""Problems for the command line: a built-in province, a JSON file or spreadsheets, with scenarios and changes."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console

from models import provinces
from models.changes.apply import apply_changes
from models.changes.change import Change, Scenario
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError, check_problem
from models.validation.parsing import parse_problem, validate_model
from service.core.errors import ContentTooLargeError
from service.core.settings import Settings
from service.spreadsheets.archive import InvalidFileError
from service.spreadsheets.reader import open_path_source, read_sheets_path

error_console = Console(stderr=True)
output_console = Console()

_CHANGE_SYNTAX = re.compile(
    r"(?P<what>[a-z_]+)(@(?P<where>[^=*@]*))?(@(?P<periods>[^=*@]+))?(?P<sign>[=*])(?P<number>[0-9.eE+-]+)"
)


def load_problem(source: str, scenarios: list[str], changes: list[str]) -> PlanningProblem:
    """Load the problem of a source (see `read_source`), then apply scenarios and changes.

    Exits with all findings if the problem or a change is invalid.
    """
    found = read_source(source)
    problem = found.problem
    try:
        for name in scenarios:
            problem = apply_changes(problem, _find_scenario(name, found.scenarios).changes)
        return apply_changes(problem, parse_changes(changes))
    except InvalidProblemError as invalid:
        exit_with_findings(invalid.findings)


def parse_changes(texts: list[str]) -> tuple[Change, ...]:
    """Parse changes of the command line; exit with 2 for any other text."""
    return tuple(_parse_change(text) for text in texts)


def format_change(change: Change) -> str:
    """Format a change for the command line."""
    where = change.where if isinstance(change.where, str) else ",".join(change.where or ())
    periods = "" if change.periods is None else f"@{','.join(change.periods)}"
    place = f"@{where}{periods}" if where or periods else ""
    number = change.factor if change.factor is not None else change.value
    return f"{change.what}{place}{'*' if change.factor is not None else '='}{number!r}"


@contextmanager
def exit_on_invalid_problem() -> Iterator[None]:
    """Print the findings of an invalid change and exit with 1."""
    try:
        yield
    except InvalidProblemError as invalid:
        exit_with_findings(invalid.findings)


def exit_with_findings(findings: tuple[Finding, ...]) -> NoReturn:
    """Print all findings and exit with 1."""
    show_findings(findings)
    raise typer.Exit(1)


def show_findings(findings: tuple[Finding, ...]) -> None:
    """Print findings on two lines each: place and message, then the remedy.

    Lines are not wrapped, so that they can be searched.
    """
    for finding in findings:
        error_console.print(f"{finding.severity} {finding.location}: {finding.message}", soft_wrap=True, markup=False)
        error_console.print(f"    {finding.remedy}", soft_wrap=True, markup=False)


@dataclass(frozen=True)
class LoadedProblem:
    """A problem with its scenarios."""

    problem: PlanningProblem
    """The problem."""
    name: str = ""
    """Name of the province, if it has one."""
    scenarios: tuple[Scenario, ...] = ()
    """Scenarios of the province."""
    warnings: tuple[Finding, ...] = ()
    """Warnings about the problem."""


def read_source(source: str) -> LoadedProblem:
    """Read a source: the identifier of a built-in province, a JSON file, a workbook, or a zip or folder of CSV files.

    Exits with 1 and all findings if the source is invalid, with 2 if there is no such source.
    """
    if source in provinces.list_builtin_provinces():
        return _load_province(provinces.load_builtin_province(source))
    path = Path(source)
    if not path.exists():
        error_console.print(
            f"{source} is neither a built-in province ({', '.join(provinces.list_builtin_provinces())}) nor a file or folder."
        )
        raise typer.Exit(2)
    try:
        if path.is_dir() or path.suffix.lower() in (".xlsx", ".zip"):
            return _load_sheets(path)
        problem = parse_problem(path.read_bytes())
        return LoadedProblem(problem, warnings=check_problem(problem))
    except InvalidProblemError as invalid:
        exit_with_findings(invalid.findings)
    except ContentTooLargeError as error:
        error_console.print(error.detail)
        raise typer.Exit(1) from error


def _load_province(province: provinces.Province) -> LoadedProblem:
    return LoadedProblem(province.problem, province.name, province.scenarios, check_problem(province.problem))


def _load_sheets(path: Path) -> LoadedProblem:
    reading = read_sheets_path(path, Settings())
    problem, scenarios = reading.parse_parts()
    warnings = reading.locate_findings(check_problem(problem), "/problem")
    return LoadedProblem(problem, str(reading.content.get("name", "")), scenarios, warnings)


def write_marked_copy(path: Path, target: Path) -> None:
    """Write a copy of a file of sheets with marked cells. Exits with 2 for JSON, and with 1 for a file that cannot be opened."""
    from service.spreadsheets.marked_workbook import write_marked_workbook  # xlsxwriter takes time to load

    if not path.is_dir() and path.suffix.lower() not in (".xlsx", ".zip"):
        error_console.print("--marked needs a workbook, or a zip or folder of CSV.")
        raise typer.Exit(2)
    try:
        findings = _load_sheets(path).warnings
    except InvalidProblemError as invalid:
        findings = invalid.findings
    try:
        source = open_path_source(path, Settings())
    except (InvalidFileError, ContentTooLargeError) as error:
        error_console.print(str(error))
        raise typer.Exit(1) from error
    with write_marked_workbook(path.stem, source, findings) as file, target.open("wb") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
    error_console.print(f"{target} has {len(findings)} findings.")


def _find_scenario(name: str, known: tuple[Scenario, ...]) -> Scenario:
    for scenario in known:
        if scenario.id == name:
            return scenario
    names = ", ".join(scenario.id for scenario in known) or "none: a file has no scenarios, use --change"
    error_console.print(f"There is no scenario {name}; there are: {names}.")
    raise typer.Exit(2)


def _parse_change(text: str) -> Change:
    match = _CHANGE_SYNTAX.fullmatch(text)
    if match is None:
        error_console.print(
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
