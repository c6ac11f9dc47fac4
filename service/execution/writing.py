"""Lists as CSV, safe to be opened in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(fields: Sequence[str], rows: Iterable[BaseModel]) -> bytes:
    """Models as CSV with a header; nothing where a value is absent, texts that a spreadsheet would run behind an apostrophe."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink)
    writer.writerow(fields)
    writer.writerows([[_cell(getattr(row, field)) for field in fields] for row in rows])
    return sink.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value.isoformat() if isinstance(value, datetime) else value


def wants_csv(stated: str | None, accept: str | None) -> bool:
    """Whether CSV is asked for, by `format` or else by `Accept`."""
    if stated is not None:
        return stated == "csv"
    taken = (accept or "").lower()
    return "text/csv" in taken and "application/json" not in taken
