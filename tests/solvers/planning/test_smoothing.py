"""Production smoothing: changes of the output per day and stock left over cost `policy.smoothing`."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.aggregation import aggregate_places
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.rolling_horizon import PeriodDecomposition
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.planning import PlanResult, make_plan
from solvers.sensitivity import SensitivitySession, attribute_shortages
from tests.builders import Json, need, problem_json
from tests.invariants import assert_plan_invariants
from tests.properties.planned import bounded, rows_of
from tests.solvers.planning.plain_town import draw_town, solve_town
from tests.solvers.planning.two_counties import two_counties


def workshop(needs: list[float], **parts: Any) -> Json:
    """One line makes soap for one town that can keep it."""
    policy = {"smoothing": 0.03, **parts.pop("policy", {})}
    problem = problem_json(
        periods=[f"p{t + 1}" for t in range(len(needs))],
        counties=[{"id": "town", "power_area": "area", "stocks": parts.pop("stocks", {})}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", **parts.pop("line", {})}]}],
        demand=[need("town", "soap", needs)],
        **parts,
    )
    return problem | {"policy": problem["policy"] | policy}


def plan(problem: Json) -> PlanResult:
    """Return the optimal plan, which must satisfy every invariant."""
    model = PlanningProblem.model_validate(problem)
    result = make_plan(model)
    assert result.plan.outcome == "optimal"
    assert_plan_invariants(model, result.plan, rows_of(result))
    return result


def quotas(result: PlanResult, count: int) -> list[float]:
    """Return what the line makes in each period."""
    made = {row["period"]: row["quantity"] for row in rows_of(result)["quotas"]}
    return [made.get(f"p{t + 1}", 0.0) for t in range(count)]


def parts_of(result: PlanResult) -> dict[str, float]:
    """Return the parts of the objective."""
    assert result.plan.objective is not None
    return result.plan.objective.parts.model_dump()


def test_output_is_level_where_a_store_permits() -> None:
    result = plan(workshop([0, 0, 12]))
    assert quotas(result, 3) == pytest.approx([4, 4, 4])
    assert parts_of(result)["rate_changes"] == pytest.approx(0)
    assert parts_of(result)["left_over"] == pytest.approx(0)


def test_output_of_one_period_costs_the_weight_times_its_value() -> None:
    problem = workshop([0, 12, 0], items=[{"id": "soap", "value": 5, "storable": False}])
    assert parts_of(plan(problem))["rate_changes"] == pytest.approx(0.03 * 5 * 12)


def test_output_per_day_is_level_not_the_output() -> None:
    result = plan(workshop([0, 0, 90], period_days=[31, 28, 31], years=0.25))
    assert quotas(result, 3) == pytest.approx([31, 28, 31])


def test_period_without_days_counts_no_change() -> None:
    result = plan(workshop([0, 0, 20], period_days=[10, 0, 10], years=0.06, line={"most": [20, 0, 20]}))
    assert parts_of(result)["rate_changes"] == pytest.approx(0)


def test_first_period_after_the_past_counts_against_the_past() -> None:
    past = {
        "periods": ["p1"],
        "outputs": [{"factory": "works", "item": "soap", "quantity": [7]}],
        "supply": [{"place": "town", "item": "soap", "central": [0], "stock": [7], "shortage": [0]}],
    }
    result = plan(workshop([0, 0, 0, 28], past=past))
    assert quotas(result, 4) == pytest.approx([7, 7, 7, 7])
    # nothing is needed any more: 7 units fewer than in the past cost half the weight, and 7 units stay in store
    parts = parts_of(plan(workshop([0, 0, 0, 0], past=past)))
    assert parts["rate_changes"] == pytest.approx(0.03 * 7 / 2)
    assert parts["left_over"] == pytest.approx(0.03 * 7)


def test_nothing_is_made_to_fill_a_trough() -> None:
    """A store cannot be used in the middle: filling the trough would leave units over, which saves nothing."""
    problem = workshop([6, 0, 6], stocks={"soap": {"most": [0, 0, 100]}})
    result = plan(problem)
    assert quotas(result, 3) == pytest.approx([6, 0, 6])
    kept = plan(problem | {"counties": [problem["counties"][0] | {"stocks": {"soap": {"closing_least": 2}}}]})
    assert parts_of(kept)["left_over"] == pytest.approx(0)
    assert sum(quotas(kept, 3)) == pytest.approx(14)


def test_stock_above_its_minimum_costs_the_weight_times_its_value() -> None:
    problem = workshop([1, 1], items=[{"id": "soap", "value": 4}], stocks={"soap": {"opening": 9, "closing_least": 3}})
    assert parts_of(plan(problem))["left_over"] == pytest.approx(0.03 * 4 * (9 - 2 - 3))


def test_materials_are_level_as_well() -> None:
    items = [{"id": "soap", "storable": False}, {"id": "soda", "kind": "material", "value": 2}]
    lines = [{"item": "soap", "materials": {"soda": 1}}, {"item": "soda"}]
    problem = workshop([0, 0, 12], items=items)
    result = plan(problem | {"factories": [{"id": "works", "place": "town", "lines": lines}]})
    made = [(row["item"], row["quantity"]) for row in rows_of(result)["quotas"]]
    assert [units for item, units in made if item == "soda"] == pytest.approx([4, 4, 4])
    assert [units for item, units in made if item == "soap"] == pytest.approx([12])


def test_items_without_value_have_no_constraints() -> None:
    program = program_of(workshop([1, 2], items=[{"id": "soap", "value": 0}]))
    assert program.constraints["rate_change"].size == program.constraints["left_over"].size == 0


def test_single_period_has_no_changes() -> None:
    assert program_of(workshop([5])).constraints["rate_change"].size == 0


def program_of(problem: Json) -> Program:
    return build_plan_program(ProblemArrays.from_problem(PlanningProblem.model_validate(problem)))


@pytest.mark.parametrize("policy", [{}, {"goals": ["shortage", "cost", "level"]}], ids=["sum", "goals"])
def test_weight_0_adds_nothing_to_the_program(policy: Json) -> None:
    """The other variables and constraints are the same, byte for byte, with and without smoothing."""
    off, on = (program_of(workshop([3, 9], policy={**policy, "smoothing": weight})) for weight in (0, 0.03))
    assert set(on.variables) - set(off.variables) == {"rate_change", "left_over", "given_away"}
    assert set(on.constraints) - set(off.constraints) == {"rate_change", "left_over", "given_away"}
    columns, rows = (
        np.concatenate([blocks[name].positions for name in kept])
        for blocks, kept in ((on.variables, off.variables), (on.constraints, off.constraints))
    )
    for name, where in (("cost", columns), ("column_lower", columns), ("column_upper", columns), ("row_lower", rows)):
        assert getattr(on.lp, name)[where].tobytes() == getattr(off.lp, name).tobytes()
    if not policy:  # with goals, the constraint `goal` of `level` has coefficients
        assert np.array_equal(on.lp.matrix[rows][:, columns].toarray(), off.lp.matrix.toarray())


def test_smoothing_counts_with_goals_only_where_level_is_listed() -> None:
    without = plan(workshop([0, 0, 12], policy={"goals": ["shortage", "cost"]}))
    assert parts_of(without)["rate_changes"] == parts_of(without)["left_over"] == 0
    result = plan(workshop([0, 0, 12, 0], policy={"goals": ["shortage", "cost", "level"]}))
    assert quotas(result, 4) == pytest.approx([4, 4, 4, 0], abs=1e-5)
    assert result.plan.objective is not None
    level = result.plan.objective.goals[-1]
    assert level.goal == "level"
    assert level.final_value == pytest.approx(0.03 * 4 / 2, rel=1e-5)


def test_level_after_shortage_never_leaves_a_need_short() -> None:
    problem = workshop([0, 9], items=[{"id": "soap", "storable": False}], policy={"smoothing": 1000})
    assert parts_of(plan(problem))["shortage"] == pytest.approx(9)
    goals = {"smoothing": 1000, "goals": ["shortage", "level"]}
    result = plan(workshop([0, 9], items=[{"id": "soap", "storable": False}], policy=goals))
    assert parts_of(result)["shortage"] == pytest.approx(0, abs=1e-5)


def test_price_of_the_closing_minimum_counts_what_is_left_over() -> None:
    """One unit less to keep saves the making of it: it never becomes a unit left over."""
    line = {"cost_per_unit": 0.5}
    stocks = {"soap": {"closing_least": 2}}
    result = plan(workshop([4, 4], line=line, stocks=stocks, policy={"smoothing": 0.25}))
    (price,) = [row["price"] for row in rows_of(result)["capacity"] if row["rule"] == "stock_least"]
    less = plan(workshop([4, 4], line=line, stocks={"soap": {"closing_least": 1}}, policy={"smoothing": 0.25}))
    assert price == pytest.approx(sum(parts_of(result).values()) - sum(parts_of(less).values()))


def test_smoothing_is_a_cost_and_no_bottleneck() -> None:
    """Power for 10 units a period: the change from 0 to 10 raises the cost of a unit, but power causes the shortage."""
    power = [{"id": "area", "limit_kwh": [10, 10]}]
    items = [{"id": "soap", "storable": False}]
    problem = workshop([0, 15], items=items, line={"kwh_per_unit": 1}, power_areas=power)
    assert {row["rule"] for row in rows_of(plan(problem))["bottlenecks"]} == {"power"}
    session = SensitivitySession.from_problem(PlanningProblem.model_validate(problem))
    (group,) = attribute_shortages(session).groups
    assert group.costs == pytest.approx(5 * 0.03 / 2)
    (limit,) = group.binding_limits
    assert limit.rule == "power"
    assert limit.value == pytest.approx(5 - group.costs)


def test_aggregated_relaxation_keeps_smoothing_and_periods_decompose() -> None:
    raw = two_counties()
    raw["policy"] |= {"smoothing": 0.03}
    program = program_of(raw)
    model = aggregate_places(program)
    assert model is not None
    assert model.kept_rows[program.constraints["rate_change"].block_slice].all()
    assert PeriodDecomposition.decompose_program(program, np.zeros(program.lp.row_count)) is not None


@bounded(13)
@given(st.data())
def test_objective_equals_that_of_a_plain_model(data: st.DataObject) -> None:
    problem = draw_town(data)
    result = plan(problem)
    assert result.plan.objective is not None
    assert result.plan.objective.value == pytest.approx(solve_town(problem), rel=1e-8, abs=1e-8)


def _with_neighbour(rate: float, wants: float = 100, **parts: Any) -> Json:
    neighbour = {"id": "north", "at": "town", "wants": {"soap": wants}, "rate": rate, **parts}
    return workshop([6, 0, 6], stocks={"soap": {"most": [0, 0, 100]}}) | {"partners": [neighbour]}


@pytest.mark.parametrize("rate", [0, 0.5])
def test_nothing_is_made_to_be_given_away(rate: float) -> None:
    result = plan(_with_neighbour(rate))
    assert quotas(result, 3) == pytest.approx([6, 0, 6])
    assert not rows_of(result)["swaps"]


def test_goods_given_away_cost_the_weight_times_their_value() -> None:
    """A minimum quota in a month without need and store: what is made must be given, and nothing is taken for it."""
    problem = _with_neighbour(0.5)
    problem["factories"][0]["lines"][0]["least"] = [0, 4, 0]
    parts = parts_of(plan(problem))
    assert parts["left_over"] == pytest.approx(0.03 * 4)
    assert parts["rate_changes"] == pytest.approx(0.03 * 2)


def test_goods_that_pay_for_others_are_not_given_away() -> None:
    """Six units are given for three of another good, at the rate of one half; the credit of 1 won pays for a fourth."""
    problem = _with_neighbour(0.5, 6, offers={"rice": 9}, credit=1, settlement="plan")
    problem["items"] = [{"id": "soap", "storable": False}, {"id": "rice", "value": 1, "storable": False}]
    problem["demand"].append(need("town", "rice", [0, 4, 0]))
    parts = parts_of(plan(problem))
    assert parts["left_over"] == pytest.approx(0)
    assert parts["shortage"] == pytest.approx(0)


def test_past_changes_and_gifts_are_fixed_where_the_past_is() -> None:
    problem = _with_neighbour(0.5, settlement="period")
    problem |= {"periods": ["p1", "p2", "p3", "p4"], "period_days": [30, 15, 30, 30], "years": 0.29}
    problem["demand"] = [need("town", "soap", [6, 0, 6, 6])]
    problem["counties"][0]["stocks"]["soap"] = {"most": [0, 0, 0, 100]}
    problem["past"] = {
        "periods": ["p1", "p2"],
        "outputs": [{"factory": "works", "item": "soap", "quantity": [6, 1]}],
        "swaps": [{"partner": "north", "item": "soap", "given": [0, 1], "taken": [0, 0]}],
    }
    parts = parts_of(plan(problem))
    # in 30 days 6, 2, 6 and 6 units; a period has 26.25 days on average
    assert parts["rate_changes"] == pytest.approx(0.03 / 2 * (4 + 4) * 26.25 / 30)
    assert parts["left_over"] == pytest.approx(0.03 * 1)
