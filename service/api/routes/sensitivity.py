"""`/v1/plans/{plan}/…`: sensitivity queries about a finished plan, answered by worker processes from the stored basis."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import anyio
import anyio.to_thread
from fastapi import Query, Request, Response
from pydantic import BaseModel

from models.answers import (
    ObjectiveEstimate,
    ParameterGrid,
    ParametricCurve,
    Remedies,
    ShadowPrices,
    ShortageAttribution,
)
from models.comparisons import Comparison, EquityReport, GoalTradeOffs
from service.api.admission import release_answer_slot, run_in_read_thread
from service.api.caller_limits import current_caller
from service.api.dependencies import PlanName, PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.request_bodies import JsonBody
from service.api.routing import ApiRouter
from service.core.errors import (
    BODY_ERRORS,
    STATUS_CLIENT_CLOSED_REQUEST,
    ConflictError,
    NotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnprocessableContentError,
    document_errors,
)
from service.domain.container import Services
from service.domain.schemas.sensitivity import (
    MAX_TIME_LIMIT_SECONDS,
    CompareBody,
    CurveBody,
    EstimateBody,
    GridBody,
    InfeasibilityView,
    WhatIfBody,
)
from service.domain.sensitivity import SensitivityService
from service.workers.sensitivity_pool import ClientDisconnectedError, SensitivityQuery
from solvers.sensitivity import GroupBy

router = ApiRouter(prefix="/v1/plans/{plan}", tags=["sensitivity"], dependencies=[require_permission("read")])

NameFilter = Annotated[str | None, Query(max_length=100, description="Only these shortages or limits; all if absent.")]

READ_ERRORS = document_errors(NotFoundError, ConflictError, UnprocessableContentError)
QUERY_ERRORS = document_errors(
    NotFoundError, ConflictError, UnprocessableContentError, TooManyRequestsError, ServiceUnavailableError
)
BODY_QUERY_ERRORS = document_errors(
    *BODY_ERRORS, NotFoundError, ConflictError, TooManyRequestsError, ServiceUnavailableError
)


@router.get("/shadow-prices", summary="Read shadow prices", response_model=ShadowPrices, responses=QUERY_ERRORS)
async def read_shadow_prices(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    with_ranges: Annotated[int, Query(ge=0, le=100, description="Number of limits with range, step and words.")] = 10,
    max_results: Annotated[int, Query(ge=1, le=10_000, description="Maximum number of limits and of goods.")] = 200,
) -> Response:
    """Read the shadow price of each limit and good in weighted won, before rounding to whole units, the largest first.

    The first limits also have their allowable increase and decrease, and the shortages that one step reduces.
    """
    return await _answer_query(
        request, services, plan, "shadow-prices", with_ranges=with_ranges, max_results=max_results
    )


@router.get(
    "/bottlenecks", summary="Attribute shortages to limits", response_model=ShortageAttribution, responses=QUERY_ERRORS
)
async def read_bottleneck_analysis(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    group_by: Annotated[
        GroupBy, Query(description="Group of shortages; `limit` lists each shortage of the chosen limits.")
    ] = "all",
    county: NameFilter = None,
    item: NameFilter = None,
    period: NameFilter = None,
    rule: NameFilter = None,
    limit_id: NameFilter = None,
    max_results: Annotated[int, Query(ge=1, le=10_000, description="Maximum number of groups.")] = 100,
) -> Response:
    """Attribute shortages to binding limits, traced through transport, stores and materials; the parts add up exactly.

    The table `bottlenecks` lists the limits of each shortage separately.
    """
    chosen = {"county": county, "item": item, "period": period, "rule": rule, "limit": limit_id}
    return await _answer_query(
        request, services, plan, "bottlenecks", group_by=group_by, max_results=max_results, **chosen
    )


@router.get("/remedies", summary="Find remedies for a shortage", response_model=Remedies, responses=QUERY_ERRORS)
async def read_remedies(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    county: Annotated[str, Query(max_length=100, description="County of the shortage.", examples=["hyesan"])],
    item: Annotated[str, Query(max_length=100, description="Item of the shortage.", examples=["soap"])],
    period: Annotated[str, Query(max_length=100, description="Period of the shortage.", examples=["2002-01"])],
    target_share: Annotated[
        float, Query(ge=0, le=1, description="Share of the shortage that may remain: 0 ends it.")
    ] = 0.5,
    max_candidates: Annotated[int, Query(ge=1, le=20, description="Maximum number of limits to evaluate.")] = 5,
    max_results: Annotated[
        int | None, Query(ge=1, le=100, description="Stop after this number of remedies; all candidates if absent.")
    ] = None,
    include_unreserved: Annotated[
        bool,
        Query(description="Also find amounts with which the best plan reduces the shortage without a reservation."),
    ] = False,
    time_limit_seconds: Annotated[
        float,
        Query(
            gt=0, le=MAX_TIME_LIMIT_SECONDS, description="Time limit; `not_evaluated` counts the remaining candidates."
        ),
    ] = 60.0,
) -> Response:
    """Find the smallest changes that end or halve a shortage; a solve verifies each, with its effect on other needs.

    Send `changes` to what-if or with a new plan: larger limits, and the reservation (`served_least`) for the need.
    No plan with them leaves more than `after`. Without a remedy, `reason` tells why.
    With `max_results=1` the first verified remedy with a larger limit is the answer.
    """
    arguments = {
        "county": county,
        "item": item,
        "period": period,
        "target_share": target_share,
        "max_candidates": max_candidates,
        "max_results": max_results,
        "include_unreserved": include_unreserved,
        "time_limit_seconds": time_limit_seconds,
    }
    service = SensitivityService(services)
    return await _run_query(
        request,
        service,
        plan,
        lambda: service.build_remedies_query(plan, arguments, time_limit_seconds=time_limit_seconds),
    )


@router.get("/equity", summary="Read how scarcity is distributed", response_model=EquityReport, responses=QUERY_ERRORS)
async def read_equity(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    price: Annotated[
        bool, Query(description="Also solve the plan without fairness, which gives the price of equity.")
    ] = False,
    time_limit_seconds: Annotated[
        float, Query(gt=0, le=MAX_TIME_LIMIT_SECONDS, description="Time limit of the solve without fairness.")
    ] = 120.0,
) -> Response:
    """Read the served share by county and priority, its inequality between counties, and the use of the shortage bands.

    The shares are those of the finished plan. With `price=true`, a second solve without fairness tells what equity costs.
    """
    service = SensitivityService(services)
    return await _run_query(
        request,
        service,
        plan,
        lambda: service.build_equity_query(plan, with_price=price, time_limit_seconds=time_limit_seconds),
    )


@router.get("/goals", summary="Read the trade-offs between goals", response_model=GoalTradeOffs, responses=QUERY_ERRORS)
async def read_goals(plan: PlanName, request: Request, services: ServicesDependency) -> Response:
    """Compare each ordered goal with its own optimum: the loss to earlier goals, and its price."""
    return await _answer_query(request, services, plan, "goals")


@router.get("/infeasibility", summary="Explain why a plan is infeasible", responses=READ_ERRORS)
async def read_infeasibility(plan: PlanName, services: ServicesDependency) -> InfeasibilityView:
    """Read the irreducible set of conflicting constraints, and the least relaxation that makes a plan possible, in units."""
    return await run_in_read_thread(partial(SensitivityService(services).read_infeasibility, plan))


@router.post("/compare", summary="Compare plans", response_model=Comparison, responses=BODY_QUERY_ERRORS)
async def compare_plans(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    principal: PrincipalDependency,
    body: JsonBody[CompareBody],
) -> Response:
    """Compare a plan with another plan, or with itself after changes: inputs, results, and the effect of each change.

    Two finished plans have their own figures. Changes are solved before rounding to whole units (`relaxed`), as each step is.
    """
    service = SensitivityService(services)
    return await _run_query(request, service, plan, lambda: service.build_comparison_query(plan, body, principal))


@router.post("/what-if", summary="Solve a plan with changes", response_model=Comparison, responses=BODY_QUERY_ERRORS)
async def solve_what_if(
    plan: PlanName, request: Request, services: ServicesDependency, body: JsonBody[WhatIfBody]
) -> Response:
    """Solve a plan with changes from its basis, before rounding to whole units. Nothing is stored; POST /v1/plans creates a
    plan of the changes."""
    return await _answer_query(request, services, plan, "what-if", **_dump_arguments(body))


@router.post(
    "/estimate", summary="Estimate the effect of changes", response_model=ObjectiveEstimate, responses=BODY_QUERY_ERRORS
)
async def compute_estimate(
    plan: PlanName, request: Request, services: ServicesDependency, body: JsonBody[EstimateBody]
) -> Response:
    """Estimate the effect of changes from the dual values without a solve: a bound, exact while the basis stays optimal.

    With `coarse`, an estimate that is not exact comes with one by a solve in longer periods (`coarse`).
    """
    return await _answer_query(request, services, plan, "estimate", **_dump_arguments(body))


@router.post("/curve", summary="Vary one parameter", response_model=ParametricCurve, responses=BODY_QUERY_ERRORS)
async def compute_curve(
    plan: PlanName, request: Request, services: ServicesDependency, body: JsonBody[CurveBody]
) -> Response:
    """Compute the plan along one varied limit or share, with every breakpoint at which shadow prices change."""
    return await _answer_query(request, services, plan, "curve", **_dump_arguments(body))


@router.post("/grid", summary="Vary two parameters", response_model=ParameterGrid, responses=BODY_QUERY_ERRORS)
async def compute_grid(
    plan: PlanName, request: Request, services: ServicesDependency, body: JsonBody[GridBody]
) -> Response:
    """Compute the plan at every pair of values of two changes."""
    return await _answer_query(request, services, plan, "grid", **_dump_arguments(body))


def _dump_arguments(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_none=True)


async def _answer_query(request: Request, services: Services, plan: str, name: str, **arguments: Any) -> Response:
    """Answer a query with these arguments; `time_limit_seconds` among them limits its time."""
    service = SensitivityService(services)

    def build_query() -> SensitivityQuery:
        return service.build_query(name, arguments, time_limit_seconds=arguments.get("time_limit_seconds"))

    return await _run_query(request, service, plan, build_query)


async def _run_query(
    request: Request, service: SensitivityService, plan: str, build_query: Callable[[], SensitivityQuery]
) -> Response:
    """Answer a query in JSON while the client is connected; `build_query` runs in a thread."""
    return await answer_while_connected(request, service, partial(service.answer_query, plan, build_query))


async def answer_while_connected(
    request: Request, service: SensitivityService, answer: Callable[[threading.Event, str | None], bytes]
) -> Response:
    """Answer a query in JSON while the client is connected; `answer` gets what is set when it goes, and the caller."""
    cancelled = threading.Event()
    release_answer_slot(request.scope)  # queries have slots of their own
    caller = current_caller.get()
    with service.admit_query(caller):
        watching = asyncio.create_task(_watch_disconnect(request, cancelled))
        try:
            # The thread only waits; `admit_query` limits the number of such threads.
            body = await anyio.to_thread.run_sync(
                answer, cancelled, caller, limiter=anyio.CapacityLimiter(1), abandon_on_cancel=True
            )
        except ClientDisconnectedError:
            return Response(status_code=STATUS_CLIENT_CLOSED_REQUEST)
        finally:
            cancelled.set()
            watching.cancel()
    return Response(body, media_type="application/json")


async def _watch_disconnect(request: Request, cancelled: threading.Event) -> None:
    """Set `cancelled` when the client disconnects."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    cancelled.set()
