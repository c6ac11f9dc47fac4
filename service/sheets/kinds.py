"""What sheets travel as."""

from typing import Literal

from starlette.requests import Request

from service.sheets.streams import XLSX, ZIP

SheetKind = Literal["xlsx", "zip"]
"""A workbook, or CSV files in a zip."""

SHEET_TYPES: dict[SheetKind, str] = {"xlsx": XLSX, "zip": ZIP}
"""Media type of each."""

_STATED: dict[str, SheetKind] = {XLSX: "xlsx", ZIP: "zip", "application/x-zip-compressed": "zip"}


def sheets_of(request: Request) -> SheetKind | None:
    """What sheets a request says that its body is; None for anything else."""
    return _STATED.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
