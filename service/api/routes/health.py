"""`/health/live`, `/health/ready`, `/metrics` and `/v1/version`."""

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from models.base import Frozen
from service.api.dependencies import ServicesDependency
from service.core.errors import BadRequestError, ServiceUnavailableError, document_errors
from service.storage.errors import DatabaseError

router = APIRouter(tags=["health"])


class Health(Frozen):
    """Health of the service."""

    status: Literal["ok"]
    """`ok`; any other state answers 503."""


@router.get("/health/live", summary="Check that the service runs", responses=document_errors(BadRequestError))
async def read_liveness() -> Health:
    """Answer 200 while the process serves requests; nothing else is checked."""
    return Health(status="ok")


@router.get(
    "/health/ready",
    summary="Check that the service is ready",
    responses=document_errors(BadRequestError, ServiceUnavailableError),
)
def read_readiness(services: ServicesDependency) -> Health:
    """Check the database and the solver processes; 503 with the reason if one is not available."""
    try:
        services.store.ping_database()
    except DatabaseError as error:
        raise ServiceUnavailableError("The database cannot be reached.") from error
    if not services.jobs.is_ready:
        raise ServiceUnavailableError(
            "The solver processes are not running; this process accepts plans but does not solve them yet."
        )
    return Health(status="ok")


@router.get(
    "/metrics",
    summary="Read metrics",
    response_model=None,
    responses={
        **document_errors(BadRequestError),
        200: {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
def read_metrics(services: ServicesDependency) -> Response:
    """Read requests by route and status, their durations, and waiting and running plans in the text format of Prometheus."""
    return Response(services.metrics.render_text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
