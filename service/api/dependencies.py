"""Dependencies of routes: the services of the running application and the principal of a request."""

from typing import Annotated, TypedDict

from fastapi import Depends, Path
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.base import ID_PATTERN
from service.api.request_bodies import BodyReader
from service.auth.principals import Principal
from service.domain.container import Services
from service.domain.plans import PlanService


class LifespanState(TypedDict):
    """The state that the lifespan gives to every request as `request.state`."""

    services: Services
    body_reader: BodyReader


def get_services(request: Request) -> Services:
    """Return the services of the application that received a request."""
    services: Services = request.state.services
    return services


def get_body_reader(request: Request) -> BodyReader:
    """Return the reader of request bodies of the application that received a request."""
    reader: BodyReader = request.state.body_reader
    return reader


async def _provide_services(request: Request) -> Services:
    return get_services(request)  # async, for FastAPI sends other dependencies to a thread and back


ServicesDependency = Annotated[Services, Depends(_provide_services)]
"""The services of the running application."""


async def authenticate_request(request: Request) -> Principal:
    """Authenticate a request by its headers. Raises UnauthenticatedError, LoopbackOnlyError, ServiceUnavailableError."""
    authenticator = get_services(request).authenticator
    if not authenticator.is_enabled:
        return authenticator.authenticate_anonymous(request.scope)
    return await run_in_threadpool(authenticator.authenticate_header, request.headers.get("authorization"))


PrincipalDependency = Annotated[Principal, Depends(authenticate_request)]
"""The authenticated principal of a request; the anonymous principal where authentication is off."""


async def _provide_caller(principal: PrincipalDependency) -> str:
    return principal.caller


CallerDependency = Annotated[str, Depends(_provide_caller)]
"""The name of the authenticated principal."""

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="Identifier of the plan.")]


async def _provide_plan_service(services: ServicesDependency) -> PlanService:
    return PlanService(services.store, services.jobs, services.settings)


PlanServiceDependency = Annotated[PlanService, Depends(_provide_plan_service)]
"""The use cases of plans."""
