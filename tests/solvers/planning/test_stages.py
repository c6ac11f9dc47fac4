"""Stages: lexicographic goals, no-harm constraint, and integer quotas."""

from typing import Any

import numpy as np
import pytest

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.algorithms import rounding
from solvers.algorithms.lexicographic import LexicographicResult, list_goal_costs, solve_lexicographic
from solvers.algorithms.pipeline import PipelineResult, build_plan_program, solve_in_stages
from solvers.algorithms.rounding import round_down
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.algorithms.tie_break import STAGE as SETTLING
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import Basis
from tests.builders import Json, make_problem, need
from tests.invariants import assert_plan_invariants
from tests.published.kantorovich import MACHINES, PARTS, SETS, as_goal
from tests.solvers.planning.two_counties import column_sum, planned, rows, two_counties


def test_kantorovich_makes_86_and_two_thirds_sets() -> None:
    plan = planned(PlanningProblem.model_validate(as_goal(MACHINES, PARTS))).plan
    assert plan.outcome == "optimal"
    assert plan.objective is not None
    (goal,) = plan.objective.goals
    assert goal.goal == "worst_fulfilment"
    assert goal.value * SETS == pytest.approx(260 / 3, rel=1e-9)
    assert goal.final_value == pytest.approx(goal.value, rel=1e-9)


def with_goals(*goals: object) -> Json:
    problem = two_counties()
    for item in problem["items"]:
        item["whole_units"] = False
    problem["policy"]["goals"] = list(goals)
    return problem


def test_each_goal_respects_the_bounds_of_earlier_goals() -> None:
    worst = {"goal": "worst_fulfilment", "over": "county", "tolerance": 1e-6}
    result = planned(with_goals(worst, "shortage", "cost"))
    assert result.plan.outcome == "optimal"
    assert result.plan.objective is not None
    first, second, third = result.plan.objective.goals
    assert (first.goal, second.goal, third.goal) == ("worst_fulfilment", "shortage", "cost")
    assert first.tolerance_bound == pytest.approx(first.value - 1e-6)
    assert first.final_value >= first.tolerance_bound - 1e-9
    assert second.final_value <= second.tolerance_bound * (1 + 1e-9)
    assert second.tolerance_bound == pytest.approx(second.value * (1 + 1e-6))
    assert result.plan.summary is not None
    assert min(county.share for county in result.plan.summary.by_county) == pytest.approx(first.final_value, abs=1e-9)
    alone = planned(with_goals("shortage")).plan.objective
    assert alone is not None
    assert alone.goals[0].value < second.value  # serving the worst county better costs the whole something


def test_order_of_goals_matters() -> None:
    def final(*goals: object) -> list[float]:
        objective = planned(with_goals(*goals)).plan.objective
        assert objective is not None
        return [goal.final_value for goal in objective.goals]

    cost, shortage = final("cost", "shortage")
    assert cost == pytest.approx(0, abs=1e-5)
    shortage_first, cost_second = final("shortage", "cost")
    assert shortage_first < shortage
    assert cost_second > cost


def test_goals_share_one_shape_and_start_from_the_last_basis() -> None:
    index = ProblemArrays.from_problem(
        parse_problem(with_goals({"goal": "worst_fulfilment", "over": "item"}, "shortage"))
    )
    program = build_plan_program(index)
    both = SolveRun(PlanOptions())
    reached: LexicographicResult = solve_lexicographic(program, list_goal_costs(index, program), both, "solve")
    first, second = SolveRun(PlanOptions()), SolveRun(PlanOptions())
    solve_lexicographic(program, list_goal_costs(index, program)[:1], first, "solve")
    solve_lexicographic(program, list_goal_costs(index, program)[1:], second, "solve")
    assert reached.is_proved
    assert reached.last_solve.solution.basis is not None
    assert reached.last_solve.solution.basis.rows.shape == (program.lp.row_count,)
    assert both.iterations < first.iterations + second.iterations


