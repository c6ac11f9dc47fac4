"""What the interview, the census and the electricity figures say must be in the tables to the last unit."""

from collections import Counter

import pytest

from models.base import expand_to_periods
from models.problem.factories import Line
from models.problem.items import Item
from models.problem.planning_problem import PlanningProblem
from models.problem.shares import SupplyShares
from models.provinces import Province

PEOPLE = {"hyesan": 166_087, "samsu": 34_747, "kim-jong-suk": 36_736, "kim-hyong-jik": 49_762, "kim-hyong-gwon": 32_349,
          "pochon": 32_087, "samjiyon": 27_128, "taehongdan": 30_683, "unhung": 53_189, "paegam": 58_342, "kapsan": 60_866,
          "phungso": 38_024}  # fmt: skip
FACTORIES = {"hyesan": 23, "samsu": 11, "kim-jong-suk": 11, "kim-hyong-jik": 13, "kim-hyong-gwon": 11, "pochon": 11,
             "samjiyon": 10, "taehongdan": 11, "unhung": 13, "paegam": 13, "kapsan": 13, "phungso": 11}  # fmt: skip
GROUPS = {
    "people": 620_000,
    "women": 257_300,
    "students": 104_780,
    "infants": 45_260,
    "households": 156_240,
    "workers": 314_340,
}
GATHERED = {"dried-greens"}
DAILY_GOODS_QUALITY = 0.65
"""Quality of the daily goods that a general factory has always made."""
NEED_TONNES = 51_145
NEED_GWH = 20.52


def goods(problem: PlanningProblem) -> list[Item]:
    return [item for item in problem.items if item.kind == "good"]


def share(shares: SupplyShares, item: Item) -> float:
    return shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central))


def need(problem: PlanningProblem, item: Item) -> float:
    return sum(norm * county.population[group] for group, norm in item.norms.items() for county in problem.counties)


def test_people_by_county_and_group(ryanggang: Province) -> None:
    counties = ryanggang.problem.counties
    assert {county.id: round(county.population["people"], 6) for county in counties} == PEOPLE
    for group, heads in GROUPS.items():
        assert sum(county.population[group] for county in counties) == pytest.approx(heads, abs=0.5), group


def test_factories_by_county(ryanggang: Province) -> None:
    factories = ryanggang.problem.factories
    assert Counter(factory.place for factory in factories) == FACTORIES
    assert len(factories) == 151
    assert len({factory.name for factory in factories}) == 151
    assert all(
        factory.level == "local" and factory.power_overhead == 2.0 and 0 < factory.condition < 1
        for factory in factories
    )


def test_local_factories_together_cover_about_a_hundred_items(ryanggang: Province) -> None:
    lines = [line for factory in ryanggang.problem.factories for line in factory.lines]
    made = {line.item for line in lines} & {item.id for item in goods(ryanggang.problem)}
    assert 2000 <= len(lines) <= 2500
    assert len(made) == 96


def test_a_general_factory_in_every_county_covers_about_a_hundred_items(ryanggang: Province) -> None:
    """The interview's words, read as one factory: every good but those that are gathered or come from outside."""
    problem = ryanggang.problem
    catalogue = {item.id for item in goods(problem)}
    made = {line.item for factory in problem.factories for line in factory.lines} & catalogue
    general = [factory for factory in problem.factories if len(factory.lines) > 50]
    assert {factory.place for factory in general} == {county.id for county in problem.counties}
    assert len(general) == len(problem.counties)
    for factory in general:
        assert {line.item for line in factory.lines} == made - GATHERED, factory.id
    assert all(len(factory.lines) <= 18 for factory in problem.factories if factory not in general)


def test_a_general_factory_makes_every_good_worse_than_a_specialised_one(ryanggang: Province) -> None:
    general = [line for factory in ryanggang.problem.factories if len(factory.lines) > 50 for line in factory.lines]
    special: dict[str, list[Line]] = {}
    for factory in ryanggang.problem.factories:
        if len(factory.lines) <= 50:
            for line in factory.lines:
                special.setdefault(line.item, []).append(line)
    for line in general:
        others = special[line.item]
        assert line.quality < max(other.quality for other in others), line.item
        assert line.materials == others[0].materials, line.item
        if line.quality < DAILY_GOODS_QUALITY:
            assert line.kwh_per_unit >= min(other.kwh_per_unit for other in others), line.item


def test_catalogue_of_a_hundred_goods(ryanggang: Province) -> None:
    items = goods(ryanggang.problem)
    assert len(items) == 100
    assert Counter(item.priority for item in items) == {1: 32, 2: 44, 3: 24}
    assert sum(need(ryanggang.problem, item) * item.kg_per_unit for item in items) / 1000 == pytest.approx(
        NEED_TONNES, abs=1
    )
    materials = [item for item in ryanggang.problem.items if item.kind == "material"]
    assert len(materials) >= 15


def test_electricity_need_of_the_catalogue(ryanggang: Province) -> None:
    kwh: dict[str, float] = {}
    for line in (line for factory in ryanggang.problem.factories for line in factory.lines):
        kwh[line.item] = min(line.kwh_per_unit, kwh.get(line.item, line.kwh_per_unit))  # in a specialised factory
    made = sum(need(ryanggang.problem, item) * kwh.get(item.id, 0.0) for item in goods(ryanggang.problem)) / 1e6
    # salt, dried fish, vinalon cloth and textbooks are not made here and draw nothing here
    elsewhere = (620_000 * (7.3 * 0.05 + 2 * 0.10 + 4 * 1.1) + 104_780 * 4 * 0.28) / 1e6
    assert made + elsewhere == pytest.approx(NEED_GWH, abs=0.01)


def test_names_in_korean(ryanggang: Province) -> None:
    problem = ryanggang.problem
    named = {item.id: (item.name, item.local_name) for item in problem.items}
    named |= {county.id: (county.name, county.local_name) for county in problem.counties}
    named |= {factory.id: (factory.name, factory.local_name) for factory in problem.factories}
    named |= {partner.id: (partner.name, partner.local_name) for partner in problem.partners}
    named |= {station.id: (station.name, station.local_name) for station in problem.stations}
    for thing, (name, local_name) in named.items():
        assert name, thing
        assert any("가" <= letter <= "힣" for letter in local_name), thing


def test_central_share_of_a_normal_year(ryanggang: Province) -> None:
    shares = [share(ryanggang.problem.supply_shares, item) for item in goods(ryanggang.problem)]
    assert sum(shares) / 100 == pytest.approx(0.80, abs=1e-9)


def test_calendars(ryanggang: Province) -> None:
    problem = ryanggang.problem
    assert problem.periods == tuple(f"2002-{month:02d}" for month in range(1, 13))
    assert expand_to_periods(problem.period_days or 0.0, 12) == (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    for name, shares in problem.calendars.items():
        assert len(shares) == 12, name
        assert sum(shares) == pytest.approx(1, abs=1e-12), name
    used = {item.calendar for item in problem.items}
    assert used <= {"even", *problem.calendars}
    assert len(used) > 30


def test_power_of_a_normal_year(ryanggang: Province) -> None:
    areas = ryanggang.problem.power_areas
    assert {area.id for area in areas} == {county.power_area for county in ryanggang.problem.counties}
    by_month = [sum(expand_to_periods(area.limit_kwh or 0.0, 12)[t] for area in areas) for t in range(12)]
    assert sum(by_month) == pytest.approx(25.5e6)
    assert by_month[1] == pytest.approx(25.5e6 / 12 * 0.65)
    assert by_month[7] == pytest.approx(25.5e6 / 12 * 1.45)
