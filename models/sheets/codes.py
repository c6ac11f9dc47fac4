"""Codes of findings about sheets; findings about the problem in them have the codes of
`models.validation.finding_codes`."""

from models.validation.finding import Finding, SheetCell
from models.validation.finding_codes import FindingCode

SHEET_CODES: dict[str, FindingCode] = {
    "no_sheets": FindingCode("error", "The file contains no sheet (or CSV file) of the layout."),
    "unknown_sheet": FindingCode("warning", "A sheet is not part of the layout and was ignored."),
    "unknown_column": FindingCode("error", "A column is not part of the layout of its sheet."),
    "repeated_column": FindingCode("error", "Two columns of a sheet have the same name."),
    "missing_column": FindingCode("error", "A sheet lacks a required column."),
    "missing_cell": FindingCode("error", "A required cell is empty."),
    "unknown_row": FindingCode("error", "A row refers to something that no other sheet defines."),
    "repeated_row": FindingCode("error", "A row repeats an earlier row."),
    "number_and_list": FindingCode("error", "A row has both one number for all periods and numbers by period."),
    "unknown_key": FindingCode("error", "The sheet `province` has an unknown key."),
    "date_cell": FindingCode("error", "The spreadsheet converted the input to a date."),
    "error_cell": FindingCode("error", "A formula resulted in an error."),
    "formula": FindingCode("warning", "A cell contains a formula; its value at the time of saving was used."),
    "formula_without_value": FindingCode(
        "error", "A cell contains a formula, and the file does not contain its value."
    ),
    "merged_cells": FindingCode("error", "Cells are merged, so only the first of them has a value."),
    "bad_file": FindingCode("error", "The file, or a part of it, is not readable."),
    "bad_name": FindingCode("error", "A file in a zip archive has an unsafe or repeated name."),
    "bad_row": FindingCode("error", "A row has more cells than the header, as an unquoted comma in a number makes it."),
}
"""Severity and meaning of each code."""


def make_sheet_finding(code: str, cell: SheetCell | None, message: str, remedy: str, path: str = "") -> Finding:
    """Create a finding about a cell, with the severity of its code."""
    return Finding(path=path, code=code, message=message, remedy=remedy, severity=SHEET_CODES[code].severity, cell=cell)
