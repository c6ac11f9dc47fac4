"""Ranges and alternatives on the command line, on the two-counties example."""

import csv
from pathlib import Path

import pytest

from models.analyses.near_optimal import AlternativesResult, RangesResult
from models.examples import two_counties_text
from models.number_text import format_amount
from solvers.analyses.near_optimal import extremes
from tests.service.cli.test_cli import run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example as a file."""
    path = tmp_path / "two.json"
    path.write_text(two_counties_text(), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def test_ranges_hold_the_plan_and_widen_with_the_slack(file: Path, tmp_path: Path) -> None:
    words = ("ranges", file, "-m", "served_share of county hyesan", "-m", "made of item soap")
    shown = run(*words, "--out", tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "served_share of county hyesan" in shown.output
    assert len(rows_of(tmp_path / "ranges.csv")) == 4
    head = RangesResult.model_validate_json(run(*words, "--json").stdout)
    for narrow, wide in zip(head.ranges[::2], head.ranges[1::2], strict=True):
        assert narrow.least is not None
        assert wide.least is not None
        assert wide.least <= narrow.least <= narrow.here + 1e-6 * max(1, abs(narrow.here))


def test_without_measures_ranges_are_those_of_the_main_figures(file: Path) -> None:
    shown = run("ranges", file, "--slack", "0.01", "--json")
    assert shown.exit_code == 0, shown.output
    head = RangesResult.model_validate_json(shown.stdout)
    assert [one.measure for one in head.ranges] == ["served_share"] * 5 + ["power_used"]


def test_an_end_that_is_not_proved_is_told_by_two_figures(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extremes, "MOST_WORK", 0.0)
    words = ("ranges", file, "-m", "made of item soap", "--slack", "0.05")
    (found,) = RangesResult.model_validate_json(run(*words, "--json").stdout).ranges
    assert found.greatest is None
    assert found.greatest_bound is not None
    shown = " ".join(run(*words).output.split())
    assert f"{format_amount(found.greatest_found, 5)} piece to {format_amount(found.greatest_bound, 5)} piece" in shown
    assert "the end lies between the value found and the bound" in shown


def test_alternatives_are_plans_of_their_own(file: Path, tmp_path: Path) -> None:
    shown = run("alternatives", file, "-n", "2", "--out", tmp_path, "--json")
    assert shown.exit_code == 0, shown.output
    head = AlternativesResult.model_validate_json(shown.stdout)
    assert len(head.alternatives) == 2
    assert len(rows_of(tmp_path / "alternative-2" / "quotas.csv")) > 0


def test_without_a_plan_the_conflict_is_told(file: Path) -> None:
    shown = run("ranges", file, "-c", "store_tonnes@hyesan=0", "-m", "made of item soap")
    assert shown.exit_code == 1
    assert "These constraints conflict" in shown.output


def test_an_unknown_item_is_told_with_its_path(file: Path) -> None:
    shown = run("ranges", file, "-m", "made of item nothing")
    assert shown.exit_code == 1
    assert "/measures/0/of/item/0" in shown.output


@pytest.mark.slow_lane
def test_processes_give_the_same_ranges(file: Path) -> None:
    words = ("ranges", file, "-m", "made of item soap", "-m", "power_used", "--slack", "0.01", "--json")
    assert run(*words).stdout == run(*words, "--workers", "2").stdout
