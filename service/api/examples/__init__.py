"""Example request bodies by model; the OpenAPI document shows them and tests send each of them."""

from typing import Any

from pydantic import BaseModel

from models.problem.planning_problem import PlanningProblem
from service.api.examples import fulfilment, keys, plans, problem_sources, provinces, sensitivity, webhooks
from service.domain.schemas.approval import ActBody
from service.domain.schemas.fulfilment import OutputsBody, ReplanBody
from service.domain.schemas.keys import KeyBody
from service.domain.schemas.plans import PlanBody
from service.domain.schemas.problems import ProblemSource
from service.domain.schemas.provinces import ProvinceBody
from service.domain.schemas.sensitivity import CompareBody, CurveBody, GridBody, WhatIfBody
from service.domain.schemas.webhooks import WebhookBody

BODY_EXAMPLES: dict[type[BaseModel], dict[str, tuple[str, Any]]] = {
    ActBody: {"noted": ("With a note", {"note": "As agreed in the meeting."})},
    CompareBody: sensitivity.COMPARE,
    CurveBody: sensitivity.CURVE,
    GridBody: sensitivity.GRID,
    KeyBody: keys.KEY_EXAMPLES,
    OutputsBody: fulfilment.OUTPUT_EXAMPLES,
    PlanBody: plans.PLAN_EXAMPLES,
    PlanningProblem: problem_sources.BARE_PROBLEM_EXAMPLES,
    ProblemSource: problem_sources.SOURCE_EXAMPLES,
    ProvinceBody: provinces.PROVINCE_EXAMPLES,
    ReplanBody: fulfilment.REPLAN_EXAMPLES,
    WebhookBody: webhooks.CREATE_WEBHOOK,
    WhatIfBody: sensitivity.WHAT_IF,
}
"""Examples of each body: name → (summary, value)."""
