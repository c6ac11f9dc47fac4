"""Findings: errors and warnings about an input, and JSON pointers to their location."""

from collections.abc import Iterator
from typing import Literal

from models.base import Frozen

Severity = Literal["error", "warning"]

JsonPath = tuple[str | int, ...]
"""A path into a JSON document: keys and positions, such as `("items", 0, "value")`."""


class SheetCell(Frozen):
    """A cell of a workbook or a CSV file."""

    sheet: str
    """Name of the sheet, or of the CSV file without its suffix."""
    row: int = 0
    """Row number, counted from 1 (the header); 0 for the whole sheet."""
    column: str = ""
    """Header of the column; empty for the whole row."""

    def __str__(self) -> str:
        """Format the cell as sheet, row and column."""
        row = f", row {self.row}" if self.row else ""
        return f"sheet {self.sheet}{row}" + (f", column {self.column}" if self.column else "")


class Finding(Frozen):
    """One error or warning about an input, with its location and remedy."""

    path: str
    """Location in the input: a JSON pointer (RFC 6901); empty for the whole document."""
    code: str
    """Code of the finding: a stable name for programs."""
    message: str
    """Description of the problem."""
    remedy: str
    """How to correct the input."""
    severity: Severity = "error"
    """`error`: planning is not possible until it is corrected. `warning`: planning is possible, but the input may be
    wrong."""
    cell: SheetCell | None = None
    """Location as a cell, if the input is a workbook or a folder of CSV files; null for JSON."""

    @property
    def location(self) -> str:
        """Location for people: the cell, or else the JSON pointer."""
        return str(self.cell) if self.cell is not None else self.path or "/"


class InvalidProblemError(Exception):
    """The input is invalid. `findings` contains all findings, including at least one error."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.severity == "error"]
        first = f"{errors[0].path or '/'}: {errors[0].message}" if errors else "warnings only"
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(first + more)


def format_json_pointer(*parts: str | int) -> str:
    """Format a path as a JSON pointer, such as `/items/0/norms/people`, with `~` and `/` escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def split_json_pointer(pointer: str) -> Iterator[str]:
    """Split a JSON pointer into its parts; the inverse of `format_json_pointer`."""
    return (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def raise_on_errors(findings: tuple[Finding, ...]) -> None:
    """Raise InvalidProblemError with all `findings` if any of them is an error."""
    if any(finding.severity == "error" for finding in findings):
        raise InvalidProblemError(findings)
