"""A province out as sheets and in again: the same province, whatever is in it; and what is wrong named by sheet, row and column."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings as example_settings, strategies as st
from starlette.testclient import TestClient

from models import provinces
from models.changes.change import Change, Scenario
from models.examples import two_counties_raw
from models.labels import normalise_label
from models.problem.planning_problem import PlanningProblem
from models.provinces import load_province_notes
from models.provinces.figures import read_notes
from models.sheets import SHEET_LAYOUTS, ProvinceDocument, build_sheet_tables
from models.validation.checks import InvalidProblemError
from models.validation.parsing import parse_problem
from service.core.settings import Settings
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES, SpreadsheetKind
from service.spreadsheets.province_workbook import (
    build_province_zip,
    build_template_tables,
    write_province_folder,
    write_province_workbook,
)
from service.spreadsheets.reader import read_sheets, read_sheets_path
from tests.service.api.answers import assert_problem
from tests.service.spreadsheets.digits import round_model
from tests.service.spreadsheets.editing import both, edited, put
from tests.strategies import problems

SETTINGS = Settings()
KINDS: tuple[SpreadsheetKind, ...] = ("xlsx", "zip")


def written(
    kind: SpreadsheetKind, problem: PlanningProblem, name: str = "", scenarios: tuple[Scenario, ...] = ()
) -> bytes:
    tables = build_sheet_tables(problem, name, scenarios)
    if kind == "zip":
        return build_province_zip(tables, {})
    with write_province_workbook("x", tables, {}) as file:
        file.seek(0)
        return file.read()


def read(kind: SpreadsheetKind, raw: bytes) -> ProvinceDocument:
    return read_sheets(raw, kind, SETTINGS)


def assert_same(kind: SpreadsheetKind, problem: PlanningProblem, scenarios: tuple[Scenario, ...] = ()) -> None:
    reading = read(kind, written(kind, problem, "Name", scenarios))
    assert reading.findings == []
    if kind == "xlsx":
        problem, scenarios = round_model(problem), tuple(map(round_model, scenarios))
    assert PlanningProblem.model_validate(reading.problem) == problem
    assert tuple(map(Scenario.model_validate, reading.content.get("scenarios", ()))) == scenarios
    assert reading.content["name"] == "Name"


@example_settings(max_examples=12)
@given(
    problem=problems(whole_units=True, goals=["shortage", {"goal": "cost"}, {"goal": "central_share", "target": 0.5}])
)
def test_any_problem_comes_back_the_same(problem: PlanningProblem) -> None:
    for kind in KINDS:
        assert_same(kind, problem)


ODD_WORDS = ["=1+1", "+a", "-b", "@c", "'=d", "''+e", "\ttab", "＝1+1", " －x", "'＠y", "\n+z", "a;b", 'say "x"', "new\nline", "cr\rlf\r\n", " edges ", "_x0041_", "<r>t</r>",
             "량강도", "😀", "1", "1e5", "yes", "2002-01", "a,b", "null", "\ufffe", "a\x00b"]  # fmt: skip


def odd_problem(words: list[str]) -> PlanningProblem:
    raw = two_counties_raw()
    raw |= {"name": words[0], "notes": words[1]}
    raw["items"][0] |= {"name": words[2], "local_name": words[3], "category": words[4], "unit": words[5]}
    raw["items"][0]["norms"] = {words[6]: 0.1, "people": 1 / 3}
    raw["counties"][0] |= {"population": {words[6]: 5e-324, "people": 1e15}, "latitude": -41.25}
    raw["factories"][0]["machines"] = {words[7]: [0.1, 0.30000000000000004]}
    raw["factories"][0]["lines"] = [{"item": "soap", "hours_per_unit": {words[7]: 2.220446049250313e-16}, "most": 7}]
    raw["calendars"] = {"school": [0.25, 0.75], words[8]: [1, 0]}
    raw["policy"] = {
        "priority_weights": {},
        "goals": ["shortage", {"goal": "cost"}],
        "shortage_bands": [{"width": 1, "weight": 3}],
    }
    return PlanningProblem.model_validate(raw)


def odd_scenarios(words: list[str]) -> tuple[Scenario, ...]:
    return (
        Scenario(id="a", name=words[0], changes=(Change(what="norms", where=words[1], factor=0.5),)),
        Scenario(id="b", name="b", notes=words[2], changes=(Change(what="norms", where=(words[3],), value=2.0),)),
        Scenario(id="c", name="c", changes=(
            Change(what="delivered", periods=("2002-01",), value=(0.1,)),
            Change(what="power_limit", where=(words[4], words[5]), periods=("2002-01", "2002-02"), value=(1.0, 1 / 3)),
        )),
    )  # fmt: skip


@example_settings(max_examples=12)
@given(
    words=st.lists(
        st.sampled_from(ODD_WORDS)
        | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(normalise_label),
        min_size=9,
        max_size=9,
        unique=True,
    )
)
def test_words_that_spreadsheets_would_change_come_back_the_same(words: list[str]) -> None:
    for kind in KINDS:
        assert_same(kind, odd_problem(words), odd_scenarios(words))


@pytest.mark.parametrize("kind", KINDS)
def test_tables_by_age_and_shops_come_back_the_same(kind: SpreadsheetKind) -> None:
    raw = two_counties_raw()
    raw["population_projection"] = {
        "census_year": 1993.5,
        "plan_year": 2002.5,
        "error": 0.03,
        "error_per_year": 0.01,
        "boys_per_girl": 1.06,
        "newborn_survival": 0.9,
        "rates": [{"age": 0, "women_survive": 0.9}, {"age": 5, "births_per_woman": 0.1, "men_survive": 0.8}],
        "groups": {"girls": {"sex": "women", "below_age": 5}, "homes": {"per_head": 0.25}, "old": {"from_age": 5}},
    }
    raw["counties"][0] |= {
        "ages": [{"age": 0, "women": 5, "men": 6}, {"age": 5, "women": 7, "men": 8}],
        "census": {"elders": {"heads": 9, "yearly_growth": -0.01}},
        "net_migration": -0.002,
        "shops": [{"id": "gate", "name": "Gate", "local_name": "정문", "share": 0.75}, {"id": "hall", "share": 0.25}],
    }
    assert_same(kind, PlanningProblem.model_validate(raw))


@pytest.mark.parametrize("kind", KINDS)
def test_limits_of_lines_in_some_periods_come_back_the_same(kind: SpreadsheetKind) -> None:
    raw = two_counties_raw()
    raw["factories"][0]["lines"][0]["most"] = [None, 500]
    raw["factories"][0]["lines"][1]["most"] = 300
    assert_same(kind, PlanningProblem.model_validate(raw))


@pytest.mark.parametrize("kind", KINDS)
def test_goals_of_selected_needs_come_back_the_same(kind: SpreadsheetKind) -> None:
    raw = two_counties_raw()
    raw["policy"] = {
        "shortage_bands": None,
        "fairness": {"alpha": 2.5, "pieces": 7},
        "goals": [
            {"goal": "shortage", "of": {"priority": [1]}},
            {
                "goal": "shortage",
                "of": {"priority": [2, 3], "category": ["food; drink"], "item": ["soap"]},
                "tolerance": 0.5,
            },
            {"goal": "shortage", "of": {"county": ["hyesan", "kapsan"]}},
            "cost",
        ],
    }
    assert_same(kind, PlanningProblem.model_validate(raw))


@pytest.mark.parametrize("kind", KINDS)
def test_provinces_come_back_the_same(kind: SpreadsheetKind) -> None:
    ryanggang = provinces.load_builtin_province("ryanggang")
    assert_same(kind, ryanggang.problem, ryanggang.scenarios)
    assert_same(kind, parse_problem(two_counties_raw()))
    one_period = {
        "periods": ["all"],
        "items": [{"id": "soap", "importance": [2.0]}],
        "counties": [{"id": "kapsan", "power_area": "kapsan"}],
        "power_areas": [{"id": "kapsan", "limit_kwh": [5.0], "own_generation_kwh": 5.0}],
    }
    assert_same(kind, parse_problem(one_period))


def test_a_folder_comes_back_the_same(tmp_path: Path) -> None:
    ryanggang = provinces.load_builtin_province("ryanggang")
    notes, pages = provinces.load_province_notes("ryanggang")
    tables = build_sheet_tables(ryanggang.problem, ryanggang.name, ryanggang.scenarios, notes)
    assert write_province_folder(tables, pages, tmp_path / "r") == len(SHEET_LAYOUTS) + 3
    reading = read_sheets_path(tmp_path / "r", SETTINGS)
    assert reading.findings == []
    assert parse_problem(reading.problem) == ryanggang.problem
    assert provinces.load_province_folder(tmp_path / "r").scenarios == ryanggang.scenarios
    noted, pages_read = read_notes(tmp_path / "r")
    assert pages_read == pages
    for sheet, rows in notes.items():
        for key, note in rows.items():
            assert not note or noted[sheet][key] == note, (sheet, key)


def test_the_template_says_what_every_column_is() -> None:
    with write_province_workbook("x", build_template_tables(), {}) as file:
        book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["read_me", *(layout.name for layout in SHEET_LAYOUTS)]
    for layout in SHEET_LAYOUTS:
        heads = {cell.value: cell for cell in book[layout.name][1]}
        for column in layout.columns:
            assert column.description in heads[column.name].comment.text
    assert book["items"].max_row == 5
    zipped = zipfile.ZipFile(io.BytesIO(build_province_zip(build_template_tables(), {})))
    read_me = zipped.read("README.txt").decode()
    assert all(column.description in read_me for layout in SHEET_LAYOUTS for column in layout.columns)


def test_what_is_merely_doubtful_does_not_refuse(client: TestClient) -> None:
    raw = edited(lambda book: book.create_sheet("my notes"))
    body = client.post("/v1/validate", content=raw, headers={"Content-Type": SPREADSHEET_MEDIA_TYPES["xlsx"]}).json()
    assert body["valid"]
    assert [(one["code"], one["cell"]["sheet"]) for one in body["findings"]] == [("unknown_sheet", "my notes")]


def test_a_province_goes_out_is_edited_and_comes_in(client: TestClient) -> None:
    """As a planner does it: download, change one number in a spreadsheet, upload, plan, download the plan."""
    made = client.put("/v1/provinces/sheeted", json={"name": "Mine", "problem": two_counties_raw()})
    assert made.status_code == 201
    answer = client.get("/v1/provinces/sheeted?format=xlsx")
    assert answer.headers["content-type"] == SPREADSHEET_MEDIA_TYPES["xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book["items"]["A2"].value == "soap"
    book["norms"]["C2"] = 24
    sink = io.BytesIO()
    book.save(sink)
    headers = {"Content-Type": SPREADSHEET_MEDIA_TYPES["xlsx"], "If-Match": answer.headers["etag"]}
    stored = client.put("/v1/provinces/sheeted", content=sink.getvalue(), headers=headers)
    assert stored.status_code == 200, stored.text
    told = client.get("/v1/provinces/sheeted").json()
    assert told["name"] == "Mine"
    assert told["version"] == 2
    expected = two_counties_raw()
    expected["items"][0]["norms"]["households"] = 24
    assert PlanningProblem.model_validate(told["problem"]) == PlanningProblem.model_validate(expected)
    assert_problem(client.put("/v1/provinces/sheeted", content=sink.getvalue(), headers=headers), 412)
    zipped = client.get("/v1/provinces/sheeted", headers={"Accept": "application/zip"})
    planned = client.post(
        "/v1/plans", content=zipped.content, headers={"Content-Type": "application/zip", "Prefer": "wait=60"}
    )
    assert planned.status_code == 201, planned.text
    assert planned.json()["outcome"] == "optimal"
    again = client.get(
        "/v1/provinces/sheeted?format=xlsx",
        headers={"If-None-Match": client.get("/v1/provinces/sheeted?format=xlsx").headers["etag"]},
    )
    assert again.status_code == 304
    assert_problem(client.get("/v1/provinces/sheeted", headers={"Accept": "image/png"}), 406)


def test_what_is_built_in_comes_with_its_marks_and_sources(client: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/v1/provinces/ryanggang?format=xlsx").content))
    heads = [cell.value for cell in book["items"][1]]
    assert heads[-4:] == ["mark", "source", "marks", "note"]
    assert book["sources"].max_row == len(load_province_notes("ryanggang")[1]["sources"])
    assert book["items"]["C2"].value == "간장"


def test_a_refused_upload_stores_nothing(client: TestClient) -> None:
    raw = edited(put("machines", "A2", "atlantis"))
    refused = assert_problem(
        client.put("/v1/provinces/unsheeted", content=raw, headers={"Content-Type": SPREADSHEET_MEDIA_TYPES["xlsx"]}),
        422,
        "unknown_row",
    )
    assert refused["errors"][0]["cell"] == {"sheet": "machines", "row": 2, "column": "factory"}
    assert client.get("/v1/provinces/unsheeted").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_can_be_sent_as_it_is(client: TestClient, kind: SpreadsheetKind) -> None:
    template = client.get(f"/v1/templates/province?format={kind}")
    assert template.headers["content-type"] == SPREADSHEET_MEDIA_TYPES[kind]
    body = client.post(
        "/v1/validate", content=template.content, headers={"Content-Type": SPREADSHEET_MEDIA_TYPES[kind]}
    ).json()
    assert body["valid"], body
    assert body["findings"] == []


def test_findings_of_the_problem_are_kept_where_sheets_are_wrong_too() -> None:
    reading = read("xlsx", edited(both(put("machines", "A2", "atlantis"), put("items", "H2", -1))))
    with pytest.raises(InvalidProblemError) as refused:
        reading.raise_on_errors()
    assert {"unknown_row", "negative"} <= {one.code for one in refused.value.findings}