def trade(own_needs_first: bool) -> PlanningProblem:
    """A town makes 10 bars of soap and needs 8; a neighbour offers tools of higher value in exchange."""
    return make_problem(
        items=[{"id": "soap", "value": 1.0}, {"id": "tool", "value": 3.0}],
        factories=[{"id": "works", "place": "town", "lines": [{"item": "soap", "most": 10}]}],
        demand=[need("town", "soap", 8), need("town", "tool", 5)],
        partners=[{"id": "north", "at": "town", "offers": {"tool": 5}, "wants": {"soap": 10}, "rate": 1.0}],
        policy={
            "shortage_bands": [{"width": 1, "weight": 1}],
            "priority_weights": {"1": 1, "2": 2, "3": 1},
            "own_needs_first": own_needs_first,
        },
    )


def test_own_needs_come_before_swaps() -> None:
    unprotected, protected = planned(trade(own_needs_first=False)), planned(trade(own_needs_first=True))
    # swaps are value for value: one bar buys a third of a tool
    assert column_sum(protected, "supply", "shortage", item="soap") == 0
    assert column_sum(protected, "swaps", "given") == pytest.approx(2)
    assert column_sum(protected, "swaps", "taken") == pytest.approx(2 / 3)
    assert "without swaps" in protected.plan.timings
    assert "without swaps" not in unprotected.plan.timings


def test_own_needs_are_protected_in_two_counties() -> None:
    problem = two_counties()
    problem["items"][3]["value"] = 5.0  # soda is dear: giving soap for it would pay
    problem["partners"][0]["wants"] = {"soap": 20_000, "starch": 9000}
    unprotected = solve_stages(problem)
    problem["policy"]["own_needs_first"] = True
    protected = solve_stages(problem)
    assert protected.is_proved
    assert protected.shortage_without_swaps is not None
    assert (sum_shortages(protected) <= protected.shortage_without_swaps + 1e-6).all()
    assert not (sum_shortages(unprotected) <= protected.shortage_without_swaps + 1e-6).all()


def solve_stages(problem: Json) -> PipelineResult:
    index = ProblemArrays.from_problem(parse_problem(problem))
    return solve_in_stages(index, build_plan_program(index), SolveRun(PlanOptions()))


def sum_shortages(found: PipelineResult) -> FloatArray:
    """Shortage in units by county, item and period."""
    program = found.pricing_solve.program
    assert found.values is not None
    short = program.variables["short"]
    out = np.zeros((2, len(program.labels["item"]), 2))
    np.add.at(out, tuple(short.axes[a] for a in ("place", "item", "period")), found.values[short.block_slice])
    return out


def test_rounding_down_tolerates_solver_noise() -> None:
    values = np.array([0.0, 0.9999999, 1.0000001, 2.5, 123456.99999995, 7.999])
    assert round_down(values).tolist() == [0, 1, 1, 2, 123457, 7]


def test_quotas_are_integers_and_rounding_costs_little() -> None:
    result = planned(two_counties())
    for row in rows(result, "quotas"):
        if row["item"] in ("soap", "notebook"):
            assert row["quantity"] == round(row["quantity"])
    objective = result.plan.objective
    assert objective is not None
    assert objective.before_rounding is not None
    assert result.plan.rounding_cost == pytest.approx(objective.value - objective.before_rounding)
    assert 0 < objective.value - objective.before_rounding < 50
    assert result.plan.certificate is not None
    assert result.plan.certificate.primal_objective == pytest.approx(objective.before_rounding)


def test_nothing_is_rounded_without_whole_unit_items() -> None:
    plan = planned(with_goals("shortage")).plan
    assert plan.rounding_cost is None
    assert plan.objective is not None
    assert plan.objective.before_rounding is None
    assert "whole units" not in plan.timings


def works(*lines: Json, closing: float, hours: float = 100.0, **more: object) -> PlanningProblem:
    return make_problem(
        items=[{"id": "soap", "whole_units": True}, {"id": "soda", "kind": "material", "whole_units": True}],
        counties=[{"id": "town", "power_area": "area", "stocks": {"soap": {"closing_least": closing}}}],
        factories=[{"id": "works", "place": "town", "machines": {"kettle": hours}, "lines": list(lines)}],
        **more,
    )


