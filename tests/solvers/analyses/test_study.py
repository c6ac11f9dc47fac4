"""Studies: runs agree with plans made one by one, and rows depend on nothing but their task."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.analyses.study import BoundsRequest, StudyRequest, StudyResult
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.examples import two_counties
from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import InvalidProblemError
from solvers.analyses.opening import open_analysis, open_bounds
from solvers.analyses.studies import run_solver, study_analysis
from solvers.analyses.studies.outcomes import list_measures
from solvers.analyses.studies.run_records import RunRecord
from solvers.analyses.studies.study_design import StudyDesign
from solvers.analyses.studies.study_sample import build_sample
from solvers.errors import InfeasibleError
from solvers.planning import make_plan
from tests.builders import make_problem, need
from tests.solvers.analyses.studying import (
    DELIVERIES,
    POWER,
    example_base,
    open_base,
    run_study,
    solve_rows,
    state_request,
)
from tests.solvers.replanning.year import year


def plan_at(problem: PlanningProblem, **factors: float) -> Plan:
    """The plan of a problem with both factors, solved from nothing."""
    changes = [
        Change(what="power_limit", factor=factors["power"]),
        Change(what="delivered", factor=factors["deliveries"]),
    ]
    return make_plan(apply_changes(problem, changes)).plan


def test_a_grid_agrees_with_plans_made_one_by_one() -> None:
    """Objective of every run of a grid, and served shares where the plan needs no rounding."""
    problem = two_counties()
    _, _, conclusion = run_study(state_request(design={"kind": "grid", "levels": 3}))
    runs = conclusion.tables["runs"].to_pylist()
    assert [(run["power"], run["deliveries"]) for run in runs] == [
        (power, delivered) for power in (0.8, 1.0, 1.2) for delivered in (0.7, 0.85, 1.0)
    ]
    for run in runs:
        plan = plan_at(problem, power=run["power"], deliveries=run["deliveries"])
        assert plan.objective is not None
        assert run["objective"] == pytest.approx(plan.objective.before_rounding, rel=1e-6)
        assert run["lower_bound"] == pytest.approx(run["upper_bound"], rel=1e-6)


def test_runs_have_the_served_shares_of_plans() -> None:
    """Without whole units, all served shares are those of the plan, with ties settled alike."""
    problem = two_counties()
    items = tuple(item.model_copy(update={"whole_units": False}) for item in problem.items)
    problem = problem.model_copy(update={"items": items})
    request = state_request(
        design={"kind": "list", "points": [{"power": 0.83, "deliveries": 0.91}]},
        outcomes=[{"outcome": "served_share", "of": {"priority": [1]}}, {"outcome": "power_used"}],
        keep="tables",
    )
    _, _, conclusion = run_study(request, open_base(problem))
    run = conclusion.tables["runs"].to_pylist()[0]
    plan = plan_at(problem, power=0.83, deliveries=0.91)
    assert plan.summary is not None
    shares = {one.key: one.share for one in plan.summary.by_priority}
    assert run["served_share"] == pytest.approx(plan.summary.served_share, rel=1e-6)
    assert run["served_share of priority 1"] == pytest.approx(shares["1"], rel=1e-6)
    assert run["power_used"] == pytest.approx(plan.summary.power_used_kwh, rel=1e-6)
    counties = {row["county"]: row["served_share"] for row in conclusion.tables["run_counties"].to_pylist()}
    assert counties == {one.key: pytest.approx(one.share, rel=1e-6) for one in plan.summary.by_county}
    periods = {row["period"]: row["p50"] for row in conclusion.tables["periods"].to_pylist()}
    assert periods == {one.key: pytest.approx(one.share, rel=1e-6) for one in plan.summary.by_period}


def test_equal_tasks_give_equal_bytes_in_any_order() -> None:
    """Rows, tables and bounds do not depend on the order of tasks or on the process."""
    text = json.dumps(state_request(design={"kind": "latin_hypercube", "size": 40, "seed": 7}))
    first, second = (open_analysis("study", example_base(), text) for _ in range(2))
    rows, other = solve_rows(first), solve_rows(second, shuffle_seed=3)
    assert rows == other
    assert first.plan_tasks(rows) == ()
    ends = [analysis.conclude(rows) for analysis in (first, second)]
    assert ends[0].head == ends[1].head
    assert all(ends[0].tables[name].equals(ends[1].tables[name]) for name in ends[0].tables)
    assert ends[0].state == ends[1].state


def test_a_lost_task_is_planned_again() -> None:
    """Tasks with rows missing are planned again, whole; others are not."""
    analysis = open_analysis("study", example_base(), json.dumps(state_request(design={"kind": "sobol", "size": 32})))
    tasks = analysis.plan_tasks({})
    rows: dict[int, bytes] = {}
    analysis.run_task(tasks[0], rows.__setitem__)
    rows.pop(tasks[0].rows[-1])
    assert analysis.plan_tasks(rows) == tasks
    analysis.run_task(tasks[0], rows.__setitem__)
    assert analysis.plan_tasks(rows) == tasks[1:]


def test_levers_are_compared_under_the_same_draws() -> None:
    """Regret, the value of perfect information, and clipped draws of a lever that leaves less room."""
    lever = {"name": "spare", "changes": [{"what": "power_limit", "factor": 1.1}, {"what": "delivered", "factor": 0.9}]}
    _, _, conclusion = run_study(state_request(levers=[lever]))
    head: Any = conclusion.head
    assert head.run_count == 32
    runs = conclusion.tables["runs"].to_pylist()
    assert [(run["power"], run["deliveries"]) for run in runs[:16]] == [
        (run["power"], run["deliveries"]) for run in runs[16:]
    ]
    regret = conclusion.tables["regret"].to_pylist()
    by_draw = [min(regret[draw]["regret"], regret[16 + draw]["regret"]) for draw in range(16)]
    assert by_draw == [0.0] * 16
    means = [sum(row["regret"] for row in regret[part]) / 16 for part in (slice(0, 16), slice(16, 32))]
    assert head.perfect_information == pytest.approx(min(means), rel=1e-9)


def test_ceilings_cost_more_than_free_plans() -> None:
    """With the quotas of the base plan as ceilings, no run is better than without, and good draws gain nothing from power."""
    points = [{"power": 0.85, "deliveries": 0.9}, {"power": 1.2, "deliveries": 1.0}]
    design = {"kind": "list", "points": points}
    free, held, swaps = (
        run_study(state_request(design=design, hold=hold))[2].tables["runs"].to_pylist()
        for hold in ("nothing", "quotas", "swaps")
    )
    for k in range(2):
        assert held[k]["objective"] >= free[k]["objective"] * (1 - 1e-9)
        assert swaps[k]["objective"] >= free[k]["objective"] * (1 - 1e-9)
    assert held[1]["objective"] > free[1]["objective"] * 1.01


def test_an_infeasible_run_states_its_conflict() -> None:
    """A run without a plan is a row with its conflict, fails every threshold, and has no objective."""
    problem = make_problem(
        demand=[need("town", "soap", 100)],
        supply_shares={"central": 1.0, "delivered": 1.0, "gateways": ["town"]},
        served_least=[{"county": "town", "item": "soap", "quantity": 80}],
    )
    request = {
        "factors": [DELIVERIES],
        "design": {"kind": "list", "points": [{"deliveries": 0.7}, {"deliveries": 0.9}]},
        "thresholds": [{"outcome": "served_share", "least": 0.85}],
    }
    _, rows, conclusion = run_study(request, open_base(problem))
    head: Any = conclusion.head
    assert head.infeasible_count == 1
    assert head.thresholds[0].probability == 0.5
    runs = conclusion.tables["runs"].to_pylist()
    assert [run["outcome"] for run in runs] == ["infeasible", "optimal"]
    assert "At most 70 unit" in runs[0]["conflict"]
    assert runs[0]["objective"] is None
    assert RunRecord.decode(rows[0]).conflict == runs[0]["conflict"]


def test_ordered_goals_are_solved_without_bounds() -> None:
    """Runs with ordered goals agree with plans; the head says why the objective has no bounds."""
    problem = two_counties()
    policy = problem.policy.model_copy(update={"goals": ("shortage", "cost")})
    problem = problem.model_copy(update={"policy": policy})
    design = {"kind": "list", "points": [{"power": 0.9, "deliveries": 0.8}]}
    _, _, conclusion = run_study(state_request(design=design), open_base(problem))
    head: Any = conclusion.head
    assert not head.is_convex
    assert "ordered goals" in head.convexity_reason
    plan = plan_at(problem, power=0.9, deliveries=0.8)
    assert plan.objective is not None
    run = conclusion.tables["runs"].to_pylist()[0]
    assert run["objective"] == pytest.approx(plan.objective.before_rounding, rel=1e-5)
    answer = open_bounds(conclusion.state).compute_bounds(BoundsRequest(points=({"power": 1.0, "deliveries": 0.8},)))
    assert answer.bounds[0].lower_bound is None
    assert answer.bounds[0].reason == head.convexity_reason


def test_changed_coefficients_are_solved_without_bounds() -> None:
    """A factor on coefficients has no model of bounds; its runs agree with plans all the same."""
    problem = two_counties()
    factor = {
        "name": "people",
        "changes": [{"what": "population"}, {"what": "norms"}],
        "distribution": POWER["distribution"],
    }
    request = {"factors": [factor], "design": {"kind": "list", "points": [{"people": 0.9}, {"people": 1.1}]}}
    _, _, conclusion = run_study(request, open_base(problem))
    head: Any = conclusion.head
    assert not head.is_convex
    for run in conclusion.tables["runs"].to_pylist():
        changes = [Change(what=what, factor=run["people"]) for what in ("population", "norms")]
        plan = make_plan(apply_changes(problem, changes)).plan
        assert plan.objective is not None
        assert run["objective"] == pytest.approx(plan.objective.before_rounding, rel=1e-6)


def test_longer_periods_are_bounded_by_own_periods() -> None:
    """By year, the objective and its lower bound are at most those of the problem's own periods."""
    own, by_year = (
        run_study(state_request(fidelity=fidelity))[2].tables["runs"].to_pylist() for fidelity in ("month", "year")
    )
    for fine, coarse in zip(own, by_year, strict=True):
        assert coarse["fidelity"] == "year"
        assert coarse["upper_bound"] is None
        assert coarse["lower_bound"] <= fine["objective"] * (1 + 1e-6)


