"""Studies and backtests on the command line, on the two-counties example."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet

from models.analyses.study import StudyResult
from models.examples import two_counties_text
from tests.service.cli.test_cli import run

FACTORS = ("-f", "power=power_limit*uniform(0.75,1.25)", "-f", "delivered*triangular(0.6,0.9,1)")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example as a file."""
    path = tmp_path / "two.json"
    path.write_text(two_counties_text(), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def test_a_study_prints_and_writes_what_came_out(file: Path, tmp_path: Path) -> None:
    words = (
        "--lever",
        "stronger=power_limit@hyesan*1.1",
        "--threshold",
        "served_share of priority 1 < 0.8",
        "-n",
        "16",
    )
    out, book = tmp_path / "study", tmp_path / "study.xlsx"
    shown = run("study", file, *FACTORS, *words, "--out", out, "--workbook", book)
    assert shown.exit_code == 0, shown.output
    text = " ".join(shown.output.split())
    assert "32 runs by month" in text
    for title in ("Outcomes", "Thresholds", "Drivers", "Regret", "served_share of priority 1 < 0.8"):
        assert title in text
    runs = rows_of(out / "runs.csv")
    assert len(runs) == 32
    assert {row["lever"] for row in runs} == {"base", "stronger"}
    assert all(0.75 <= float(row["power"]) <= 1.25 for row in runs)
    drivers = {(row["lever"], row["outcome"], row["factor"]): row for row in rows_of(out / "drivers.csv")}
    assert float(drivers["base", "objective", "power"]["total"]) > 0
    assert {"Index", "Head", "runs", "drivers", "regret"} <= set(
        openpyxl.load_workbook(book, read_only=True).sheetnames
    )


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow_lane)])
def test_a_study_from_a_file_is_the_study_of_its_options(file: Path, tmp_path: Path, workers: int) -> None:
    request: dict[str, Any] = {
        "factors": [
            {
                "name": "power",
                "changes": [{"what": "power_limit"}],
                "distribution": {"kind": "uniform", "low": 0.75, "high": 1.25},
            }
        ],
        "design": {"kind": "sobol", "size": 8, "seed": 3},
    }
    (tmp_path / "study.json").write_text(json.dumps(request), encoding="utf-8")
    stated = run(
        "study",
        file,
        "-f",
        FACTORS[1],
        "-n",
        "8",
        "--seed",
        "3",
        "--json",
        "--out",
        tmp_path / "a",
        "--format",
        "parquet",
    )
    read = run(
        "study",
        file,
        "--request",
        tmp_path / "study.json",
        "--json",
        "--workers",
        str(workers),
        "--out",
        tmp_path / "b",
        "--format",
        "parquet",
    )
    assert stated.exit_code == read.exit_code == 0, stated.output + read.output
    assert StudyResult.model_validate_json(stated.stdout) == StudyResult.model_validate_json(read.stdout)
    first, second = (parquet.read_table(tmp_path / name / "runs.parquet") for name in ("a", "b"))
    assert first.equals(second)


def test_an_unknown_place_is_told_with_its_path(file: Path) -> None:
    shown = run("study", file, "-f", "power_limit@nowhere*uniform(0.5,1)", "-n", "2")
    assert shown.exit_code == 1
    assert "nowhere" in shown.output


def test_options_and_a_file_exclude_each_other(file: Path) -> None:
    assert run("study", file, *FACTORS, "--request", file).exit_code == 2
    assert run("study", file, "--request", "missing.json").exit_code == 2


def test_a_backtest_compares_policies(file: Path, tmp_path: Path) -> None:
    words = ("--policy", "once", "--policy", "knowing:replan_every=1,forecast=perfect", "-n", "2")
    shown = run("backtest", file, *FACTORS, *words, "--out", tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "knowing" in shown.output
    assert "perfect foresight" in shown.output
    paths = rows_of(tmp_path / "paths.csv")
    assert len(paths) == 4
    assert all(float(row["regret"]) >= -1e-3 for row in paths)
