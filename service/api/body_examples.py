"""Example request bodies by model; the OpenAPI document shows them, and tests send each of them."""

from typing import Any

from pydantic import BaseModel

from models.analyses.near_optimal import AlternativesRequest, RangesRequest
from models.analyses.study import BoundsRequest
from models.examples import two_counties_raw
from models.problem.planning_problem import PlanningProblem
from service.domain.schemas.analyses import BacktestBody, StudyBody
from service.domain.schemas.approval import ActBody
from service.domain.schemas.fulfilment import OutputsBody, ReplanBody
from service.domain.schemas.keys import KeyBody
from service.domain.schemas.plan_titles import TitleBody
from service.domain.schemas.plans import PlanBody
from service.domain.schemas.problems import ProblemSource
from service.domain.schemas.provinces import BordersBody, ProvinceBody
from service.domain.schemas.sensitivity import CompareBody, CurveBody, EstimateBody, GridBody, WhatIfBody
from service.domain.schemas.webhooks import WebhookBody

Examples = dict[str, tuple[str, Any]]

CSV_EXAMPLE = "factory,item,period,quantity\nhyesan-daily,soap,2002-01,31000\nkapsan-food,starch,2002-01,90000\n"
"""Outputs of January as CSV."""

_TWO_COUNTIES: Examples = {"two-counties": ("Two counties as JSON", {"problem": two_counties_raw()})}
_RYANGGANG: Examples = {
    "ryanggang": (
        "Ryanggang in its crisis years, with 10 % more electricity",
        {"province": "ryanggang", "scenario": "crisis", "changes": [{"what": "power_limit", "factor": 1.1}]},
    ),
}

_POWER_AND_DELIVERIES = [
    {
        "name": "power",
        "changes": [{"what": "power_limit"}],
        "distribution": {"kind": "uniform", "low": 0.8, "high": 1.2},
    },
    {
        "name": "deliveries",
        "changes": [{"what": "delivered"}],
        "distribution": {"kind": "triangular", "low": 0.6, "mode": 0.9, "high": 1.0},
    },
]

