"""Invariants of replanning."""

from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from models.base import expand_to_periods
from models.changes.change import Change
from models.options import PlanOptions
from models.outputs import LineAndPeriod
from models.plan import PlanObjective
from models.problem.past import Past
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from solvers.algorithms.pipeline import build_plan_program
from solvers.algorithms.select import solve_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import PlanResult, build_warm_start, make_plan
from solvers.replanning import ReplanProblem, build_replan_problem
from tests.invariants import INVARIANTS, assert_plan_invariants
from tests.plan_reading import Reading
from tests.solvers.replanning.year import MONTHS, year
from tests.strategies import problems

START = MONTHS[3]


def planned(problem: PlanningProblem, base: tuple[PlanningProblem, PlanResult] | None = None) -> PlanResult:
    start = None
    if base is not None and base[1].basis is not None:
        start = build_warm_start(base[0], base[1].basis)
    result = make_plan(problem, warm_start=start)
    assert result.plan.outcome == "optimal", result.plan.termination
    return result


def objective(result: PlanResult) -> PlanObjective:
    assert result.plan.objective is not None
    return result.plan.objective


def value(result: PlanResult) -> float:
    return objective(result).value


def past_of(made: ReplanProblem) -> Past:
    assert made.problem.past is not None
    return made.problem.past


def quotas(result: PlanResult) -> dict[LineAndPeriod, float]:
    return {
        (row["factory"], row["item"], row["period"]): row["quantity"] for row in result.tables["quotas"].to_pylist()
    }


def assert_invariants(problem: PlanningProblem, result: PlanResult) -> None:
    assert_plan_invariants(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()})


@pytest.fixture(scope="module")
def base() -> tuple[PlanningProblem, PlanResult]:
    problem = year()
    return problem, planned(problem)


def less(
    base: tuple[PlanningProblem, PlanResult], factor: float, item: str | None = None
) -> dict[LineAndPeriod, float]:
    return {
        key: units * (factor if item in (None, key[1]) else 1.0)
        for key, units in quotas(base[1]).items()
        if key[2] < START
    }


@pytest.mark.parametrize("outputs", ["none reported", "as planned"])
def test_outputs_as_planned_change_nothing(base: tuple[PlanningProblem, PlanResult], outputs: str) -> None:
    made = build_replan_problem(*_args(base), {} if outputs == "none reported" else less(base, 1.0), START)
    again = planned(made.problem, base)
    assert value(again) == pytest.approx(value(base[1]), rel=1e-9)
    assert_invariants(made.problem, again)
    assert again.plan.solver.strategy[0].warm_start


def _args(base: tuple[PlanningProblem, PlanResult]) -> tuple[PlanningProblem, dict[str, Any]]:
    return base[0], base[1].tables


@pytest.mark.parametrize("item", [None, "soap", "starch", "notebook"])
def test_less_output_never_improves_and_keeps_the_invariants(
    base: tuple[PlanningProblem, PlanResult], item: str | None
) -> None:
    values = [value(base[1])]
    for factor in (0.9, 0.6, 0.0):
        made = build_replan_problem(*_args(base), less(base, factor, item), START)
        again = planned(made.problem, base)
        assert_invariants(made.problem, again)
        assert not made.reconciled.unexplained.any()
        values.append(value(again))
    assert values == sorted(values)
    assert values[-1] > values[0]


def test_the_past_is_what_was_reported(base: tuple[PlanningProblem, PlanResult]) -> None:
    reported = less(base, 0.7)
    made = build_replan_problem(*_args(base), reported, START)
    again = quotas(planned(made.problem, base))
    assert {key: units for key, units in again.items() if key[2] < START} == pytest.approx(
        {key: units for key, units in reported.items() if units}
    )


def test_warm_and_cold_solves_give_one_plan(base: tuple[PlanningProblem, PlanResult]) -> None:
    made = build_replan_problem(*_args(base), less(base, 0.5), START)
    assert value(planned(made.problem, base)) == pytest.approx(value(planned(made.problem)), rel=1e-9)


