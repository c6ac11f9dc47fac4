"""`/v1/me`: the route."""

from fastapi import APIRouter

from service.access.guards import may
from service.access.schemas import Me
from service.errors import documented
from service.identity import EVERYBODY
from service.web.services import PrincipalOf

router = APIRouter(prefix="/v1", tags=["access"])


@router.get("/me", summary="Who am I?", dependencies=[may("read")], responses=documented())
async def read_me(principal: PrincipalOf) -> Me:
    """Who you are to the service, and your roles in provinces."""
    return Me(
        caller=principal.caller,
        authentication="off" if principal is EVERYBODY else "on",
        grants=tuple(sorted(principal.grants, key=lambda one: (one.province, one.role))),
    )
