"""`/v1/population`: the heads of the plan's year of a problem."""

from typing import Annotated

from fastapi import Depends

from models.problem.planning_problem import PlanningProblem
from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, RequestBody
from service.api.routing import ApiRouter
from service.core.errors import BODY_ERRORS, document_errors
from service.domain.demand import estimate_population
from service.domain.schemas.problems import PopulationAnswer, ProblemSource

router = ApiRouter(prefix="/v1/population", tags=["problems"], dependencies=[require_permission("read")])


@router.post("", summary="Estimate population", responses=document_errors(*BODY_ERRORS))
async def estimate_heads(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(ProblemSource, PlanningProblem))],
    services: ServicesDependency,
    principal: PrincipalDependency,
) -> PopulationAnswer:
    """Compute the heads of the plan's year by county and population group: stated, or projected from a census.

    Projected heads have an error, as ± share of them. Nothing is solved or stored.
    """
    return await body.process_in_thread(
        lambda raw: estimate_population(raw, services.settings, services.store, principal)
    )
