"""A person edits the tables: what is right is read, what is wrong is named by sheet, row and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.provinces import (
    Province,
    UnknownProvinceError,
    list_builtin_provinces,
    load_builtin_province,
    load_province_folder,
)
from models.validation.checks import InvalidProblemError

Edit = Callable[[str, str, str], Path]


def list_located_codes(folder: Path) -> list[tuple[str, str, int, str]]:
    """Code, sheet, row and column of every finding about a folder."""
    with pytest.raises(InvalidProblemError) as caught:
        load_province_folder(folder)
    return [
        (one.code, one.cell.sheet, one.cell.row, one.cell.column)
        for one in caught.value.findings
        if one.cell is not None
    ]


def test_builtin() -> None:
    assert list_builtin_provinces() == ("ryanggang", "ryanggang_substitutes")
    with pytest.raises(
        UnknownProvinceError, match="unknown built-in province “atlantis”; available: ryanggang, ryanggang_substitutes"
    ):
        load_builtin_province("atlantis")


def test_names_and_notes_of_the_province(ryanggang: Province) -> None:
    assert (ryanggang.id, ryanggang.name, ryanggang.local_name) == ("ryanggang", "Ryanggang Province", "량강도")
    assert ryanggang.problem.name == ryanggang.name
    assert ryanggang.notes == ryanggang.problem.notes
    assert "12 counties, 151 local factories and 620,000 people" in ryanggang.notes


def test_an_edit_reaches_the_problem(edited: Edit, ryanggang: Province) -> None:
    province = load_province_folder(edited("norms.csv", "soy-sauce,households,12", "soy-sauce,households,24"))
    assert province.id == "elsewhere"
    assert province.problem.items[0].norms == {"households": 24}
    assert ryanggang.problem.items[0].norms == {"households": 12}
    assert province.scenarios == ryanggang.scenarios


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("population.csv", "hyesan,people,166087", "hyesan,people,many", ("wrong_type", "population", 2, "heads")),
        ("population.csv", "hyesan,people,166087", "hyesan,people,-1", ("negative", "population", 2, "heads")),
        ("population.csv", "hyesan,people,166087", "seoul,people,166087", ("unknown_row", "population", 2, "county")),
        ("items.csv", "soy-sauce,Soy sauce,간장,foodstuffs,good,kg,1,3.6,1,no", "soy-sauce,Soy sauce,간장,foodstuffs,good,kg,1,3.6,7,no", ("out_of_range", "items", 2, "priority")),
        ("items.csv", "soy-sauce,Soy sauce,간장,foodstuffs,good,kg,1,3.6,1,no", "soy-sauce,Soy sauce,간장,foodstuffs,good,kg,1,3.6,1,maybe", ("wrong_type", "items", 2, "whole_units")),
        ("items.csv", "bean-paste,Bean", "soy-sauce,Bean", ("duplicate_id", "items", 3, "id")),
        ("calendars.csv", "salt,0.05", "salt,0.06", ("calendar_sum", "calendars", 3, "share")),
        ("recipes.csv", "wheat-flour,grain", "wheat-flour,tears", ("unknown_item", "recipes", 2, "quantity")),
        ("links.csv", "kilju,paegam-chongnyon,rail", "kilju,seoul,rail", ("unknown_place", "links", 2, "to")),
        ("machines.csv", "factory,machine,", "factory,engine,", ("missing_column", "machines", 1, "machine")),
        ("power_areas.csv", "limit_kwh 2002-01", "limit 2002-01", ("unknown_column", "power_areas", 1, "limit 2002-01")),
        ("scenario_changes.csv", "decline,delivered", "decline,promised", ("unknown_choice", "scenario_changes", 19, "what")),
        ("province.csv", "years,1,", "years,0,", ("out_of_range", "province", 5, "value")),
        ("province.csv", "quality_weight,", "quality_wait,", ("unknown_key", "province", 9, "key")),
        ("priority_weights.csv", "1,4,", "1,four,", ("wrong_type", "priority_weights", 2, "weight")),
        ("gateways.csv", "kilju,", "seoul,", ("unknown_place", "gateways", 2, "place")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    edited: Edit, file: str, old: str, new: str, expected: tuple[str, str, int, str]
) -> None:
    assert expected in list_located_codes(edited(file, old, new))


def test_everything_wrong_comes_at_once(edited: Edit) -> None:
    edited("population.csv", "166087", "many")
    folder = edited("links.csv", "kilju,paegam-chongnyon,rail", "kilju,seoul,rail")
    assert {sheet for _, sheet, _, _ in list_located_codes(folder)} >= {"population", "links"}


def test_what_a_missing_file_leaves_open_is_named(edited: Edit) -> None:
    folder = edited("province.csv", "name", "name")
    (folder / "partners.csv").unlink()
    assert ("unknown_row", "swaps", 2, "partner") in list_located_codes(folder)


def test_a_file_that_is_not_utf8_is_named(edited: Edit) -> None:
    folder = edited("province.csv", "name", "name")
    (folder / "stations.csv").write_bytes("id,name\nkilju,길주\n".encode("euc-kr"))
    assert ("bad_file", "stations", 0, "") in list_located_codes(folder)


def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_province_folder(tmp_path / "nowhere")
    with pytest.raises(InvalidProblemError, match="no sheet of a province"):
        load_province_folder(tmp_path)
