"""Reports as they come in: JSON or CSV, to rows that `models.outputs` judges."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.checks import Finding
from models.outputs import Output
from service.errors import Invalid, WrongType
from service.web.bodies import decode, refuse_unless_json

COLUMNS = tuple(Output.model_fields)
"""Columns of a report in CSV."""


@dataclass(frozen=True, slots=True)
class RawReport:
    """A report before anything is known of its rows."""

    rows: list[Any]
    """Objects with `factory`, `item`, `period` and `quantity`, or whatever was sent instead."""
    where: Callable[[int], str]
    """Place of a row: a JSON pointer, or `row/` and its number in the file, the header being 1."""


def is_csv(content_type: str | None) -> bool:
    """Whether a request's body is stated to be CSV."""
    return (content_type or "").partition(";")[0].strip().lower() == "text/csv"


def from_json(raw: bytes) -> RawReport:
    """The rows of a JSON body. Raises Unreadable, Invalid."""
    document = decode(raw)
    rows = document.get("outputs")
    strange = [name for name in document if name != "outputs"]
    findings = [
        _finding(f"/{name}", "unknown_field", f"There is no field {name!r}.", "Send `outputs` alone.")
        for name in strange
    ]
    if not isinstance(rows, list) or not rows:
        findings.append(_finding("/outputs", "missing", "There is no list of outputs.", "Send at least one output."))
    if findings or not isinstance(rows, list):
        raise _invalid(findings)
    return RawReport(rows, lambda k: f"/outputs/{k}")


def from_csv(raw: bytes) -> RawReport:
    """The rows of a CSV file with a header; columns in any order, empty lines passed over. Raises Invalid."""
    try:
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _invalid(
            [_finding("row/1", "not_csv", f"The file is not CSV in UTF-8: {error}.", "Save it as CSV UTF-8.")]
        ) from error
    header = [name.strip().lower() for name in lines[0]] if lines else []
    findings = [
        _finding("row/1", "missing_column", f"There is no column {name!r}.", f"The columns are: {', '.join(COLUMNS)}.")
        for name in COLUMNS
        if name not in header
    ]
    for k, name in enumerate(header):
        if name not in COLUMNS or name in header[:k]:
            findings.append(
                _finding(
                    "row/1",
                    "unknown_column",
                    f"The column {name[:60]!r} is not known, or comes twice.",
                    f"The columns are: {', '.join(COLUMNS)}.",
                )
            )
    if findings:
        raise _invalid(findings)
    filled = [(number, cells) for number, cells in enumerate(lines[1:], 2) if any(cell.strip() for cell in cells)]
    for number, cells in filled:
        if len(cells) != len(header):
            message = f"The row has {len(cells)} cells, but the header {len(header)}."
            findings.append(_finding(f"row/{number}", "ragged_row", message, "Give every row a cell for each column."))
    if not filled:
        findings.append(
            _finding("row/2", "missing", "There are no rows below the header.", "Report at least one output.")
        )
    if findings:
        raise _invalid(findings)
    rows = [{name: _cell(name, cell) for name, cell in zip(header, cells, strict=True)} for _, cells in filled]
    return RawReport(rows, lambda k: f"row/{filled[k][0]}")


def read_raw(raw: bytes, content_type: str | None) -> RawReport:
    """The rows of a body of either kind."""
    return from_csv(raw) if is_csv(content_type) else from_json(raw)


def refuse_unless_report(request: Any) -> None:
    """Raise WrongType unless a request's body is stated to be JSON or CSV."""
    if is_csv(request.headers.get("content-type")):
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise WrongType("The body is compressed; send it as it is.", headers={"Accept-Encoding": "identity"})
        return
    refuse_unless_json(request)


def _cell(name: str, cell: str) -> Any:
    """A number where one is expected and stands; else the text, which will be judged."""
    text = cell.strip()
    if name != "quantity":
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _finding(path: str, code: str, message: str, remedy: str) -> Finding:
    return Finding(path=path, code=code, message=message, remedy=remedy)


def _invalid(findings: list[Finding]) -> Invalid:
    return Invalid(f"{findings[0].message} {findings[0].remedy}", findings=findings[:1000])
