"""`/health/live`, `/health/ready`, `/metrics` and `/v1/version`."""

from typing import Literal

import anyio
import anyio.to_thread
from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST

from models.base import Frozen
from service.api.dependencies import ServicesDependency
from service.api.routing import ApiRouter
from service.core.build_info import read_build_info
from service.core.errors import BadRequestError, ServiceUnavailableError, document_errors

router = ApiRouter(tags=["health"])


class Health(Frozen):
    """Health of the service."""

    status: Literal["ok"]
    """`ok`; any other state answers 503."""


@router.get("/health/live", summary="Check that the service runs", responses=document_errors(BadRequestError))
async def read_liveness() -> Health:
    """Answer 200 while the process serves requests; nothing else is checked."""
    return Health(status="ok")


READINESS_SECONDS = 3.0
"""How long the checks of readiness may take."""


@router.get(
    "/health/ready",
    summary="Check that the service is ready",
    responses=document_errors(BadRequestError, ServiceUnavailableError),
)
async def read_readiness(services: ServicesDependency) -> Health:
    """Check that the database answers and accepts changes, that large tables can be stored, and that the solvers run.

    503 with everything that is amiss, within some seconds also where storage does not answer.
    """
    faults: tuple[str, ...] = ("Storage did not answer in time.",)
    with anyio.move_on_after(READINESS_SECONDS):
        faults = await anyio.to_thread.run_sync(
            services.readiness.list_faults, limiter=services.readiness.limiter, abandon_on_cancel=True
        )
    if faults:
        raise ServiceUnavailableError(" ".join(faults))
    return Health(status="ok")


class SolverVersion(Frozen):
    """A library that decides the numbers of a plan."""

    name: str
    """Name of the library."""
    version: str
    """Version of the library."""


class VersionView(Frozen):
    """The build of the service."""

    version: str
    """Version of Allot."""
    commit: str | None
    """Commit of the build; null if it is unknown."""
    source_digest: str
    """sha-256 of the sources that compute plans; plans are reused within one digest only."""
    solvers: tuple[SolverVersion, ...]
    """Versions of solvers and numerical libraries."""


@router.get("/v1/version", summary="Read the version", responses=document_errors(BadRequestError))
def read_version() -> VersionView:
    """Read version, commit and source digest of the service, and the versions of its solvers."""
    build = read_build_info()
    return VersionView(
        version=build.version,
        commit=build.commit,
        source_digest=build.source_digest,
        solvers=tuple(SolverVersion(name=name, version=one) for name, one in build.solver_versions.items()),
    )


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
