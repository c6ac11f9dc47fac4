"""Stages: lexicographic goals, no-harm constraint."""

import numpy as np
import pytest

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.algorithms.lexicographic import LexicographicResult, list_goal_costs, solve_lexicographic
from solvers.algorithms.pipeline import (
    PipelineResult,
    apply_no_worse_off_bounds,
    build_plan_program,
    solve_in_stages,
)
from solvers.algorithms.run_state import SolveAttempt, SolveRun
from solvers.algorithms.tie_break import STAGE as SETTLING
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import Basis
from tests.builders import Json, make_problem, need
from tests.plain_policy import PLAIN_POLICY
from tests.published.kantorovich import MACHINES, PARTS, SETS, as_goal
from tests.solvers.planning.two_counties import column_sum, planned, two_counties


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
    problem = with_goals()
    problem["policy"].pop("goals")
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


def test_later_goal_starts_from_the_solution_of_the_goal_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later goal uses primal simplex; whole units need no further solve."""
    problem = two_counties()
    problem["policy"]["goals"] = ["shortage", "cost"]
    stages = record_stages(monkeypatch)
    assert planned(problem).plan.outcome == "optimal"
    assert [flags for _, *flags in stages] == [[False, False], [True, True]]


@pytest.mark.parametrize("order", [1, -1])
def test_ties_of_the_plan_without_swaps_are_settled(order: int) -> None:
    """A kWh is worth the same in both goods; the tie-break serves cloth, of the greater value, and soap may stay short."""
    goods = [{"id": "soap", "value": 1, "importance": 2}, {"id": "cloth", "value": 2, "importance": 1}][::order]
    problem = make_problem(
        items=goods,
        factories=[
            {"id": "works", "place": "town", "lines": [{"item": one["id"], "kwh_per_unit": 1} for one in goods]}
        ],
        power_areas=[{"id": "area", "limit_kwh": 10}],
        demand=[need("town", "soap", 10), need("town", "cloth", 10)],
        partners=[{"id": "neighbour", "at": "town", "offers": {"soap": 1}, "wants": {"cloth": 1}}],
        policy={
            **PLAIN_POLICY,
            "shortage_bands": [{"width": 1, "weight": 1}],
            "tie_break": True,
            "own_needs_first": True,
        },
    )
    arrays = ProblemArrays.from_problem(problem)
    stage = apply_no_worse_off_bounds(arrays, build_plan_program(arrays), SolveRun(PlanOptions()))
    assert stage.program is not None
    rows = stage.program.constraints["own_needs_first"]
    limits = dict(zip(rows.axes["item"], stage.program.lp.row_upper[rows.block_slice], strict=True))
    assert {arrays.labels["item"][item]: limit for item, limit in limits.items()} == {
        "soap": pytest.approx(10),
        "cloth": pytest.approx(0, abs=1e-6),
    }
