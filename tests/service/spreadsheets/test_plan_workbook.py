"""A whole plan as a workbook: each figure as in the tables, each sheet ready for print."""

import io
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from models.tables import TABLE_SCHEMAS
from models.validation.parsing import parse_problem
from service.spreadsheets.plan_workbook import PlanWorkbookContent, write_plan_workbook
from solvers.planning import make_plan
from tests.service.api.answers import assert_problem
from tests.service.spreadsheets.digits import round_numbers


@pytest.fixture(scope="module")
def book(client: TestClient, plan: str) -> Any:
    answer = client.get(f"{plan}/workbook")
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_every_table_is_there_with_every_figure(client: TestClient, plan: str, book: Any) -> None:
    for table in TABLE_SCHEMAS:
        told = client.get(f"{plan}/tables/{table}").json()["rows"]
        header, *rows = book[table].values
        assert [dict(zip(header, row, strict=True)) for row in rows] == told
        assert book[table].freeze_panes == "A2"
        assert book[table].auto_filter.ref.startswith("A1:")


def test_the_summary_says_what_the_head_says(client: TestClient, plan: str, book: Any) -> None:
    head = round_numbers(client.get(plan).json())
    said = {row[0]: row[1:] for row in book["Summary"].values if row[0]}
    assert said["Outcome"][0] == "optimal"
    assert said["Certificate"][0] == "passed"
    assert said["gap"][0] == head["certificate"]["gap"]
    assert said["value"][0] == head["objective"]["value"]
    assert said["of it shortage"][0] == head["objective"]["parts"]["shortage"]
    assert said["served_share"][0] == head["summary"]["served_share"]
    assert said["gini"][0] == head["summary"]["gini"]
    spread = head["summary"]["greatest_spread"]
    assert said["greatest_spread"][:2] == (spread["spread"], spread["item"])
    assert said["least served there"][:2] == (spread["least_share"], spread["least_county"])
    assert said["most served there"][:2] == (spread["most_share"], spread["most_county"])
    for one in head["summary"]["by_category"]:
        assert said[one["key"]][:3] == (one["demand"], one["served"], one["share"])
    assert said["Ratified"][0] == "no"


def test_a_quota_sheet_a_factory(client: TestClient, plan: str, book: Any) -> None:
    quotas = round_numbers(client.get(f"{plan}/tables/quotas").json()["rows"])
    problem = two_counties_raw()
    names = {item["id"]: (item["name"], item.get("local_name"), item["unit"]) for item in problem["items"]}
    for factory in problem["factories"]:
        sheet = book[factory["id"]]
        header, *rows = list(sheet.values)[5:]
        assert header[4:-3] == tuple(problem["periods"])
        assert header[-3:] == ("Total · 계", "kWh · 전력", "Due · 기한")
        count = len(factory["lines"])
        items, electricity, labour = [row[:-1] for row in rows[:count]], rows[count][:-1], rows[count + 1]
        assert labour[1] == "Labour"
        assert [row[0] for row in items] == [line["item"] for line in factory["lines"]]
        for row in items:
            mine = [one for one in quotas if (one["factory"], one["item"]) == (factory["id"], row[0])]
            by_period = {one["period"]: one["quantity"] for one in mine}
            assert row[4:-2] == tuple(by_period.get(period, 0) for period in problem["periods"])
            assert row[-2] == pytest.approx(sum(by_period.values()))
            assert row[-1] == pytest.approx(sum(one["kwh"] for one in mine))
            assert tuple(value or None for value in row[1:4]) == names[row[0]]
        assert electricity[-1] == pytest.approx(sum(one["kwh"] for one in quotas if one["factory"] == factory["id"]))
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$6:$6"
        assert sheet.freeze_panes == "E7"