def test_unreported_outputs_are_quotas_or_zero(base: tuple[PlanningProblem, PlanResult]) -> None:
    soap = {key: units for key, units in less(base, 1.0).items() if key[1] == "soap"}
    quota, zero = (build_replan_problem(*_args(base), soap, START, unreported=choice) for choice in ("quota", "zero"))
    assert (quota.reported_count, zero.reported_count) == (3, 3)
    assert quota.assumed_count == zero.assumed_count > 0
    assert value(planned(quota.problem)) == pytest.approx(value(base[1]), rel=1e-9)
    lines = {(row.factory, row.item) for row in past_of(zero).outputs}
    assert lines == {("hyesan-daily", "soap")}


def test_close_quotas_change_less_without_shortage(base: tuple[PlanningProblem, PlanResult]) -> None:
    reported = less(base, 0.5)
    free, close = (
        build_replan_problem(*_args(base), reported, START, keep_quotas_close=choice) for choice in (False, True)
    )
    assert close.problem.policy.goals == ("shortage", "quotas_close", "cost")
    loose, tight = planned(free.problem, base), planned(close.problem, base)
    assert_invariants(close.problem, tight)
    goals = {goal.goal: goal for goal in objective(tight).goals}
    parts = [objective(result).parts.shortage for result in (loose, tight)]
    assert parts[1] <= parts[0] * (1 + 2e-6)
    moved = [distance(base, result) for result in (loose, tight)]
    assert moved[1] <= moved[0] * (1 + 1e-6)
    assert goals["quotas_close"].final_value == pytest.approx(moved[1], rel=1e-5, abs=1e-3)


def distance(base: tuple[PlanningProblem, PlanResult], result: PlanResult) -> float:
    before, after = quotas(base[1]), quotas(result)
    worth = {item.id: item.value for item in base[0].items}
    keys = {key for key in (*before, *after) if key[2] >= START}
    return sum(worth[key[1]] * abs(before.get(key, 0.0) - after.get(key, 0.0)) for key in keys)


def test_close_quotas_stay_if_outputs_are_as_planned() -> None:
    problem = year(goals=("shortage", "cost"))
    result = planned(problem)
    made = build_replan_problem(problem, result.tables, {}, START, keep_quotas_close=True)
    again = planned(made.problem)
    assert distance((problem, result), again) == pytest.approx(0.0, abs=1e-2)


def test_changes_apply_to_future_periods_only(base: tuple[PlanningProblem, PlanResult]) -> None:
    changes = [
        Change(what="power_limit", factor=0.5),
        Change(what="population", factor=2.0),
        Change(what="partner_offers", value=0.0),
    ]
    assert_invariants(*_again(base, changes))
    # one number for the whole plan: the past is beyond what it would promise now, and stays what it was
    made, again = _again(base, [*changes, Change(what="central_share", value=0.0)])
    assert list(expand_to_periods(made.power_areas[0].limit_kwh or 0.0, 6)) == [15000, 14000, 13000, 5500, 6000, 7500]
    for name, column in (("supply", "served"), ("supply", "demand"), ("swaps", "taken"), ("supply", "central")):
        assert total(again, name, column) == pytest.approx(total(base[1], name, column)), column


def _again(base: tuple[PlanningProblem, PlanResult], changes: list[Change]) -> tuple[PlanningProblem, PlanResult]:
    made = build_replan_problem(*_args(base), {}, START, changes=changes)
    return made.problem, planned(made.problem, base)


def total(result: PlanResult, table: str, column: str) -> float:
    return sum(float(row[column]) for row in result.tables[table].to_pylist() if row["period"] < START)


def test_a_replanned_plan_can_be_replanned(base: tuple[PlanningProblem, PlanResult]) -> None:
    first = build_replan_problem(*_args(base), less(base, 0.6), MONTHS[2])
    second = planned(first.problem, base)
    third = build_replan_problem(first.problem, second.tables, {}, MONTHS[4], unreported="quota")
    result = planned(third.problem, (first.problem, second))
    assert value(result) == pytest.approx(value(second), rel=1e-9)
    assert past_of(third).periods == tuple(MONTHS[:4])
    with pytest.raises(InvalidProblemError, match="is past: the plan starts"):
        build_replan_problem(first.problem, second.tables, {}, MONTHS[1])


