"""Backtests agree with published optima under perfect forecasts and with the plan without noise, and keep the order of policies."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from models.analyses.backtest import BacktestRequest, BacktestResult
from models.examples import two_counties
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import InvalidProblemError
from solvers.analyses.analysis import AnalysisBase, AnalysisConclusion
from solvers.analyses.backtests import look_ahead
from solvers.analyses.backtests.paths import draw_paths
from solvers.analyses.opening import open_analysis
from solvers.planning import make_plan
from tests.builders import Json, need
from tests.published.case import county, plant, problem

POWER: Json = {
    "name": "power",
    "changes": [{"what": "power_limit"}],
    "distribution": {"kind": "uniform", "low": 0.7, "high": 1.1},
}
DELIVERIES: Json = {
    "name": "deliveries",
    "changes": [{"what": "delivered"}],
    "distribution": {"kind": "triangular", "low": 0.5, "mode": 0.8, "high": 1.0},
}
CERTAIN: Json = POWER | {"distribution": {"kind": "list", "values": [1.0]}}

STEEL = problem(
    periods=["w1", "w2", "w3", "w4"],
    items=[
        {"id": "bands", "value": 1, "importance": [25, 26, 27, 27], "holding_cost": 2.5},
        {"id": "coils", "value": 1, "importance": [30, 35, 37, 39], "holding_cost": 3},
    ],
    counties=[county("mill", stocks={"bands": {"opening": 10}})],
    factories=[
        plant(
            "plant",
            "mill",
            {"item": "bands", "hours_per_unit": {"line": 1 / 200}, "cost_per_unit": 10},
            {"item": "coils", "hours_per_unit": {"line": 1 / 140}, "cost_per_unit": 11},
            machines={"line": [40, 40, 32, 40]},
        )
    ],
    demand=[need("mill", "bands", (6000, 6000, 4000, 6500)), need("mill", "coils", (4000, 2500, 3500, 4200))],
)
"""Steel production over four weeks: Fourer, Gay, Kernighan, AMPL (1993), figure 4-4; what is not sold loses its revenue."""

STEEL_REVENUE = 25 * 6000 + 26 * 6000 + 27 * 4000 + 27 * 6500 + 30 * 4000 + 35 * 2500 + 37 * 3500 + 39 * 4200
"""Revenue if everything were sold."""

HOURS: Json = {
    "name": "hours",
    "changes": [{"what": "machine_hours"}],
    "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
}


@cache
def open_example() -> AnalysisBase:
    """The example with its basis, planned once."""
    return AnalysisBase(two_counties(), PlanOptions(), make_plan(two_counties()).basis)


def run_backtest(model: PlanningProblem, **request: Any) -> AnalysisConclusion:
    base = open_example() if model == two_counties() else AnalysisBase(model, PlanOptions(), make_plan(model).basis)
    analysis = open_analysis("backtest", base, json.dumps(request))
    rows: dict[int, bytes] = {}
    for task in analysis.plan_tasks(rows):
        analysis.run_task(task, rows.__setitem__)
    assert analysis.plan_tasks(rows) == ()
    return analysis.conclude(rows)


def compare_costs(model: PlanningProblem, factors: Sequence[Json], policies: Sequence[Json]) -> BacktestResult:
    paths = {"count": 4, "seed": 3, "persistence": 0.5}
    found = run_backtest(model, factors=factors, paths=paths, policies=policies).head
    assert isinstance(found, BacktestResult)
    return found


def test_the_steel_example_of_ampl_under_a_perfect_forecast() -> None:
    certain = HOURS | {"distribution": {"kind": "list", "values": [1.0]}}
    model = PlanningProblem.model_validate(STEEL)
    policies = [
        {"name": name, "replan_every": every, "forecast": forecast}
        for name, every, forecast in (("once", None, "base"), ("weekly", 1, "perfect"), ("fortnightly", 2, "last"))
    ]
    found = compare_costs(model, [certain], policies)
    assert found.perfect_foresight_mean is not None
    assert STEEL_REVENUE - found.perfect_foresight_mean == pytest.approx(515_033, abs=0.5)
    for policy in found.policies:
        assert policy.cost_mean == pytest.approx(found.perfect_foresight_mean, rel=1e-6)
        assert policy.nervousness == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("horizon", [None, {"months": 1}])
def test_without_noise_every_policy_has_the_objective_of_the_plan(horizon: Json | None) -> None:
    model = two_counties()
    policies = [
        {"name": f"{quotas}-{every}", "replan_every": every, "quotas": quotas, "horizon": horizon}
        for quotas, every in (("free", None), ("free", 1), ("kept_close", 1), ("ceilings", 1))
    ]
    found = compare_costs(model, [CERTAIN], policies)
    planned = make_plan(model).plan.objective
    assert planned is not None
    assert found.perfect_foresight_mean == pytest.approx(planned.before_rounding, rel=1e-9)
    for policy in found.policies:
        assert policy.cost_mean == pytest.approx(planned.before_rounding, rel=1e-6 if horizon is None else 0.01)
        assert policy.regret == pytest.approx(0, abs=1e-6 * planned.value if horizon is None else 0.01 * planned.value)


@pytest.mark.parametrize("model", [PlanningProblem.model_validate(STEEL), two_counties()], ids=["steel", "counties"])
def test_perfect_foresight_costs_least_and_each_freedom_helps_under_a_perfect_forecast(model: PlanningProblem) -> None:
    factors = [HOURS] if model.periods[0] == "w1" else [POWER, DELIVERIES]
    policies = [
        {"name": f"{forecast}-{quotas}-{every}", "forecast": forecast, "quotas": quotas, "replan_every": every}
        for forecast, quotas, every in (
            ("perfect", "free", 1),
            ("perfect", "free", None),
            ("perfect", "ceilings", 1),
            ("base", "free", None),
            ("base", "free", 1),
            ("base", "ceilings", 1),
            ("base", "kept_close", 1),
            ("last", "free", 1),
            ("mean", "free", 1),
        )
    ]
    found = compare_costs(model, factors, policies)
    best = found.perfect_foresight_mean
    assert best is not None
    costs = {policy.policy: policy.cost_mean for policy in found.policies}
    for name, cost in costs.items():
        assert cost is not None
        assert cost >= best * (1 - 1e-6)
        if name.startswith("perfect"):
            assert cost == pytest.approx(best, rel=1e-6)
    assert costs["base-free-None"] > best * 1.0001  # type: ignore[operator]
    assert costs["base-ceilings-1"] >= costs["base-free-1"] * (1 - 1e-6)  # type: ignore[operator]
    once = next(policy for policy in found.policies if policy.policy == "base-free-1")
    assert once.value_of_replanning == pytest.approx(costs["base-free-None"] - costs["base-free-1"])  # type: ignore[operator]
    last = next(policy for policy in found.policies if policy.policy == "last-free-1")
    assert last.value_of_replanning == pytest.approx(costs["base-free-None"] - costs["last-free-1"])  # type: ignore[operator]


def test_tables_have_a_row_for_each_policy_year_and_period() -> None:
    model = PlanningProblem.model_validate(STEEL)
    policies = [{"name": "once"}, {"name": "weekly", "replan_every": 1}]
    conclusion = run_backtest(model, factors=[HOURS], paths={"count": 3}, policies=policies)
    paths, periods = (conclusion.tables[name].to_pylist() for name in ("paths", "periods"))
    assert [(row["policy"], row["path"]) for row in paths] == [
        (name, k) for name in ("once", "weekly") for k in range(3)
    ]
    assert len(periods) == 24
    for path in paths:
        own = [row for row in periods if (row["policy"], row["path"]) == (path["policy"], path["path"])]
        assert sum(row["cost"] for row in own) == pytest.approx(path["cost"])
        assert path["regret"] >= -1e-6 * path["cost"]


def test_a_year_without_a_plan_is_counted_and_has_no_cost() -> None:
    raw = STEEL | {"counties": [county("mill", stocks={"bands": {"opening": 10, "closing_least": 8000}})]}
    hours = HOURS | {"distribution": {"kind": "list", "values": [0.01]}}
    found = compare_costs(PlanningProblem.model_validate(raw), [hours], [{"name": "once"}])
    (policy,) = found.policies
    assert (policy.infeasible_count, policy.cost_mean, policy.regret) == (4, None, None)
    assert found.perfect_foresight_mean is None


@pytest.mark.parametrize("horizon", [{"months": 2}, None], ids=["two periods", "whole year"])
@pytest.mark.parametrize(
    ("warm", "cold"), [(1e9, 1e9), (0, 1e9), (0, 0)], ids=["from the last basis", "without a basis", "interior point"]
)
def test_years_foreseen_cost_least_whatever_solves_them(
    warm: float, cold: float, horizon: Json | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another method takes over where one takes long. Solves that plan and those that quotas in force limit start apart."""
    for name in ("MOST_WARM_WORK", "MOST_DETAILED_WORK", "MOST_FORESIGHT_WORK"):
        monkeypatch.setattr(look_ahead, name, warm)
    monkeypatch.setattr(look_ahead, "MOST_COLD_WORK", cold)
    policies: list[Json] = [
        {"name": name, "forecast": "perfect", "replan_every": every, "quotas": quotas, "horizon": horizon}
        for name, every, quotas in (("once", None, "free"), ("monthly", 1, "free"), ("ceilings", 1, "ceilings"))
    ]
    found = compare_costs(two_counties(), [POWER, DELIVERIES], policies)
    for policy in found.policies:
        assert policy.cost_mean == pytest.approx(found.perfect_foresight_mean, rel=1e-6)
        assert (policy.infeasible_count, policy.failed_count) == (0, 0)


