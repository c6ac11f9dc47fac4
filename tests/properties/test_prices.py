"""Prices say what they promise: how the objective moves when a limit moves a little.

The objective is convex in every limit. So for a price at the middle of three limits one step apart, both neighbours lie on or
above the line through the middle with the price as its slope, and where the three lie on one line that line is it.
"""

from copy import deepcopy
from typing import Any

from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from tests.builders import Json
from tests.properties.planned import bounded, objective, rows_of, same, value_of
from tests.strategies import problem_dicts

STEP = 1 / 64
DIGITS = 1e-8


def stepped(value: float | list[float], period: int, count: int, step: float) -> list[float]:
    """A value by period, with a step in one of them."""
    values = list(value) if isinstance(value, list) else [value] * count
    return [max(0.0, v + step) if t == period else v for t, v in enumerate(values)]


def check_price(low: float, middle: float, high: float, price: float, step: float) -> None:
    """Hold a price (won saved by one more unit) against the objectives one step below, at and above a limit."""
    slack = DIGITS * (1 + abs(middle))
    assert low >= middle + price * step - slack
    assert high >= middle - price * step - slack
    if abs(low + high - 2 * middle) <= slack / 10:
        assert same(low - middle, price * step, DIGITS * (1 + abs(middle)))


@bounded(15)
@given(problem_dicts(), st.data())
def test_price_of_power(problem: Json, data: st.DataObject) -> None:
    limited = [area for area in problem["power_areas"] if "limit_kwh" in area]
    if not limited:
        return
    area = data.draw(st.sampled_from(limited))
    period = data.draw(st.integers(0, len(problem["periods"]) - 1))
    area["limit_kwh"] = stepped(area["limit_kwh"], period, len(problem["periods"]), 1.0)
    result = make_plan(PlanningProblem.model_validate(problem))
    price = next(
        (
            row["price"]
            for row in rows_of(result)["power"]
            if (row["area"], row["period"]) == (area["id"], problem["periods"][period])
        ),
        0.0,
    )
    ends = []
    for step in (-STEP, STEP):
        other = deepcopy(problem)
        moved = next(a for a in other["power_areas"] if a["id"] == area["id"])
        moved["limit_kwh"] = stepped(moved["limit_kwh"], period, len(problem["periods"]), step)
        ends.append(objective(other))
    check_price(ends[0], value_of(result.plan), ends[1], price, STEP)


@bounded(15)
@given(problem_dicts(), st.data())
def test_price_of_supply(problem: Json, data: st.DataObject) -> None:
    """A gift of a good at a county, a little larger or smaller, is worth the price of its supply there and then.

    What of it is there by a due date counts for that as well, at the price of the due need. The giver is no local factory,
    whose output swaps could give and local floors would count.
    """
    problem["supply_shares"]["local_floor"] = {}
    county = data.draw(st.sampled_from(problem["counties"]))["id"]
    item = data.draw(st.sampled_from(problem["items"]))["id"]
    period = data.draw(st.integers(0, len(problem["periods"]) - 1))

    def with_gift(units: float) -> Json:
        gift = stepped(0.0, period, len(problem["periods"]), units)
        lines = [{"item": item, "least": gift, "most": gift}]
        giver = {"id": "gift", "place": county, "level": "central", "lines": lines}
        return {**problem, "factories": [*problem["factories"], giver]}

    def own_cost(units: float) -> float:
        """The gift comes in one period, which changes its rate on each side of the period."""
        days = problem.get("period_days", 1)
        days = days if isinstance(days, list) else [days] * len(problem["periods"])
        sides = (period > 0) + (period < len(days) - 1)
        value = next(row["value"] for row in problem["items"] if row["id"] == item)
        cost = problem["policy"]["smoothing"] * value * units * sum(days) / len(days) / days[period] * sides / 2
        return float(cost)

    plans = [make_plan(PlanningProblem.model_validate(with_gift(units))) for units in (0.0, STEP, 2 * STEP)]
    if plans[2].plan.outcome != "optimal":
        return  # nothing can be done with the gift: no stock, no need, no road
    price = _supply_price(rows_of(plans[1]), county, item, problem["periods"][period])
    due = next(row for row in problem["items"] if row["id"] == item).get("due", {}).get(problem["periods"][period])
    if price is not None and due is not None:
        price += due["by"] * _due_price(rows_of(plans[1]), county, item, problem["periods"][period])
    low, middle, high = (
        value_of(result.plan) - own_cost(units) for result, units in zip(plans, (0.0, STEP, 2 * STEP), strict=True)
    )
    if price is not None:
        check_price(low, middle, high, price, STEP)


def _supply_price(rows: dict[str, list[dict[str, Any]]], county: str, item: str, period: str) -> float | None:
    """The price where a row states it; a place where nothing happens has no row."""
    found = [r["price"] for r in rows["supply"] if (r["county"], r["item"], r["period"]) == (county, item, period)]
    return found[0] if found else None


def _due_price(rows: dict[str, list[dict[str, Any]]], county: str, item: str, period: str) -> float:
    """The price of what is due; 0 where nothing is."""
    where = ("due", county, item, period)
    return next((r["price"] for r in rows["capacity"] if (r["rule"], r["id"], r["part"], r["period"]) == where), 0.0)
