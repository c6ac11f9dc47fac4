"""Requirements in plans: what causes their shortages, whole units, what was handed out before, and what would help."""

from typing import Any

import pytest

from models.problem.planning_problem import PlanningProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import PlanResult, make_plan
from solvers.replanning.replan import build_replan_problem
from solvers.sensitivity import attribute_shortages, compute_equity, find_remedies
from solvers.sensitivity.session import SensitivitySession
from tests.builders import Json, make_problem
from tests.invariants import assert_plan_invariants
from tests.published.diets import diet_of_the_week

ENERGY = {"id": "energy", "unit": "kcal", "norms": {"people": 10}}


def village(stocks: Json, items: list[Json], **parts: Any) -> PlanningProblem:
    """Ten people with stocks, who need energy."""
    county = {"id": "town", "power_area": "area", "population": {"people": 10}}
    county["stocks"] = {item: {"opening": units} for item, units in stocks.items()}
    return make_problem(**{"items": items, "counties": [county], "requirements": [ENERGY]} | parts)


def planned(problem: PlanningProblem) -> tuple[PlanResult, dict[str, list[Json]]]:
    """The plan and its rows, which satisfy every invariant."""
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    rows = {name: table.to_pylist() for name, table in result.tables.items()}
    assert_plan_invariants(problem, result.plan, rows)
    return result, rows


def test_a_diet_that_cannot_be_had_names_sodium_and_the_packages() -> None:
    raw = diet_of_the_week(40_000.0)
    for item in raw["items"]:
        item["value"] = 1e6  # two of each, whatever it costs
    result, rows = planned(PlanningProblem.model_validate(raw))
    assert {row["requirement"] for row in rows["requirements"] if row["shortage"] > 1e-6} == {"B2"}
    named = {(row["rule"], row["part"]) for row in rows["bottlenecks"]}
    assert ("requirement_most", "NA") in named
    at_most = {row["item"] for row in rows["supply"] if row["extra"] > 8 - 1e-6}
    assert at_most == {part for rule, part in named if rule == "taken"} == {"BEEF", "HAM", "MTL"}
    assert result.plan.summary is not None
    assert result.plan.summary.requirements is not None
    assert result.plan.summary.requirements.least_met is not None


def test_a_store_of_potatoes_ends_a_shortage_of_maize() -> None:
    items = [{"id": "maize", "provides": {"energy": 2}}, {"id": "potato", "provides": {"energy": 0.5}}]
    _, rows = planned(village({"maize": 20, "potato": 500}, items))
    (energy,) = rows["requirements"]
    assert (energy["met"], energy["shortage"]) == (pytest.approx(100), 0)
    taken = {row["item"]: (row["extra"], row["provided_per_head_day"]) for row in rows["baskets"]}
    assert taken["maize"] == (pytest.approx(20), pytest.approx(4 / 365.25))
    assert taken["potato"] == (pytest.approx(120), pytest.approx(6 / 365.25))


def test_whole_units_are_handed_out_whole() -> None:
    items = [
        {"id": "tin", "whole_units": True, "provides": {"energy": 3.5}},
        {"id": "loaf", "whole_units": True, "provides": {"energy": 2.5}},
    ]
    _, rows = planned(village({"tin": 19, "loaf": 30}, items))
    extra = {row["item"]: row["extra"] for row in rows["supply"]}
    assert all(units == round(units) for units in extra.values())
    assert sum({"tin": 3.5, "loaf": 2.5}[item] * units for item, units in extra.items()) >= 100


def test_a_least_share_of_something_scarce_holds_back_the_rest() -> None:
    shares = {"rice": {"least": 0.5}}
    items = [{"id": "rice", "provides": {"energy": 2}}, {"id": "maize", "provides": {"energy": 2}}]
    _, rows = planned(village({"rice": 10, "maize": 500}, items, requirements=[ENERGY | {"shares": shares}]))
    (energy,) = rows["requirements"]
    assert energy["met"] == pytest.approx(40)
    assert {(row["rule"], row["part"]) for row in rows["bottlenecks"]} >= {("basket_share", "energy/rice/least")}


