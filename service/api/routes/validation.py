"""`/v1/validate`: check a problem."""

from typing import Annotated

from fastapi import Depends

from models.problem.planning_problem import PlanningProblem
from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, RequestBody
from service.api.routing import ApiRouter
from service.core.errors import BODY_ERRORS, document_errors
from service.domain.schemas.problems import ProblemSource, ValidationReport
from service.domain.validation import validate_body

router = ApiRouter(prefix="/v1/validate", tags=["problems"], dependencies=[require_permission("read")])


@router.post("", summary="Validate a problem", responses=document_errors(*BODY_ERRORS))
async def validate_problem(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(ProblemSource, PlanningProblem, spreadsheets=True))],
    services: ServicesDependency,
    principal: PrincipalDependency,
) -> ValidationReport:
    """Report all errors and warnings of a problem at once; nothing is solved or stored.

    An invalid problem is an answer, not an error: the status is 200 and `valid` is false. Send `{"problem": …}`, a province
    with changes, a problem by itself, a workbook, or a zip of CSV files. Findings in spreadsheets name sheet, row and column.
    """
    return await body.process_in_thread(
        lambda raw: validate_body(raw, body.spreadsheet_kind, services.settings, services.store, principal)
    )
