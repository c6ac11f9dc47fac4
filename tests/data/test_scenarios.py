"""The years of Ryanggang, each a list of changes to the normal year."""

import pytest

from models.base import expand_to_periods
from models.changes.apply import apply_changes
from models.problem.planning_problem import PlanningProblem
from models.provinces import Province, load_province_notes
from models.validation.checks import check_problem
from solvers.data.problem_arrays import ProblemArrays

SCENARIOS = ("normal", "decline", "crisis", "interview-2002", "census-2008", "recovery", "boom-1970s")

RATES = {"participation", "participation_1970s"}
CENSUS_PEOPLE, CENSUS_WOMEN = 719_269, 380_564
STATIONS = {"water_kw", "wind_kw", "water_utilisation", "wind_utilisation", "power_factor", "wind_factor"}


def year(province: Province, scenario: str) -> PlanningProblem:
    return apply_changes(province.problem, province.find_scenario(scenario).changes)


def mean_central_share(problem: PlanningProblem) -> float:
    shares = problem.supply_shares
    goods = [item for item in problem.items if item.kind == "good"]
    return sum(
        shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central)) for item in goods
    ) / len(goods)


def test_scenarios_are_named(ryanggang: Province) -> None:
    assert tuple(scenario.id for scenario in ryanggang.scenarios) == SCENARIOS
    assert all(scenario.name and scenario.notes for scenario in ryanggang.scenarios)
    with pytest.raises(KeyError):
        ryanggang.find_scenario("boom-1980s")


def test_the_normal_year_is_the_problem_itself(ryanggang: Province) -> None:
    assert ryanggang.find_scenario("normal").changes == ()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_makes_a_problem_without_errors(ryanggang: Province, scenario: str) -> None:
    assert [finding for finding in check_problem(year(ryanggang, scenario)) if finding.severity == "error"] == []


@pytest.mark.parametrize(
    ("scenario", "gwh"),
    [
        ("normal", 25.5),
        ("decline", 16.8),
        ("crisis", 10.7),
        ("interview-2002", 13.8),
        ("census-2008", 22.9),
        ("recovery", 27.6),
        ("boom-1970s", 21.1),
    ],
)
def test_power_by_scenario(ryanggang: Province, scenario: str, gwh: float) -> None:
    areas = year(ryanggang, scenario).power_areas
    assert sum(sum(expand_to_periods(area.limit_kwh or 0.0, 12)) for area in areas) / 1e6 == pytest.approx(gwh)


@pytest.mark.parametrize(
    ("scenario", "share"),
    [
        ("normal", 0.8),
        ("decline", 0.5),
        ("crisis", 0.2),
        ("interview-2002", 0.2),
        ("census-2008", 0.5),
        ("recovery", 0.2),
        ("boom-1970s", 0.5),
    ],
)
def test_central_share_by_scenario(ryanggang: Province, scenario: str, share: float) -> None:
    problem = year(ryanggang, scenario)
    assert mean_central_share(problem) == pytest.approx(share, abs=1e-9)
    assert problem.supply_shares.by_item["tofu"] == 0
    assert problem.supply_shares.by_item["salt"] == 1


def test_the_census_counts_other_people(ryanggang: Province) -> None:
    people = {county.id: county.population["people"] for county in year(ryanggang, "census-2008").counties}
    assert sum(people.values()) == pytest.approx(719_269)
    assert people["hyesan"] == pytest.approx(192_680)
    assert people["phungso"] == pytest.approx(44_112)


def test_trains_and_machines_of_the_crisis(ryanggang: Province) -> None:
    crisis = year(ryanggang, "crisis")
    days = expand_to_periods(crisis.period_days or 0.0, 12)
    kilju = next(link for link in crisis.links if link.from_place == "kilju")
    normal = next(link for link in ryanggang.problem.links if link.from_place == "kilju")
    assert expand_to_periods(normal.tonnes or 0.0, 12) == pytest.approx([350 * d for d in days])
    assert expand_to_periods(kilju.tonnes or 0.0, 12) == pytest.approx([45 * d for d in days])
    assert max(expand_to_periods(crisis.supply_shares.delivered, 12)) < 0.75
    conditions = [factory.condition for factory in crisis.factories]
    assert max(conditions) < 0.7
    assert len(set(conditions)) > 10, "each factory has its own condition"


