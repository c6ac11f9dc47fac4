"""Baskets on the command line: what people take, how far it meets their requirements, and what more is worth."""

import json
import re
from pathlib import Path

import pytest

from tests.published.diets import diet_of_the_week
from tests.service.cli.test_cli import run


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """The diet of a week of the AMPL book, with its answer of 118.06 dollars."""
    path = tmp_path / "week.json"
    path.write_text(json.dumps(diet_of_the_week(50_000.0)), encoding="utf-8")
    return path


def test_a_basket_is_told_by_item_and_by_requirement(week: Path) -> None:
    shown = run("baskets", week)
    assert shown.exit_code == 0, shown.output
    assert re.search(r"B2 +│ +1.916 unit +│ +100% +│ +0.4046", shown.output)
    assert re.search(r"BEEF +│ +0.01468 unit +│ +14.68", shown.output)


def test_a_problem_without_requirements_has_no_baskets(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    path.write_text(json.dumps({**diet_of_the_week(50_000.0), "requirements": [], "items": [{"id": "BEEF"}]}))
    assert run("baskets", path).exit_code == 1


def test_an_unknown_county_is_told(week: Path) -> None:
    shown = run("baskets", week, "--county", "nowhere")
    assert shown.exit_code == 2
    assert "nowhere" in shown.output


def test_the_summary_tells_how_far_requirements_are_met(week: Path, tmp_path: Path) -> None:
    shown = run("plan", week, "--out", tmp_path / "tables")
    assert re.search(r"requirements met +│ +100%", shown.output)
    assert re.search(r"least met +│ +none is short", shown.output)


def test_a_briefing_tells_requirements_that_are_short(tmp_path: Path) -> None:
    """With less sodium, vitamin B2 goes short most, which no table of goods has."""
    path = tmp_path / "short.json"
    path.write_text(json.dumps(diet_of_the_week(40_000.0)), encoding="utf-8")
    shown = run("briefing", path)
    assert shown.exit_code == 0, shown.output
    assert "most of what is short is B2" in " ".join(shown.output.split())
    assert re.search(r"B2 +│ +\d+\.?\d* unit", shown.output)
    assert "requirement_most home NA" in " ".join(shown.output.split())
