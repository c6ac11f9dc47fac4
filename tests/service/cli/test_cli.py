"""The command line as a user calls it, on the two-counties example."""

import csv
import json
from pathlib import Path
from typing import Any

import highspy
import pytest
from typer.testing import CliRunner, Result

from models.examples import two_counties_text
from models.plan import Plan
from models.tables import TABLE_SCHEMAS
from service.cli import app


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example as a file."""
    path = tmp_path / "two.json"
    path.write_text(two_counties_text(), encoding="utf-8")
    return path


def run(*words: str | Path) -> Result:
    """Call `allot` with words."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(word) for word in words])


def plan_of(*words: str | Path) -> Plan:
    """The plan's head that `allot plan … --json` prints."""
    result = run("plan", *words, "--json")
    assert result.exit_code == 0, result.output
    return Plan.model_validate_json(result.stdout)


def test_plan_shows_outcome_and_proof(file: Path) -> None:
    result = run("plan", file)
    assert result.exit_code == 0
    assert "Two counties: optimal" in result.stdout
    assert "certificate passed" in result.stdout
    assert "notebook" in result.stdout


def test_plan_writes_every_table(file: Path, tmp_path: Path) -> None:
    head = plan_of(file, "--out", tmp_path / "plan")
    for name, rows in head.tables.items():
        with (tmp_path / "plan" / f"{name}.csv").open(encoding="utf-8") as table:
            assert len(list(csv.DictReader(table))) == rows
    assert set(head.tables) == set(TABLE_SCHEMAS)


def test_a_change_changes_the_plan(file: Path) -> None:
    plain, dark = plan_of(file), plan_of(file, "--change", "power_limit*0.5")
    assert plain.objective is not None
    assert dark.objective is not None
    assert dark.objective.value > plain.objective.value


def test_a_change_that_selects_nothing_is_refused_with_a_remedy(file: Path) -> None:
    result = run("plan", file, "--change", "power_limit@kapsam*0.9")
    assert result.exit_code == 1
    assert "kapsan" in result.stderr


def test_validate_shows_all_findings(tmp_path: Path) -> None:
    raw = json.loads(two_counties_text())
    raw["items"][0]["value"] = -1
    raw["counties"][0]["power_area"] = "nowhere"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(raw), encoding="utf-8")
    result = run("validate", bad)
    assert result.exit_code == 1
    assert "/items/0/value" in result.stderr
    assert "/counties/0/power_area" in result.stderr


def test_validate_accepts_the_example(file: Path) -> None:
    assert run("validate", file).exit_code == 0


def test_demand_is_a_table_of_counties_and_items(file: Path) -> None:
    rows = list(csv.DictReader(run("demand", file).stdout.splitlines()))
    soap = next(row for row in rows if row["county"] == "kapsan" and row["item"] == "soap")
    assert float(soap["2002-01"]) == pytest.approx(15_338 * 12 * 0.1616 * 31 / 59, abs=1)
    assert float(soap["2002-01"]).is_integer()


def test_demand_of_groups_adds_up_to_the_demand(file: Path) -> None:
    by_group = list(csv.DictReader(run("demand", file, "--groups").stdout.splitlines()))
    assert by_group[0]["unit"]
    for row in csv.DictReader(run("demand", file).stdout.splitlines()):
        parts = [part for part in by_group if (part["county"], part["item"]) == (row["county"], row["item"])]
        whole = sum(float(value) for key, value in row.items() if key not in ("county", "item"))
        assert whole == pytest.approx(sum(float(part["quantity"]) for part in parts), abs=1)
        for part in parts:
            if part["source"] == "norms":
                years = float(part["quantity"]) / (float(part["heads"]) * float(part["norm"]))
                assert years == pytest.approx(0.1616)


@pytest.mark.parametrize("form", ["mps", "lp"])
def test_export_gives_a_program_with_the_plans_optimum(file: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"program.{form}"
    assert run("export", file, f"--{form}", target).exit_code == 0
    solver: Any = highspy.Highs  # its stubs lack types
    solver = solver()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(target))
    solver.run()
    head = plan_of(file)
    assert head.objective is not None
    assert solver.getInfo().objective_function_value == pytest.approx(head.objective.before_rounding, rel=1e-9)


def test_the_scenarios_of_the_built_in_province_are_listed() -> None:
    assert "crisis" in run("provinces").stdout


@pytest.mark.parametrize(
    "words", [("plan", "atlantis"), ("plan", "ryanggang", "--scenario", "boom"), ("export", "ryanggang")]
)
def test_a_wrong_command_exits_with_two(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_why_ends_with_remedies(file: Path) -> None:
    result = run("bottlenecks", file, "--county", "hyesan", "--item", "soap", "--period", "2002-01")
    assert result.exit_code == 0, result.output
    assert "Bottlenecks" in result.output
    assert "The shortage of soap in hyesan in 2002-01 falls from " in result.output
    assert run("bottlenecks", file, "--county", "nowhere").exit_code == 2


def test_curve_shows_breakpoints(file: Path) -> None:
    result = run("curve", file, "power_limit@kapsan", "--to", "0.2")
    assert result.exit_code == 0, result.output
    assert "breakpoint" in result.output
    assert "All breakpoints are shown" in result.output


def test_compare_takes_a_change_apart(file: Path) -> None:
    result = run("compare", file, file, "--other-change", "power_limit@kapsan*0.5", "--other-change", "delivered*0.5")
    assert result.exit_code == 0, result.output
    assert "electricity" in result.output
    assert "central deliveries" in result.output
    assert "2 inputs differ." in result.output
