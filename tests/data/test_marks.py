"""Every figure says where it comes from."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from models.provinces import MalformedProvinceError, load_province_figures, load_province_folder

Edit = Callable[[str, str, str], Path]


def test_every_figure_is_marked() -> None:
    figures = load_province_figures("ryanggang")
    assert len(figures) > 5000
    marks = Counter(figure.mark for figure in figures)
    assert set(marks) == {"found", "derived", "assumed"}
    assert all(figure.source for figure in figures)


def test_marks_of_single_cells() -> None:
    figures = {(figure.file, figure.row, figure.column): figure for figure in load_province_figures("ryanggang")}
    assert figures["items.csv", 2, "id"].value == "soy-sauce"
    norm = figures["items.csv", 2, "norm"]
    assert (norm.value, norm.mark, norm.source) == ("12", "found", "S20")
    assert figures["items.csv", 2, "value"].mark == "assumed"


def test_a_figure_without_a_mark_is_refused(edited: Edit) -> None:
    folder = edited("groups.csv", "0.415,derived", "0.415,guessed")
    with pytest.raises(
        MalformedProvinceError, match=r"groups\.csv, line 3, column mark: “guessed” is not a known mark"
    ):
        load_province_folder(folder)


def test_a_source_must_be_listed(edited: Edit) -> None:
    folder = edited("groups.csv", "0.415,derived,S2", "0.415,derived,S999 S2")
    with pytest.raises(
        MalformedProvinceError, match=r"groups\.csv, line 3, column source: source “S999” is not in sources\.csv"
    ):
        load_province_folder(folder)


def test_marks_name_columns_that_are_there(edited: Edit) -> None:
    folder = edited("links.csv", "km=found:S6", "length=found:S6")
    with pytest.raises(MalformedProvinceError, match=r"links\.csv, line 2, column marks: there is no column “length”"):
        load_province_folder(folder)
