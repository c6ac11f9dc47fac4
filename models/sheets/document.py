"""A province document: JSON content read from tables, the cell of every part, and findings about the tables."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import starmap
from typing import Any

from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem
from models.sheets.cell_locations import CellLocations
from models.sheets.codes import make_sheet_finding
from models.validation.checks import Finding, InvalidProblemError
from models.validation.finding import SheetCell
from models.validation.parsing import parse_problem, validate_model

Json = dict[str, Any]

MAX_FINDINGS = 5_000
"""Largest number of findings about the rows of all sheets."""


class ProvinceDocument:
    """JSON content of a province, with the locations of its parts and the findings about its sheets."""

    def __init__(self) -> None:
        """Create an empty document."""
        self.content: Json = {"problem": {}}
        self.locations = CellLocations()
        self.findings: list[Finding] = []

    @property
    def problem(self) -> Json:
        """Problem as JSON."""
        problem: Json = self.content["problem"]
        return problem

    def add_finding(self, code: str, cell: SheetCell | None, message: str, remedy: str) -> None:
        """Add a finding about a cell, up to `MAX_FINDINGS`."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(make_sheet_finding(code, cell, message, remedy))

    def raise_on_errors(self) -> None:
        """Raise InvalidProblemError if the sheets contain errors.

        The findings include those about the problem, as far as it was read.
        """
        if not any(finding.severity == "error" for finding in self.findings):
            return
        if self.problem:
            with self.locate_errors("/problem"):
                parse_problem(self.problem)
        raise InvalidProblemError(tuple(self.findings))

    def parse_parts(self) -> tuple[PlanningProblem, tuple[Scenario, ...]]:
        """Parse the problem and the scenarios.

        Raises InvalidProblemError with all findings, located by sheet, row and column.
        """
        self.raise_on_errors()
        with self.locate_errors("/problem"):
            problem = parse_problem(self.problem)
        with self.locate_errors():
            return problem, tuple(starmap(_parse_scenario, enumerate(self.content.get("scenarios", ()))))

    @contextmanager
    def locate_errors(self, prefix: str = "") -> Iterator[None]:
        """Add cells to the findings of an InvalidProblemError raised in the block, and the findings about the sheets.

        `prefix` is the pointer to the problem, if the block parses the problem alone.
        """
        try:
            yield
        except InvalidProblemError as error:
            raise InvalidProblemError(self.locate_findings(error.findings, prefix)) from error

    def locate_findings(self, findings: Iterable[Finding], prefix: str = "") -> tuple[Finding, ...]:
        """Return the findings about the sheets, then `findings` with their cells.

        Findings about a cell that already has an error are dropped, and those about a row whose cells are displaced.
        """
        invalid, displaced = set[SheetCell](), set[tuple[str, int]]()
        for finding in self.findings:
            if finding.severity == "error" and finding.cell is not None:
                if finding.cell.column:
                    invalid.add(finding.cell)
                elif finding.code == "bad_row":
                    displaced.add((finding.cell.sheet, finding.cell.row))
        located = []
        for finding in findings:
            cell = finding.cell or self.locations.find_nearest_cell(f"{prefix}{finding.path}")
            if cell is None or (cell not in invalid and (cell.sheet, cell.row) not in displaced):
                located.append(finding.model_copy(update={"cell": cell}))
        return (*self.findings, *located)


def _parse_scenario(position: int, raw: Json) -> Scenario:
    try:
        return validate_model(Scenario, raw)
    except InvalidProblemError as error:
        findings = (
            finding.model_copy(update={"path": f"/scenarios/{position}{finding.path}"}) for finding in error.findings
        )
        raise InvalidProblemError(tuple(findings)) from error
