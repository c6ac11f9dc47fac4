"""Requests of analyses: every mistake is told at once, each with its place, code and a remedy of its own."""

from typing import Any

import pytest

from models.analyses.backtest import BacktestRequest
from models.analyses.near_optimal import RangesRequest
from models.analyses.study import StudyRequest
from models.changes.change import Change
from models.examples import two_counties
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import Finding, InvalidProblemError
from models.validation.parsing import validate_model
from solvers.analyses.requests import find_request_findings
from solvers.planning import make_plan
from tests.properties.planned import rows_of
from tests.test_invariants import problem_of_every_rule

Raw = dict[str, Any]


def factor(name: str = "power", what: str = "power_limit", **distribution: Any) -> Raw:
    drawn = {"kind": "uniform", "low": 0.8, "high": 1.2} | distribution
    return {"name": name, "changes": [{"what": what}], "distribution": drawn}


def listed(*values: float, **others: Any) -> Raw:
    return {"kind": "list", "values": values} | others


def find_all(model: type[Any], raw: Raw) -> list[Finding]:
    """The findings of a request alone, then those about the problem that it names parts of."""
    findings: list[Finding] = []
    request = None
    try:
        request = validate_model(model, raw)
    except InvalidProblemError as error:
        findings += error.findings
    return findings + list(find_request_findings(two_counties(), raw, request))


def list_codes(findings: list[Finding]) -> list[tuple[str, str]]:
    assert all(finding.remedy != "See the description of the field." for finding in findings)
    return [(finding.path, finding.code) for finding in findings]


POWER_PRICE = {"outcome": "shadow_price", "limit": {"rule": "power", "id": "hyesan", "period": "2002-01"}}

STUDIES: list[tuple[Raw, list[tuple[str, str]]]] = [
    ({"factors": [factor(low=2.0)]}, [("/factors/0/distribution/high", "out_of_range")]),
    (
        {"factors": [factor(kind="triangular", low=1.0, mode=0.5, high=0.2)]},
        [("/factors/0/distribution/mode", "out_of_range"), ("/factors/0/distribution/high", "out_of_range")],
    ),
    (
        {"factors": [factor(kind="normal", mean=1.0, deviation=0.1, low=1.0, high=1.0)]},
        [("/factors/0/distribution/high", "out_of_range")],
    ),
    (
        {"factors": [factor() | {"distribution": listed(1.0, 2.0, probabilities=[0.5])}]},
        [("/factors/0/distribution/probabilities", code) for code in ("wrong_length", "out_of_range")],
    ),
    ({"factors": [factor("objective")]}, [("/factors/0/name", "reserved_name")]),
    ({"factors": [factor(), factor()]}, [("/factors/1/name", "duplicate_name")]),
    (
        {
            "factors": [factor(low=-1), factor()],
            "rank_correlation": [
                {"factors": ["power", "rail"], "value": 2},
                {"factors": ["power", "power"], "value": 0},
            ],
            "design": {"kind": "list", "points": [{"powr": 1}, {"power": "much"}]},
            "levers": [{"name": "base", "changes": []}],
            "outcomes": [{"outcome": "served_share", "of": {"county": ["nowhere"]}}, {"outcome": "joy"}],
            "thresholds": [{"outcome": "served_share"}],
        },
        [
            ("/factors/0/distribution/low", "negative"),
            ("/rank_correlation/0/value", "out_of_range"),
            ("/design/points/1/power", "wrong_type"),
            ("/outcomes/1/outcome", "unknown_choice"),
            ("/thresholds/0", "invalid"),
            ("/factors/1/name", "duplicate_name"),
            ("/levers/0/name", "reserved_name"),
            ("/rank_correlation/0/factors/1", "unknown_factor"),
            ("/rank_correlation/1/factors", "invalid"),
            ("/design/points/0", "invalid"),
            ("/design/points/0/powr", "unknown_factor"),
            ("/outcomes/0/of/county/0", "unknown_county"),
        ],
    ),
    (
        {"factors": [factor()], "design": {"size": 40_000}, "levers": [{"name": n, "changes": []} for n in "ab"]},
        [("/design", "out_of_range")],
    ),
    (
        {"factors": [factor(name) for name in "abcdef"], "design": {"kind": "grid", "levels": 10}},
        [("/design", "out_of_range")],
    ),
    (
        {
            "factors": [factor(name) for name in "abc"],
            "rank_correlation": [
                {"factors": ["a", "b"], "value": 0.9},
                {"factors": ["b", "c"], "value": 0.9},
                {"factors": ["a", "c"], "value": -0.9},
            ],
        },
        [("/rank_correlation", "invalid")],
    ),
    (
        {
            "factors": [factor(name) for name in "ab"],
            "rank_correlation": [{"factors": pair, "value": 0.1} for pair in (["a", "b"], ["b", "a"])],
        },
        [("/rank_correlation/1/factors", "duplicate_name")],
    ),
    (
        {
            "factors": [factor()],
            "outcomes": [
                POWER_PRICE,
                {"outcome": "shadow_price"},
                {"outcome": "periods_below", "of": {"county": ["hyesan"]}},
                {"outcome": "objective", "of": {"county": ["hyesan"]}, "below": 0.5},
                {"outcome": "served_share", "of": {}},
                {"outcome": "served_share", "of": {"category": ["food"], "item": ["soap"]}},
                POWER_PRICE | {"limit": {"rule": "powr"}},
                POWER_PRICE | {"limit": {"rule": "power", "id": "hyesn"}},
                POWER_PRICE | {"limit": {"rule": "power", "period": "2009-01"}},
            ],
        },
        [
            ("/outcomes/1", "invalid"),
            ("/outcomes/2", "invalid"),
            ("/outcomes/3/below", "invalid"),
            ("/outcomes/3/of", "invalid"),
            ("/outcomes/4/of", "invalid"),
            ("/outcomes/5/of", "outcome_without_needs"),
            ("/outcomes/6/limit/rule", "unknown_choice"),
            ("/outcomes/7/limit/id", "unknown_power_area"),
            ("/outcomes/8/limit/period", "unknown_period"),
        ],
    ),
]


