"""Plans in whole units: whole needs, rounding up where room is, lots, least runs, remainders, goals, and replanning."""

from typing import Any

import pytest
from hypothesis import given

from models.problem.planning_problem import PlanningProblem
from solvers import reference_model
from solvers.algorithms import item_rounding, rounding
from solvers.planning import PlanResult
from tests.builders import Json, make_problem, need
from tests.invariants import assert_plan_invariants
from tests.properties.planned import bounded
from tests.solvers.planning.two_counties import column_sum, planned, rows, two_counties
from tests.strategies import problems


def plan_whole(problem: PlanningProblem) -> PlanResult:
    """Plan a problem, check every invariant, and check that the gap covers what rounding costs."""
    result = planned(problem)
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()})
    best = result.plan.objective
    assert best is not None
    assert best.value * (1 - best.rounding_gap) <= best.value + 1e-9
    assert best.before_rounding <= best.value + 1e-6 * max(1.0, abs(best.value))
    return result


def make_pumps(
    quantity: Any, *, whole: bool = True, periods: tuple[str, ...] = ("p1",), **more: Any
) -> PlanningProblem:
    """A town that needs pumps and can make as many as it likes, unless `line` limits it."""
    line = {"item": "pump", "kwh_per_unit": 1, "cost_per_unit": 0.01, **more.pop("line", {})}
    return make_problem(
        periods=periods,
        items=[{"id": "pump", "whole_units": whole, **more.pop("item", {})}],
        factories=[{"id": "works", "place": "town", "lines": [line]}],
        demand=[need("town", "pump", quantity)],
        **more,
    )


def test_twelve_places_that_need_most_of_a_pump_get_one_each() -> None:
    counties = [{"id": f"c{n}", "power_area": "area"} for n in range(12)]
    problem = make_problem(
        items=[{"id": "pump", "whole_units": True}],
        counties=counties,
        factories=[
            {"id": f"f{n}", "place": f"c{n}", "lines": [{"item": "pump", "kwh_per_unit": 1, "cost_per_unit": 0.01}]}
            for n in range(12)
        ],
        demand=[need(f"c{n}", "pump", 0.9) for n in range(12)],
        power_areas=[{"id": "area", "limit_kwh": 1000}],
    )
    result = plan_whole(problem)
    assert [row["quantity"] for row in rows(result, "quotas")] == [1] * 12
    assert column_sum(result, "supply", "shortage") == 0


@pytest.mark.parametrize(
    ("quantity", "periods", "expected"),
    [
        (0.9, ("p1",), [1]),
        (9.6, ("p1",), [10]),
        (9.9999999, ("p1",), [10]),
        (10.0000001, ("p1",), [10]),
        ([0.5, 0.5], ("p1", "p2"), [1]),
        ([2.4, 2.4], ("p1", "p2"), [3, 2]),
        ([0, 0.1], ("p1", "p2"), [1]),
    ],
)
def test_needs_are_made_whole_and_served(quantity: Any, periods: tuple[str, ...], expected: list[int]) -> None:
    result = plan_whole(make_pumps(quantity, periods=periods))
    assert column_sum(result, "quotas", "quantity") == sum(expected)
    assert [row["demand"] for row in rows(result, "supply") if row["demand"]] == expected
    assert column_sum(result, "supply", "shortage") == 0
    objective = result.plan.objective
    assert objective is not None
    assert objective.rounding_gap == pytest.approx(0, abs=1e-9)


def test_a_quota_is_a_multiple_of_its_lot() -> None:
    result = plan_whole(make_pumps(9, line={"lot": 4}))
    assert [row["quantity"] for row in rows(result, "quotas")] == [12]


def test_a_lot_of_a_continuous_item_may_be_a_fraction() -> None:
    result = plan_whole(make_pumps(4, whole=False, line={"lot": 1.25, "most": 4.9}))
    assert [row["quantity"] for row in rows(result, "quotas")] == [3.75]
    assert column_sum(result, "supply", "shortage") == pytest.approx(0.25)


@pytest.mark.parametrize(("kwh", "expected"), [(4.0, []), (6.0, [6.0])])
def test_a_quota_is_nothing_or_at_least_a_least_run(kwh: float, expected: list[float]) -> None:
    areas = [{"id": "area", "limit_kwh": kwh}]
    result = plan_whole(make_pumps(9, whole=False, line={"least_run": 5}, power_areas=areas))
    assert [row["quantity"] for row in rows(result, "quotas")] == expected


