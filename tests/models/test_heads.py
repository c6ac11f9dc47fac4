"""Projection of a census to the plan's year: examples computed by hand, and invariants."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.demand import calculate_demand
from models.examples import two_counties_raw
from models.heads import compute_heads, compute_projection_error, count_group_heads, list_heads, project_ages
from models.problem.population import AgeCount
from models.problem.population_projection import AgeGroup, AgeRates, PopulationProjection
from models.validation.parsing import parse_problem
from solvers.data.problem_arrays import ProblemArrays
from solvers.reference_model.model import compute_demand

RATES = (
    AgeRates(age=0, women_survive=0.9, men_survive=0.8),
    AgeRates(age=5, births_per_woman=0.04, women_survive=0.95, men_survive=0.9),
    AgeRates(age=10, women_survive=0.5, men_survive=0.4),
)
AGES = (AgeCount(age=0, women=100, men=110), AgeCount(age=5, women=90, men=95), AgeCount(age=10, women=200, men=150))


def projection(years: float, **fields: Any) -> PopulationProjection:
    """A projection over some years with the rates of this module."""
    return PopulationProjection(
        **({"census_year": 2000.0, "plan_year": 2000.0 + years, "rates": RATES, "boys_per_girl": 1.0} | fields)
    )


def test_five_years_by_hand() -> None:
    """Girls of 0–4: 100 · 0.9 = 90 are 5–9; 90 · 0.95 + 200 · 0.5 = 185.5 are 10 or more.

    Births: 5 · 0.04 · (90 + 90) / 2 = 18 of women of 5–9 before and after; 80 % of the children live, half are girls.
    """
    people = project_ages(AGES, projection(5, newborn_survival=0.8), net_migration=0.0)
    assert people[0] == pytest.approx((18 * 0.8 / 2, 18 * 0.8 / 2))
    assert people[1] == pytest.approx((90, 110 * 0.8))
    assert people[2] == pytest.approx((90 * 0.95 + 200 * 0.5, 95 * 0.9 + 150 * 0.4))


def test_boys_and_girls_and_migration_by_hand() -> None:
    people = project_ages(AGES, projection(5, boys_per_girl=1.5), net_migration=0.01)
    moved = 1.01**5
    births = 5 * 0.04 * (90 + 90 * moved) / 2
    assert people[0] == pytest.approx((births * 0.4, births * 0.6))
    assert people[1] == pytest.approx((90 * moved, 88 * moved))


def test_a_rest_of_less_than_five_years_is_interpolated() -> None:
    now, later = ([(row.women, row.men) for row in AGES], project_ages(AGES, projection(5), 0.0))
    people = project_ages(AGES, projection(2), 0.0)
    for before, between, after in zip(now, people, later, strict=True):
        assert between == pytest.approx(tuple(0.6 * b + 0.4 * a for b, a in zip(before, after, strict=True)))


counts = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=2, max_size=18)


@given(counts, st.floats(0, 40))
def test_nobody_is_lost_without_deaths_births_and_migration(table: list[tuple[float, float]], years: float) -> None:
    ages = tuple(AgeCount(age=5 * n, women=women, men=men) for n, (women, men) in enumerate(table))
    rates = tuple(AgeRates(age=row.age) for row in ages)
    people = project_ages(ages, projection(years, rates=rates), 0.0)
    assert sum(women for women, _ in people) == pytest.approx(sum(row.women for row in ages))
    assert sum(men for _, men in people) == pytest.approx(sum(row.men for row in ages))
    assert min(min(pair) for pair in people) >= 0


@given(st.floats(1, 1e6), st.integers(2, 18), st.floats(0, 60))
def test_births_that_replace_the_last_age_keep_every_age(size: float, count: int, years: float) -> None:
    """Zero growth: everybody lives to the last age and dies there, and each woman of age 5 to 9 has 1/5 girl a year."""
    ages = tuple(AgeCount(age=5 * n, women=size, men=size) for n in range(count))
    last = AgeRates(age=5 * (count - 1), women_survive=0.0, men_survive=0.0)
    rates = [AgeRates(age=row.age) for row in ages[:-1]] + [last]
    rates[1] = rates[1].model_copy(update={"births_per_woman": 0.4})
    people = project_ages(ages, projection(years, rates=tuple(rates)), 0.0)
    assert people == [pytest.approx((size, size))] * count


@given(counts, st.floats(0, 30), st.floats(0.1, 10))
def test_a_table_twice_as_large_has_twice_the_people(
    table: list[tuple[float, float]], years: float, factor: float
) -> None:
    rates = tuple(
        AgeRates(age=5 * n, births_per_woman=0.1 if n else 0.0, women_survive=0.9, men_survive=0.8)
        for n in range(len(table))
    )

    def people(scale: float) -> float:
        ages = tuple(AgeCount(age=5 * n, women=scale * w, men=scale * m) for n, (w, m) in enumerate(table))
        return sum(map(sum, project_ages(ages, projection(years, rates=rates), 0.01)))

    assert people(factor) == pytest.approx(factor * people(1.0))


def test_groups_take_their_part_of_an_age() -> None:
    people = [(100.0, 200.0), (50.0, 60.0), (30.0, 20.0), (9.0, 1.0)]
    assert count_group_heads(AgeGroup(), people) == pytest.approx(470)
    assert count_group_heads(AgeGroup(sex="women", from_age=15), people) == pytest.approx(9)
    assert count_group_heads(AgeGroup(below_age=5), people) == pytest.approx(300)
    assert count_group_heads(AgeGroup(from_age=7, below_age=12), people) == pytest.approx(110 * 3 / 5 + 50 * 2 / 5)
    assert count_group_heads(AgeGroup(sex="men", below_age=15, per_head=0.25), people) == pytest.approx(70)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=5, unique=True))
def test_groups_that_divide_the_ages_add_up(limits: list[int]) -> None:
    people = [(float(n), 2.0 * n) for n in range(1, 6)]
    bounds = [0, *sorted(limits), None]
    groups = [AgeGroup(from_age=low or 0, below_age=high) for low, high in pairwise(bounds)]
    assert sum(count_group_heads(group, people) for group in groups) == pytest.approx(45)


def test_the_error_joins_census_and_years() -> None:
    assert compute_projection_error(projection(-4, error=0.03, error_per_year=0.01)) == pytest.approx(0.05)


def problem_with_census() -> Any:
    """The example with heads of a census: households counted in both counties, students of Kapsan by age."""
    raw = two_counties_raw()
    raw["population_projection"] = {
        "census_year": 1993.0,
        "plan_year": 2002.0,
        "error": 0.03,
        "rates": [{"age": 0}, {"age": 5, "births_per_woman": 0.1}],
        "groups": {"students": {"below_age": 5}},
    }
    for county in raw["counties"]:
        del county["population"]["households"]
        county["census"] = {"households": {"heads": 10_000.0, "yearly_growth": 0.01}}
    del raw["counties"][1]["population"]["students"]
    raw["counties"][1]["ages"] = [{"age": 0, "women": 500.0, "men": 500.0}, {"age": 5, "women": 500.0, "men": 500.0}]
    raw["counties"][0]["census"]["people"] = {"heads": 160_000.0, "yearly_growth": 0.002}
    return raw


def test_heads_are_stated_counted_or_by_age() -> None:
    problem = parse_problem(problem_with_census())
    rows = {(row.county, row.group): row for row in compute_heads(problem)}
    assert rows["kapsan", "people"].source == "stated"
    assert rows["kapsan", "people"].error is None
    assert rows["hyesan", "people"].heads == 166087
    assert rows["hyesan", "people"].projected == pytest.approx(160_000 * 1.002**9)
    households = rows["kapsan", "households"]
    assert (households.source, households.error) == ("census", 0.03)
    assert households.heads == households.projected == pytest.approx(10_000 * 1.01**9)
    assert rows["kapsan", "students"].source == "ages"
    assert rows["kapsan", "students"].heads > 0


def test_the_plan_and_its_second_opinion_need_the_projected_heads() -> None:
    problem = parse_problem(problem_with_census())
    soap = next(row for row in calculate_demand(problem) if (row.county, row.item) == ("kapsan", "soap"))
    (part,) = soap.groups
    assert (part.heads_source, part.error) == ("census", 0.03)
    assert part.heads == pytest.approx(10_000 * 1.01**9)
    arrays = ProblemArrays.from_problem(problem)
    where = [arrays.labels[kind].index(name) for kind, name in (("county", "kapsan"), ("item", "soap"))]
    assert arrays.demand[where[0], where[1]] == pytest.approx(soap.quantity)
    by_hand = compute_demand(problem)
    assert [by_hand["kapsan", "soap", t] for t in range(2)] == pytest.approx(soap.quantity)


def test_a_change_of_the_population_multiplies_projected_heads() -> None:
    problem = parse_problem(problem_with_census())
    (changed,) = [
        dict(heads)
        for county, heads in zip(
            problem.counties,
            list_heads(apply_changes(problem, (Change(what="population", where="households", factor=1.1),))),
            strict=True,
        )
        if county.id == "kapsan"
    ]
    assert changed["households"] == pytest.approx(1.1 * 10_000 * 1.01**9)
    assert changed["students"] == list_heads(problem)[1]["students"]


def test_a_county_without_a_census_keeps_its_heads() -> None:
    problem = parse_problem(two_counties_raw())
    assert list_heads(problem) == tuple(county.population for county in problem.counties)