def test_future_quotas_are_whole_after_a_fractional_past() -> None:
    problem = year(whole=True)
    result = planned(problem)
    reported = {key: units * 0.7531 for key, units in quotas(result).items() if key[2] < START}
    made = build_replan_problem(problem, result.tables, reported, START)
    again = quotas(planned(made.problem))
    whole = [units for key, units in again.items() if key[1] in ("soap", "notebook") and key[2] >= START]
    assert whole
    assert all(units == round(units) for units in whole)
    assert again["hyesan-daily", "soap", MONTHS[0]] == reported["hyesan-daily", "soap", MONTHS[0]]


def test_the_second_opinion_agrees(base: tuple[PlanningProblem, PlanResult]) -> None:
    for close in (False, True):
        made = build_replan_problem(*_args(base), less(base, 0.6), START, keep_quotas_close=close)
        plan = make_plan(made.problem, PlanOptions(verify=True)).plan
        assert plan.verification is not None
        assert plan.verification.agrees, plan.verification


@pytest.mark.parametrize("start", [MONTHS[0], "2003-01", ""])
def test_a_start_that_leaves_no_past_is_refused(base: tuple[PlanningProblem, PlanResult], start: str) -> None:
    with pytest.raises(InvalidProblemError) as refused:
        build_replan_problem(*_args(base), {}, start)
    assert [one.path for one in refused.value.findings] == ["/from"]


def test_a_change_of_the_past_is_refused(base: tuple[PlanningProblem, PlanResult]) -> None:
    good, bad = Change(what="power_limit", factor=0.9), Change(what="power_limit", factor=0.9, periods=(MONTHS[0],))
    with pytest.raises(InvalidProblemError) as refused:
        build_replan_problem(*_args(base), {}, START, changes=[good, bad])
    assert [(one.path, one.code) for one in refused.value.findings] == [("/changes/1/periods/0", "past_period")]


@settings(max_examples=25)
@given(problems(), st.floats(0, 1), st.sampled_from(["quota", "zero"]))
def test_invariants_on_random_problems(problem: PlanningProblem, share: float, unreported: Any) -> None:
    """If outputs are at most the quotas and keep the former constraints, the replanned objective is no better."""
    assume(len(problem.periods) > 1)
    before = make_plan(problem)
    assume(before.plan.outcome == "optimal")
    start = problem.periods[len(problem.periods) // 2]
    same: ReplanProblem = build_replan_problem(problem, before.tables, {}, start)
    assert value(planned(same.problem, (problem, before))) == pytest.approx(value(before), rel=1e-8, abs=1e-8)
    made = {key: units * share for key, units in quotas(before).items()}
    again = build_replan_problem(problem, before.tables, made, start, unreported=unreported)
    result = make_plan(again.problem)
    assert result.plan.outcome in ("optimal", "infeasible")
    if result.plan.outcome == "optimal" and keeps_rules(problem, result):
        assert value(result) >= value(before) - 1e-7 * (1 + abs(value(before)))


def keeps_rules(problem: PlanningProblem, result: PlanResult) -> bool:
    """Return whether a replanned plan keeps every former constraint, also in the past."""
    tables = {name: table.to_pylist() for name, table in result.tables.items()}
    reading = Reading(problem, result.plan, tables, 1e-6)
    return not any(True for invariant in INVARIANTS for _ in invariant(reading))


def test_the_former_basis_is_a_good_warm_start(base: tuple[PlanningProblem, PlanResult]) -> None:
    """Outputs as planned take no iterations, or few where level output ties the future to the past; other outputs take few
    compared with a cold solve."""
    steps = []
    for factor in (1.0, 0.7):
        program = build_plan_program(
            ProblemArrays.from_problem(build_replan_problem(*_args(base), less(base, factor), START).problem)
        )
        basis = base[1].basis
        assert basis is not None
        warm = solve_program(program, PlanOptions(), start=build_warm_start(base[0], basis).map_basis_to(program))
        steps.append((warm.iterations, solve_program(program, PlanOptions(solver="highs")).iterations))
    assert steps[0][0] * 5 < steps[0][1]
    assert steps[1][0] * 3 < steps[1][1]
