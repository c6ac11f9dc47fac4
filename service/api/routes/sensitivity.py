"""`/v1/plans/{plan}/…`: questions to a finished plan. All are answered from the stored basis, by child processes, few at a time."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from starlette.requests import Request

from models.answers import ParameterGrid, ParametricCurve, Remedies, ShadowPrices, ShortageAttribution
from models.base import ID_PATTERN
from models.comparisons import Comparison, EquityReport, GoalTradeOffs
from models.estimates import ObjectiveEstimate
from models.validation.parsing import validate_model
from service.api.dependencies import PrincipalDependency, ServicesDependency, get_body_reader
from service.api.examples import sensitivity
from service.api.openapi import describe_json_body, describe_json_response, register_schema
from service.api.permissions import require_permission
from service.core.errors import (
    BadRequestError,
    ConflictError,
    ContentTooLargeError,
    NotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.core.json_documents import decode_json_object
from service.domain.container import Services
from service.domain.schemas.sensitivity import (
    MAX_TIME_LIMIT_SECONDS,
    CompareBody,
    CurveBody,
    GridBody,
    InfeasibilityView,
    WhatIfBody,
)
from service.domain.sensitivity import SensitivityService
from service.workers.sensitivity_pool import SensitivityQuery
from solvers.sensitivity import GroupBy

router = APIRouter(prefix="/v1/plans/{plan}", tags=["answers"], dependencies=[require_permission("read")])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]
NameFilter = Annotated[str | None, Query(max_length=100, description="Only these shortages or limits; all if absent.")]

READ_ERRORS = document_errors(NotFoundError, ConflictError, UnprocessableContentError)
QUERY_ERRORS = document_errors(
    NotFoundError, ConflictError, UnprocessableContentError, TooManyRequestsError, ServiceUnavailableError
)
BODY_QUERY_ERRORS = document_errors(
    NotFoundError,
    ConflictError,
    UnprocessableContentError,
    BadRequestError,
    ContentTooLargeError,
    UnsupportedMediaTypeError,
    TooManyRequestsError,
    ServiceUnavailableError,
)

Body = TypeVar("Body", bound=BaseModel)


def _describe_query(answer: type[BaseModel]) -> dict[str, Any]:
    return {"response_model": None, "responses": {**QUERY_ERRORS, 200: describe_json_response(answer, "The answer.")}}


def _describe_body_query(
    model: type[BaseModel], answer: type[BaseModel], body_examples: sensitivity.Examples
) -> dict[str, Any]:
    return {
        "response_model": None,
        "responses": {**BODY_QUERY_ERRORS, 200: describe_json_response(answer, "The answer.")},
        "openapi_extra": describe_json_body(register_schema(model), body_examples),
    }


@router.get("/shadow-prices", summary="Prices of limits and goods", **_describe_query(ShadowPrices))
async def read_shadow_prices(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    with_ranges: Annotated[int, Query(ge=0, le=100, description="Limits told with range, step and words.")] = 10,
    max_results: Annotated[int, Query(ge=1, le=10_000, description="Limits and goods listed at most.")] = 200,
) -> Response:
    """What one more unit of each limit and good is worth in won, before rounding to whole units; worth most first.

    The leading limits say how far they may fall and rise before the price changes, and whom a step serves.
    """
    return await _answer_query(
        request, services, plan, "shadow-prices", with_ranges=with_ranges, max_results=max_results
    )


@router.get("/bottlenecks", summary="Why things are short", **_describe_query(ShortageAttribution))
async def read_bottlenecks(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    group_by: Annotated[
        GroupBy, Query(description="What shortages are rolled up by; `limit`: each shortage of the limits chosen.")
    ] = "all",
    county: NameFilter = None,
    item: NameFilter = None,
    period: NameFilter = None,
    rule: NameFilter = None,
    limit_id: NameFilter = None,
    max_results: Annotated[int, Query(ge=1, le=10_000, description="Groups listed at most.")] = 100,
) -> Response:
    """What the missing units would take of each limit, traced through transport, stores and materials, in parts that add up.

    The table `reasons` has each shortage by itself.
    """
    chosen = {"county": county, "item": item, "period": period, "rule": rule, "limit": limit_id}
    return await _answer_query(
        request, services, plan, "bottlenecks", group_by=group_by, max_results=max_results, **chosen
    )


@router.get("/remedies", summary="What would mend a shortage", **_describe_query(Remedies))
async def read_remedies(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    county: Annotated[str, Query(max_length=100, description="County of the shortage.", examples=["hyesan"])],
    item: Annotated[str, Query(max_length=100, description="Item short.", examples=["soap"])],
    period: Annotated[str, Query(max_length=100, description="Period of the shortage.", examples=["2002-01"])],
    target_share: Annotated[
        float, Query(ge=0, le=1, description="Share of the shortage that may be left: 0 ends it.")
    ] = 0.5,
    max_candidates: Annotated[int, Query(ge=1, le=20, description="Limits tried at most.")] = 5,
    max_results: Annotated[
        int | None, Query(ge=1, le=100, description="Remedies that are enough: no further limit is tried then.")
    ] = None,
    include_unreserved: Annotated[
        bool, Query(description="Also amounts with which the best plan needs no telling.")
    ] = False,
    time_limit_seconds: Annotated[
        float,
        Query(
            gt=0, le=MAX_TIME_LIMIT_SECONDS, description="Seconds at most; `untried` says what there was no time for."
        ),
    ] = 60.0,
) -> Response:
    """The smallest single changes that end or halve a shortage, each verified by solving again, with what it costs others.

    `changes` can be sent to what-if or with a new plan as they stand; `posted` says what they leave short when nothing is kept.
    With `limit=1` the first that holds is the answer.
    """
    where = {"county": county, "item": item, "period": period}
    arguments = {
        **where,
        "target_share": target_share,
        "max_candidates": max_candidates,
        "max_results": max_results,
        "include_unreserved": include_unreserved,
        "time_limit_seconds": time_limit_seconds,
    }
    return await _answer_query(request, services, plan, "remedies", **arguments)


@router.get("/equity", summary="How scarcity is shared out", **_describe_query(EquityReport))
async def read_equity(plan: PlanName, request: Request, services: ServicesDependency) -> Response:
    """Served share by county and priority, and how the bands of shortages are used."""
    return await _answer_query(request, services, plan, "equity")


@router.get("/goals", summary="What goals gave up for each other", **_describe_query(GoalTradeOffs))
async def read_goals(plan: PlanName, request: Request, services: ServicesDependency) -> Response:
    """Each ordered goal, solved in its turn and by itself: what it gave up for those before it, and at what price."""
    return await _answer_query(request, services, plan, "goals")


@router.get("/infeasibility", summary="Why a plan is infeasible", responses=READ_ERRORS)
async def read_infeasibility(plan: PlanName, services: ServicesDependency) -> InfeasibilityView:
    """The smallest set of rules in conflict, and the least relaxation that makes a plan possible, in units."""
    return await run_in_threadpool(SensitivityService(services).read_infeasibility, plan)


@router.post("/compare", summary="Compare plans", **_describe_body_query(CompareBody, Comparison, sensitivity.COMPARE))
async def compare_plans(
    plan: PlanName, request: Request, services: ServicesDependency, principal: PrincipalDependency
) -> Response:
    """A plan beside another, or beside itself with changes: what went in, what came out, and which change did how much."""
    body = await _read_json_body(request, services, CompareBody)
    to = SensitivityService(services)
    return await to.answer_query(plan, request, lambda: to.build_comparison_query(body, principal))


@router.post(
    "/what-if", summary="Try changes on a plan", **_describe_body_query(WhatIfBody, Comparison, sensitivity.WHAT_IF)
)
async def solve_what_if(plan: PlanName, request: Request, services: ServicesDependency) -> Response:
    """A plan with changes, solved again from its basis. Nothing is stored; POST /v1/plans makes a plan of it."""
    body = await _read_json_body(request, services, WhatIfBody)
    return await _answer_query(request, services, plan, "what-if", **_dump_arguments(body))


@router.post(
    "/estimate",
    summary="What prices foretell",
    **_describe_body_query(WhatIfBody, ObjectiveEstimate, sensitivity.WHAT_IF),
)
async def compute_estimate(plan: PlanName, request: Request, services: ServicesDependency) -> Response:
    """What a plan's prices foretell of changes, at once: a bound, exact where the prices hold all the way; what-if solves again."""
    body = await _read_json_body(request, services, WhatIfBody)
    return await _answer_query(request, services, plan, "estimate", **_dump_arguments(body))


