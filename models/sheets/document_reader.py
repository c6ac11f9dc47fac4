"""From tables to what a request would say in JSON, with the row of every part remembered."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import starmap
from typing import Any, Protocol

from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem
from models.sheets.cell_locations import CellLocations
from models.sheets.cells import RawSheet
from models.sheets.codes import make_sheet_finding
from models.sheets.columns import SheetLayout
from models.sheets.layout import NOTE_SHEETS, PERIODS_SHEET, PROVINCE_SHEET, SHEET_LAYOUTS
from models.sheets.row_entries import read_sheet_entries
from models.sheets.rows import SheetRows, read_sheet_rows
from models.sheets.settings import read_periods, read_province_settings
from models.validation.checks import Finding, InvalidProblemError
from models.validation.finding import SheetCell
from models.validation.parsing import parse_problem, validate_model

Json = dict[str, Any]

MAX_FINDINGS = 5_000
"""What is wrong with the rows of all sheets, at most."""


class SheetSource(Protocol):
    """A workbook, or a folder of CSV, opened."""

    def list_sheet_names(self) -> Iterable[str]:
        """The names of its sheets, or of its files without `.csv`."""
        ...

    def open_sheet(self, name: str) -> RawSheet:
        """One of its sheets, its rows read as they are asked for."""
        ...

    def list_findings(self) -> tuple[Finding, ...]:
        """What was found wrong in the file itself, so far."""
        ...


class ProvinceDocument:
    """What was read, and where it stood."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.content: Json = {"problem": {}}
        self.locations = CellLocations()
        self.findings: list[Finding] = []

    @property
    def problem(self) -> Json:
        """The problem, as JSON would say it."""
        problem: Json = self.content["problem"]
        return problem

    def add_finding(self, code: str, cell: SheetCell | None, message: str, remedy: str) -> None:
        """Note what is wrong with a cell, unless too much is wrong already to be read."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(make_sheet_finding(code, cell, message, remedy))

    def raise_on_errors(self) -> None:
        """Raise InvalidProblem if the sheets themselves are wrong; with what is wrong with the problem in them, as far as it was read."""
        if not any(one.severity == "error" for one in self.findings):
            return
        if self.problem:
            with self.locate_errors("/problem"):
                parse_problem(self.problem)
        raise InvalidProblemError(tuple(self.findings))

    def parse_parts(self) -> tuple[PlanningProblem, tuple[Scenario, ...]]:
        """The problem and the scenarios. Raises InvalidProblem with all findings, by sheet, row and column."""
        self.raise_on_errors()
        with self.locate_errors("/problem"):
            problem = parse_problem(self.problem)
        with self.locate_errors():
            return problem, tuple(starmap(_parse_scenario, enumerate(self.content.get("scenarios", ()))))

    @contextmanager
    def locate_errors(self, prefix: str = "") -> Iterator[None]:
        """Name by sheet, row and column what InvalidProblem in the block says of the document; add what was found in the sheets.

        `prefix`: the pointer that stands for the problem's own where the block reads the problem by itself.
        """
        try:
            yield
        except InvalidProblemError as error:
            raise InvalidProblemError(self.locate_findings(error.findings, prefix)) from error

    def locate_findings(self, findings: Iterable[Finding], prefix: str = "") -> tuple[Finding, ...]:
        """Findings with their cells, after those about the sheets; none twice about a cell that is wrong in itself."""
        wrong = {
            one.cell for one in self.findings if one.severity == "error" and one.cell is not None and one.cell.column
        }
        named = []
        for one in findings:
            cell = one.cell or self.locations.find_nearest_cell(f"{prefix}{one.path}")
            if cell not in wrong:
                named.append(one.model_copy(update={"cell": cell}))
        return (*self.findings, *named)


def _parse_scenario(position: int, raw: Json) -> Scenario:
    try:
        return validate_model(Scenario, raw)
    except InvalidProblemError as error:
        moved = [one.model_copy(update={"path": f"/scenarios/{position}{one.path}"}) for one in error.findings]
        raise InvalidProblemError(tuple(moved)) from error


def read_sheet_tables(source: SheetSource) -> ProvinceDocument:
    """The document that a source's tables say. Never raises: what is wrong with the tables is in `found`."""
    reading = ProvinceDocument()
    there = _match_sheet_names(source, reading)
    if not there:
        known = ", ".join(one.name for one in SHEET_LAYOUTS)
        reading.add_finding(
            "no_sheets",
            None,
            "There is no sheet of a province here.",
            f"Name sheets (or CSV files) {known}; the template has them.",
        )
    else:
        for layout in SHEET_LAYOUTS:
            if layout.name in there:
                _read_sheet(layout, source.open_sheet(there[layout.name]), reading)
    reading.findings += source.list_findings()
    return reading


def _match_sheet_names(source: SheetSource, document: ProvinceDocument) -> dict[str, str]:
    """The name in the source of each sheet of the layout that is there."""
    known = {one.name for one in SHEET_LAYOUTS}
    there: dict[str, str] = {}
    for name in source.list_sheet_names():
        plain = name.strip().casefold()
        if plain in known and plain not in there:
            there[plain] = name
        elif plain not in NOTE_SHEETS:
            document.add_finding(
                "unknown_sheet",
                SheetCell(sheet=name[:200]),
                "This sheet is not of the layout.",
                "Rename it, if it was meant to be read.",
            )
    return there


def _read_sheet(layout: SheetLayout, raw: RawSheet, document: ProvinceDocument) -> None:
    rows: SheetRows = read_sheet_rows(layout, raw, document.problem.get("periods", ()), document.findings)
    if layout is PROVINCE_SHEET:
        read_province_settings(rows, document)
    elif layout is PERIODS_SHEET:
        read_periods(rows, document)
    else:
        read_sheet_entries(rows, document)
