"""What the routes work with, made when the service starts and handed to every request."""

from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import Depends
from starlette.requests import Request

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


class LifespanState(TypedDict):
    """What the lifespan hands to every request as `request.state`."""

    services: Services


def _services(request: Request) -> Services:
    services: Services = request.state.services
    return services


ServicesOf = Annotated[Services, Depends(_services)]
"""The parts of the running service, for a route."""


def _caller(_request: Request) -> str:
    return "local"


Caller = Annotated[str, Depends(_caller)]
"""Who asks; one name for everybody as long as nobody has to say who they are."""
