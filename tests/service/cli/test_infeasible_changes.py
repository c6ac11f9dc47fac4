"""Changes that no plan satisfies, on the command line: the conflict is printed, and the exit code is 1."""

import json
from pathlib import Path

import pytest

from models.examples import two_counties_text
from models.plan import Infeasibility
from tests.service.cli.test_cli import run

LEAST, STORE = "line_least@hyesan-daily/soap=1000000", "store_tonnes@hyesan=0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example of two counties as a file."""
    path = tmp_path / "problem.json"
    path.write_text(two_counties_text(), encoding="utf-8")
    return path


def read_conflict(file: Path, change: str) -> Infeasibility:
    """The conflict of the changed problem, as `allot infeasibility` tells it."""
    result = run("infeasibility", file, "--change", change, "--json")
    assert result.exit_code == 1
    return Infeasibility.model_validate_json(result.stdout)


@pytest.mark.parametrize("change", [LEAST, STORE])
def test_an_impossible_change_exits_with_one_and_names_the_conflict(file: Path, change: str) -> None:
    conflict = read_conflict(file, change)
    for words in (("what-if", file, "-t", change), ("compare", file, file, "--other-change", change)):
        result = run(*words)
        assert result.exit_code == 1, result.output
        assert "No plan satisfies every constraint of the changed problem." in result.output
        assert all(row.text in result.output for row in (*conflict.conflict, *conflict.relaxations))
        assert "1 input differs." in result.output
        assert "served before" not in result.output
        told = run(*words, "--json")
        assert told.exit_code == 1
        found = json.loads(told.stdout)
        assert (found["outcome"], found["objective"]) == ("infeasible", None)
        assert Infeasibility.model_validate(found["infeasibility"]) == conflict


def test_a_conflict_after_a_possible_change_shows_no_figure_of_it(file: Path) -> None:
    result = run("what-if", file, "-t", "power_limit*0.5", "-t", LEAST)
    assert result.exit_code == 1
    assert "3 inputs differ." in result.output
    assert "served before" not in result.output


def test_changes_that_resolve_a_conflict_are_told_from_those_that_do_not(file: Path) -> None:
    resolved = run("what-if", file, "--change", LEAST, "-t", LEAST.replace("1000000", "0"))
    assert resolved.exit_code == 1
    assert "of the first problem" in resolved.output
    assert "of the changed problem" not in resolved.output
    unresolved = run("what-if", file, "--change", LEAST, "-t", "power_limit*2")
    assert "of the changed problem" in unresolved.output


@pytest.mark.parametrize(
    "words",
    [
        ("bottlenecks",),
        ("shadow-prices",),
        ("remedies", "--county", "hyesan", "--item", "soap", "--period", "2002-01"),
        ("equity",),
        ("curve", "power_limit"),
        ("grid", "power_limit=1,0.5", "delivered=1,0.5"),
        ("goals",),
    ],
)
def test_queries_about_an_infeasible_problem_name_the_conflict(file: Path, words: tuple[str, ...]) -> None:
    raw = json.loads(file.read_text(encoding="utf-8"))
    raw["policy"]["goals"] = ["shortage", "cost"]
    file.write_text(json.dumps(raw), encoding="utf-8")
    name, *rest = words
    result = run(name, file, *rest, "--change", LEAST)
    assert result.exit_code == 1, result.output
    assert all(row.text in result.output for row in read_conflict(file, LEAST).conflict)


def test_curves_and_grids_show_where_no_plan_is_left(file: Path) -> None:
    curve = run("curve", file, "line_least@hyesan-daily/soap", "--values", "--from", "0", "--to", "1000000")
    assert curve.exit_code == 0, curve.output
    assert "No plan satisfies every constraint at" in curve.output
    assert "These constraints conflict" in curve.output
    least = "line_least@hyesan-daily/soap"
    grid = run("grid", file, f"{least}=0,1000000", "store_tonnes@hyesan=400", "--values")
    assert grid.exit_code == 0, grid.output
    assert "no plan" in grid.output
    assert "These constraints conflict" in grid.output
    none = run("grid", file, f"{least}=1000000", "store_tonnes@hyesan=0", "--values")
    assert none.exit_code == 1
