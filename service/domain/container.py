"""What the routes work with, made when the service starts and handed to every request."""

from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from service.api.request_bodies import BodyReader
from service.auth.authenticator import Authenticator
from service.auth.principals import Principal
from service.core.settings import Settings
from service.observability.metrics import Metrics
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from service.workers.sensitivity_pool import SensitivityPool


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running service."""

    settings: Settings
    """Its settings."""
    store: Store
    """Plans, provinces, problems."""
    jobs: JobRuntime
    """The queue of plans and their solving."""
    body_reader: BodyReader
    """Reads and decodes request bodies."""
    metrics: Metrics
    """Figures for Prometheus."""
    authenticator: Authenticator
    """Tells who asks."""
    sensitivity_pool: SensitivityPool
    """Answers questions to plans."""


class LifespanState(TypedDict):
    """What the lifespan hands to every request as `request.state`."""

    services: Services


def get_services(request: Request) -> Services:
    """The parts of the service that a request came to."""
    services: Services = request.state.services
    return services


async def _provide_services(request: Request) -> Services:
    return get_services(request)  # async, for FastAPI sends other dependencies to a thread and back


ServicesDependency = Annotated[Services, Depends(_provide_services)]
"""The parts of the running service, for a route."""


async def _provide_principal(request: Request) -> Principal:
    identity = get_services(request).authenticator
    if not identity.is_enabled:
        return identity.authenticate_anonymous(request.scope)
    return await run_in_threadpool(identity.authenticate_header, request.headers.get("authorization"))


PrincipalDependency = Annotated[Principal, Depends(_provide_principal)]
"""Who asks, and what they may do; everybody is one as long as nobody has to say who they are."""


async def _provide_caller(principal: PrincipalDependency) -> str:
    return principal.caller


CallerDependency = Annotated[str, Depends(_provide_caller)]
"""The name of who asks."""
