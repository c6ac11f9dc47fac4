"""What is wrong with a workbook is named by sheet, row and column."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES
from tests.service.spreadsheets.editing import both, edited, put


def merge(book: Any) -> None:
    book["items"].merge_cells("B2:B3")


def a_date(book: Any) -> None:
    book["periods"]["A2"] = datetime.date(2002, 1, 1)
    book["periods"]["A2"].number_format = "mmm-yy"


MISTAKES: dict[str, tuple[Callable[[Any], None], str, str, int, str]] = {
    "a negative number": (put("items", "H2", -1), "negative", "items", 2, "value"),
    "a word for a number": (put("items", "G3", "heavy"), "wrong_type", "items", 3, "kg_per_unit"),
    "a decimal comma": (put("norms", "C2", "0,5"), "wrong_type", "norms", 2, "norm"),
    "a wrong word": (put("items", "E2", "goods"), "unknown_choice", "items", 2, "kind"),
    "an unknown place": (put("links", "B3", "nowhere"), "unknown_place", "links", 3, "from"),
    "an unknown item of a line": (put("lines", "B2", "gold"), "unknown_item", "lines", 2, "item"),
    "an unknown factory": (put("machines", "A2", "atlantis"), "unknown_row", "machines", 2, "factory"),
    "a number of one period": (put("machines", "E3", -5), "negative", "machines", 3, "hours 2002-02"),
    "a number missing in one period": (put("machines", "E3", None), "missing_cell", "machines", 3, "hours 2002-02"),
    "one number and a list": (put("machines", "C3", 5), "number_and_list", "machines", 3, "hours"),
    "an empty identifier": (put("counties", "A2", None), "missing", "counties", 2, "id"),
    "a misspelt column": (put("items", "H1", "valeu"), "unknown_column", "items", 1, "valeu"),
    "a column twice": (put("items", "C1", "name"), "repeated_column", "items", 1, "name"),
    "no column for the item": (put("norms", "A1", "note"), "missing_column", "norms", 1, "item"),
    "a row twice": (both(put("norms", "A3", "soap"), put("norms", "B3", "households")), "repeated_row", "norms", 3, "group"),
    "an unknown setting": (put("province", "A3", "yeers"), "unknown_key", "province", 3, "key"),
    "a bad setting": (put("province", "B4", "short"), "wrong_type", "province", 4, "value"),
    "a date for a period": (a_date, "date_cell", "periods", 2, "period"),
    "a formula": (put("items", "H2", "=1+1"), "formula_without_value", "items", 2, "value"),
    "an error": (put("items", "H2", "#DIV/0!"), "error_cell", "items", 2, "value"),
    "merged cells": (merge, "merged_cells", "items", 0, ""),
    "shares that do not sum to 1": (put("calendars", "D2", 0.5), "calendar_sum", "calendars", 2, "share"),
    "a swap that is none": (put("swaps", "B2", "sells"), "unknown_row", "swaps", 2, "way"),
    "a scenario that selects nothing": (put("scenario_changes", "C2", "kapsam"), "unknown_where", "scenario_changes", 2, "where"),
    "a change without number": (put("scenario_changes", "E2", None), "invalid", "scenario_changes", 2, ""),
    "a weight of no priority": (put("priority_weights", "A2", "9"), "unknown_choice", "priority_weights", 2, "weight"),
    "a need of nowhere": (both(put("demand", "A2", "x"), put("demand", "B2", "soap"), put("demand", "C2", 5)), "unknown_county", "demand", 2, "county"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_sheet_row_and_column(client: TestClient, mistake: str) -> None:
    edit, code, sheet, row, column = MISTAKES[mistake]
    answer = client.post(
        "/v1/validate", content=edited(edit), headers={"Content-Type": SPREADSHEET_MEDIA_TYPES["xlsx"]}
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert not body["valid"]
    found = [one for one in body["findings"] if one["code"] == code]
    assert {"sheet": sheet, "row": row, "column": column} in [one["cell"] for one in found], body["findings"]
