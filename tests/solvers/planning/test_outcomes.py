"""Plans that are not optimal: stopped by a limit, or infeasible. These are outcomes, not exceptions."""

from models.plan import ConflictingRule
from solvers.planning import PlanResult
from tests.builders import Json, make_problem, need
from tests.invariants import assert_plan_invariants
from tests.solvers.planning.two_counties import planned, rows, two_counties


def test_time_limit_gives_the_fallback_solution_and_its_gap() -> None:
    problem = two_counties()
    result = planned(problem, time_limit_seconds=1e-9)
    plan = result.plan
    assert plan.outcome == "feasible"
    assert (plan.termination.reason, plan.termination.limit) == ("limit", "time")
    assert plan.certificate is not None
    assert not plan.certificate.passed
    assert plan.certificate.primal_residual <= 1e-6
    assert plan.certificate.gap > 0.5
    best = planned(problem).plan.objective
    assert best is not None
    assert best.before_rounding is not None
    assert plan.certificate.dual_objective <= best.before_rounding <= plan.certificate.primal_objective
    assert_plan_invariants(make_problem(**problem), plan, {name: t.to_pylist() for name, t in result.tables.items()})


def closing(stock: float, machine_hours: float) -> Json:
    """A town with a minimum closing stock of soap, which the works makes at one bar an hour."""
    factory = {
        "id": "works",
        "place": "town",
        "machines": {"kettle": machine_hours},
        "lines": [{"item": "soap", "hours_per_unit": {"kettle": 1}}],
    }
    county = {"id": "town", "power_area": "area", "stocks": {"soap": {"closing_least": stock}}}
    return {"counties": [county], "factories": [factory], "demand": [need("town", "soap", 10)]}


def test_infeasible_plan_has_a_certificate_and_an_analysis() -> None:
    result = planned(make_problem(**closing(100, 60)))
    plan = result.plan
    assert (plan.outcome, plan.termination.reason) == ("infeasible", "infeasible")
    assert (plan.objective, plan.summary) == (None, None)
    assert plan.certificate is not None
    assert plan.certificate.passed
    assert plan.certificate.dual_objective > 0
    assert set(plan.tables.values()) == {0}
    assert plan.infeasibility is not None
    assert plan.infeasibility.verified
    assert plan.infeasibility.irreducible
    assert named(plan.infeasibility.conflict) == {("stock_least", "soap"), ("machine", "works/kettle")}
    (gives,) = plan.infeasibility.relaxations
    # 40 bars are 40 % of the closing stock but two thirds of the machine hours
    assert (gives.rule, gives.relaxation, gives.unit) == ("stock_least", 40, "unit")
    assert gives.text == "The stock of soap in town at the end of p1 has a minimum. At least 100 unit."


def named(found: tuple[ConflictingRule, ...]) -> set[tuple[str, str]]:
    return {(row.rule, row.where.get("item") or row.where.get("machine", "")) for row in found}


def test_reported_relaxation_is_sufficient_and_minimal() -> None:
    assert planned(make_problem(**closing(60, 60))).plan.outcome == "optimal"
    assert planned(make_problem(**closing(60.01, 60))).plan.outcome == "infeasible"


def test_conflict_excludes_unrelated_constraints() -> None:
    problem = two_counties()
    problem["counties"][0]["stocks"]["soap"]["closing_least"] = 200_000
    plan = planned(problem).plan
    assert plan.infeasibility is not None
    assert plan.infeasibility.verified
    rules = {row.rule for row in plan.infeasibility.conflict}
    assert "stock_least" in rules
    assert not rules & {"store", "swap_balance", "machine"}
    assert not [row for row in plan.infeasibility.conflict if "notebook" in row.where.values()]


def test_shortage_beyond_the_bands_is_a_conflict() -> None:
    policy = {"shortage_bands": [{"width": 0.4, "weight": 1}]}
    plan = planned(make_problem(demand=[need("town", "soap", 10)], policy=policy)).plan
    assert plan.outcome == "infeasible"
    assert plan.infeasibility is not None
    (gives,) = plan.infeasibility.relaxations
    assert gives.rule == "bands"
    assert abs(gives.relaxation - 6) < 1e-9


def test_unstorable_surplus_is_a_conflict() -> None:
    item = {"id": "milk", "storable": False}
    factory = {"id": "dairy", "place": "town", "lines": [{"item": "milk", "least": 3}]}
    result = planned(make_problem(items=[item], factories=[factory]))
    assert result.plan.outcome == "infeasible"
    assert result.plan.infeasibility is not None
    assert [row.rule for row in result.plan.infeasibility.relaxations] == ["line_least"]


def test_named_solver_solves_the_plan() -> None:
    for name, words in (("glop", "GLOP"), ("cbc", "CBC"), ("highs-ipm", "HiGHS")):
        result: PlanResult = planned(two_counties(), solver=name)
        assert result.plan.outcome == "optimal", name
        assert words in result.plan.solver.name
        assert rows(result, "power", area="hyesan")
