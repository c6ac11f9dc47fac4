"""Cells: what files give, and what the models take."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from models.sheets.columns import Column

_NUMBER_PATTERN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FLAG_WORDS = {"yes": True, "no": False, "true": True, "false": False}


class UnsupportedCell(NamedTuple):
    """A cell that holds something else than a value typed in."""

    kind: Literal["date_cell", "error_cell", "formula", "formula_without_value"]
    """What it holds."""
    value: "str | float | bool | None"
    """What it shows, or came to."""


CellValue = str | float | bool | UnsupportedCell | None
"""What a cell holds; None where it is empty."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it is in a file."""

    name: str
    """Its name in the file."""
    rows: Iterable[tuple[int, list[CellValue]]]
    """Rows with their numbers, counted from 1; the first is the header. May be read once only."""


def is_blank_cell(value: CellValue) -> bool:
    """Whether a cell is empty to the eye."""
    return value is None or (isinstance(value, str) and not value.strip())


def parse_cell(column: Column, value: CellValue) -> Any:
    """A cell as the models take it; as it stands where it is not what the column holds, for the models to refuse."""
    if isinstance(value, UnsupportedCell):
        value = value.value
    if value is None:
        return None
    if column.kind in ("number", "whole"):
        return _parse_number(column, value)
    if column.kind == "flag":
        return _FLAG_WORDS.get(value.strip().casefold(), value) if isinstance(value, str) else value
    if column.kind in ("listed", "list", "numbers"):
        return _parse_value_list(column, value)
    text = restore_digits(value)
    return text.strip() if column.kind == "id" and isinstance(text, str) else text


def _parse_number(column: Column, value: Any) -> Any:
    if isinstance(value, str) and _NUMBER_PATTERN.fullmatch(value.strip()):
        value = float(value)
    if column.kind == "whole" and isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def restore_digits(value: Any) -> Any:
    """A text; numbers that a spreadsheet made of digits are digits again."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    return value


def _parse_value_list(column: Column, value: Any) -> Any:
    """One value, or a list where there is a `;`. Quotes keep a `;` within."""
    text = value if column.kind == "numbers" else restore_digits(value)
    if not isinstance(text, str):
        return text
    parts = _split_cell_text(text)
    several = len(parts) > 1
    if several and not parts[-1].strip():
        parts.pop()
    values = [_parse_number(column, part) if column.kind == "numbers" else part for part in parts]
    return values if several or column.kind == "list" else values[0]


def _split_cell_text(text: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=";", skipinitialspace=True), [text])
    except csv.Error:
        return [text]


def format_value_list(value: Any) -> Any:
    """A value as a cell of several values; undone by reading it."""
    if value is None or isinstance(value, int | float):
        return value
    entries = value if isinstance(value, list | tuple) else [value]
    written = [repr(float(one)) if isinstance(one, int | float) else str(one) for one in entries]
    edged = any(one != one.strip() or "\n" in one or "\r" in one for one in written)
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=";", lineterminator="", quoting=csv.QUOTE_ALL if edged else csv.QUOTE_MINIMAL).writerow(
        written
    )
    text = sink.getvalue()
    return f"{text};" if len(entries) == 1 and isinstance(value, list | tuple) else text