BODY_EXAMPLES: dict[type[BaseModel], Examples] = {
    StudyBody: {
        "power-and-deliveries": (
            "Two counties under 16 draws of electricity and central deliveries",
            {
                "base": {"problem": two_counties_raw()},
                "factors": _POWER_AND_DELIVERIES,
                "design": {"kind": "sobol", "size": 16, "seed": 1},
                "thresholds": [{"outcome": "served_share", "of": {"priority": [1]}, "least": 0.6}],
            },
        ),
    },
    RangesRequest: {
        "main-figures": ("What is left open of the main figures", {"slack": [0.001, 0.01]}),
        "soap": (
            "What is left open of Hyesan's served share and of the soap made",
            {
                "slack": [0.001, 0.01],
                "measures": [
                    {"measure": "served_share", "of": {"county": ["hyesan"]}},
                    {"measure": "made", "of": {"item": ["soap"]}},
                ],
            },
        ),
    },
    AlternativesRequest: {
        "two": ("Two other plans within a hundredth of the optimum", {"slack": [0.01], "count": 2}),
    },
    BoundsRequest: {
        "a-point": ("A point that nobody solved", {"points": [{"power": 0.93, "deliveries": 0.81}]}),
    },
    BacktestBody: {
        "monthly": (
            "Planning once against planning every period, in three drawn years",
            {
                "base": {"problem": two_counties_raw()},
                "factors": _POWER_AND_DELIVERIES,
                "paths": {"count": 3, "seed": 1},
                "policies": [
                    {"name": "once", "replan_every": None, "forecast": "base"},
                    {"name": "monthly", "replan_every": 1, "forecast": "last"},
                ],
            },
        ),
    },
    ActBody: {"noted": ("With a note", {"note": "As agreed in the meeting."})},
    BordersBody: {
        "hyesan": (
            "A rough border of one county",
            {
                "type": "FeatureCollection",
                "source": "Drawn by hand",
                "licence": "CC0",
                "features": [
                    {
                        "type": "Feature",
                        "id": "hyesan",
                        "geometry": {
                            "type": "Polygon",
                            "coordinates": [[[128, 41.2], [128.4, 41.2], [128.4, 41.6], [128, 41.6], [128, 41.2]]],
                        },
                    }
                ],
            },
        ),
    },
    CompareBody: {
        "changes": (
            "Half the electricity in Kapsan, then half of the central deliveries",
            {
                "changes": [
                    {"what": "power_limit", "where": "kapsan", "factor": 0.5},
                    {"what": "delivered", "factor": 0.5},
                ]
            },
        ),
    },
    CurveBody: {
        "power": (
            "Electricity from 100 % down to 20 %",
            {"change": {"what": "power_limit", "factor": 1.0}, "start": 1.0, "end": 0.2},
        ),
    },
    GridBody: {
        "power-and-centre": (
            "Electricity and central deliveries",
            {
                "first": {"change": {"what": "power_limit", "factor": 1.0}, "values": [1.0, 0.6, 0.2]},
                "second": {"change": {"what": "delivered", "factor": 1.0}, "values": [1.0, 0.5]},
            },
        ),
    },
    KeyBody: {
        "bureau": (
            "The planning bureau of Ryanggang, for a year",
            {"caller": "bureau", "grants": [{"province": "ryanggang", "role": "bureau"}]},
        ),
        "factory": (
            "One factory, which reports its own outputs only",
            {
                "caller": "hyesan-daily",
                "grants": [{"province": "ryanggang", "role": "factory", "factory": "hyesan-daily"}],
            },
        ),
    },
    OutputsBody: {
        "january": (
            "Soap and notebooks of January",
            {
                "outputs": [
                    {"factory": "hyesan-daily", "item": "soap", "period": "2002-01", "quantity": 31000},
                    {"factory": "hyesan-daily", "item": "notebook", "period": "2002-01", "quantity": 30000},
                ]
            },
        ),
    },
    PlanBody: {
        **_TWO_COUNTIES,
        "two-counties-verified": (
            "Two counties with a third less electricity in Kapsan, verified by the reference model",
            {
                "problem": two_counties_raw(),
                "changes": [{"what": "power_limit", "where": "kapsan", "factor": 0.67}],
                "options": {"time_limit_seconds": 60, "verify": True},
            },
        ),
        **_RYANGGANG,
    },
    PlanningProblem: {"bare": ("The problem of two counties alone", two_counties_raw())},
    ProblemSource: {**_TWO_COUNTIES, **_RYANGGANG},
    ProvinceBody: {
        "two-counties": (
            "Two counties, with a dry year as a scenario",
            {
                "name": "Two counties",
                "problem": two_counties_raw(),
                "scenarios": [
                    {"id": "dry", "name": "A dry year", "changes": [{"what": "power_limit", "factor": 0.6}]},
                ],
            },
        )
    },
    ReplanBody: {
        "february": (
            "The rest of the year from February, close to the old quotas, with 10 % less electricity",
            {"from": "2002-02", "keep_quotas_close": True, "changes": [{"what": "power_limit", "factor": 0.9}]},
        ),
    },
    TitleBody: {
        "spring": ("A title and two tags", {"title": "More soap before April", "tags": ["2002", "second draft"]}),
    },
    WebhookBody: {
        "finished-plans": (
            "Events of your plans when they end",
            {"url": "https://example.org/allot", "events": ["plan.finished", "plan.cancelled"]},
        ),
        "a-province": (
            "All events of Ryanggang's plans",
            {"url": "https://example.org/allot?from=ryanggang", "province": "ryanggang"},
        ),
    },
    EstimateBody: {
        "power": ("10 % more electricity", {"changes": [{"what": "power_limit", "factor": 1.1}]}),
        "coarse": (
            "Half of the electricity, estimated by a solve in longer periods as well",
            {"changes": [{"what": "power_limit", "factor": 0.5}], "coarse": True},
        ),
    },
    WhatIfBody: {
        "power": ("10 % more electricity", {"changes": [{"what": "power_limit", "factor": 1.1}]}),
        "remedy": (
            "More hours of one machine group in one period, as a remedy suggests",
            {
                "changes": [
                    {"what": "machine_hours", "where": "hyesan-daily/press", "periods": ["2002-01"], "value": 320.0}
                ]
            },
        ),
    },
}
"""Examples of each body: name → (summary, value). Sensitivity bodies belong to a plan of the two counties."""
