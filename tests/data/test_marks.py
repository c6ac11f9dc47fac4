"""Every figure says where it comes from, and computed figures agree with the figures under them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from models.base import expand_to_periods
from models.provinces import InvalidMarksError, Province, load_province_figures, load_province_notes
from models.provinces.figures import Figure, read_figures

Edit = Callable[[str, str, str], Path]
Underlying = dict[tuple[str, str, str], str]
WORK = {"participation", "working_age_share", "hours_per_month"}


@pytest.fixture(scope="module")
def figures() -> tuple[Figure, ...]:
    return load_province_figures("ryanggang")


@pytest.fixture(scope="module")
def underlying() -> Underlying:
    header, *rows = load_province_notes("ryanggang")[1]["underlying_figures"]
    assert header == ["sheet", "row", "figure", "value", "mark", "source", "note"]
    return {(sheet, row, figure): value for sheet, row, figure, value, *_ in rows}


def test_every_figure_is_marked(figures: tuple[Figure, ...]) -> None:
    assert len(figures) > 40_000
    marks = Counter(figure.mark for figure in figures)
    assert set(marks) == {"found", "derived", "assumed"}
    assert all(figure.source for figure in figures)


def test_marks_of_single_cells(figures: tuple[Figure, ...]) -> None:
    found = {(one.file, one.row, one.column): (one.value, one.mark, one.source) for one in figures}
    assert found["norms.csv", 2, "item"] == ("soy-sauce", "assumed", "SET")
    assert found["norms.csv", 2, "norm"] == ("12", "found", "S20")
    assert found["items.csv", 2, "value"] == ("3.6", "derived", "S44 S45 S46 SET")
    assert found["links.csv", 2, "km"] == ("69", "derived", "S6")
    assert found["links.csv", 2, "tonnes 2002-02"] == ("9800", "assumed", "SET CAL")
    assert found["lines.csv", 2, "kwh_per_unit"] == ("0.08", "derived", "SET")
    assert found["population.csv", 3, "heads"] == ("68926.105", "derived", "S1 S2 S3")
    census = {one.row for one in figures if (one.file, one.value) == ("underlying_figures.csv", "192680")}
    assert [found["underlying_figures.csv", row, "value"][1:] for row in census] == [("found", "S2")]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("population.csv", "68926.105,derived", "68926.105,guessed", "population.csv, line 3, column mark: “guessed” is not a known mark"),
        ("population.csv", "68926.105,derived,S1", "68926.105,derived,S999 S1", "population.csv, line 3, column source: source “S999” is not in sources.csv"),
        ("links.csv", "km=derived:S6", "length=derived:S6", "links.csv, line 2, column marks: there is no column “length”"),
        ("links.csv", "km=derived:S6", "km=derived", "links.csv, line 2, column marks: source “” is not in sources.csv"),
    ],
)  # fmt: skip
def test_wrong_marks_are_refused(edited: Edit, file: str, old: str, new: str, message: str) -> None:
    with pytest.raises(InvalidMarksError) as caught:
        read_figures(edited(file, old, new))
    assert message in str(caught.value)


def test_people_agree_with_counts_and_coefficients(ryanggang: Province, underlying: Underlying) -> None:
    for county in ryanggang.problem.counties:
        people = float(underlying["counties", county.id, "population"])
        for group, heads in county.population.items():
            assert heads == pytest.approx(people * float(underlying["population", group, "coefficient"])), county.id


def test_labour_agrees_with_people_of_working_age(ryanggang: Province, underlying: Underlying) -> None:
    """Hours = people × working age × (women × their participation + men × theirs) × share of local industry × hours."""
    figure = {key: float(value) for key, value in underlying.items() if key[2] in WORK}
    for county in ryanggang.problem.counties:
        people, heads = (float(underlying["counties", county.id, name]) for name in ("population", "census_2008"))
        women = float(underlying["counties", county.id, "female_2008"]) / heads
        at_work = women * figure["population", "women", "participation"]
        at_work += (1 - women) * figure["population", "men", "participation"]
        workers = people * figure["population", "", "working_age_share"] * at_work
        assert workers == pytest.approx(county.population["workers"], rel=2e-3), county.id
        share = float(underlying["counties", county.id, "local_industry_share"])
        assert share * workers == pytest.approx(90 * int(underlying["counties", county.id, "factories"]), rel=2e-3)
        hours = workers * share * figure["population", "", "hours_per_month"]
        assert county.labour_hours == pytest.approx(hours, abs=0.5), county.id


def test_machines_agree_with_kinds_and_sizes(ryanggang: Province, underlying: Underlying) -> None:
    for factory in ryanggang.problem.factories:
        kind, size = (underlying["factories", factory.id, name] for name in ("kind", "size"))
        for machine, hours in factory.machines.items():
            assert hours == pytest.approx(float(underlying["machines", f"{kind} {machine}", "hours"]) * float(size))
        for line in (line for line in factory.lines if line.most is not None):
            most = float(underlying["lines", f"{kind} {line.item}", "most_per_year"]) * float(size)
            assert sum(expand_to_periods(line.most or 0.0, 12)) == pytest.approx(most)


def test_stocks_allotments_and_power_agree_with_totals(ryanggang: Province, underlying: Underlying) -> None:
    problem = ryanggang.problem
    kg = {item.id: item.kg_per_unit for item in problem.items}
    for item in problem.counties[0].stocks:
        opening = sum(county.stocks[item].opening for county in problem.counties) * kg[item] / 1000
        assert opening == pytest.approx(float(underlying["stocks", item, "opening_tonnes"])), item
    for item, units in problem.supply_shares.materials.items():
        tonnes = sum(expand_to_periods(units, 12)) * kg[item] / 1000
        assert tonnes == pytest.approx(float(underlying["allotments", item, "allotment_tonnes"])), item
    limit = float(underlying["power_areas", "1990", "limit_gwh"])
    for area in problem.power_areas:
        share = float(underlying["power_areas", area.id, "share"])
        assert sum(expand_to_periods(area.limit_kwh or 0.0, 12)) == pytest.approx(limit * 1e6 * share), area.id
