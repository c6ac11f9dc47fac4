"""`/v1/demand`: estimate the demand of a problem."""

from typing import Annotated

from fastapi import Depends, Query, Response

from models.problem.planning_problem import PlanningProblem
from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, RequestBody
from service.api.routing import ApiRouter
from service.core.errors import BODY_ERRORS, document_errors
from service.domain.demand import estimate_demand
from service.domain.schemas.problems import DemandAnswer, ProblemSource

router = ApiRouter(prefix="/v1/demand", tags=["problems"], dependencies=[require_permission("read")])


@router.post("", summary="Estimate demand", response_model=DemandAnswer, responses=document_errors(*BODY_ERRORS))
async def estimate_needs(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(ProblemSource, PlanningProblem))],
    services: ServicesDependency,
    principal: PrincipalDependency,
    county: Annotated[list[str], Query(max_length=1000, description="Only these counties; all if absent.")] = [],  # noqa: B006
    item: Annotated[list[str], Query(max_length=1000, description="Only these items; all if absent.")] = [],  # noqa: B006
) -> Response:
    """Estimate people × norms × calendar × years by county, item and period, with the part of each population group.

    Demand rows of the problem replace the estimate of their county and item. Nothing is solved or stored.
    """
    answer = await body.process_in_thread(
        lambda raw: estimate_demand(raw, county, item, services.settings, services.store, principal)
    )
    return Response(answer, media_type="application/json")
