"""Kinds of spreadsheet files and their media types."""

from typing import Literal

from starlette.requests import Request

XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of a workbook."""

ZIP_MEDIA_TYPE = "application/zip"
"""Media type of a zip archive."""

SpreadsheetKind = Literal["xlsx", "zip"]
"""A workbook, or a zip of CSV files."""

SPREADSHEET_MEDIA_TYPES: dict[SpreadsheetKind, str] = {"xlsx": XLSX_MEDIA_TYPE, "zip": ZIP_MEDIA_TYPE}
"""Media type of each."""

_KINDS_BY_MEDIA_TYPE: dict[str, SpreadsheetKind] = {
    XLSX_MEDIA_TYPE: "xlsx",
    ZIP_MEDIA_TYPE: "zip",
    "application/x-zip-compressed": "zip",
}


def detect_spreadsheet_kind(request: Request) -> SpreadsheetKind | None:
    """Detect the kind of spreadsheet that a request states as its body; None for anything else."""
    return _KINDS_BY_MEDIA_TYPE.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
