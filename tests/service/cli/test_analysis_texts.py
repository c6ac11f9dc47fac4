"""Factors, levers, outcomes, thresholds, measures and policies as people write them on the command line."""

from typing import Any

import pytest
import typer

from models.analyses.backtest import PlanningPolicy
from models.analyses.measures import OutcomeMeasure, RangeMeasure
from models.analyses.study import Factor, Lever, RankCorrelation, Threshold
from service.cli import analysis_texts as texts


@pytest.mark.parametrize(
    ("text", "name", "places", "distribution"),
    [
        ("power_limit*uniform(0.75,1.25)", "power_limit", [{"what": "power_limit"}], {"low": 0.75, "high": 1.25}),
        (
            "rail=link_tonnes@a-b,b-c@2002-01*triangular(0.6, 0.9, 1)",
            "rail",
            [{"what": "link_tonnes", "where": ["a-b", "b-c"], "periods": ["2002-01"]}],
            {"low": 0.6, "mode": 0.9, "high": 1.0},
        ),
        (
            "winter=power_limit+delivered@@2002-01*normal(1,0.1,0.7,1.3)",
            "winter",
            [{"what": "power_limit"}, {"what": "delivered", "periods": ["2002-01"]}],
            {"mean": 1.0, "deviation": 0.1, "low": 0.7, "high": 1.3},
        ),
        ("power_limit@hyesan*empirical(0.8,1)", "power_limit.hyesan", None, {"values": [0.8, 1.0]}),
        ("delivered*list(0.8:0.3,1:0.7)", "delivered", None, {"values": [0.8, 1.0], "probabilities": [0.3, 0.7]}),
    ],
)
def test_factors(text: str, name: str, places: list[dict[str, Any]] | None, distribution: dict[str, Any]) -> None:
    found = texts.parse_factor(text)
    assert found["name"] == name
    assert places is None or found["changes"] == places
    assert {key: value for key, value in found["distribution"].items() if key != "kind"} == distribution
    Factor.model_validate(found)


@pytest.mark.parametrize(
    "text",
    ["power_limit", "power_limit*2", "power_limit*uniform(1)", "power_limit*gauss(0,1)", "*uniform(0,1)", "a*list()"],
)
def test_other_factors_are_wrong_usage(text: str) -> None:
    with pytest.raises(typer.Exit) as error:
        texts.parse_factor(text)
    assert error.value.exit_code == 2


def test_levers_and_correlations() -> None:
    lever = Lever.model_validate(texts.parse_lever("lorries=link_tonnes@a-b*1.2; store_tonnes@a=500"))
    assert [(one.what, one.factor, one.value) for one in lever.changes] == [
        ("link_tonnes", 1.2, None),
        ("store_tonnes", None, 500.0),
    ]
    pair = RankCorrelation.model_validate(texts.parse_correlation("power,rail=-0.5"))
    assert (pair.factors, pair.value) == (("power", "rail"), -0.5)


@pytest.mark.parametrize(
    "label",
    [
        "objective",
        "power_used",
        "served_share of priority 1",
        "served_share of category school goods, county hyesan or kapsan",
        "periods_below 0.5 of county hyesan",
        "shadow_price of power/hyesan",
    ],
)
def test_outcomes_are_written_as_tables_name_them(label: str) -> None:
    assert OutcomeMeasure.model_validate(texts.parse_outcome(label)).label == label


def test_measures_are_written_as_tables_name_them() -> None:
    label = "made of item soap or matches, county hyesan"
    measure = RangeMeasure.model_validate(texts.parse_measure(label))
    assert measure.of is not None
    assert (measure.of.item, measure.of.county) == (("soap", "matches"), ("hyesan",))


def test_thresholds_name_the_values_that_fail() -> None:
    low = Threshold.model_validate(texts.parse_threshold("served_share of priority 1 < 0.6"))
    high = Threshold.model_validate(texts.parse_threshold("periods_below 0.5 of county hyesan>2"))
    assert (low.least, low.most, low.label) == (0.6, None, "served_share of priority 1")
    assert (high.least, high.most, high.below) == (None, 2.0, 0.5)


def test_policies() -> None:
    policy = PlanningPolicy.model_validate(
        texts.parse_policy("monthly:replan_every=1,forecast=last,quotas=ceilings,horizon=3")
    )
    assert (policy.replan_every, policy.forecast, policy.quotas) == (1, "last", "ceilings")
    assert policy.horizon is not None
    assert policy.horizon.months == 3
    once = PlanningPolicy.model_validate(texts.parse_policy("once"))
    assert once.replan_every is None
