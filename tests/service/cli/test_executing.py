"""`allot fulfilment` and `allot replan`: files in, files out."""

import csv
from pathlib import Path

import pytest

from models.examples import two_counties_text
from models.validation.parsing import parse_problem
from tests.service.cli.test_cli import run

JANUARY = "factory,item,period,quantity\nhyesan-daily,soap,2002-01,9000\nhyesan-daily,notebook,2002-01,0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example, its plan, and what was made in January."""
    (tmp_path / "two.json").write_text(two_counties_text(), encoding="utf-8")
    (tmp_path / "january.csv").write_text(JANUARY, encoding="utf-8")
    assert run("plan", tmp_path / "two.json", "--out", tmp_path / "plan").exit_code == 0
    return tmp_path


def test_fulfilment_ranks_the_worst_first(folder: Path) -> None:
    shown = run(
        "fulfilment",
        folder / "two.json",
        "--plan",
        folder / "plan",
        "--outputs",
        folder / "january.csv",
        "--by",
        "item",
    )
    assert shown.exit_code == 0, shown.output
    lines = [line for line in shown.stdout.splitlines() if "│" in line]
    assert "Notebook" in lines[0]
    assert " 0% " in lines[0]
    assert "–" in next(line for line in lines if "starch" in line)


def test_the_rest_is_planned_again_and_its_problem_can_be_planned(folder: Path) -> None:
    words = ("replan", folder / "two.json", "--plan", folder / "plan", "--outputs", folder / "january.csv")
    again = run(*words, "--from", "2002-02", "--out", folder / "again", "--problem", folder / "again.json")
    assert again.exit_code == 0, again.output
    assert "optimal" in again.stdout
    with (folder / "again" / "quotas.csv").open(encoding="utf-8") as table:
        made = {(row["item"], row["period"]): float(row["quantity"]) for row in csv.DictReader(table)}
    assert made["soap", "2002-01"] == 9000
    assert ("notebook", "2002-01") not in made
    problem = parse_problem((folder / "again.json").read_bytes())
    assert problem.past is not None
    assert run("bottlenecks", folder / "again.json").exit_code == 0


def test_what_is_wrong_with_the_outputs_is_told_and_nothing_is_planned(folder: Path) -> None:
    (folder / "january.csv").write_text(JANUARY.replace("soap", "soup"), encoding="utf-8")
    words = ("replan", folder / "two.json", "--plan", folder / "plan", "--outputs", folder / "january.csv")
    refused = run(*words, "--from", "2002-02")
    assert refused.exit_code == 1
    assert "sheet outputs, row 2, column item" in refused.stderr


def test_a_folder_without_tables_is_told(folder: Path) -> None:
    words = ("replan", folder / "two.json", "--plan", folder / "empty", "--outputs", folder / "january.csv")
    assert run(*words, "--from", "2002-02").exit_code == 2
