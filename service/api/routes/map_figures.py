"""`/v1/plans/{plan}/map`: what a map shows of a plan."""

from service.api.dependencies import PlanName, ServicesDependency
from service.api.permissions import require_permission
from service.api.routing import ApiRouter
from service.core.errors import ConflictError, NotFoundError, UnprocessableContentError, document_errors
from service.domain.map_figures import MapFiguresService
from service.domain.schemas.map_figures import MapFigures

router = ApiRouter(prefix="/v1/plans/{plan}/map", tags=["plans"])


@router.get(
    "",
    summary="Read the figures of a map of a plan",
    dependencies=[require_permission("read")],
    responses=document_errors(NotFoundError, ConflictError, UnprocessableContentError),
)
def read_map_figures(plan: PlanName, services: ServicesDependency) -> MapFigures:
    """Read the needs of all goods by place and the swaps by partner in won, prices of electricity, and what moves over links.

    Over the whole plan, what no period serves is `demand` less `served`; what counts in one period is `served` and
    `shortage`, which include the backlog of the period before.
    """
    return MapFiguresService(services.store).read_map_figures(plan)