def test_runs_in_longer_periods_are_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `auto`, a large program is solved by year, and some runs by month correct all of them."""
    lever = {"name": "spare", "changes": [{"what": "power_limit", "factor": 1.05}]}
    exact = run_study(state_request(levers=[lever]))[2].tables["runs"].to_pylist()
    monkeypatch.setattr("solvers.analyses.studies.study_analysis.LARGE_PROGRAM_COLUMNS", 0)
    analysis, rows, conclusion = run_study(state_request(fidelity="auto", levers=[lever]))
    head: Any = conclusion.head
    assert head.fidelity == "auto"
    assert head.multi_fidelity is not None
    assert len(rows) == 32 + head.multi_fidelity.corrected_by
    assert analysis.plan_tasks(rows) == ()
    runs = conclusion.tables["runs"].to_pylist()
    assert [run["fidelity"] for run in runs].count("month") == head.multi_fidelity.corrected_by
    for run, own in zip(runs, exact, strict=True):
        assert run["objective"] == pytest.approx(own["objective"], rel=0.05)
        assert run["lower_bound"] <= own["objective"] * (1 + 1e-6)
        if run["fidelity"] == "month":
            assert run["objective"] == pytest.approx(own["objective"], rel=1e-6)


def test_adaptive_points_narrow_the_bounds() -> None:
    """Further points are solved until the bounds are as narrow as asked; they do not count as draws."""
    request = state_request(design={"kind": "sobol", "size": 4, "seed": 2}, adaptive={"width": 0.005, "max_runs": 40})
    analysis, rows, conclusion = run_study(request)
    head: Any = conclusion.head
    assert head.run_count == 4
    assert 4 < len(rows) <= 44
    assert conclusion.tables["runs"].num_rows == len(rows)
    assert {one.count for one in head.quantiles} == {4}
    assert analysis.plan_tasks(rows) == ()


def test_unknown_names_are_findings() -> None:
    """Counties, rules and held decisions that do not exist are refused on opening."""
    bad = state_request(
        thresholds=[{"outcome": "served_share", "of": {"county": ["nowhere"]}, "least": 0.5}],
    )
    with pytest.raises(InvalidProblemError) as found:
        open_analysis("study", example_base(), json.dumps(bad))
    assert [one.path for one in found.value.findings] == ["/thresholds/0/of/county/0"]
    bad = state_request(outcomes=[{"outcome": "shadow_price", "limit": {"rule": "nothing"}}])
    with pytest.raises(InvalidProblemError) as found:
        open_analysis("study", example_base(), json.dumps(bad))
    assert [one.path for one in found.value.findings] == ["/outcomes/0/limit/rule"]
    base = open_base(two_counties(), make_plan(two_counties()))
    without_tables = type(base)(base.problem, base.options, base.basis)
    with pytest.raises(InfeasibleError):
        open_analysis("study", without_tables, json.dumps(state_request(hold="quotas")))


def test_contradicting_correlations_are_refused() -> None:
    """No factors can be alike in pairs and opposed in another."""
    factors = [POWER | {"name": name} for name in ("a", "b", "c")]
    pairs = [(("a", "b"), 0.9), (("b", "c"), 0.9), (("a", "c"), -0.9)]
    request = StudyRequest.model_validate(
        {"factors": factors, "rank_correlation": [{"factors": names, "value": value} for names, value in pairs]}
    )
    with pytest.raises(InvalidProblemError, match="contradict"):
        open_analysis("study", example_base(), request.model_dump_json())


def test_auto_corrects_runs_by_year_by_single_runs_in_own_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a task of its own, solved by interior point without a basis; quantiles are near those of all runs by month."""
    for module in (study_analysis, run_solver):
        monkeypatch.setattr(module, "LARGE_PROGRAM_COLUMNS", 1)
    base = open_base(year(smoothing=0.25))
    design = {"kind": "sobol", "size": 64, "seed": 1}
    analysis, rows, found = run_study(state_request(fidelity="auto", design=design), base)
    assert isinstance(found.head, StudyResult)
    assert found.head.multi_fidelity is not None
    assert (found.head.fidelity, found.head.multi_fidelity.corrected_by) == ("auto", 6)
    own = [row for row in rows if row >= 64]
    assert len(own) == 6
    tasks = analysis.plan_tasks({row: content for row, content in rows.items() if row < 64})
    assert [len(task.rows) for task in tasks] == [1] * 6
    again: dict[int, bytes] = {}
    analysis.run_task(tasks[-1], again.__setitem__)
    assert again == {row: rows[row] for row in tasks[-1].rows}
    monkeypatch.undo()
    _, _, month = run_study(state_request(fidelity="month", design=design), base)
    assert isinstance(month.head, StudyResult)
    for near, exact in zip(found.head.quantiles, month.head.quantiles, strict=True):
        for name in ("p10", "p50", "p90"):
            assert getattr(near, name) == pytest.approx(getattr(exact, name), rel=0.015), (near.outcome, name)