def test_what_a_store_loses_of_a_unit_is_discarded() -> None:
    """Eight pumps are in store; two tenths are lost, which leaves 6.4. Six serve the need, 0.4 is discarded."""
    problem = make_problem(
        periods=("p1", "p2"),
        items=[{"id": "pump", "whole_units": True, "loss": 0.2}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"pump": {"opening": 10}}}],
        demand=[need("town", "pump", [0, 6])],
    )
    result = plan_whole(problem)
    supply = {row["period"]: row for row in rows(result, "supply")}
    assert supply["p1"]["stock"] == 8
    assert supply["p2"]["discarded"] == pytest.approx(0.4)
    assert supply["p2"]["served"] == 6


def test_what_a_store_leaves_of_a_unit_serves_nobody() -> None:
    """Of 6.4 pumps that the store leaves, six serve the need of ten, though 0.4 more would cost less."""
    problem = make_problem(
        periods=("p1", "p2"),
        items=[{"id": "pump", "whole_units": True, "loss": 0.2}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"pump": {"opening": 10}}}],
        demand=[need("town", "pump", [0, 10])],
    )
    result = plan_whole(problem)
    assert column_sum(result, "supply", "served") == 6
    assert column_sum(result, "supply", "shortage") == 4
    assert column_sum(result, "supply", "discarded") == pytest.approx(0.4)


def test_a_fraction_in_the_opening_stock_is_discarded() -> None:
    problem = make_problem(
        items=[{"id": "pump", "whole_units": True}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"pump": {"opening": 2.75}}}],
        demand=[need("town", "pump", 3)],
    )
    result = plan_whole(problem)
    assert column_sum(result, "supply", "discarded") == pytest.approx(0.75)
    assert column_sum(result, "supply", "served") == 2


def test_a_fraction_used_as_material_takes_a_whole_unit() -> None:
    """One bar of soap needs 1.5 bags of soda: two bags are made, and half a bag is discarded."""
    problem = make_problem(
        items=[{"id": "soap", "whole_units": True}, {"id": "soda", "kind": "material", "whole_units": True}],
        factories=[
            {
                "id": "works",
                "place": "town",
                "lines": [
                    {"item": "soap", "materials": {"soda": 1.5}, "cost_per_unit": 0.01},
                    {"item": "soda", "cost_per_unit": 0.01},
                ],
            }
        ],
        demand=[need("town", "soap", 1)],
    )
    result = plan_whole(problem)
    assert column_sum(result, "quotas", "quantity", item="soda") == 2
    assert column_sum(result, "supply", "discarded") == pytest.approx(0.5)


def test_whole_units_cost_little_where_goods_are_many() -> None:
    result = plan_whole(PlanningProblem.model_validate(two_counties()))
    objective = result.plan.objective
    assert objective is not None
    assert result.plan.rounding_cost == pytest.approx(objective.value - objective.before_rounding)
    assert objective.rounding_gap < 1e-4
    assert result.plan.certificate is not None
    assert result.plan.certificate.primal_objective == pytest.approx(objective.before_rounding)


def test_nothing_is_rounded_without_whole_units_or_lots() -> None:
    plan = planned(make_pumps(0.9, whole=False)).plan
    assert plan.rounding_cost is None
    assert plan.objective is not None
    assert plan.objective.before_rounding == plan.objective.value
    assert plan.objective.rounding_gap == 0
    assert "whole units" not in plan.timings


def test_shortage_by_rounding_is_no_bottleneck() -> None:
    """11 hours make 5.5 pumps of 10: four and a half are short for want of hours, and half a pump is short by rounding."""
    problem = make_pumps(10, line={"hours_per_unit": {"lathe": 2}}, item={"value": 4})
    factory = problem.factories[0].model_copy(update={"machines": {"lathe": 11.0}})
    result = plan_whole(problem.model_copy(update={"factories": (factory,)}))
    (row,) = rows(result, "supply")
    assert (row["shortage"], row["rounding"]) == (5, pytest.approx(0.5))
    assert [row["shortage"] for row in rows(result, "bottlenecks")] == [5]


def test_goals_hold_in_whole_units_as_far_as_these_allow() -> None:
    problem = two_counties()
    problem["policy"]["goals"] = ["shortage", "cost"]
    model = PlanningProblem.model_validate(problem)
    result = plan_whole(model)
    objective = result.plan.objective
    assert objective is not None
    shortage, _ = objective.goals
    assert shortage.final_value == pytest.approx(shortage.value, rel=1e-4)
    assert objective.rounding_gap <= 1e-4


def test_closing_stock_of_a_fraction_needs_a_whole_unit() -> None:
    problem = make_closing(2.5, hours=8)
    assert column_sum(plan_whole(problem), "quotas", "quantity", item="soap") == 3


