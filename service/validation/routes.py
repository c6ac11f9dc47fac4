"""`/v1/validate`: the route."""

from fastapi import APIRouter
from starlette.requests import Request

from models.problem import PlanningProblem
from service.access import may
from service.errors import Invalid, TooLarge, Unreadable, WrongType, documented
from service.sheets.kinds import sheets_of
from service.sources.examples import BARE
from service.sources.schemas import ProblemSource
from service.validation.schemas import Validation
from service.validation.service import validate
from service.web.openapi import json_body, schema_of
from service.web.services import PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1/validate", tags=["problems"], dependencies=[may("read")])

SOURCE_OR_PROBLEM = {"anyOf": [schema_of(ProblemSource), schema_of(PlanningProblem)]}
"""Schema of a body that names a source, or is a problem."""


@router.post(
    "",
    summary="Find everything wrong in a problem",
    responses=documented(Unreadable, TooLarge, WrongType, Invalid),
    openapi_extra=json_body(SOURCE_OR_PROBLEM, BARE, sheets=True),
)
async def validate_problem(request: Request, services: ServicesOf, principal: PrincipalOf) -> Validation:
    """All errors and warnings of a problem at once; nothing is solved or stored.

    A bad problem is an answer here, not an error: the status is 200 and `valid` is false. Send `{"problem": …}`, a province
    with changes, a problem by itself; or a province as a workbook or as CSV in a zip, whose findings name sheet, row and column.
    """
    kind = sheets_of(request)
    return await services.bodies.take(
        request, lambda raw: validate(raw, kind, services.settings, services.store, principal), sheets=True
    )
