"""`/health/live`, `/health/ready` and `/metrics`."""

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from models.base import Frozen
from service.api.dependencies import ServicesDependency
from service.core.errors import ServiceUnavailableError, document_errors
from service.storage.errors import DatabaseError

router = APIRouter(tags=["health"])


class Health(Frozen):
    """How the service is."""

    status: Literal["ok"]
    """`ok`; what is not well answers 503."""


@router.get("/health/live", summary="Does the service live?", responses=document_errors())
async def read_liveness() -> Health:
    """Answers as long as the service answers at all; looks at nothing else."""
    return Health(status="ok")


@router.get("/health/ready", summary="Can the service serve?", responses=document_errors(ServiceUnavailableError))
def read_readiness(services: ServicesDependency) -> Health:
    """Whether the database can be reached and plans can be solved here; 503 with the reason if not."""
    try:
        services.store.ping_database()
    except DatabaseError as error:
        raise ServiceUnavailableError("The database cannot be reached.") from error
    if not services.jobs.is_ready:
        raise ServiceUnavailableError("The solvers are not running; plans are accepted but not solved here yet.")
    return Health(status="ok")


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_model=None,
    responses={
        **document_errors(),
        200: {"description": "Figures.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
def read_metrics(services: ServicesDependency) -> Response:
    """Requests by route and status, seconds they took, plans that wait and run; in Prometheus' text format."""
    return Response(services.metrics.render_text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
