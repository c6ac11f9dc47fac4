"""`/v1/plans/{plan}/…`: questions to a finished plan. All are answered from the stored basis, by child processes, few at a time."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from starlette.requests import Request

from models.answers import Curve, Grid, Prices, Reasons, Remedies
from models.base import ID_PATTERN
from models.comparisons import Comparison, Evenness, GoalsView
from models.estimates import Estimate
from models.parsing import validate_model
from service.access import may
from service.answers import examples
from service.answers.desk import Question
from service.answers.schemas import MOST_SECONDS, CompareBody, CurveBody, DiagnosisView, GridBody, WhatIfBody
from service.answers.service import Answers
from service.errors import Conflict, Invalid, Missing, TooLarge, TooMany, Unavailable, Unreadable, WrongType, documented
from service.web.bodies import decode
from service.web.openapi import json_answer, json_body, schema_of
from service.web.services import PrincipalOf, Services, ServicesOf
from solvers.answers import By

router = APIRouter(prefix="/v1/plans/{plan}", tags=["answers"], dependencies=[may("read")])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]
Name = Annotated[str | None, Query(max_length=100, description="Only these shortages or limits; all if absent.")]

READ = documented(Missing, Conflict, Invalid)
ASKED = documented(Missing, Conflict, Invalid, TooMany, Unavailable)
POSTED = documented(Missing, Conflict, Invalid, Unreadable, TooLarge, WrongType, TooMany, Unavailable)

Body = TypeVar("Body", bound=BaseModel)


def _get(answer: type[BaseModel]) -> dict[str, Any]:
    return {"response_model": None, "responses": {**ASKED, 200: json_answer(answer, "The answer.")}}


def _post(model: type[BaseModel], answer: type[BaseModel], shown: examples.Examples) -> dict[str, Any]:
    return {
        "response_model": None,
        "responses": {**POSTED, 200: json_answer(answer, "The answer.")},
        "openapi_extra": json_body(schema_of(model), shown),
    }


@router.get("/prices", summary="Prices of limits and goods", **_get(Prices))
async def read_prices(
    plan: PlanName,
    request: Request,
    services: ServicesOf,
    leading: Annotated[int, Query(ge=0, le=100, description="Limits told with range, step and words.")] = 10,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Limits and goods listed at most.")] = 200,
) -> Response:
    """What one more unit of each limit and good is worth in won, before rounding to whole units; worth most first.

    The leading limits say how far they may fall and rise before the price changes, and whom a step serves.
    """
    return await _asked(request, services, plan, "prices", leading=leading, most=limit)


@router.get("/why", summary="Why things are short", **_get(Reasons))
async def read_reasons(
    plan: PlanName,
    request: Request,
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
) -> Response:
    """What the missing units would take of each limit, traced through transport, stores and materials, in parts that add up.

    The table `reasons` has each shortage by itself.
    """
    chosen = {"county": county, "item": item, "period": period, "rule": rule, "limit": limit_id}
    return await _asked(request, services, plan, "why", by=by, most=limit, **chosen)


@router.get("/remedies", summary="What would mend a shortage", **_get(Remedies))
async def read_remedies(
    plan: PlanName,
    request: Request,
    services: ServicesOf,
    county: Annotated[str, Query(max_length=100, description="County of the shortage.", examples=["hyesan"])],
    item: Annotated[str, Query(max_length=100, description="Item short.", examples=["soap"])],
    period: Annotated[str, Query(max_length=100, description="Period of the shortage.", examples=["2002-01"])],
    left: Annotated[float, Query(ge=0, le=1, description="Share of the shortage that may be left: 0 ends it.")] = 0.5,
    most: Annotated[int, Query(ge=1, le=20, description="Limits tried at most.")] = 5,
    limit: Annotated[
        int | None, Query(ge=1, le=100, description="Remedies that are enough: no further limit is tried then.")
    ] = None,
    free: Annotated[bool, Query(description="Also amounts with which the best plan needs no telling.")] = False,
    seconds: Annotated[
        float, Query(gt=0, le=MOST_SECONDS, description="Seconds at most; `untried` says what there was no time for.")
    ] = 60.0,
) -> Response:
    """The smallest single changes that end or halve a shortage, each verified by solving again, with what it costs others.

    `changes` can be sent to what-if or with a new plan as they stand; `posted` says what they leave short when nothing is kept.
    With `limit=1` the first that holds is the answer.
    """
    where = {"county": county, "item": item, "period": period}
    arguments = {**where, "left": left, "most": most, "limit": limit, "free": free, "seconds": seconds}
    return await _asked(request, services, plan, "remedies", **arguments)


@router.get("/evenness", summary="How scarcity is shared out", **_get(Evenness))
async def read_evenness(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """Served share by county and priority, and how the bands of shortages are used."""
    return await _asked(request, services, plan, "evenness")


@router.get("/goals", summary="What goals gave up for each other", **_get(GoalsView))
async def read_goals(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """Each ordered goal, solved in its turn and by itself: what it gave up for those before it, and at what price."""
    return await _asked(request, services, plan, "goals")


@router.get("/diagnosis", summary="Why a plan is infeasible", responses=READ)
async def read_diagnosis(plan: PlanName, services: ServicesOf) -> DiagnosisView:
    """The smallest set of rules in conflict, and the least relaxation that makes a plan possible, in units."""
    return await run_in_threadpool(Answers(services).diagnosis, plan)


@router.post("/compare", summary="Compare plans", **_post(CompareBody, Comparison, examples.COMPARE))
async def compare_plans(plan: PlanName, request: Request, services: ServicesOf, principal: PrincipalOf) -> Response:
    """A plan beside another, or beside itself with changes: what went in, what came out, and which change did how much."""
    body = await _read(request, services, CompareBody)
    to = Answers(services)
    return await to.ask(plan, request, lambda: to.compared(body, principal))


@router.post("/what-if", summary="Try changes on a plan", **_post(WhatIfBody, Comparison, examples.WHAT_IF))
async def what_if(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """A plan with changes, solved again from its basis. Nothing is stored; POST /v1/plans makes a plan of it."""
    body = await _read(request, services, WhatIfBody)
    return await _asked(request, services, plan, "what-if", **_json(body))


@router.post("/estimate", summary="What prices foretell", **_post(WhatIfBody, Estimate, examples.WHAT_IF))
async def read_estimate(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """What a plan's prices foretell of changes, at once: a bound, exact where the prices hold all the way; what-if solves again."""
    body = await _read(request, services, WhatIfBody)
    return await _asked(request, services, plan, "estimate", **_json(body))


@router.post("/curve", summary="Vary one thing", **_post(CurveBody, Curve, examples.CURVE))
async def read_curve(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """A plan as one limit or share is varied, with every point at which prices change."""
    body = await _read(request, services, CurveBody)
    return await _asked(request, services, plan, "curve", **_json(body))


@router.post("/grid", summary="Vary two things", **_post(GridBody, Grid, examples.GRID))
async def read_grid(plan: PlanName, request: Request, services: ServicesOf) -> Response:
    """A plan at every pair of values of two changes."""
    body = await _read(request, services, GridBody)
    return await _asked(request, services, plan, "grid", **_json(body))


async def _read(request: Request, services: Services, model: type[Body]) -> Body:
    return await services.bodies.take(request, lambda raw: validate_model(model, decode(raw)))


def _json(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_none=True)


async def _asked(request: Request, services: Services, plan: str, name: str, **arguments: Any) -> Response:
    """Answer a question that takes these arguments; `seconds` among them bounds it."""
    to = Answers(services)
    seconds = arguments.get("seconds")

    def question() -> Question:
        return to.question(name, arguments, seconds=seconds)

    return await to.ask(plan, request, question)
