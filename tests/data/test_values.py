"""Values in won follow the state price list of 4 February 2010; other corrected figures agree with their sources."""

from collections import defaultdict
from statistics import geometric_mean

import pytest

from models.problem.planning_problem import PlanningProblem
from models.provinces import Province, load_province_figures, load_province_notes

Rows = dict[tuple[str, str], str]
"""Values of the sheet `underlying_figures` about items, by row and figure."""

LIST_OF_2010 = {
    "edible-oil": 600, "soya": 160, "grain": 130, "toothbrush": 25, "toothpaste": 50, "toilet-soap": 50, "laundry-soap": 25,
    "sanitary-paper": 50, "school-shoes": 500, "socks": 350, "infants-clothes": 1500, "winter-jacket": 5000,
}  # fmt: skip
"""Prices in won that the list itself quotes."""
WITHOUT_PRICES = {"household", "furniture", "paper", "tools", "medicine", "fuel", "other materials"}
"""Groups of goods of which no price was found."""
CENSUS_PEOPLE, CENSUS_NATION = 719_269, 24.05e6


@pytest.fixture(scope="module")
def rows() -> Rows:
    _, *rows = load_province_notes("ryanggang")[1]["underlying_figures"]
    return {(row, figure): value for sheet, row, figure, value, *_ in rows if sheet == "items"}


@pytest.fixture
def problem(ryanggang: Province) -> PlanningProblem:
    return ryanggang.problem


def list_of(rows: Rows, figure: str) -> dict[str, float]:
    return {row: float(value) for (row, name), value in rows.items() if name == figure}


def test_values_are_the_prices_of_the_list_on_one_scale(problem: PlanningProblem, rows: Rows) -> None:
    prices, scale = list_of(rows, "list_price"), float(rows["", "won_of_list_per_won"])
    assert {item: prices[item] for item in LIST_OF_2010} == LIST_OF_2010
    value = {item.id: item.value for item in problem.items}
    assert value["toothbrush"] == 0.5
    for item, price in prices.items():
        assert value[item] == pytest.approx(price / scale), item


def test_marks_of_values_tell_quoted_from_interpolated() -> None:
    figures = [figure for figure in load_province_figures("ryanggang") if figure.file == "items.csv"]
    identifiers = {figure.row: figure.value for figure in figures if figure.column == "id"}
    marks = {identifiers[figure.row]: (figure.mark, figure.source) for figure in figures if figure.column == "value"}
    assert {item for item, (mark, _) in marks.items() if mark == "found"} == set(LIST_OF_2010)
    assert {marks[item] for item in LIST_OF_2010} == {("found", "S44")}
    assert all(mark in ("found", "derived") and "S44" in source.split() for mark, source in marks.values())


def test_values_without_a_price_are_interpolated_by_category(problem: PlanningProblem, rows: Rows) -> None:
    relative, prices, factors = (list_of(rows, name) for name in ("relative_value", "list_price", "price_factor"))
    scale = float(rows["", "won_of_list_per_won"])
    for item in problem.items:
        if item.id not in prices:
            assert item.value == pytest.approx(relative[item.id] * factors[item.id] / scale), item.id
    group = {item.id: item.category for item in problem.items if item.kind == "good"}
    foods = ("soya", "grain", "sugar", "vegetables")
    group |= dict.fromkeys(foods, "food materials")
    quoted = defaultdict(list)
    for quoted_item, price in prices.items():
        quoted[group[quoted_item]].append(price / relative[quoted_item])
    means = {name: float(f"{geometric_mean(ratios):.2g}") for name, ratios in quoted.items()}
    wares = float(f"{geometric_mean([means['footwear'], means['hygiene'], means['school']]):.2g}")
    means |= dict.fromkeys(WITHOUT_PRICES, wares)
    means["fibre materials"] = float(f"{geometric_mean([means['clothing'], wares]):.2g}")
    assert {name: factors[name] for name in means} == means
    assert {factors[item.id] for item in problem.items if item.id not in prices} <= set(means.values())


def test_costs_in_won_follow_the_values(problem: PlanningProblem) -> None:
    value = {item.id: item.value for item in problem.items}
    for item in problem.items:
        assert item.holding_cost == pytest.approx(0.002 * item.value), item.id
    for factory in problem.factories:
        for line in factory.lines:
            assert line.cost_per_unit == pytest.approx(0.1 * value[line.item]), (factory.id, line.item)
    assert {(link.mode, link.cost_per_tonne_km) for link in problem.links} == {("rail", 0.009), ("road", 0.09)}


def test_every_recipe_adds_value_but_the_press(problem: PlanningProblem) -> None:
    """At list prices the soya of a kg of oil is worth more than the oil: the model does not count the meal that is left."""
    value = {item.id: item.value for item in problem.items}
    losing = {
        line.item
        for factory in problem.factories
        for line in factory.lines
        if sum(value[material] * units for material, units in line.materials.items()) > value[line.item]
    }
    assert losing == {"edible-oil"}


def test_a_press_takes_five_to_eight_kg_of_soya(problem: PlanningProblem) -> None:
    lines = [line for factory in problem.factories for line in factory.lines if line.item == "edible-oil"]
    assert {line.materials["soya"] for line in lines} == {6.5}


def test_steel_wares_take_the_electricity_of_steel(problem: PlanningProblem) -> None:
    kwh = {line.item: line.kwh_per_unit for factory in problem.factories for line in factory.lines}
    kg = {item.id: item.kg_per_unit for item in problem.items}
    per_kg = {item: kwh[item] / kg[item] for item in ("bucket", "wash-basin", "nails-and-hinges")}
    assert per_kg == pytest.approx(dict.fromkeys(per_kg, 0.5))


def test_the_power_of_the_census_year_is_that_of_its_people() -> None:
    _, *rows = load_province_notes("ryanggang")[1]["underlying_figures"]
    year = {figure: value for sheet, row, figure, value, *_ in rows if (sheet, row) == ("power_areas", "2008")}
    gwh = float(year["national_twh"]) * 1000 * CENSUS_PEOPLE / CENSUS_NATION
    assert float(year["equivalent_gwh"]) == pytest.approx(gwh, abs=0.5)
    assert float(year["limit_gwh"]) == pytest.approx(
        gwh * float(year["share"]) * float(year["priority_factor"]), abs=0.05
    )


def test_the_seat_of_kim_hyong_jik(problem: PlanningProblem) -> None:
    county = next(county for county in problem.counties if county.id == "kim-hyong-jik")
    assert (county.latitude, county.longitude) == (41.507, 127.268)