@pytest.mark.parametrize(("raw", "expected"), STUDIES)
def test_studies(raw: Raw, expected: list[tuple[str, str]]) -> None:
    assert list_codes(find_all(StudyRequest, raw)) == expected


@pytest.mark.parametrize("problem", [two_counties(), problem_of_every_rule()], ids=["two counties", "every rule"])
def test_every_limit_of_a_plan_can_be_an_outcome(problem: PlanningProblem) -> None:
    """Also those of swaps, whose periods are windows of settlements."""
    rows = rows_of(make_plan(problem))["capacity"]
    limits = [{name: row[name] for name in ("rule", "id", "part", "period")} for row in rows]
    assert "swap_balance" in {limit["rule"] for limit in limits}
    outcomes = [{"outcome": "shadow_price", "limit": limit} for limit in limits]
    assert list(find_request_findings(problem, {"outcomes": outcomes}, None)) == []


def test_backtests() -> None:
    policy = {"name": "once", "replan_every": 0}
    raw = {"factors": [factor(), factor()], "policies": [policy, {"name": "once"}], "paths": {"count": 0}}
    assert list_codes(find_all(BacktestRequest, raw)) == [
        ("/paths/count", "out_of_range"),
        ("/policies/0/replan_every", "out_of_range"),
        ("/factors/1/name", "duplicate_name"),
        ("/policies/1/name", "duplicate_name"),
    ]


def test_ranges() -> None:
    measures = [
        {"measure": "shipped", "of": {"factory": ["x"], "county": ["y"]}},
        {"measure": "made", "of": {"item": ["sope"]}},
    ]
    found = find_all(RangesRequest, {"slack": [-1.0], "measures": measures})
    assert list_codes(found) == [
        ("/slack/0", "negative"),
        ("/measures/0/of/county", "invalid"),
        ("/measures/0/of/factory", "invalid"),
        ("/measures/1/of/item/0", "unknown_item"),
    ]
    assert found[-1].remedy == "Did you mean “soap”?"


def test_a_field_of_another_kind_is_answered_with_those_of_its_own() -> None:
    raw = {"factors": [factor(kind="normal", mean=1.0, deviation=0.1, sigma=0.1)]}
    (found,) = find_all(StudyRequest, raw)
    assert found.remedy == "Remove the field. Allowed fields: “kind”, “mean”, “deviation”, “low” and “high”."


def test_models_keep_their_rules_without_a_document() -> None:
    with pytest.raises(ValueError, match="duplicate_name"):
        StudyRequest.model_validate({"factors": [factor(), factor()]})
    with pytest.raises(ValueError, match="`factor` and `value` are given"):
        Change(what="power_limit", factor=1.0, value=1.0)
