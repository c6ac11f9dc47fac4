"""What is due before April ends: goods for April 15, and for the school year, which begins on April 1; and which shortages last."""

from collections import Counter

import pytest

from models.problem.items import Item
from models.provinces import Province

APRIL = 3
SCHOOL_CALENDARS = {"school-april", "summer-uniform", "two-terms", "pencils", "crayons"}


@pytest.fixture
def due_items(ryanggang: Province) -> list[Item]:
    return [item for item in ryanggang.problem.items if item.due]


def test_what_is_due_exceeds_an_ordinary_month(ryanggang: Province, due_items: list[Item]) -> None:
    """The share due is 1 − share of an ordinary month ÷ April's; the ordinary month is the calendar's commonest share."""
    for item in due_items:
        assert set(item.due) == {"2002-04"}, item.id
        shares = ryanggang.problem.calendars[item.calendar]
        ordinary = Counter(shares).most_common(1)[0][0]
        assert item.due["2002-04"].share == pytest.approx(1 - ordinary / shares[APRIL], abs=5e-5), item.id


def test_school_goods_are_due_when_april_begins_and_others_at_its_middle(due_items: list[Item]) -> None:
    school = {item.id for item in due_items if item.calendar in SCHOOL_CALENDARS}
    assert {
        "notebook",
        "pencil",
        "school-bag",
        "school-shoes",
        "summer-uniform",
        "winter-uniform",
        "textbook",
    } <= school
    assert all(item.due["2002-04"].by == (0 if item.id in school else 0.5) for item in due_items)
    assert {"socks", "shirt", "hard-candy", "gift-sweets-primary", "liquor"} <= {item.id for item in due_items} - school


def test_the_need_for_school_goods_is_in_april(ryanggang: Province) -> None:
    for name in SCHOOL_CALENDARS:
        shares = ryanggang.problem.calendars[name]
        assert max(shares) == shares[APRIL] > 0.5, name
        assert max(shares[:APRIL]) <= 0.04, name


def test_whatever_is_due_can_be_stored(due_items: list[Item]) -> None:
    assert len(due_items) == 40
    assert all(item.storable for item in due_items)


def test_a_shortage_of_a_durable_lasts(ryanggang: Province) -> None:
    carried = {item.id: item.carry_over for item in ryanggang.problem.items if item.carry_over > 0}
    whole = {item.id for item in ryanggang.problem.items if item.whole_units}
    assert carried.keys() == {"rice-bowl", "soup-bowl", "winter-jacket", "winter-shoes", "quilt", "nails-and-hinges"}
    assert all(share == (1 if item in whole else 0.9) for item, share in carried.items())
