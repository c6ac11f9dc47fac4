"""The tie-break: nothing is made, drawn, moved, swapped or kept that serves nobody, and the optimum stays the optimum."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.algorithms.pipeline import build_plan_program, solve_in_stages
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.algorithms.tie_break import STAGE, settle_ties
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import compute_tie_break_cost
from solvers.lp.certificate import certify_solution
from solvers.planning import PlanResult, make_plan
from solvers.sensitivity import SensitivitySession
from tests.builders import Json, make_problem, need, problem_json
from tests.solvers.planning.two_counties import column_sum, planned, rows, two_counties

SETTLED = {"tie_break": True}
PROVINCES = 40


def random_province(seed: int, *, with_costs: bool) -> Json:
    """Three counties on a ring of links and a station; two goods, one of them made of a material; a centre and a partner."""
    r = random.Random(seed)  # noqa: S311
    periods = [f"p{t}" for t in range(r.choice((1, 2, 4)))]
    counties = ["east", "north", "west"]

    def cost(most: float) -> float:
        return round(r.uniform(0, most), 4) if with_costs else 0.0

    def amount(low: float, high: float) -> list[float]:
        return [round(r.uniform(low, high), 1) for _ in periods]

    items = [
        {
            "id": "bowl",
            "value": round(r.uniform(0.1, 9), 2),
            "kg_per_unit": r.choice((0, 0.3)),
            "holding_cost": cost(0.01),
        },
        {"id": "coat", "value": r.choice((0, 4)), "kg_per_unit": 1.5, "loss": r.choice((0, 0.1))},
        {"id": "cloth", "kind": "material", "value": 2},
    ]
    factories = [
        {
            "id": f"works-{k}",
            "place": r.choice(counties),
            "machines": {"any": amount(50, 400)},
            "lines": [
                {"item": "bowl", "hours_per_unit": {"any": 1}, "kwh_per_unit": 1, "cost_per_unit": cost(0.1)},
                {"item": "coat", "hours_per_unit": {"any": 2}, "materials": {"cloth": 2}, "cost_per_unit": cost(0.1)},
            ],
        }
        for k in range(r.randint(1, 3))
    ]
    ring = [*counties, "junction", counties[0]]
    return {
        "periods": periods,
        "items": items,
        "counties": [{"id": n, "power_area": "grid"} for n in counties],
        "stations": [{"id": "junction"}],
        "demand": [need(n, i, amount(0, 120)) for n in counties for i in ("bowl", "coat") if r.random() < 0.7],
        "power_areas": [{"id": "grid", "limit_kwh": amount(50, 900)}],
        "factories": factories,
        "links": [
            {"id": f"{a}-{b}", "from": a, "to": b, "km": r.choice((0, 40)), "cost_per_tonne": cost(0.5)}
            for a, b in pairwise(ring)
        ],
        "supply_shares": {"central": 0.3, "gateways": ["junction", "east"], "materials": {"cloth": amount(50, 400)}},
        "partners": [
            {
                "id": "south",
                "at": "junction",
                "offers": {"coat": amount(0, 60)},
                "wants": {"bowl": amount(0, 300)},
                "rate": 0.8,
                "settlement": "plan",
            }
        ],
        "policy": SETTLED,
    }


def find_waste(problem: PlanningProblem, result: PlanResult) -> Iterator[str]:
    """Name what serves nobody. Balances are equalities, so anything without a use is left in a store, given away or moved in circles."""
    last = problem.periods[-1]
    for row in rows(result, "supply", period=last):
        if row["stock"] > 1e-6:
            yield f"{row['stock']} {row['item']} left in {row['county']}"
    for partner in problem.partners:
        values = {item.id: item.value for item in problem.items}
        paid = sum(row["given"] * values[row["item"]] for row in rows(result, "swaps", partner=partner.id))
        bought = sum(row["taken"] * values[row["item"]] for row in rows(result, "swaps", partner=partner.id))
        if paid * partner.rate > bought + partner.credit + 1e-6 * (1 + paid):
            yield f"{paid} won given to {partner.id} for {bought} won"
    arcs: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows(result, "shipments"):
        arcs[row["item"], row["period"]][row["from"]].add(row["to"])
    for moved, ends in arcs.items():
        if has_circle(ends):
            yield f"{moved} in circles"


def has_circle(ends: dict[str, set[str]]) -> bool:
    """Whether some goods come back to where they left: places without an arrival are taken away until none is left."""
    remaining = {start: set(stops) for start, stops in ends.items()}
    while remaining:
        reached = set().union(*remaining.values())
        if not (free := [start for start in remaining if start not in reached]):
            return True
        for start in free:
            del remaining[start]
    return False


def test_a_circle_is_found() -> None:
    assert has_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert not has_circle({"a": {"b", "c"}, "b": {"c"}, "d": {"a"}})


@pytest.mark.parametrize("with_costs", [False, True])
@pytest.mark.parametrize("seed", range(PROVINCES))
def test_nothing_serves_nobody(seed: int, with_costs: bool) -> None:
    raw = random_province(seed, with_costs=with_costs)
    problem = parse_problem(raw)
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    assert list(find_waste(problem, result)) == []
    untied = make_plan(parse_problem(raw | {"policy": {"tie_break": False}}))
    assert result.plan.objective is not None
    assert untied.plan.objective is not None
    assert result.plan.objective.value == pytest.approx(untied.plan.objective.value, rel=1e-6, abs=1e-6)


def test_the_provinces_waste_goods_without_the_tie_break() -> None:
    """The test above can fail: without costs and without the tie-break, more than a quarter of the provinces waste something."""
    wasteful = 0
    for seed in range(PROVINCES):
        problem = parse_problem(random_province(seed, with_costs=False) | {"policy": {"tie_break": False}})
        wasteful += any(find_waste(problem, make_plan(problem)))
    assert wasteful > PROVINCES / 4


def test_whole_units_beside_a_great_shortage_serve_nobody() -> None:
    """17 pumps in lots of 3 and 23 nails are made at no cost, and no more, though salt is short by a thousand times their value."""
    problem = make_problem(
        periods=("p1", "p2", "p3"),
        items=[
            {"id": "pump", "whole_units": True, "value": 5},
            {"id": "nail", "whole_units": True, "value": 1},
            {"id": "salt", "whole_units": True, "value": 100},
        ],
        counties=[{"id": "town", "power_area": "area"}, {"id": "hill", "power_area": "area"}],
        power_areas=[{"id": "area", "limit_kwh": [50, 40, 30]}],
        factories=[{"id": "works", "place": "town", "lines": [
            {"item": "pump", "kwh_per_unit": 1.7, "lot": 3}, {"item": "nail", "kwh_per_unit": 0.31},
        ]}],
        links=[{"id": "road", "from": "town", "to": "hill", "km": 5}],
        demand=[
            need("town", "pump", [7, 0, 3]), need("hill", "pump", [2, 4, 1]), need("hill", "nail", [5, 7, 11]),
            need("town", "salt", [1000, 1000, 1000]),
        ],
        policy={"smoothing": 0},
    )  # fmt: skip
    result = planned(problem)
    assert column_sum(result, "quotas", "quantity", item="pump") == 18
    assert column_sum(result, "quotas", "quantity", item="nail") == 23
    assert column_sum(result, "shipments", "quantity") == 30


def bowls_without_costs(*, needed: float, goals: list[str] | None = None, value: float = 1) -> Json:
    """A factory that could make 1,000 bowls in each of two periods at no cost; a second county with a store."""
    return problem_json(
        periods=["p1", "p2"],
        items=[{"id": "bowl", "value": value}],
        counties=[{"id": "town", "power_area": "area"}, {"id": "village", "power_area": "area"}],
        power_areas=[{"id": "area", "limit_kwh": 1000}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "bowl", "kwh_per_unit": 1}]}],
        links=[{"id": "road", "from": "town", "to": "village", "km": 0}],
        demand=[need("town", "bowl", [0, needed])],
        policy=SETTLED | {"goals": goals},
    )


@pytest.mark.parametrize("solver", ["auto", "highs-ipm", "glop", "pdlp", "cbc"])
def test_as_much_is_made_as_is_needed(solver: str) -> None:
    result = planned(bowls_without_costs(needed=200), solver=solver)
    assert result.plan.outcome == "optimal"
    assert column_sum(result, "quotas", "quantity") == pytest.approx(200, abs=1e-3)
    assert column_sum(result, "quotas", "quantity", period="p1") == pytest.approx(
        0, abs=1e-3
    )  # it would wait in the store
    assert column_sum(result, "shipments", "quantity") == pytest.approx(0, abs=1e-3)


def test_nothing_is_made_where_nothing_is_needed() -> None:
    assert column_sum(planned(bowls_without_costs(needed=0)), "quotas", "quantity") == 0


def test_ties_of_goals_serve_need_that_no_goal_counts() -> None:
    """The goal `cost` alone is met by making nothing; as making costs nothing, the tie-break still serves the need."""
    result = planned(bowls_without_costs(needed=200, goals=["cost"]))
    assert column_sum(result, "supply", "served") == pytest.approx(200)
    assert column_sum(result, "quotas", "quantity") == pytest.approx(200)


def test_need_of_a_good_without_value_is_served() -> None:
    assert column_sum(planned(bowls_without_costs(needed=200, value=0)), "supply", "shortage") == pytest.approx(0)


def test_prices_and_basis_are_those_of_the_optimum() -> None:
    """Dual values, basis and strategy of the solve stay; the tie-break is a step of its own."""
    settled, untied = (planned(two_counties() | {"policy": {"tie_break": on}}) for on in (True, False))
    for table, column in (("supply", "price"), ("power", "price")):
        assert [r[column] for r in rows(settled, table)] == [r[column] for r in rows(untied, table)]
    assert settled.basis is not None
    assert untied.basis is not None
    assert (settled.basis.columns == untied.basis.columns).all()
    stages = [step.stage for step in settled.plan.solver.strategy]
    assert stages.index("solve") < stages.index(STAGE)
    assert STAGE in settled.plan.timings
    assert STAGE not in untied.plan.timings


def test_the_settled_plan_is_certified_by_the_dual_values_of_the_optimum() -> None:
    index = ProblemArrays.from_problem(parse_problem(random_province(3, with_costs=True)))
    result = solve_in_stages(index, build_plan_program(index), SolveRun(PlanOptions()))
    assert result.values is not None
    assert result.pricing_solve.solution.values is result.values
    certificate = certify_solution(result.pricing_solve.program.lp, result.pricing_solve.solution)
    assert certificate.passed
    assert certificate == result.certificate


def solve_bowls() -> tuple[ProblemArrays, SolveAttempt]:
    index = ProblemArrays.from_problem(parse_problem(bowls_without_costs(needed=200)))
    program = build_plan_program(index)
    return index, SolveRun(PlanOptions()).solve_stage(program, "solve")


def test_the_objective_is_held_where_the_optimal_face_is_unknown() -> None:
    """Without dual values a constraint holds the objective; here the optimum is 0, which needs no dual values to prove."""
    index, optimum = solve_bowls()
    unknown = replace(optimum, solution=replace(optimum.solution, dual_values=None))
    settled = settle_ties(unknown, compute_tie_break_cost(index, optimum.program), SolveRun(PlanOptions()))
    assert settled.is_proved
    assert settled.solution.values is not None
    make = optimum.program.variables["make"]
    assert settled.solution.values[make.block_slice].sum() == pytest.approx(200)


def test_no_time_left_leaves_the_optimum_as_it_is() -> None:
    index, optimum = solve_bowls()
    late = SolveRun(PlanOptions(time_limit_seconds=1e-9))
    assert settle_ties(optimum, compute_tie_break_cost(index, optimum.program), late) is optimum


def test_what_if_compares_settled_plans() -> None:
    """A comparison shows what factories make; without the tie-break a change that changes nothing could move quotas."""
    session = SensitivitySession.from_problem(make_problem(**bowls_without_costs(needed=200)))
    make = session.program.variables["make"]
    assert session.plan_values[make.block_slice].sum() == pytest.approx(200)
    assert session.compute_flows().made.sum() == pytest.approx(200)
