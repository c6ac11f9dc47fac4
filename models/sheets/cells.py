"""Cells: conversion between file contents and values of the models."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from models.labels import normalise_label
from models.sheets.columns import LIST_KINDS, Column

_NUMBER_PATTERN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FLAG_WORDS = {"yes": True, "no": False, "true": True, "false": False}


class UnsupportedCell(NamedTuple):
    """A cell whose content is not a plain value."""

    kind: Literal["date_cell", "error_cell", "formula", "formula_without_value"]
    """Kind of content."""
    value: "str | float | bool | None"
    """Displayed value, or result of the formula."""


CellValue = str | float | bool | UnsupportedCell | None
"""Content of a cell; None if empty."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet of a file, without interpretation."""

    name: str
    """Name in the file."""
    rows: Iterable[tuple[int, list[CellValue]]]
    """Rows with their numbers, counted from 1; the first is the header. The iterable may be read only once."""


def is_blank_cell(value: CellValue) -> bool:
    """Whether a cell is empty, contains only white space, or a formula that shows nothing."""
    if isinstance(value, UnsupportedCell):
        return value.kind == "formula" and is_blank_cell(value.value)
    return value is None or (isinstance(value, str) and not normalise_label(value))


def parse_cell(column: Column, value: CellValue) -> Any:
    """Convert a cell to a value for the models.

    Returns an inconvertible value unchanged, so that the models reject it.
    """
    if isinstance(value, UnsupportedCell):
        value = value.value
    if value is None:
        return None
    if column.kind in ("number", "whole"):
        return _parse_number(column, value)
    if column.kind == "flag":
        return _FLAG_WORDS.get(value.strip().casefold(), value) if isinstance(value, str) else value
    if column.kind in LIST_KINDS:
        return _parse_value_list(column, value)
    text = restore_digits(value)
    return normalise_label(text) if isinstance(text, str) and (column.kind == "id" or column.choices) else text


def _parse_number(column: Column, value: Any) -> Any:
    if isinstance(value, str) and _NUMBER_PATTERN.fullmatch(value.strip()):
        value = float(value)
    if column.kind in ("whole", "whole_list") and isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def restore_digits(value: Any) -> Any:
    """Convert a number, which a spreadsheet made from a text of digits, back to text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    return value


def _parse_value_list(column: Column, value: Any) -> Any:
    """Parse one value, or several values separated by `;`. Quotes protect a `;` inside a value."""
    text = value if column.kind == "numbers" else restore_digits(value)
    if not isinstance(text, str):
        return text
    parts = _split_cell_text(text)
    is_list = len(parts) > 1
    if is_list and not parts[-1].strip():
        parts.pop()
    is_number = column.kind in ("numbers", "whole_list")
    values = [_parse_number(column, part) if is_number else part for part in parts]
    return values if is_list or column.kind in ("list", "whole_list") else values[0]


def _split_cell_text(text: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=";", skipinitialspace=True), [text])
    except csv.Error:
        return [text]


def format_value_list(value: Any) -> Any:
    """Format a value for a cell with one or several values; `parse_cell` reverses it."""
    if value is None or isinstance(value, int | float):
        return value
    entries = value if isinstance(value, list | tuple) else [value]
    texts = [repr(entry) if isinstance(entry, int | float) else str(entry) for entry in entries]
    must_quote = any(text != text.strip() or "\n" in text or "\r" in text for text in texts)
    sink = io.StringIO(newline="")
    csv.writer(
        sink, delimiter=";", lineterminator="", quoting=csv.QUOTE_ALL if must_quote else csv.QUOTE_MINIMAL
    ).writerow(texts)
    text = sink.getvalue()
    return f"{text};" if len(entries) == 1 and isinstance(value, list | tuple) else text
