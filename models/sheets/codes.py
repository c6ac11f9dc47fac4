"""What can be wrong with sheets themselves; what is wrong with the problem they hold has the codes of `models.validation.checks`."""

from models.validation.finding import Finding, SheetCell
from models.validation.finding_codes import FindingCode

SHEET_CODES: dict[str, FindingCode] = {
    "no_sheets": FindingCode("error", "No sheet (or CSV file) of the layout is there."),
    "unknown_sheet": FindingCode("warning", "A sheet is not one of the layout's and was passed over."),
    "unknown_column": FindingCode("error", "A column is not one of its sheet's."),
    "repeated_column": FindingCode("error", "Two columns of a sheet have the same name."),
    "missing_column": FindingCode("error", "A sheet lacks a column without which its rows belong nowhere."),
    "missing_cell": FindingCode("error", "A cell that must be filled is empty."),
    "unknown_row": FindingCode("error", "A row belongs to something that no other sheet has."),
    "repeated_row": FindingCode("error", "A row says again what a row above says already."),
    "number_and_list": FindingCode("error", "Both one number for all periods and numbers by period are given."),
    "unknown_key": FindingCode("error", "The sheet `province` has no such key."),
    "date_cell": FindingCode("error", "The spreadsheet made a date of what was typed."),
    "error_cell": FindingCode("error", "A formula came to an error."),
    "formula": FindingCode("warning", "A cell holds a formula; the value it had when the file was saved was taken."),
    "formula_without_value": FindingCode("error", "A cell holds a formula, and the file does not say what it came to."),
    "merged_cells": FindingCode("error", "Cells are merged, so that only the first of them holds a value."),
    "bad_file": FindingCode("error", "The file, or a part of it, cannot be read."),
    "bad_name": FindingCode("error", "A file in a zip has a name that leads elsewhere, or one that another has too."),
    "bad_row": FindingCode("error", "A row has more cells than there are columns."),
}
"""Codes of findings about sheets."""


def make_sheet_finding(code: str, cell: SheetCell | None, message: str, remedy: str, path: str = "") -> Finding:
    """A finding about a cell, with the severity of its code."""
    return Finding(path=path, code=code, message=message, remedy=remedy, severity=SHEET_CODES[code].severity, cell=cell)