def test_closing_stock_that_whole_units_cannot_reach_conflicts() -> None:
    """A closing stock of 2.5 bars is one of 3 bars, and 2.7 hours are not enough for 3 bars."""
    plan = planned(make_closing(2.5, hours=2.7)).plan
    assert plan.outcome == "infeasible"
    assert plan.infeasibility is not None
    assert plan.infeasibility.verified
    assert {row.rule for row in plan.infeasibility.conflict} == {"stock_least", "machine"}


def test_lots_that_no_plan_can_make_are_infeasible() -> None:
    """Two lots of 3 fill no closing stock of exactly 5."""
    problem = make_closing(5, hours=8, line={"lot": 3}, most=5)
    plan = planned(problem).plan
    assert plan.outcome == "infeasible"
    assert "whole" in plan.termination.detail


def make_closing(
    closing: float, *, hours: float, line: Json | None = None, most: float | None = None
) -> PlanningProblem:
    """A works that must fill a closing stock of soap."""
    stock = {"closing_least": closing} | ({} if most is None else {"closing_most": most})
    soap = {"item": "soap", "hours_per_unit": {"kettle": 1}, "cost_per_unit": 1, **(line or {})}
    return make_problem(
        items=[{"id": "soap", "whole_units": True}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"soap": stock}}],
        factories=[{"id": "works", "place": "town", "machines": {"kettle": hours}, "lines": [soap]}],
    )


def test_quota_limits_without_a_whole_number_between_them_conflict() -> None:
    """Validation rejects such a problem; without validation, the plan is infeasible."""
    plan = planned(make_pumps(10, line={"least": 2.25, "most": 2.75})).plan
    assert plan.outcome == "infeasible"
    assert plan.infeasibility is not None
    assert {row.rule for row in plan.infeasibility.conflict} == {"line_least", "line_most"}


def test_past_periods_keep_their_fractions() -> None:
    """In the past, 1.5 pumps were made and 0.5 remain in store; the future discards them and makes whole pumps."""
    past = {
        "periods": ["p1"],
        "outputs": [{"factory": "works", "item": "pump", "quantity": [1.5]}],
        "supply": [{"place": "town", "item": "pump", "central": [0], "stock": [0.5], "shortage": [0]}],
    }
    result = plan_whole(make_pumps([1, 2], periods=("p1", "p2"), past=past))
    assert [row["quantity"] for row in rows(result, "quotas")] == [1.5, 2]
    assert column_sum(result, "supply", "discarded", period="p2") == pytest.approx(0.5)


def compare_with_exact_optimum(problem: PlanningProblem) -> None:
    """The plan is within the stated gap of the best plan that the reference model finds, and never better."""
    exact = reference_model.solve_reference_model(problem, whole_units=True)
    plan = planned(problem).plan
    assert plan.outcome == exact.status
    if exact.objective is None:
        return
    assert plan.objective is not None
    size = max(1.0, abs(exact.objective))
    assert plan.objective.value >= exact.objective - 1e-6 * size
    assert plan.objective.value <= exact.objective + 1e-4 * size
    assert exact.objective >= plan.objective.value - plan.objective.rounding_gap * size - 1e-5 * size


@bounded(15)
@given(problems(whole_units=True))
def test_plans_are_near_the_exact_optimum(problem: PlanningProblem) -> None:
    compare_with_exact_optimum(problem)


@pytest.mark.slow_lane
@bounded(200)
@given(problems(whole_units=True))
def test_many_plans_are_near_the_exact_optimum(problem: PlanningProblem) -> None:
    compare_with_exact_optimum(problem)


def test_no_whole_unit_disappears_to_save_its_storage() -> None:
    """Half of the stock is lost in each period: 9 of 18 are left in p2, of which none may vanish; 4.5 in p3 must be 4."""
    problem = make_problem(
        periods=("p1", "p2", "p3"),
        items=[{"id": "pump", "whole_units": True, "loss": 0.5, "holding_cost": 0.0625}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"pump": {"opening": 37, "closing_least": 4}}}],
    )
    stored = [row["stock"] for row in rows(plan_whole(problem), "supply")]
    assert stored == [18, 9, 4]


def test_an_item_that_found_no_whole_plan_twice_gets_more_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "SMALL_PROGRAM_COLUMNS", 0)
    monkeypatch.setattr(item_rounding, "_FIRST_TRIES", ())
    plan = planned(two_counties()).plan
    assert [step.outcome for step in plan.solver.strategy if step.algorithm == "item-rounding"] == ["optimal"]


def test_a_search_whose_work_is_done_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "NEAR_WORK", 0)
    monkeypatch.setattr(rounding, "WHOLE_WORK", 0)
    plan = planned(two_counties()).plan
    (search,) = [step for step in plan.solver.strategy if step.algorithm == "branch-and-bound"]
    assert search.outcome == "limit"
    assert plan.objective is not None
    assert plan.objective.rounding_gap > 0
