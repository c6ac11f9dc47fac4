"""Provinces and plans as files on the command line."""

from pathlib import Path

import openpyxl

from models import provinces
from models.plan import Plan
from models.validation.parsing import parse_problem
from service.core.settings import Settings
from service.spreadsheets.reader import read_sheets_path
from tests.service.cli.test_cli import run
from tests.service.spreadsheets.digits import round_model


def test_the_template_is_planned_and_the_plan_is_a_workbook(tmp_path: Path) -> None:
    assert run("province", "template", "--to", tmp_path / "mine.xlsx").exit_code == 0
    assert run("validate", tmp_path / "mine.xlsx").exit_code == 0
    plain = run("plan", tmp_path / "mine.xlsx", "--json", "--workbook", tmp_path / "plan.xlsx")
    dry = run("plan", tmp_path / "mine.xlsx", "-s", "dry", "--json")
    heads = [Plan.model_validate_json(one.stdout) for one in (plain, dry)]
    assert heads[0].objective is not None
    assert heads[1].objective is not None
    assert heads[0].objective.value < heads[1].objective.value
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book["quotas"].max_row == heads[0].tables["quotas"] + 1


def test_a_province_is_exported_in_each_form_and_read_again(tmp_path: Path) -> None:
    for name in ("r.xlsx", "r.zip", "r"):
        assert run("province", "export", "ryanggang", "--to", tmp_path / name).exit_code == 0
        reading = read_sheets_path(tmp_path / name, Settings())
        assert reading.findings == []
        problem = provinces.load_builtin_province("ryanggang").problem
        assert parse_problem(reading.problem) == (round_model(problem) if name == "r.xlsx" else problem)


def test_findings_name_the_cell(tmp_path: Path) -> None:
    run("province", "template", "--to", tmp_path / "mine")
    path = tmp_path / "mine" / "items.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",hygiene,good,", ",hygiene,goods,"), encoding="utf-8")
    result = run("validate", tmp_path / "mine")
    assert result.exit_code == 1
    assert "error sheet items, row 2, column kind:" in result.stderr


def test_a_copy_of_the_built_in_folder_is_read_and_edited(tmp_path: Path) -> None:
    source = Path(provinces.__file__).parent / "ryanggang"
    for path in source.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert run("validate", tmp_path).exit_code == 0
    items = tmp_path / "items.csv"
    items.write_text(
        items.read_text(encoding="utf-8").replace(
            "soy-sauce,Soy sauce,간장,foodstuffs,good,kg,1,", "soy-sauce,Soy sauce,간장,foodstuffs,good,kg,heavy,"
        ),
        encoding="utf-8",
    )
    result = run("validate", tmp_path)
    assert result.exit_code == 1
    assert "sheet items, row 2, column kg_per_unit" in result.stderr