def record_stages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool, bool]]:
    """Record each solve but the tie-break: stage, whether it has a starting basis, and whether the start is feasible."""
    stages: list[tuple[str, bool, bool]] = []
    solve = SolveRun.solve_stage

    def record(
        run: SolveRun, program: Program, stage: str, start: Basis | None = None, *, is_start_feasible: bool = False
    ) -> SolveAttempt:
        if stage != SETTLING:
            stages.append((stage, start is not None, is_start_feasible))
        return solve(run, program, stage, start, is_start_feasible=is_start_feasible)

    monkeypatch.setattr(SolveRun, "solve_stage", record)
    return stages


SOAP = {"item": "soap", "hours_per_unit": {"kettle": 1}, "cost_per_unit": 1}


def test_fractional_closing_stock_rounds_the_quota_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounding 2.5 down to 2 violates the closing stock, so the quota rises to 3."""
    problem = works(SOAP, closing=2.5)
    stages = record_stages(monkeypatch)
    result = planned(problem)
    assert stages == [
        ("solve", False, False),
        ("whole units", True, False),
        ("whole units", True, True),
        ("whole units", True, False),
    ]
    assert result.plan.outcome == "optimal"
    assert column_sum(result, "quotas", "quantity") == 3
    assert result.plan.rounding_cost == pytest.approx(0.5)
    assert_plan_invariants(problem, result.plan, {name: t.to_pylist() for name, t in result.tables.items()})


def test_branch_and_bound_finds_a_rounding() -> None:
    """2.5 bars of soap need 3.75 kg of soda. 3 bars need 4.5 kg, so 5 kg must be made, although 4 kg is nearer to 3.75 kg."""
    soap = {**SOAP, "materials": {"soda": 1.5}}
    soda = {"item": "soda", "hours_per_unit": {"kettle": 1}}
    problem = works(soap, soda, closing=2.5, hours=8)
    result = planned(problem)
    assert result.plan.outcome == "optimal"
    assert column_sum(result, "quotas", "quantity", item="soap") == 3
    assert column_sum(result, "quotas", "quantity", item="soda") == 5
    assert_plan_invariants(problem, result.plan, {name: t.to_pylist() for name, t in result.tables.items()})


def test_integer_quotas_of_the_stage_without_swaps_are_reused(monkeypatch: pytest.MonkeyPatch) -> None:
    soap = {**SOAP, "materials": {"soda": 1.5}}
    soda = {"item": "soda", "hours_per_unit": {"kettle": 1}}
    partners = [{"id": "north", "at": "town"}]
    problem = works(soap, soda, closing=2.5, hours=8, partners=partners, policy={"own_needs_first": True})
    searched: list[str] = []
    search = rounding._branch_and_bound

    def record(*args: Any) -> Any:
        searched.append(args[-2])
        return search(*args)

    monkeypatch.setattr(rounding, "_branch_and_bound", record)
    result = planned(problem)
    assert result.plan.outcome == "optimal"
    assert len(searched) == 1
    assert column_sum(result, "quotas", "quantity", item="soda") == 5


def test_later_goal_starts_from_the_solution_of_the_goal_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later goal uses primal simplex; with integer quotas, each goal starts from its own basis."""
    problem = two_counties()
    problem["policy"]["goals"] = ["shortage", "cost"]
    stages = record_stages(monkeypatch)
    assert planned(problem).plan.outcome == "optimal"
    assert [flags for _, *flags in stages] == [[False, False], [True, True], [True, False], [True, False]]


def test_problem_without_integer_quotas_is_infeasible() -> None:
    """The closing stock is 2.5 bars, and 2.7 hours are not enough for 3 bars."""
    plan = planned(works(SOAP, closing=2.5, hours=2.7)).plan
    assert plan.outcome == "infeasible"
    assert plan.infeasibility is not None
    assert plan.infeasibility.verified
    assert "whole" in plan.termination.detail


def test_quota_limits_without_an_integer_between_them_conflict() -> None:
    """Validation rejects such a problem; without validation, the plan is infeasible."""
    line = {"item": "soap", "least": 2.25, "most": 2.75}
    problem = make_problem(
        items=[{"id": "soap", "whole_units": True}],
        factories=[{"id": "works", "place": "town", "lines": [line]}],
        demand=[need("town", "soap", 10)],
    )
    plan = planned(problem).plan
    assert plan.outcome == "infeasible"
    assert plan.infeasibility is not None
    assert {row.rule for row in plan.infeasibility.conflict} == {"line_least", "line_most"}
