"""A person edits the tables: what is right is read, what is wrong is named by file, line and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.provinces import (
    MalformedProvinceError,
    Province,
    UnknownProvinceError,
    list_builtin_provinces,
    load_builtin_province,
    load_province_folder,
)

Edit = Callable[[str, str, str], Path]


def test_builtin() -> None:
    assert list_builtin_provinces() == ("ryanggang",)
    with pytest.raises(UnknownProvinceError, match="there is no built-in province “atlantis”; there is ryanggang"):
        load_builtin_province("atlantis")


def test_an_edit_reaches_the_problem(edited: Edit, ryanggang: Province) -> None:
    province = load_province_folder(edited("items.csv", "households,12,0.1,even", "households,24,0.1,even"))
    assert province.id == "elsewhere"
    assert province.problem.items[0].norms == {"households": 24}
    assert ryanggang.problem.items[0].norms == {"households": 12}


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("counties.csv", "hyesan,HYE,Hyesan City,혜산시,,166087", "hyesan,HYE,Hyesan City,혜산시,,many", "counties.csv, line 2, column population: “many” is not a number"),
        ("counties.csv", "hyesan,HYE,Hyesan City,혜산시,,166087", "hyesan,HYE,Hyesan City,혜산시,,-1", "counties.csv, line 2, column population: “-1” must be finite and not negative"),
        ("items.csv", "kg,1,1,1,households", "kg,1,1,7,households", "items.csv, line 2, column priority: Input should be less than or equal to 3"),
        ("items.csv", "kg,1,1,1,households", "kg,1,1,1,everyone", "items.csv, line 2, column group: “everyone” is not a known population group"),
        ("items.csv", "households,12,0.1,even,no", "households,12,0.1,even,maybe", "items.csv, line 2, column whole_units: “maybe” must be yes or no"),
        ("items.csv", "bean-paste,FD02", "soy-sauce,FD02", "items.csv, line 3, column id: “soy-sauce” stands already in line 2"),
        ("factories.csv", "hyesan,foodstuff", "hyesan,bakery", "factories.csv, line 2, column kind: “bakery” is not a known kind of factory"),
        ("calendars.csv", "salt,0.05", "salt,0.06", "calendars.csv, line 3: the shares sum to 1.01, not 1"),
        ("recipes.csv", "soy-sauce,soya", "soy-sauce,tears", "recipes.csv, line 2, column material: “tears” is not a known item"),
        ("swaps.csv", "5 6 7 8 9", "5 6 7 8 13", "swaps.csv, line 2, column months: “13” is not the position of a period, 1 to 12"),
        ("links.csv", "kilju,paegam-chongnyon", "kilju,seoul", "links.csv, line 2, column to: “seoul” is not a known county or station"),
        ("links.csv", ",consumer_share,", ",share,", "links.csv, line 1, column consumer_share: the column is missing"),
        ("power_areas.csv", "id,name,share", "id,name,part", "power_areas.csv, line 1, column share: the column is missing"),
        ("scenario_changes.csv", "decline,delivered", "decline,promised", "scenario_changes.csv, line 2, column what: Input should be"),
        ("groups.csv", "women,", "women,,", "groups.csv, line 3: has 7 cells, but the header names 6 columns"),
        ("province.csv", "years,1,", "years,0,", "column years: Input should be greater than 0"),
        ("periods.csv", "2002-12,31,0.75,assumed,S19,days=found:CAL", "2002-12,31,0.75,assumed,S19,days=found:CAL\n2003-01,31,0.7,assumed,S19,", "periods.csv, line 14, column period: a province has at most 12 periods"),
        ("province.csv", "0.5:4 0.3:2 0.2:1", "0.5 0.3:2 0.2:1", "column value: “” is not a number"),
        ("province.csv", "gateways,kilju", "gateways,seoul", "column value: “seoul” is not a known county or station"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(edited: Edit, file: str, old: str, new: str, message: str) -> None:
    folder = edited(file, old, new)
    with pytest.raises(MalformedProvinceError) as caught:
        load_province_folder(folder)
    assert message in str(caught.value)


def test_everything_wrong_comes_at_once(edited: Edit) -> None:
    edited("counties.csv", "166087", "many")
    folder = edited("links.csv", "kilju,paegam-chongnyon", "kilju,seoul")
    with pytest.raises(MalformedProvinceError) as caught:
        load_province_folder(folder)
    assert [problem.file for problem in caught.value.problems] == ["counties.csv", "links.csv"]


def test_a_missing_file_is_named(edited: Edit) -> None:
    folder = edited("groups.csv", "women", "women")
    (folder / "partners.csv").unlink()
    with pytest.raises(MalformedProvinceError, match=r"partners\.csv: the file is missing"):
        load_province_folder(folder)


def test_a_file_that_is_not_utf8_is_named(edited: Edit) -> None:
    folder = edited("groups.csv", "women", "women")
    (folder / "stations.csv").write_bytes("id,name\nkilju,길주\n".encode("euc-kr"))
    with pytest.raises(MalformedProvinceError, match=r"stations\.csv: must be UTF-8"):
        load_province_folder(folder)


def test_a_folder_that_is_not_there_lacks_its_files(tmp_path: Path) -> None:
    with pytest.raises(MalformedProvinceError, match=r"province\.csv: the file is missing"):
        load_province_folder(tmp_path / "nowhere")
