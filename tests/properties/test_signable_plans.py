"""Plans that people sign: the measures of `python -m benchmarks plans` on the cached years, one test each."""

from collections.abc import Mapping
from functools import cache

import pytest

from benchmarks.plan_measures import (
    Measure,
    PlannedYear,
    measure_crisis,
    measure_normal,
)
from benchmarks.plans import measure_small_problems, measure_twelve_pumps
from tests.ryanggang import Planned, solved_year


def to_year(planned: Planned) -> PlannedYear:
    return PlannedYear(planned.problem, planned.plan, planned.rows)


def name_of(measure: Measure) -> str:
    """The name without the figures in it."""
    return " ".join(word for word in measure.name.split() if not word.isdigit())


@cache
def normal_measures() -> Mapping[str, Measure]:
    found = measure_normal(to_year(solved_year("normal")))
    return {name_of(measure): measure for measure in found}


@cache
def crisis_measures() -> Mapping[str, Measure]:
    return {name_of(measure): measure for measure in measure_crisis(to_year(solved_year("crisis")))}


@pytest.mark.parametrize(
    "name",
    [
        "normal: county-item-months short after whole units",
        "normal: lines of that run in one month",
        "normal: median months a used line runs",
        "normal: median switches on and off",
        "normal: quotas below one lot or one unit",
        "normal: share of what is due early that is in store in time",
    ],
)
def test_the_normal_year_is_signable(name: str) -> None:
    measure = normal_measures()[name]
    assert measure.is_met, f"{name}: {measure.figure:g}, must {measure.must}; {measure.note}"


@pytest.mark.slow_lane
def test_levelling_costs_little() -> None:
    levelled, other = (to_year(solved_year("normal", smoothing)) for smoothing in (None, 0.0))
    (measure,) = (one for one in measure_normal(levelled, other) if one.name == "normal: cost of levelling")
    assert measure.is_met, f"{measure.figure:g}, must {measure.must}"


@pytest.mark.slow_lane
@pytest.mark.parametrize(
    "name",
    [
        "crisis: Gini between counties within a good",
        "crisis: goods whose served share differs by over points",
        "crisis: county-item-months wholly unserved",
        "crisis: goods given beyond own make and opening stock",
    ],
)
def test_the_crisis_year_is_signable(name: str) -> None:
    measure = crisis_measures()[name]
    assert measure.is_met, f"{name}: {measure.figure:g}, must {measure.must}; {measure.note}"


def test_every_measure_of_the_normal_year_has_a_test() -> None:
    assert len(normal_measures()) == 6


@pytest.mark.slow_lane
def test_every_measure_of_the_crisis_year_has_a_test() -> None:
    assert len(crisis_measures()) == 4


def test_twelve_pumps_are_made() -> None:
    for measure in measure_twelve_pumps():
        assert measure.is_met, f"{measure.name}: {measure.figure:g}, must {measure.must}"


def test_small_problems_with_whole_units_are_near_the_exact_optimum() -> None:
    measure = measure_small_problems(5)
    assert measure.is_met, measure.note
