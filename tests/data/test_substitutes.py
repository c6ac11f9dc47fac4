"""Ryanggang with substitutes and recipes: its own tables agree with those of Ryanggang, and its marks are complete."""

import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import models.provinces
from models.base import expand_to_periods
from models.provinces import Province, load_builtin_province, load_province_figures, load_province_folder
from models.provinces.variants import read_province_files
from models.validation.checks import check_problem
from solvers.data.problem_arrays import ProblemArrays

HOME = Path(models.provinces.__file__).parent
VARIANT = "ryanggang_substitutes"


@pytest.fixture(scope="module")
def substitutes() -> Province:
    return load_builtin_province(VARIANT)


def test_all_years_are_there_and_without_findings(substitutes: Province, ryanggang: Province) -> None:
    assert substitutes.id == VARIANT
    assert substitutes.scenarios == ryanggang.scenarios
    assert not list(check_problem(substitutes.problem))
    for part in ("counties", "links", "partners", "power_areas", "stations", "policy", "calendars"):
        assert getattr(substitutes.problem, part) == getattr(ryanggang.problem, part), part


def test_every_figure_is_marked() -> None:
    figures = load_province_figures(VARIANT)
    assert {figure.mark for figure in figures} == {"found", "derived", "assumed"}
    assert all(figure.source for figure in figures)
    assert {"requirements.csv", "provides.csv", "promised.csv"} <= {figure.file for figure in figures}


def test_requirements_are_the_former_norms_of_which_half_stays_own(substitutes: Province, ryanggang: Province) -> None:
    former = {item.id: item.norms for item in ryanggang.problem.items}
    needed: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    halved = set()
    for item in (one for one in substitutes.problem.items if one.id in former):
        for group, norm in former[item.id].items():
            assert item.norms[group] in (norm, norm / 2), item.id
            halved |= {item.id} if item.norms[group] < norm else set()
            for requirement, units in item.provides.items():
                needed[requirement][group] += norm * units
    assert halved == substitutes.problem.supply_shares.promised.keys()
    assert {one.id: one.norms for one in substitutes.problem.requirements} == {
        name: pytest.approx(groups) for name, groups in needed.items()
    }


def test_the_centre_promises_what_it_promised(substitutes: Province, ryanggang: Province) -> None:
    """The promise of the normal year does not depend on how a need is stated, but for needs that are rounded to whole units."""
    before, after = (ProblemArrays.from_problem(one.problem) for one in (ryanggang, substitutes))
    places = [after.labels["item"].index(name) for name in before.labels["item"]]
    assert np.allclose(before.centre.promise, after.centre.promise[places], rtol=1e-6, atol=12)


def test_every_factory_of_an_item_has_its_recipes(substitutes: Province, ryanggang: Province) -> None:
    recipes = {
        "laundry-soap": {"from soya", "from bran"},
        "dried-noodles": {"from potatoes"},
        "writing-paper": {"from straw"},
        "wrapping-paper": {"from straw"},
    }
    for before, after in zip(ryanggang.problem.factories, substitutes.problem.factories, strict=True):
        assert tuple(line for line in after.lines if not line.recipe) == before.lines
        for line in before.lines:
            named = {one.recipe for one in after.lines if one.item == line.item and one.recipe}
            assert named == recipes.get(line.item, set())
        for line in (one for one in after.lines if one.recipe):
            assert line.materials
            assert line.hours_per_unit


def test_a_variant_replaces_files_and_adds_rows(tmp_path: Path) -> None:
    base, variant = tmp_path / "base", tmp_path / "variant"
    shutil.copytree(HOME / "ryanggang", base)
    variant.mkdir()
    (variant / "based_on.txt").write_text("base\n", encoding="utf-8")
    (variant / "more_stations.csv").write_text("id,name,note\nhere,Here,new\n", encoding="utf-8")
    (variant / "norms.csv").write_text("item,group,norm\nsoy-sauce,households,24\n", encoding="utf-8")
    problem = load_province_folder(variant).problem
    assert problem.stations[-1].id == "here"
    assert len(problem.stations) == len(load_province_folder(base).problem.stations) + 1
    assert [item.norms for item in problem.items if item.norms] == [{"households": 24}]
    (variant / "more_slips.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match="slips"):
        read_province_files(variant)


def test_promises_are_whole_periods(substitutes: Province) -> None:
    promised = substitutes.problem.supply_shares.promised
    assert {len(expand_to_periods(units, 12)) for units in promised.values()} == {12}
