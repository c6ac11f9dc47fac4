"""`/v1/plans/{plan}/briefing`: what a planner reads first."""

from typing import Annotated

from fastapi import Query

from models.base import ID_PATTERN
from service.api.dependencies import PlanName, PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.routing import ApiRouter
from service.core.errors import ConflictError, NotFoundError, UnprocessableContentError, document_errors
from service.domain.briefing import BriefingService
from service.domain.schemas.briefing import Briefing

router = ApiRouter(prefix="/v1/plans/{plan}/briefing", tags=["plans"])


@router.get(
    "",
    summary="Read the briefing of a plan",
    dependencies=[require_permission("read")],
    responses=document_errors(NotFoundError, ConflictError, UnprocessableContentError),
)
def read_briefing(
    plan: PlanName,
    services: ServicesDependency,
    principal: PrincipalDependency,
    compared_with: Annotated[
        str | None,
        Query(
            alias="with",
            pattern=ID_PATTERN,
            max_length=100,
            description="Plan to compare with; the plan in force of the province if absent.",
        ),
    ] = None,
) -> Briefing:
    """Read the most important of a finished plan: figures, what is short, what holds it back, due dates, next steps.

    Goods are merged over counties and periods, limits over periods. A plan that is infeasible has no figures, and its next
    step is to resolve the conflict.
    """
    return BriefingService(services.store).read_briefing(plan, compared_with, principal)
