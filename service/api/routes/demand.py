"""`/v1/demand`: the route."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from models.problem.planning_problem import PlanningProblem
from service.api.dependencies import PrincipalDependency, ServicesDependency, get_body_reader
from service.api.examples.problem_sources import SOURCE_OR_PROBLEM_EXAMPLES
from service.api.openapi import describe_json_body, describe_json_response, register_schema
from service.api.permissions import require_permission
from service.core.errors import (
    BadRequestError,
    ContentTooLargeError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.domain.demand import estimate_demand
from service.domain.schemas.demand import DemandAnswer
from service.domain.schemas.problem_sources import ProblemSource

router = APIRouter(prefix="/v1/demand", tags=["problems"], dependencies=[require_permission("read")])

SOURCE_OR_PROBLEM = {"anyOf": [register_schema(ProblemSource), register_schema(PlanningProblem)]}


@router.post(
    "",
    summary="Estimate what is needed",
    response_model=None,
    responses={
        **document_errors(BadRequestError, ContentTooLargeError, UnsupportedMediaTypeError, UnprocessableContentError),
        200: describe_json_response(DemandAnswer, "The estimate."),
    },
    openapi_extra=describe_json_body(SOURCE_OR_PROBLEM, SOURCE_OR_PROBLEM_EXAMPLES),
)
async def estimate_needs(
    request: Request,
    services: ServicesDependency,
    principal: PrincipalDependency,
    county: Annotated[list[str], Query(max_length=1000, description="Counties to answer for; all if absent.")] = [],
    item: Annotated[list[str], Query(max_length=1000, description="Items to answer for; all if absent.")] = [],
) -> Response:
    """People × norms × calendar × years, by county, item and period, with what each population group adds.

    Demand rows of the problem replace the estimate of their county and item. Nothing is solved or stored.
    """

    def estimate_from_body(raw: bytes) -> bytes:
        return estimate_demand(raw, county, item, services.settings, services.store, principal)

    return Response(
        await get_body_reader(request).read_json_body(request, estimate_from_body), media_type="application/json"
    )