def test_equal_tasks_give_equal_rows_in_any_order() -> None:
    base = open_example()
    policies = [{"name": "close", "replan_every": 1, "quotas": "kept_close"}, {"name": "far", "horizon": {"months": 1}}]
    body = json.dumps({"factors": [POWER], "paths": {"count": 2}, "policies": policies})
    rows: tuple[dict[int, bytes], ...] = ({}, {})
    for found, step in zip(rows, (1, -1), strict=True):
        analysis = open_analysis("backtest", base, body)
        for task in analysis.plan_tasks({})[::step]:
            analysis.run_task(task, found.__setitem__)
    assert rows[0] == rows[1]


def test_paths_are_correlated_and_persist() -> None:
    request = BacktestRequest.model_validate(
        {
            "factors": [POWER, DELIVERIES],
            "rank_correlation": [{"factors": ["power", "deliveries"], "value": 0.6}],
            "paths": {"count": 1000, "seed": 7, "persistence": 0.5},
            "policies": [{"name": "once"}],
        }
    )
    drawn = draw_paths(request, 12)
    assert drawn.shape == (1000, 12, 2)
    assert np.array_equal(drawn, draw_paths(request, 12))
    assert drawn[..., 0].mean() == pytest.approx(0.9, abs=0.01)
    ranks = drawn.argsort(axis=0).argsort(axis=0)
    within = np.corrcoef(ranks[:, 5, 0], ranks[:, 5, 1])[0, 1]
    over_time = np.corrcoef(ranks[:, 5, 0], ranks[:, 6, 0])[0, 1]
    assert (within, over_time) == pytest.approx((0.6, 0.5), abs=0.06)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"what": "power_limit", "where": "moon"}, "unknown_where", "/factors/0/changes/0/where"),
        ({"what": "power_limit", "periods": ["2002-13"]}, "unknown_period", "/factors/0/changes/0/periods/0"),
        ({"what": "machine_condition"}, "not_by_period", "/factors/0"),
    ],
)
def test_factors_that_cannot_be_drawn_by_period_are_findings(change: Json, code: str, path: str) -> None:
    base = open_example()
    factor = POWER | {"changes": [change]}
    with pytest.raises(InvalidProblemError) as raised:
        open_analysis("backtest", base, json.dumps({"factors": [factor], "policies": [{"name": "once"}]}))
    assert (code, path) in [(finding.code, finding.path) for finding in raised.value.findings]


def test_a_policy_of_several_stages_is_refused() -> None:
    raw = two_counties().model_dump(mode="json")
    raw["policy"] |= {"goals": ["shortage", "cost"]}
    base = AnalysisBase(PlanningProblem.model_validate(raw), PlanOptions())
    with pytest.raises(InvalidProblemError) as raised:
        open_analysis("backtest", base, json.dumps({"factors": [POWER], "policies": [{"name": "once"}]}))
    assert [(finding.code, finding.path) for finding in raised.value.findings] == [("not_limits_by_period", "/factors")]