def test_the_centre_promises_its_share_of_what_is_stated() -> None:
    shares = {"central": 0.5, "gateways": ["town"], "promised": {"flour": 60}}
    _, rows = planned(village({}, [{"id": "flour", "provides": {"energy": 2}}], supply_shares=shares))
    (flour,) = rows["supply"]
    assert flour["central"] == pytest.approx(30)
    assert flour["extra"] == pytest.approx(30)


SEASON: Json = {
    "periods": ["p1", "p2"],
    "items": [{"id": "maize", "provides": {"energy": 1}}],
    "factories": [{"id": "field", "place": "town", "lines": [{"item": "maize", "most": 40}]}],
}


def test_what_was_handed_out_before_counts() -> None:
    problem = village({}, **SEASON)
    result, _ = planned(problem)
    again = build_replan_problem(problem, result.tables, {("field", "maize", "p1"): 25.0}, "p2").problem
    assert again.past is not None
    (before,) = again.past.supply
    assert before.extra == (25.0,)
    _, rows = planned(again)
    short = {row["period"]: row["shortage"] for row in rows["requirements"]}
    assert short == {"p1": pytest.approx(25), "p2": pytest.approx(10)}


def test_bottlenecks_remedies_and_equity_take_requirements_as_goods() -> None:
    problem = village({}, **SEASON)
    result, rows = planned(problem)
    session = SensitivitySession.from_problem(problem)
    (group,) = attribute_shortages(session, item="energy", period="p1").groups
    assert group.shortage == pytest.approx(10)
    assert [limit.rule for limit in group.binding_limits] == ["line_most"]
    assert group.binding_limits[0].value == pytest.approx(group.value)
    found = find_remedies(session, "town", "energy", "p1", target_share=0.0).remedies
    assert any(remedy.rule == "line_most" and remedy.amount == pytest.approx(10) for remedy in found)
    equity = compute_equity(session.arrays, result.tables["supply"], result.tables["requirements"])
    (share,) = equity.by_county["town"]
    assert share.share == pytest.approx(0.8)
    assert sum(row["shortage"] for row in rows["requirements"]) == pytest.approx(20)


def test_the_greatest_amount_of_what_people_are_short_of_has_no_price() -> None:
    """Due at once, what comes later counts for nothing, so its balance may be worth less than nothing; no limit is."""
    energy = ENERGY | {"most": {"people": 10}, "due": {"p1": {"share": 1}}}
    shares = {"by_item": {"maize": 0.25}, "gateways": ["town"]}
    items = [{"id": "maize", "norms": {"people": 2}, "provides": {"energy": 2}}]
    _, rows = planned(village({}, items, requirements=[energy], supply_shares=shares))
    (limit,) = (row for row in rows["capacity"] if row["rule"] == "requirement_most")
    assert (limit["used"], limit["limit"], limit["price"]) == (0, 100, 0)


def test_what_people_take_too_late_meets_no_requirement_in_equity_either() -> None:
    energy = ENERGY | {"due": {"p1": {"share": 1}}}
    works = {"id": "mill", "place": "town", "lines": [{"item": "maize", "most": 5}]}
    items = [{"id": "maize", "norms": {"people": 2}, "provides": {"energy": 2}, "priority": 1}]
    problem = village({}, items, requirements=[energy | {"priority": 3}], factories=[works])
    result, rows = planned(problem)
    (energy_row,) = rows["requirements"]
    assert (energy_row["met"], energy_row["over"]) == (0, pytest.approx(10))
    arrays = ProblemArrays.from_problem(problem)
    maize, of_energy = compute_equity(arrays, result.tables["supply"], result.tables["requirements"]).by_county["town"]
    assert (maize.key, of_energy.key) == ("1", "3")
    assert [maize.served, of_energy.served] == pytest.approx([5, 0])
