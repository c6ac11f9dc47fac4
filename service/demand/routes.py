"""`/v1/demand`: the route."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from models.problem import PlanningProblem
from service.access import may
from service.demand.schemas import DemandAnswer
from service.demand.service import estimate_demand
from service.errors import Invalid, TooLarge, Unreadable, WrongType, documented
from service.sources.examples import BARE
from service.sources.schemas import ProblemSource
from service.web.openapi import json_answer, json_body, schema_of
from service.web.services import PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1/demand", tags=["problems"], dependencies=[may("read")])

SOURCE_OR_PROBLEM = {"anyOf": [schema_of(ProblemSource), schema_of(PlanningProblem)]}


@router.post(
    "",
    summary="Estimate what is needed",
    response_model=None,
    responses={
        **documented(Unreadable, TooLarge, WrongType, Invalid),
        200: json_answer(DemandAnswer, "The estimate."),
    },
    openapi_extra=json_body(SOURCE_OR_PROBLEM, BARE),
)
async def estimate_needs(
    request: Request,
    services: ServicesOf,
    principal: PrincipalOf,
    county: Annotated[list[str], Query(max_length=1000, description="Counties to answer for; all if absent.")] = [],  # noqa: B006
    item: Annotated[list[str], Query(max_length=1000, description="Items to answer for; all if absent.")] = [],  # noqa: B006
) -> Response:
    """People × norms × calendar × years, by county, item and period, with what each population group adds.

    Demand rows of the problem replace the estimate of their county and item. Nothing is solved or stored.
    """

    def work(raw: bytes) -> bytes:
        return estimate_demand(raw, county, item, services.settings, services.store, principal)

    return Response(await services.bodies.take(request, work), media_type="application/json")
