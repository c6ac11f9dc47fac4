"""The figures of docs/explanation/ryanggang.md are those that the years really give.

One year is solved in the slow lane. `STORY="normal decline interview-2002"` solves others; `--update-golden` writes their rows
into the page.
"""

import os
from pathlib import Path

import pytest

from models.provinces import Province
from tests.data.story import Story, replace_row, tell

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "ryanggang.md"
YEARS = os.environ.get("STORY", "crisis").split()
POINTS = 0.5
"""Per cent by which a share may differ: plans of the same worth may choose differently among goods of the same worth."""


@pytest.mark.slow_lane
@pytest.mark.parametrize("year", YEARS)
def test_the_page_tells_what_the_year_gives(ryanggang: Province, year: str, pytestconfig: pytest.Config) -> None:
    story, outcome = tell(ryanggang, year)
    assert outcome == "optimal"
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(replace_row(PAGE.read_text(encoding="utf-8"), year, story), encoding="utf-8")
    told = Story.read(PAGE.read_text(encoding="utf-8"), year)
    shares = ("served", "priority_1", "priority_2", "priority_3", "local")
    wrong = [name for name in shares if abs(getattr(told, name) - getattr(story, name)) > POINTS]
    wrong += [name for name in ("power_gwh", "limit_gwh") if abs(getattr(told, name) - getattr(story, name)) > 0.1]
    wrong += ["won_per_kwh"] if abs(told.won_per_kwh - story.won_per_kwh) > 0.3 else []
    wrong += [name for name in ("given", "taken") if abs(getattr(told, name) - getattr(story, name)) > 50]
    assert not wrong, f"{wrong} differ; the page should have\n{story.row(year)}"


def test_the_page_has_a_row_for_every_year(ryanggang: Province) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for scenario in ryanggang.scenarios:
        assert Story.read(text, scenario.id).limit_gwh > 0


def test_the_page_tells_of_a_crisis_in_which_priority_goods_go_first() -> None:
    text = PAGE.read_text(encoding="utf-8")
    normal, crisis, recovery = (Story.read(text, year) for year in ("normal", "crisis", "recovery"))
    assert normal.served > 99
    assert normal.won_per_kwh == 0
    assert crisis.priority_1 > crisis.priority_2 > crisis.priority_3
    assert crisis.won_per_kwh > 5
    assert crisis.served < recovery.served


def test_a_row_replaces_the_row_of_its_year_or_follows_the_table() -> None:
    story = Story(*range(10))
    text = f"# Page\n\n| year | served |\n|---|--:|\n{story.row('normal')}\n\nEnd.\n"
    other = Story(*range(1, 11))
    assert replace_row(text, "normal", other) == text.replace(story.row("normal"), other.row("normal"))
    added = replace_row(text, "crisis", other)
    assert added == text.replace(story.row("normal"), f"{story.row('normal')}\n{other.row('crisis')}")
    assert Story.read(added, "crisis") == other