def test_recovery_is_2002_with_twice_the_power_and_the_materials(ryanggang: Province) -> None:
    then, better = year(ryanggang, "interview-2002"), year(ryanggang, "recovery")
    for item, allotted in then.supply_shares.materials.items():
        assert expand_to_periods(better.supply_shares.materials[item], 12) == pytest.approx(
            [2 * units for units in expand_to_periods(allotted, 12)]
        )
    for old, new in zip(then.power_areas, better.power_areas, strict=True):
        assert expand_to_periods(new.limit_kwh or 0.0, 12) == pytest.approx(
            [2 * kwh for kwh in expand_to_periods(old.limit_kwh or 0.0, 12)]
        )


def test_rust_lowers_the_quality_of_what_is_made(ryanggang: Province) -> None:
    normal, crisis = (ProblemArrays.from_problem(year(ryanggang, name)).lines for name in ("normal", "crisis"))
    assert normal.quality.tolist() == crisis.quality.tolist()
    assert (crisis.made_quality < normal.made_quality).all()
    assert (normal.made_quality < normal.quality).all()


def total_labour(problem: PlanningProblem) -> float:
    return sum(sum(expand_to_periods(county.labour_hours or 0.0, 12)) for county in problem.counties) / 12


def test_women_enter_work_in_the_boom(ryanggang: Province) -> None:
    _, *rows = load_province_notes("ryanggang")[1]["underlying_figures"]
    figure = {(row, name): float(value) for sheet, row, name, value, *_ in rows if name in RATES}
    women = CENSUS_WOMEN / CENSUS_PEOPLE
    men_at_work = (1 - women) * figure["men", "participation"]
    then, now = (men_at_work + women * figure["women", name] for name in ("participation_1970s", "participation"))
    boom = year(ryanggang, "boom-1970s")
    assert total_labour(boom) / total_labour(ryanggang.problem) == pytest.approx(then / now, abs=1e-3)
    assert then > now
    assert {factory.condition for factory in boom.factories} == {0.95}


def test_labour_of_the_census_year_follows_its_people(ryanggang: Province) -> None:
    census = year(ryanggang, "census-2008")
    assert total_labour(census) / total_labour(ryanggang.problem) == pytest.approx(CENSUS_PEOPLE / 620_000)


def test_small_stations_follow_water_and_wind_by_month(ryanggang: Province) -> None:
    _, *rows = load_province_notes("ryanggang")[1]["underlying_figures"]
    figure = {
        (row, name): float(value) for sheet, row, name, value, *_ in rows if sheet == "power_areas" and name in STATIONS
    }
    days = expand_to_periods(ryanggang.problem.period_days or 0.0, 12)
    periods = ryanggang.problem.periods

    def generate(area: str, means: str, factors: str) -> list[float]:
        kw, utilisation = figure.get((area, f"{means}_kw"), 0.0), figure["", f"{means}_utilisation"]
        return [kw * 24 * d * utilisation * figure[t, factors] for t, d in zip(periods, days, strict=True)]

    for scenario, means in (("census-2008", ("water",)), ("recovery", ("water", "wind")), ("normal", ())):
        for area in year(ryanggang, scenario).power_areas:
            parts = [generate(area.id, one, "power_factor" if one == "water" else "wind_factor") for one in means]
            expected = [sum(part[t] for part in parts) for t in range(12)]
            assert expand_to_periods(area.own_generation_kwh, 12) == pytest.approx(expected, abs=1), (scenario, area.id)
    wind = generate("paegam", "wind", "wind_factor")
    assert sum(wind[5:8]) == pytest.approx(0.5 * sum(wind[2:5]), rel=0.05)  # summer has half of spring's wind
