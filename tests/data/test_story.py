"""The figures of docs/explanation/ryanggang.md are those that the years really give.

One year is solved in an ordinary run. `STORY="normal decline interview-2002"` solves others; a failing test prints the row as
the page should have it, so this is also how the page is brought up to date.
"""

import os
from pathlib import Path

import pytest

from models.provinces import Province
from tests.data.story import Story, tell

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "ryanggang.md"
YEARS = os.environ.get("STORY", "crisis").split()
POINTS = 0.5
"""Per cent by which a share may differ: plans of the same worth may choose differently among goods of the same worth."""


@pytest.mark.slow
@pytest.mark.parametrize("year", YEARS)
def test_the_page_tells_what_the_year_gives(ryanggang: Province, year: str) -> None:
    story, outcome = tell(ryanggang, year)
    assert outcome == "optimal"
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
