"""Prices of the capacity table: what one more hour, tonne or unit of a limit saves, for every kind of limit.

The same test of convexity as for power and supply: see `test_prices`.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers.planning import make_plan
from tests.builders import Json
from tests.properties.planned import bounded, objective, rows_of, value_of
from tests.properties.test_prices import STEP, check_price, stepped
from tests.strategies import problem_dicts

BINDING = Path(__file__).parent / "binding"
Row = dict[str, Any]
Place = tuple[dict[str, Any], str, float]
"""Who holds a limit, its name there, and what one unit of it there adds to the limit of the row."""


def _machine(problem: Json, row: Row) -> Place:
    factory = _by_id(problem["factories"], row["id"])
    return factory["machines"], row["part"], factory["condition"]


def _labour(problem: Json, row: Row) -> Place:
    return _by_id(problem["counties"], row["id"]), "labour_hours", 1.0


def _handling(problem: Json, row: Row) -> Place:
    return _by_id([*problem["counties"], *problem["stations"]], row["id"]), "handling_tonnes", 1.0


def _store(problem: Json, row: Row) -> Place:
    return _by_id(problem["counties"], row["id"]), "store_tonnes", 1.0


def _line_most(problem: Json, row: Row) -> Place:
    lines = _by_id(problem["factories"], row["id"])["lines"]
    item, _, recipe = row["part"].partition("/")
    return next(line for line in lines if (line["item"], line.get("recipe", "")) == (item, recipe)), "most", 1.0


def _offers(problem: Json, row: Row) -> Place:
    return _by_id(problem["partners"], row["id"])["offers"], row["part"], 1.0


def _wants(problem: Json, row: Row) -> Place:
    return _by_id(problem["partners"], row["id"])["wants"], row["part"], 1.0


def _budget(problem: Json, row: Row) -> Place:
    return _by_id(problem["budgets"], row["id"]), "won", 1.0


def _by_id(things: list[Json], id_: str) -> Json:
    return next(thing for thing in things if thing["id"] == id_)


HOLDERS = {
    "machine": _machine,
    "labour": _labour,
    "handling": _handling,
    "store": _store,
    "line_most": _line_most,
    "offers": _offers,
    "wants": _wants,
    "budget": _budget,
}


@pytest.mark.parametrize("rule", HOLDERS)
def test_price_of_a_limit(rule: str) -> None:
    @bounded(10)
    @given(problem_dicts(), st.data())
    def holds(problem: Json, data: st.DataObject) -> None:
        # Those with a price first: hypothesis draws the first most often, and a price of 0 proves little.
        def choose(rows: list[Row]) -> Row | None:
            """One of the rows; of a craft none, as its least quota may be all it may make."""
            found = [row for row in rows if rule != "line_most" or not row["id"].startswith("craft")]
            return data.draw(st.sampled_from(found)) if found else None

        _check_a_price(rule, problem, choose)

    holds()


@pytest.mark.parametrize("rule", HOLDERS)
def test_price_of_a_limit_that_binds(rule: str) -> None:
    problem = json.loads((BINDING / f"{rule}.json").read_text("utf-8"))
    for budget in problem.get("budgets", []):
        budget["carries_over"] = False
    price = _check_a_price(rule, problem, lambda rows: rows[0])
    assert price is not None
    assert price > 0


def _check_a_price(rule: str, problem: Json, choose: Callable[[list[Row]], Row | None]) -> float | None:
    """Compare the price of a chosen limit with what a step up and a step down cost; None where there is no such limit."""
    result = make_plan(PlanningProblem.model_validate(problem))
    rows = [row for row in rows_of(result)["capacity"] if row["rule"] == rule and row["limit"] >= 1]
    row = choose(sorted(rows, key=lambda row: -row["price"]))
    if row is None:
        return None
    if rule == "budget" and _by_id(problem["budgets"], row["id"])["carries_over"]:
        return None  # a won more in one period also raises the limits of later periods
    if rule == "handling" and not _can_be_lowered(problem, row):
        return None  # goods under way enter in any case, as much as the place can handle or more
    ends = [objective(_stepped(problem, HOLDERS[rule], row, step)) for step in (-STEP, STEP)]
    check_price(ends[0], value_of(result.plan), ends[1], row["price"], STEP)
    return float(row["price"])


def _can_be_lowered(problem: Json, row: Row) -> bool:
    """Whether a smaller stated limit is a smaller limit of the plan, or leaves no plan."""
    lowered = _stepped(problem, HOLDERS[row["rule"]], row, -STEP)
    tables = rows_of(make_plan(PlanningProblem.model_validate(lowered)))
    key = ("rule", "id", "part", "period")
    limits = [one["limit"] for one in tables["capacity"] if all(one[name] == row[name] for name in key)]
    return not limits or limits[0] < row["limit"]


def _stepped(problem: Json, holder: Callable[[Json, Row], Place], row: Row, step: float) -> Json:
    """The problem with the limit of a row larger by a step."""
    other = deepcopy(problem)
    owner, name, share = holder(other, row)
    period = other["periods"].index(row["period"])
    owner[name] = stepped(owner[name], period, len(other["periods"]), step / share)
    return other
