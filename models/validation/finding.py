"""Findings: errors and warnings about an input, and JSON pointers to their location."""

from collections.abc import Iterator
from typing import Literal

from models.base import Frozen

Severity = Literal["error", "warning"]

JsonPath = tuple[str | int, ...]
"""A path into a JSON document: keys and positions, such as `("items", 0, "value")`."""


class SheetCell(Frozen):
    """A cell of a workbook or of a CSV file."""

    sheet: str
    """Sheet, or CSV file without its ending."""
    row: int = 0
    """Row, counted from 1, which is the header; 0 is the sheet as a whole."""
    column: str = ""
    """Column, by its header; empty for the row as a whole."""

    def __str__(self) -> str:
        """Sheet, row and column in words."""
        row = f", row {self.row}" if self.row else ""
        return f"sheet {self.sheet}{row}" + (f", column {self.column}" if self.column else "")


class Finding(Frozen):
    """One mistake or doubt, with where it is and how to mend it."""

    path: str
    """Where it is: a JSON pointer (RFC 6901) into what was sent; empty for the whole."""
    code: str
    """What kind of finding it is: a stable name that programs may rely on."""
    message: str
    """What is wrong, in words."""
    remedy: str
    """How to mend it, in words."""
    severity: Severity = "error"
    """`error`: it must be mended before a plan can be made. `warning`: a plan can be made, but look at this first."""
    cell: SheetCell | None = None
    """The cell, where a workbook or a folder of CSV was sent; null where JSON was."""

    @property
    def location(self) -> str:
        """Where it is, for people: the cell, else the pointer."""
        return str(self.cell) if self.cell is not None else self.path or "/"


class InvalidProblemError(Exception):
    """What was sent cannot be planned with; `findings` holds everything that was found, at least one of it an error."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.severity == "error"]
        first = f"{errors[0].path or '/'}: {errors[0].message}" if errors else "warnings only"
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(first + more)


def format_json_pointer(*parts: str | int) -> str:
    """The JSON pointer of a path, such as `/items/0/norms/people`; `~` and `/` in keys are escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def split_json_pointer(pointer: str) -> Iterator[str]:
    """Split a JSON pointer into its parts; the inverse of `format_json_pointer`."""
    return (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def raise_on_errors(findings: tuple[Finding, ...]) -> None:
    """Raise InvalidProblem with all `findings` if any of them is an error."""
    if any(finding.severity == "error" for finding in findings):
        raise InvalidProblemError(findings)
