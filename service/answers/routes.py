"""`/v1/plans/{plan}/…`: questions to a finished plan. All are answered in threads, few at a time, from the stored basis."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel
from starlette.requests import Request

from models.answers import Curve, Prices, Reasons, Remedies
from models.base import ID_PATTERN
from models.comparisons import Comparison, Evenness
from models.estimates import Estimate
from models.parsing import validate_model
from service.access import may
from service.answers import examples
from service.answers.schemas import CompareBody, CurveBody, DiagnosisView, GoalsView, Grid, GridBody, WhatIfBody
from service.answers.service import Answers
from service.errors import Conflict, Invalid, Missing, TooLarge, Unreadable, WrongType, documented
from service.web.bodies import decode, refuse_unless_json
from service.web.openapi import json_answer, json_body, schema_of
from service.web.services import PrincipalOf, Services, ServicesOf
from solvers.answers import By

router = APIRouter(prefix="/v1/plans/{plan}", tags=["answers"], dependencies=[may("read")])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]
Name = Annotated[str | None, Query(max_length=100, description="Only these shortages or limits; all if absent.")]

ASKED = documented(Missing, Conflict, Invalid)
POSTED = documented(Missing, Conflict, Invalid, Unreadable, TooLarge, WrongType)

Body = TypeVar("Body", bound=BaseModel)


@router.get("/prices", summary="Prices of limits and goods", responses=ASKED)
async def read_prices(
    plan: PlanName,
    services: ServicesOf,
    leading: Annotated[int, Query(ge=0, le=100, description="Limits told with range, step and words.")] = 10,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Limits and goods listed at most.")] = 200,
) -> Prices:
    """What one more unit of each limit and good is worth in won, before rounding to whole units; worth most first.

    The leading limits say how far they may fall and rise before the price changes, and whom a step serves.
    """
    return await services.bodies.apart(lambda: Answers(services.store).prices(plan, leading, limit))


@router.get("/why", summary="Why things are short", responses=ASKED)
async def read_reasons(
    plan: PlanName,
    services: ServicesOf,
    by: Annotated[
        By, Query(description="What shortages are rolled up by; `limit`: each shortage of the limits chosen.")
    ] = "all",
    county: Name = None,
    item: Name = None,
    period: Name = None,
    rule: Name = None,
    limit_id: Name = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Groups listed at most.")] = 100,
) -> Reasons:
    """What the missing units would take of each limit, traced through transport, stores and materials, in parts that add up.

    The table `reasons` has each shortage by itself.
    """
    chosen = {"county": county, "item": item, "period": period, "rule": rule, "limit": limit_id}
    return await services.bodies.apart(lambda: Answers(services.store).why(plan, by, limit, **chosen))


@router.get("/remedies", summary="What would mend a shortage", responses=ASKED)
async def read_remedies(
    plan: PlanName,
    services: ServicesOf,
    county: Annotated[str, Query(max_length=100, description="County of the shortage.", examples=["hyesan"])],
    item: Annotated[str, Query(max_length=100, description="Item short.", examples=["soap"])],
    period: Annotated[str, Query(max_length=100, description="Period of the shortage.", examples=["2002-01"])],
    left: Annotated[float, Query(ge=0, le=1, description="Share of the shortage that may be left: 0 ends it.")] = 0.5,
    most: Annotated[int, Query(ge=1, le=20, description="Limits tried at most.")] = 5,
    free: Annotated[bool, Query(description="Also amounts with which the best plan needs no telling.")] = False,
) -> Remedies:
    """The smallest single changes that end or halve a shortage, each verified by solving again, with what it costs others.

    `changes` can be sent to what-if or with a new plan as they stand; `posted` says what they leave short when nothing is kept.
    """
    where = (county, item, period)
    return await services.bodies.apart(lambda: Answers(services.store).remedies(plan, where, left, most, free=free))


@router.get("/evenness", summary="How scarcity is shared out", responses=ASKED)
async def read_evenness(plan: PlanName, services: ServicesOf) -> Evenness:
    """Served share by county and priority, and how the bands of shortages are used."""
    return await services.bodies.apart(lambda: Answers(services.store).evenness(plan))


@router.get("/goals", summary="What goals gave up for each other", responses=ASKED)
async def read_goals(plan: PlanName, services: ServicesOf) -> GoalsView:
    """Each ordered goal, solved in its turn and by itself: what it gave up for those before it, and at what price."""
    return await services.bodies.apart(lambda: Answers(services.store).goals(plan))


@router.get("/diagnosis", summary="Why a plan is infeasible", responses=ASKED)
async def read_diagnosis(plan: PlanName, services: ServicesOf) -> DiagnosisView:
    """The smallest set of rules in conflict, and the least relaxation that makes a plan possible, in units."""
    return await services.bodies.apart(lambda: Answers(services.store).diagnosis(plan))


def _post(model: type[BaseModel], answer: type[BaseModel], shown: examples.Examples) -> dict[str, Any]:
    return {
        "response_model": None,
        "responses": {**POSTED, 200: json_answer(answer, "The answer.")},
        "openapi_extra": json_body(schema_of(model), shown),
    }


@router.post("/compare", summary="Compare plans", **_post(CompareBody, Comparison, examples.COMPARE))
async def compare_plans(plan: PlanName, request: Request, services: ServicesOf, principal: PrincipalOf) -> Response:
    """A plan beside another, or beside itself with changes: what went in, what came out, and which change did how much."""
    return await _answered(
        request, services, CompareBody, lambda body: Answers(services.store).compare(plan, body, principal)
    )


@router.post("/what-if", summary="Try changes on a plan", **_post(WhatIfBody, Comparison, examples.WHAT_IF))
async def what_if(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """A plan with changes, solved again from its basis. Nothing is stored; POST /v1/plans makes a plan of it."""
    return await _answered(request, services, WhatIfBody, lambda body: Answers(services.store).what_if(plan, body))


@router.post("/estimate", summary="What prices foretell", **_post(WhatIfBody, Estimate, examples.WHAT_IF))
async def read_estimate(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """What a plan's prices foretell of changes, at once: a bound, exact where the prices hold all the way; what-if solves again."""
    return await _answered(request, services, WhatIfBody, lambda body: Answers(services.store).estimate(plan, body))


@router.post("/curve", summary="Vary one thing", **_post(CurveBody, Curve, examples.CURVE))
async def read_curve(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """A plan as one limit or share is varied, with every point at which prices change."""
    return await _answered(request, services, CurveBody, lambda body: Answers(services.store).curve(plan, body))


@router.post("/grid", summary="Vary two things", **_post(GridBody, Grid, examples.GRID))
async def read_grid(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """A plan at every pair of values of two changes."""
    return await _answered(request, services, GridBody, lambda body: Answers(services.store).grid(plan, body))


async def _answered(
    request: Request, services: Services, model: type[Body], work: Callable[[Body], BaseModel]
) -> Response:
    """Read a body, work on it among few others, and answer in JSON."""
    refuse_unless_json(request)
    raw = await request.body()
    answer = await services.bodies.apart(lambda: work(validate_model(model, decode(raw))))
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")