def test_a_factory_sheet_says_from_whom_and_to_whom(client: TestClient, plan: str, book: Any) -> None:
    deliveries = client.get(f"{plan}/tables/deliveries").json()["rows"]
    rows = {(row[0], row[1]): row for row in book["hyesan-daily"].values if row[0] and row[1]}
    soda = [row for row in deliveries if row["use"] == "material" and row["to"] == "hyesan-daily"]
    (centre,) = [row for (party, item), row in rows.items() if item == "Caustic soda" and party.startswith("Centre")]
    assert centre[6] == pytest.approx(sum(row["quantity"] for row in soda if row["source"] == "centre"))
    to_kapsan = [row for row in deliveries if row["from"] == "hyesan-daily" and row["to"] == "kapsan"]
    soap = [row["quantity"] for row in to_kapsan if row["item"] == "soap"]
    assert soap
    assert rows["People of Kapsan · 주민", "Laundry soap 250 g"][6] == pytest.approx(sum(soap))
    labour = next(row for row in book["hyesan-daily"].values if row[1] == "Labour")
    made = client.get(f"{plan}/tables/quotas?factory=hyesan-daily").json()["rows"]
    hours = {"soap": 0.02, "notebook": 0.01}
    assert labour[6] == pytest.approx(sum(hours[row["item"]] * row["quantity"] for row in made))


def test_a_sheet_a_county(client: TestClient, plan: str, book: Any) -> None:
    supply = client.get(f"{plan}/tables/supply?county=kapsan").json()["rows"]
    sheet = book["county kapsan"]
    rows = list(sheet.values)
    assert rows[0][0] == "Kapsan · 갑산군"
    assert rows[5][4:-4] == ("2002-01", "2002-02")
    (starch,) = [row for row in rows if row[:2] == ("All · 계", "Potato starch")]
    served, need = (sum(row[name] for row in supply if row["item"] == "starch") for name in ("served", "demand"))
    assert starch[6:8] == (pytest.approx(served), pytest.approx(need))
    assert starch[8] == pytest.approx(0.9 * (1 - 0.5 * 0.4))
    assert ("Kapsan Foodstuff Factory", "Potato starch") in {row[:2] for row in rows}
    assert "Made in the county · 군내 생산" in {row[0] for row in rows}
    assert not any(str(row[0]).startswith("Slips") for row in rows)


def test_slips_of_shops_are_on_the_sheet_of_their_county() -> None:
    raw = two_counties_raw()
    raw["counties"][0]["shops"] = [{"id": "gate", "name": "Gate", "share": 0.75}, {"id": "hall", "share": 0.25}]
    raw["items"][0]["due"] = {"2002-02": {"share": 0.998, "by": 0.5}}
    problem = parse_problem(raw)
    result = make_plan(problem)
    tables = {name: lambda table=table: (table.schema, table.to_batches()) for name, table in result.tables.items()}
    with write_plan_workbook(PlanWorkbookContent(problem.name, "", None, result.plan, problem, tables)) as file:
        book = openpyxl.load_workbook(file)
    rows = list(book["county hyesan"].values)
    gate, hall = (next(row for row in rows if row[:2] == (shop, "Laundry soap 250 g")) for shop in ("Gate", "hall"))
    (soap,) = [row for row in rows if row[:2] == ("All · 계", "Laundry soap 250 g")]
    assert gate[6] + hall[6] == pytest.approx(soap[6])
    assert gate[6] / soap[6] == pytest.approx(0.75, abs=0.001)
    assert soap[9] == "2002-02: 99.8% after 50.0% of the period"


