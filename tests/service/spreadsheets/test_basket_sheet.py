"""The sheet of baskets in the workbook of a plan: shares met in reds to greens, and g a head and day."""

import io
from typing import Any

import openpyxl
import pytest

from models.baskets import summarize_baskets
from models.problem.planning_problem import PlanningProblem
from service.spreadsheets.basket_sheet import add_basket_sheet
from service.spreadsheets.plan_workbook import PlanWorkbookContent, write_plan_workbook
from service.spreadsheets.workbook import open_workbook
from solvers.planning import make_plan
from tests.builders import Json

PROBLEM: Json = {
    "periods": ["p1", "p2"],
    "period_days": [10, 30],
    "years": 40 / 365,
    "requirements": [{"id": "energy", "name": "Energy", "local_name": "열량", "norms": {"people": 3650}}],
    "items": [{"id": "maize", "provides": {"energy": 20}}],
    "counties": [
        {"id": "town", "power_area": "a", "population": {"people": 10}, "stocks": {"maize": {"opening": 100}}},
        {"id": "city", "power_area": "a", "population": {"people": 10}, "stocks": {"maize": {"opening": 200}}},
    ],
    "power_areas": [{"id": "a"}],
}


@pytest.fixture(scope="module")
def sheet() -> Any:
    problem = PlanningProblem.model_validate(PROBLEM)
    result = make_plan(problem)
    summary = summarize_baskets(problem, *(result.tables[name].to_pylist() for name in ("requirements", "baskets")))
    with open_workbook("plan") as (book, sink):
        add_basket_sheet(book, problem, summary)
    with sink:
        sink.seek(0)
        return openpyxl.load_workbook(io.BytesIO(sink.read()))["Baskets"]


def test_shares_met_stand_by_county_and_requirement(sheet: Any) -> None:
    rows = {row[0]: row[1] for row in sheet.iter_rows(min_row=3, max_row=5, max_col=2, values_only=True)}
    assert rows == {"Share met · 충족률": "Energy 열량", "town": pytest.approx(0.5), "city": pytest.approx(1.0)}
    (area,) = sheet.conditional_formatting
    assert str(area.sqref) == "B4:B5"


def test_amounts_stand_in_g_a_head_and_day(sheet: Any) -> None:
    rows = {row[0]: row[1] for row in sheet.iter_rows(min_row=7, max_row=9, max_col=2, values_only=True)}
    assert rows == {
        "g a head and day · 한 사람 하루 g": "maize",
        "town": pytest.approx(250),
        "city": pytest.approx(500),
    }


def test_the_table_of_baskets_has_a_sheet_of_its_own() -> None:
    problem = PlanningProblem.model_validate(PROBLEM)
    result = make_plan(problem)
    tables = {name: lambda table=table: (table.schema, table.to_batches()) for name, table in result.tables.items()}
    with write_plan_workbook(PlanWorkbookContent("plan", "", None, result.plan, problem, tables)) as file:
        book = openpyxl.load_workbook(file)
    assert {"Baskets", "basket rows"} <= set(book.sheetnames)
    assert not [name for name in book.sheetnames if "~" in name]
    header = next(book["basket rows"].values)
    assert header[:3] == ("county", "item", "period")
