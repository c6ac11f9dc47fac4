from math import ceil

import pytest

from models.demand import DemandEstimate, calculate_demand, compute_calendar_shares, round_need_up
from models.examples import two_counties, two_counties_raw
from models.problem.planning_problem import PlanningProblem
from models.problem.population import DemandRow
from models.validation.parsing import parse_problem


def by_key(problem: PlanningProblem) -> dict[tuple[str, str], DemandEstimate]:
    return {(row.county, row.item): row for row in calculate_demand(problem)}


def test_demand_is_population_times_norms_times_years() -> None:
    soap = by_key(two_counties())["hyesan", "soap"]
    assert soap.source == "norms"
    assert [(need.group, need.heads, need.norm) for need in soap.groups] == [("households", 41854, 12)]
    assert sum(soap.quantity) == ceil(41854 * 12 * 0.1616)


def test_even_calendar_distributes_by_days() -> None:
    soap = by_key(two_counties())["kapsan", "soap"]
    assert soap.quantity[0] / soap.quantity[1] == pytest.approx(31 / 28, rel=1e-4)


def test_named_calendar_distributes_by_its_shares() -> None:
    notebooks = by_key(two_counties())["kapsan", "notebook"]
    whole = 10286 * 30 * 0.1616
    assert notebooks.quantity == pytest.approx((0.25 * whole, 0.75 * whole), abs=1)
    assert sum(notebooks.quantity) == ceil(whole)


def test_without_days_periods_are_equal() -> None:
    assert compute_calendar_shares(two_counties().model_copy(update={"period_days": None}), "even") == (0.5, 0.5)
    assert compute_calendar_shares(two_counties().model_copy(update={"period_days": 30.0}), "even") == (0.5, 0.5)


def test_a_stated_need_replaces_only_its_estimate() -> None:
    rows = (
        DemandRow(county="kapsan", item="soap", quantity=(7.0, 0.0)),
        DemandRow(county="kapsan", item="soda", quantity=3.0),
        DemandRow(county="hyesan", item="starch", quantity=0.0),
    )
    before, after = by_key(two_counties()), by_key(two_counties().model_copy(update={"demand": rows}))
    assert list(after["kapsan", "soap"].quantity) == [7, 0]
    assert after["kapsan", "soap"].source == "stated"
    assert list(after["kapsan", "soda"].quantity) == [3, 3]
    assert list(after["hyesan", "starch"].quantity) == [0, 0]
    assert after["hyesan", "soap"] == before["hyesan", "soap"]


def test_groups_add_up_and_items_without_demand_are_omitted() -> None:
    raw = two_counties_raw()
    raw["items"][0]["norms"] = {"households": 12, "people": 1, "infants": 5}
    rows = by_key(parse_problem(raw))
    soap = rows["kapsan", "soap"]
    assert [need.quantity for need in soap.groups] == pytest.approx([15338 * 12 * 0.1616, 60866 * 0.1616])
    assert sum(soap.quantity) == ceil(sum(need.quantity for need in soap.groups))
    assert ("kapsan", "soda") not in rows


@pytest.mark.parametrize(
    ("quantities", "expected"),
    [
        ((0.0, 0.0), (0, 0)),
        ((0.5, 0.5), (1, 0)),
        ((2.4, 2.4), (3, 2)),
        ((0.2, 0.3, 0.2), (0, 1, 0)),
        ((9.9999999,), (10,)),
        ((10.0000001,), (10,)),
        ((10.001,), (11,)),
        ((1 / 3, 1 / 3, 1 / 3), (1, 0, 0)),
    ],
)
def test_a_need_is_rounded_up_over_the_plan_and_spread_by_largest_remainder(
    quantities: tuple[float, ...], expected: tuple[int, ...]
) -> None:
    assert round_need_up(quantities) == expected