def test_a_factory_sheet_sums_an_item_and_lists_its_recipes() -> None:
    raw = two_counties_raw()
    soap = raw["factories"][0]["lines"][0]
    raw["factories"][0]["lines"].append(soap | {"recipe": "from ash", "materials": {}, "most": 900})
    problem = parse_problem(raw)
    result = make_plan(problem)
    tables = {name: lambda table=table: (table.schema, table.to_batches()) for name, table in result.tables.items()}
    with write_plan_workbook(PlanWorkbookContent(problem.name, "", None, result.plan, problem, tables)) as file:
        book = openpyxl.load_workbook(file)
    rows = list(book["hyesan-daily"].values)
    named = [row for row in rows[6:] if row[0] in ("soap", "soap/", "soap/from ash", "notebook")]
    assert [row[0] for row in named] == ["soap", "soap/", "soap/from ash", "notebook"]
    total, plain, ash, _ = named
    for column in (4, 5, 6, 7):
        assert total[column] == pytest.approx(plain[column] + ash[column])
    assert ash[6] > 0
    made = [row for row in book["county hyesan"].values if row[0] == rows[0][0] and row[1] == "Laundry soap 250 g"]
    assert total[6] in [row[6] for row in made]


def test_the_index_leads_to_every_sheet(book: Any) -> None:
    index = book["Index"]
    targets = [row[0].hyperlink.location for row in index.iter_rows(min_row=5) if row[0].value]
    assert targets == [f"'{name}'!A1" for name in book.sheetnames if name != "Index"]


def test_who_has_it_is_not_sent_it_again(client: TestClient, plan: str) -> None:
    tag = client.get(f"{plan}/workbook").headers["etag"]
    assert client.get(f"{plan}/workbook", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(plan).json()["links"]["workbook"] == f"{plan}/workbook"
    assert_problem(client.get("/v1/plans/none/workbook"), 404)


def test_what_was_ratified_is_named_on_every_sheet_that_is_printed(client: TestClient) -> None:
    problem = two_counties_raw() | {"name": "To be ratified"}
    made = client.post("/v1/plans", json={"problem": problem}, headers={"Prefer": "wait=60"})
    address = made.headers["location"]
    before = client.get(f"{address}/workbook").headers["etag"]
    for act in ("submit", "ratify"):
        answer = client.post(f"{address}/approval/{act}", json={})
        assert answer.status_code == 200, answer.text
    digest = client.get(f"{address}/approval").json()["digest"]
    answer = client.get(f"{address}/workbook")
    assert answer.headers["etag"] != before
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    for factory in problem["factories"]:
        assert f"ratified {digest}" in book[factory["id"]]["A3"].value
        assert digest[:20] in book[factory["id"]].oddFooter.left.text


def test_names_that_mean_harm_are_texts_and_sheets_have_names_of_their_own() -> None:
    raw = two_counties_raw()
    raw["name"] = "=HYPERLINK(1)"
    raw["factories"][0] |= {"id": "a" * 40, "name": "=cmd|' /C calc'!A0", "local_name": "&P&D"}
    raw["factories"][1] |= {"id": "A" * 39, "name": "<r><evil/></r>"}
    raw["items"][0] |= {"name": "@SUM(A1)", "unit": "+x"}
    problem = parse_problem(raw)
    result = make_plan(problem)
    tables = {name: lambda table=table: (table.schema, table.to_batches()) for name, table in result.tables.items()}
    with write_plan_workbook(PlanWorkbookContent(problem.name, "", None, result.plan, problem, tables)) as file:
        book = openpyxl.load_workbook(file)
    assert len(book.sheetnames) == len({name.casefold() for name in book.sheetnames})
    assert {"a" * 31, "A" * 29 + "~2"} <= set(book.sheetnames)
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert book["a" * 31]["A1"].value == "=cmd|' /C calc'!A0 · &P&D"
    assert book["a" * 31]["B7"].value == "@SUM(A1)"


def test_a_plan_that_cannot_be_says_why() -> None:
    raw = two_counties_raw()
    raw["counties"][0]["stocks"] = {"soap": {"closing_least": 1e12}}
    problem = parse_problem(raw)
    result = make_plan(problem)
    assert result.plan.outcome == "infeasible"
    with write_plan_workbook(PlanWorkbookContent(problem.name, "", None, result.plan, problem, {})) as file:
        book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Index", "Summary", "names"]
    assert any(row[0] == "These rules cannot hold together" for row in book["Summary"].values)