def test_corrected_runs_without_an_optimum_count_for_nothing() -> None:
    """A failed run in own periods leaves its run to the correction by others; an infeasible one makes it infeasible."""
    request = state_request(fidelity="year", design={"kind": "sobol", "size": 16, "seed": 1})
    _, rows, _ = run_study(request)
    records = {row: RunRecord.decode(content) for row, content in rows.items()}
    objectives = np.array([records[row].objective for row in range(16)], dtype=np.float64)
    design = StudyDesign((np.array([records[row].point for row in range(16)]),), np.ones(2))
    corrected = np.arange(8)
    for run in range(8):
        record = records[run]
        assert record.objective is not None
        higher = (record.objective + 50, *record.measures[1:])
        records[run + 16] = replace(record, objective=higher[0], measures=higher, fidelity="month")
    for run, outcome in ((2, "failed"), (5, "infeasible")):
        records[run + 16] = RunRecord(outcome, 0, records[run].point, "month")  # type: ignore[arg-type]
    unlimited = np.full(16, np.inf)
    sample = build_sample(
        design, list_measures(StudyRequest.model_validate(request)), records, corrected, (-unlimited, unlimited)
    )
    assert np.flatnonzero(sample.is_infeasible).tolist() == [5]
    assert np.flatnonzero(~sample.has_optimum).tolist() == [5]
    known = np.arange(16) != 5
    assert sample.values[known, 0] == pytest.approx(objectives[known] + 50)
    assert np.isnan(sample.values[5]).all()
    assert sample.correction is not None
    assert sample.correction.corrected_by == 6
