"""Sheets prepared with formulas and formats: what shows nothing is empty, and costs nothing."""

import io
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from models.sheets import ProvinceDocument
from service.core.settings import Settings
from service.spreadsheets.reader import read_sheets
from tests.service.spreadsheets.editing import edit_parts, template

SETTINGS = Settings()
Write = Callable[[Any, int], None]

FIRST_FREE_ROW = 500
"""Row of the copied sheets, counted from 0, below all rows of the template."""


@cache
def list_template_rows() -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Return the names and the rows of the template's sheets."""
    book = openpyxl.load_workbook(io.BytesIO(template()))
    return [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]


def copied(changes: dict[str, Write]) -> bytes:
    """The template, written again by xlsxwriter, which stores results of formulas; `changes` add to sheets."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        for title, rows in list_template_rows():
            target = book.add_worksheet(title)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if value is not None:
                        target.write(r, c, value)
            if title in changes:
                changes[title](target, FIRST_FREE_ROW)
    return edit_parts(sink.getvalue(), state_empty_texts)


def state_empty_texts(_: str, content: bytes) -> bytes:
    """State that an empty result is a text, as Excel and LibreOffice do, and this library does not."""
    return re.sub(rb'(<c r="[A-Z]+[0-9]+")(><f>[^<]*</f><v></v>)', rb'\1 t="str"\2', content)


def read(raw: bytes) -> ProvinceDocument:
    return read_sheets(raw, "xlsx", SETTINGS)


PLAIN = read(copied({}))


def formulas(*values: object) -> Write:
    """Write a row of formulas with these stored results."""

    def write(sheet: Any, row: int) -> None:
        for column, value in enumerate(values):
            if value is not None:
                sheet.write_formula(row, column, '=IF(1=1,"","x")', None, value)

    return write


@pytest.mark.parametrize(
    "values",
    [
        ("",),
        ("", "", "", ""),
        (" ",),
        ("\u00a0", "\u200b"),
        ("", 0, 0),
        ("", None, False),
        (None, "", ""),
        ("", "#N/A"),
        (None, 0, 0),
    ],
    ids=str,
)
@pytest.mark.parametrize("sheet", ["items", "norms", "lines", "province", "periods"])
def test_a_row_that_only_formulas_fill_with_nothing_is_no_row(sheet: str, values: tuple[object, ...]) -> None:
    document = read(copied({sheet: formulas(*values)}))
    assert document.findings == []
    assert document.content == PLAIN.content


def test_a_formula_that_shows_nothing_is_an_empty_cell_with_a_warning() -> None:
    document = read(copied({"items": lambda sheet, _: sheet.write_formula(1, 2, '=IF(1=1,"","x")', None, "")}))
    assert [(one.code, one.severity, str(one.cell)) for one in document.findings] == [
        ("formula", "warning", "sheet items, row 2, column local_name")
    ]
    assert "local_name" not in document.problem["items"][0]
    assert "shows nothing" in document.findings[0].message


def test_a_formula_that_shows_nothing_in_a_required_cell_is_told_as_empty() -> None:
    document = read(copied({"norms": lambda sheet, _: sheet.write_formula(1, 0, '=""', None, "")}))
    assert ("missing_cell", 2, "item") in [
        (one.code, one.cell.row, one.cell.column) for one in document.findings if one.cell
    ]


def test_a_row_of_formulas_with_an_identifier_is_a_row() -> None:
    document = read(copied({"items": formulas("sugar", "Sugar", "", "food")}))
    assert document.problem["items"][-1] == {"id": "sugar", "name": "Sugar", "category": "food"}
    assert {one.code for one in document.findings} == {"formula"}


def with_formatted_rows(count: int) -> bytes:
    """The template with rows that have a format and no content."""
    rows = b"".join(
        b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>' % (r, r) for r in range(600, 600 + count)
    )

    def add_rows(name: str, content: bytes) -> bytes:
        return content.replace(b"</sheetData>", rows + b"</sheetData>") if name.endswith("sheet4.xml") else content

    return edit_parts(copied({}), add_rows)


def test_formatted_rows_do_not_count_as_rows() -> None:
    limited = Settings(max_body_objects=500)
    assert read_sheets(with_formatted_rows(20_000), "xlsx", limited).content == PLAIN.content