@router.post("/curve", summary="Vary one thing", **_describe_body_query(CurveBody, ParametricCurve, sensitivity.CURVE))
async def compute_curve(plan: PlanName, request: Request, services: ServicesDependency) -> Response:
    """A plan as one limit or share is varied, with every point at which prices change."""
    body = await _read_json_body(request, services, CurveBody)
    return await _answer_query(request, services, plan, "curve", **_dump_arguments(body))


@router.post("/grid", summary="Vary two things", **_describe_body_query(GridBody, ParameterGrid, sensitivity.GRID))
async def compute_grid(plan: PlanName, request: Request, services: ServicesDependency) -> Response:
    """A plan at every pair of values of two changes."""
    body = await _read_json_body(request, services, GridBody)
    return await _answer_query(request, services, plan, "grid", **_dump_arguments(body))


async def _read_json_body(request: Request, services: Services, model: type[Body]) -> Body:
    return await get_body_reader(request).read_json_body(
        request, lambda raw: validate_model(model, decode_json_object(raw))
    )


def _dump_arguments(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_none=True)


async def _answer_query(request: Request, services: Services, plan: str, name: str, **arguments: Any) -> Response:
    """Answer a question that takes these arguments; `seconds` among them bounds it."""
    to = SensitivityService(services)
    seconds = arguments.get("time_limit_seconds")

    def build_query() -> SensitivityQuery:
        return to.build_query(name, arguments, time_limit_seconds=seconds)

    return await to.answer_query(plan, request, build_query)
