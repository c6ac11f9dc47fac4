"""Dependencies of routes: the services of the running application and the principal of a request."""

from typing import Annotated, TypedDict

from fastapi import Depends, Path
from starlette.requests import Request

from models.base import ID_PATTERN
from service.api.admission import hold_answer_slot
from service.api.caller_limits import current_caller
from service.api.key_checks import KeyChecks
from service.api.request_bodies import BodyReader
from service.api.routing import SAFE_METHODS
from service.auth.principals import ANONYMOUS_PRINCIPAL, Principal
from service.domain.analyses import AnalysisService
from service.domain.container import Services
from service.domain.plans import PlanService
from service.domain.study_runs import StudyRunService


class LifespanState(TypedDict):
    """The state that the lifespan gives to every request as `request.state`."""

    services: Services
    body_reader: BodyReader
    key_checks: KeyChecks


def get_services(request: Request) -> Services:
    """Return the services of the application that received a request."""
    services: Services = request.state.services
    return services


async def _provide_services(request: Request) -> Services:
    return get_services(request)  # async, for FastAPI sends other dependencies to a thread and back


ServicesDependency = Annotated[Services, Depends(_provide_services)]
"""The services of the running application."""


async def authenticate_request(request: Request) -> Principal:
    """Authenticate a request by its headers. Raises UnauthenticatedError, LoopbackOnlyError,
    ServiceUnavailableError, TooManyRequestsError."""
    authenticator = get_services(request).authenticator
    if not authenticator.is_enabled:
        return authenticator.authenticate_anonymous(request.scope)
    key_checks: KeyChecks = request.state.key_checks
    address = request.client.host if request.client else ""
    return await key_checks.authenticate(request.headers.get("authorization"), address)


async def _admit_principal(request: Request) -> Principal:
    """Authenticate a request; a read waits for a slot of its caller, which it has until its answer is sent."""
    principal = await authenticate_request(request)
    if principal is ANONYMOUS_PRINCIPAL:
        current_caller.set(None)
        return principal
    current_caller.set(principal.caller)
    if request.method in SAFE_METHODS:
        await hold_answer_slot(request, principal.caller)
    return principal


PrincipalDependency = Annotated[Principal, Depends(_admit_principal)]
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

AnalysisName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="Identifier of the analysis.")]


async def _provide_analysis_service(services: ServicesDependency, plans: PlanServiceDependency) -> AnalysisService:
    return AnalysisService(services.store, services.analyses, plans, services.settings)


AnalysisServiceDependency = Annotated[AnalysisService, Depends(_provide_analysis_service)]
"""The use cases of analyses."""


async def _provide_run_service(services: ServicesDependency, plans: PlanServiceDependency) -> StudyRunService:
    return StudyRunService(services.store, plans)


StudyRunServiceDependency = Annotated[StudyRunService, Depends(_provide_run_service)]
"""The use case of opening runs of studies as plans."""
