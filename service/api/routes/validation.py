"""`/v1/validate`: check a problem."""

from typing import Annotated, Literal

from fastapi import Depends, Header, Query, Response
from starlette.responses import StreamingResponse

from models.problem.planning_problem import PlanningProblem
from service.api.admission import stream_in_threads
from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.api.negotiation import negotiate_format
from service.api.openapi import describe_binary
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, RequestBody
from service.api.routing import ApiRouter
from service.core.errors import BODY_ERRORS, NotAcceptableError, document_errors
from service.domain.schemas.problems import ProblemSource, ValidationReport
from service.domain.validation import mark_findings, validate_body
from service.spreadsheets.file_kinds import XLSX_MEDIA_TYPE
from service.spreadsheets.workbook import iterate_file_chunks

router = ApiRouter(prefix="/v1/validate", tags=["problems"], dependencies=[require_permission("read")])


ReportFormat = Literal["json", "xlsx"]

_MEDIA_TYPES: dict[ReportFormat, str] = {"json": "application/json", "xlsx": XLSX_MEDIA_TYPE}


@router.post(
    "",
    summary="Validate a problem",
    response_model=ValidationReport,
    responses={
        **document_errors(*BODY_ERRORS, NotAcceptableError),
        200: {
            "description": "The findings, or a copy of the sheets with marked cells.",
            "content": {XLSX_MEDIA_TYPE: describe_binary()},
        },
    },
)
async def validate_problem(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(ProblemSource, PlanningProblem, spreadsheets=True))],
    services: ServicesDependency,
    principal: PrincipalDependency,
    format: Annotated[  # noqa: A002
        ReportFormat | None,
        Query(description="`xlsx` for a copy of the sheets with marked cells, instead of `Accept`."),
    ] = None,
    accept: Annotated[str | None, Header(description="Accepted media types; JSON if absent.")] = None,
) -> Response:
    """Report all errors and warnings of a problem at once; nothing is solved or stored.

    An invalid problem is an answer, not an error: the status is 200 and `valid` is false. Send `{"problem": …}`, a province
    with changes, a problem by itself, a workbook, or a zip of CSV files. Findings in spreadsheets name sheet, row and column.

    With `format=xlsx` or `Accept`, sheets are answered by a copy of them: cells with errors are red and those with warnings
    yellow, comments have messages and remedies, and the first sheet lists all findings.
    """
    kind = negotiate_format(format, accept, _MEDIA_TYPES)
    context = (body.spreadsheet_kind, services.settings, services.store, principal)
    if kind == "xlsx":
        file = await body.process_in_thread(lambda raw: mark_findings(raw, *context))
        headers = {"Content-Disposition": 'attachment; filename="findings.xlsx"', "Vary": "Accept"}
        return StreamingResponse(
            stream_in_threads(iterate_file_chunks(file)), headers=headers, media_type=XLSX_MEDIA_TYPE
        )
    report = await body.process_in_thread(lambda raw: validate_body(raw, *context))
    return Response(report.model_dump_json(), headers={"Vary": "Accept"}, media_type="application/json")
