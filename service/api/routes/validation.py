"""`/v1/validate`: the route."""

from fastapi import APIRouter
from starlette.requests import Request

from models.problem.planning_problem import PlanningProblem
from service.api.dependencies import PrincipalDependency, ServicesDependency, get_body_reader
from service.api.examples.problem_sources import SOURCE_OR_PROBLEM_EXAMPLES
from service.api.openapi import describe_json_body, register_schema
from service.api.permissions import require_permission
from service.core.errors import (
    BadRequestError,
    ContentTooLargeError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.domain.schemas.problem_sources import ProblemSource
from service.domain.schemas.validation import ValidationReport
from service.domain.validation import validate_body
from service.spreadsheets.file_kinds import detect_spreadsheet_kind

router = APIRouter(prefix="/v1/validate", tags=["problems"], dependencies=[require_permission("read")])

SOURCE_OR_PROBLEM = {"anyOf": [register_schema(ProblemSource), register_schema(PlanningProblem)]}
"""Schema of a body that names a source, or is a problem."""


@router.post(
    "",
    summary="Find everything wrong in a problem",
    responses=document_errors(
        BadRequestError, ContentTooLargeError, UnsupportedMediaTypeError, UnprocessableContentError
    ),
    openapi_extra=describe_json_body(SOURCE_OR_PROBLEM, SOURCE_OR_PROBLEM_EXAMPLES, allow_spreadsheets=True),
)
async def validate_problem(
    request: Request, services: ServicesDependency, principal: PrincipalDependency
) -> ValidationReport:
    """All errors and warnings of a problem at once; nothing is solved or stored.

    A bad problem is an answer here, not an error: the status is 200 and `valid` is false. Send `{"problem": …}`, a province
    with changes, a problem by itself; or a province as a workbook or as CSV in a zip, whose findings name sheet, row and column.
    """
    kind = detect_spreadsheet_kind(request)
    return await get_body_reader(request).read_json_body(
        request,
        lambda raw: validate_body(raw, kind, services.settings, services.store, principal),
        allow_spreadsheets=True,
    )
