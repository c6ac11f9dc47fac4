"""Parts of shortages sum exactly for every grouping."""

import pytest
from hypothesis import given

from models.answers import AttributionGroup
from models.problem.planning_problem import PlanningProblem
from solvers.formulation import compute_objective_parts
from solvers.sensitivity import GroupBy, SensitivitySession, attribute_shortages
from tests.builders import make_problem, need
from tests.properties.planned import bounded
from tests.solvers.sensitivity.test_prices_and_remedies import open_session_of
from tests.strategies import problems

WAYS: tuple[GroupBy, ...] = ("all", "item", "county", "category", "period", "limit")


def parts_of(held: AttributionGroup) -> float:
    return (
        sum(c.value for c in held.binding_limits)
        + held.other_limits
        + held.costs
        - held.above_shortage_cost
        + held.unreachable
    )


@bounded(20)
@given(problems())
def test_parts_sum_to_the_value_and_groups_to_the_objective(problem: PlanningProblem) -> None:
    session = open_session_of(problem)
    slack = 1e-6 * (1 + abs(session.point.objective))
    costs = [c for name, c in compute_objective_parts(session.arrays, session.program).items() if name != "shortage"]
    paid = sum(float(c @ session.point.values) for c in costs)
    for by in WAYS:
        groups = attribute_shortages(session, by, max_results=10_000).groups
        for held in groups:
            assert parts_of(held) == pytest.approx(held.value, abs=slack)
            assert held.value >= held.objective - slack
            assert held.above_shortage_cost >= -slack
            assert all(c.value == pytest.approx(c.amount * c.shadow_price) and c.value > 0 for c in held.binding_limits)
        assert sum(held.objective for held in groups) + paid == pytest.approx(session.point.objective, abs=slack)


def chain() -> PlanningProblem:
    """Soap in the town is made of soda from the mine, which a cart brings: 2 kWh and 3 kg of soda a bar, 1 won a kg."""
    return make_problem(
        items=[{"id": "soap"}, {"id": "soda", "kind": "material", "kg_per_unit": 1}],
        counties=[{"id": "town", "power_area": "area"}, {"id": "mine", "power_area": "pit"}],
        power_areas=[{"id": "area"}, {"id": "pit", "limit_kwh": 60}],
        links=[{"id": "cart", "from": "mine", "to": "town", "cost_per_tonne": 10}],
        factories=[
            {"id": "works", "place": "town", "lines": [{"item": "soap", "materials": {"soda": 3}}]},
            {"id": "pit", "place": "mine", "lines": [{"item": "soda", "kwh_per_unit": 4}]},
        ],
        demand=[need("town", "soap", 12)],
    )


def test_missing_units_use_the_limits_of_their_materials() -> None:
    (whole,) = attribute_shortages(SensitivitySession.from_problem(chain())).groups
    # 60 kWh dig 15 kg of soda for 5 bars; each of the 7 missing bars would take 12 kWh and 3 kg by cart
    assert whole.shortage == pytest.approx(7)
    (cause,) = whole.binding_limits
    assert (cause.rule, cause.id) == ("power", "pit")
    assert cause.amount == pytest.approx(84)
    assert whole.costs == pytest.approx(7 * 3 * 0.01)
    assert whole.unreachable == 0


def test_unreachable_shortage_is_separate() -> None:
    (whole,) = attribute_shortages(
        SensitivitySession.from_problem(make_problem(demand=[need("town", "soap", 4)]))
    ).groups
    assert whole.binding_limits == ()
    assert (whole.unreachable, whole.value) == (4, 4)


def test_marginal_cost_above_the_shortage_cost_is_separate() -> None:
    problem = make_problem(
        counties=[{"id": "town", "power_area": "area", "stocks": {"soap": {"opening": 1}}}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "cost_per_unit": 3}]}],
        demand=[need("town", "soap", 5)],
    )
    (whole,) = attribute_shortages(SensitivitySession.from_problem(problem)).groups
    assert (whole.value, whole.costs, whole.above_shortage_cost) == pytest.approx((4, 12, 8))


def test_backlog_that_is_worth_more_than_its_unit_is_a_cost() -> None:
    # energy for five is left over in p1, so that people may take fifteen beans in p2, for their protein
    energy = {"id": "energy", "unit": "kcal", "value": 1, "carry_over": 1, "most": {"people": 1e-6}}
    problem = make_problem(
        periods=["p1", "p2"],
        period_days=30,
        items=[{"id": "bean", "provides": {"energy": 1, "protein": 1}}],
        counties=[
            {
                "id": "town",
                "power_area": "area",
                "population": {"people": 1},
                "stocks": {"bean": {"opening": 100}},
            }
        ],
        requirements=[energy, {"id": "protein", "unit": "g", "value": 9}],
        demand=[need("town", "energy", 10), need("town", "protein", [0, 15])],
    )
    (whole,) = attribute_shortages(SensitivitySession.from_problem(problem), "period").groups
    assert whole.key == "p1"
    assert (whole.shortage, whole.value, whole.costs) == pytest.approx((5, 5, 5))
    assert whole.binding_limits == ()
