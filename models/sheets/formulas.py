"""Texts that a spreadsheet reads as formulas when it opens a CSV file, and the apostrophe that prevents it.

    escape_formula("=1+1")      # "'=1+1"
    unescape_formula("'=1+1")   # "=1+1"

A text is dangerous if its first visible character is one of `= + - @`, also as a full-width or a small form, which Korean
and Japanese spreadsheets take for the same character. A text that already begins with apostrophes and such a text gets one
more, so removing one restores it.
"""

import re

from models.sheets.cells import CellValue

_INVISIBLE = "\x01-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
"""Control characters, spaces and characters without a width: a program may skip them before it looks for a formula."""

_OPERATORS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
"""Characters that begin a formula, with their full-width and small forms."""

_LEADING_CONTROLS = "\t\r\n"
"""Characters that some programs drop, with whatever follows."""

FORMULA_PATTERN = f"'*[{_LEADING_CONTROLS}]|'*[{_INVISIBLE}]*[{_OPERATORS}]"
"""Start of a text that a spreadsheet may read as a formula, or of a text that is already escaped.

The pattern means the same to Python and to RE2, which Arrow uses.
"""

_FORMULA_REGEX = re.compile(FORMULA_PATTERN)


def escape_formula(value: CellValue) -> CellValue:
    """Add an apostrophe to a text that a spreadsheet may read as a formula; `unescape_formula` reverses it."""
    return f"'{value}" if isinstance(value, str) and _FORMULA_REGEX.match(value) else value


def unescape_formula(cell: str) -> str:
    """Remove the apostrophe that prevents a spreadsheet from reading the text as a formula."""
    return cell[1:] if cell[:1] == "'" and _FORMULA_REGEX.match(cell) else cell
