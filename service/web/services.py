"""What the routes work with, made when the service starts and handed to every request."""

from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from service.answers.desk import Desk
from service.identity import Principal
from service.identity.authenticator import Authenticator
from service.jobs import JobRuntime
from service.settings import Settings
from service.storage import Store
from service.web.bodies import BodyReader
from service.web.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running service."""

    settings: Settings
    """Its settings."""
    store: Store
    """Plans, provinces, problems."""
    jobs: JobRuntime
    """The queue of plans and their solving."""
    bodies: BodyReader
    """Reads and decodes request bodies."""
    metrics: Metrics
    """Figures for Prometheus."""
    identity: Authenticator
    """Tells who asks."""
    desk: Desk
    """Answers questions to plans."""


class LifespanState(TypedDict):
    """What the lifespan hands to every request as `request.state`."""

    services: Services


def services_of(request: Request) -> Services:
    """The parts of the service that a request came to."""
    services: Services = request.state.services
    return services


async def _services(request: Request) -> Services:
    return services_of(request)  # async, for FastAPI sends other dependencies to a thread and back


ServicesOf = Annotated[Services, Depends(_services)]
"""The parts of the running service, for a route."""


async def _principal(request: Request) -> Principal:
    identity = services_of(request).identity
    if not identity.on:
        return identity.everybody(request.scope)
    return await run_in_threadpool(identity.principal, request.headers.get("authorization"))


PrincipalOf = Annotated[Principal, Depends(_principal)]
"""Who asks, and what they may do; everybody is one as long as nobody has to say who they are."""


async def _caller(principal: PrincipalOf) -> str:
    return principal.caller


Caller = Annotated[str, Depends(_caller)]
"""The name of who asks."""
