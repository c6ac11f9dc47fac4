"""From tables to what a request would say in JSON, with the row of every part remembered."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from models.sheets.cell_locations import Places
from models.sheets.cells import RawSheet
from models.sheets.codes import sheet_finding
from models.sheets.columns import Layout
from models.sheets.layout import LAYOUTS, NOTE_SHEETS, PERIODS, PROVINCE
from models.sheets.row_entries import read_entries
from models.sheets.rows import Rows, read_rows
from models.sheets.settings import read_periods, read_settings
from models.validation.checks import Finding, InvalidProblem
from models.validation.finding import SheetCell
from models.validation.parsing import parse_problem

Json = dict[str, Any]

MOST_NOTED = 5_000
"""What is wrong with the rows of all sheets, at most."""


class Source(Protocol):
    """A workbook, or a folder of CSV, opened."""

    def names(self) -> Iterable[str]:
        """The names of its sheets, or of its files without `.csv`."""
        ...

    def sheet(self, name: str) -> RawSheet:
        """One of its sheets, its rows read as they are asked for."""
        ...

    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong in the file itself, so far."""
        ...


class Reading:
    """What was read, and where it stood."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.document: Json = {"problem": {}}
        self.places = Places()
        self.found: list[Finding] = []

    @property
    def problem(self) -> Json:
        """The problem, as JSON would say it."""
        problem: Json = self.document["problem"]
        return problem

    def note(self, code: str, cell: SheetCell | None, message: str, remedy: str) -> None:
        """Note what is wrong with a cell, unless too much is wrong already to be read."""
        if len(self.found) < MOST_NOTED:
            self.found.append(sheet_finding(code, cell, message, remedy))

    def refuse(self) -> None:
        """Raise InvalidProblem if the sheets themselves are wrong; with what is wrong with the problem in them, as far as it was read."""
        if not any(one.severity == "error" for one in self.found):
            return
        if self.problem:
            with self.located("/problem"):
                parse_problem(self.problem)
        raise InvalidProblem(tuple(self.found))

    @contextmanager
    def located(self, prefix: str = "") -> Iterator[None]:
        """Name by sheet, row and column what InvalidProblem in the block says of the document; add what was found in the sheets.

        `prefix`: the pointer that stands for the problem's own where the block reads the problem by itself.
        """
        try:
            yield
        except InvalidProblem as error:
            raise InvalidProblem(self.named(error.findings, prefix)) from error

    def named(self, findings: Iterable[Finding], prefix: str = "") -> tuple[Finding, ...]:
        """Findings with their cells, after those about the sheets; none twice about a cell that is wrong in itself."""
        wrong = {one.cell for one in self.found if one.severity == "error" and one.cell is not None and one.cell.column}
        named = []
        for one in findings:
            cell = one.cell or self.places.cell(f"{prefix}{one.path}")
            if cell not in wrong:
                named.append(one.model_copy(update={"cell": cell}))
        return (*self.found, *named)


def read_tables(source: Source) -> Reading:
    """The document that a source's tables say. Never raises: what is wrong with the tables is in `found`."""
    reading = Reading()
    there = _by_layout(source, reading)
    if not there:
        known = ", ".join(one.name for one in LAYOUTS)
        reading.note(
            "no_sheets",
            None,
            "There is no sheet of a province here.",
            f"Name sheets (or CSV files) {known}; the template has them.",
        )
    else:
        for layout in LAYOUTS:
            if layout.name in there:
                _read(layout, source.sheet(there[layout.name]), reading)
    reading.found += source.findings()
    return reading


def _by_layout(source: Source, reading: Reading) -> dict[str, str]:
    """The name in the source of each sheet of the layout that is there."""
    known = {one.name for one in LAYOUTS}
    there: dict[str, str] = {}
    for name in source.names():
        plain = name.strip().casefold()
        if plain in known and plain not in there:
            there[plain] = name
        elif plain not in NOTE_SHEETS:
            reading.note(
                "unknown_sheet",
                SheetCell(sheet=name[:200]),
                "This sheet is not of the layout.",
                "Rename it, if it was meant to be read.",
            )
    return there


def _read(layout: Layout, raw: RawSheet, reading: Reading) -> None:
    rows: Rows = read_rows(layout, raw, reading.problem.get("periods", ()), reading.found)
    if layout is PROVINCE:
        read_settings(rows, reading)
    elif layout is PERIODS:
        read_periods(rows, reading)
    else:
        read_entries(rows, reading)
