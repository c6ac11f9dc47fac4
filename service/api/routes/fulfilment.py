"""`/v1/plans/{plan}/outputs` and `fulfilment`: what was made of a plan."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN
from models.fulfilment import FulfilmentGrouping, FulfilmentRow
from service.api.dependencies import PrincipalDependency, ServicesDependency, get_body_reader
from service.api.examples import fulfilment
from service.api.negotiation import negotiate_format
from service.api.openapi import describe_binary, describe_json_body, describe_json_response, register_schema
from service.api.permissions import require_permission
from service.api.request_bodies import require_json_body, require_report_media_type
from service.api.routes.plans import build_submission_response
from service.core.errors import (
    BadRequestError,
    ConflictError,
    ContentTooLargeError,
    NotAcceptableError,
    NotFoundError,
    TooManyRequestsError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.domain.fulfilment import FulfilmentService
from service.domain.fulfilment_tables import stream_model_rows
from service.domain.plans import PlanService
from service.domain.replanning import ReplanService
from service.domain.report_reading import read_raw_report
from service.domain.schemas.fulfilment import (
    AcceptedReport,
    FulfilmentView,
    OutputList,
    OutputRow,
    OutputsBody,
    ReplanBody,
)
from service.domain.schemas.plans import PlanView
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES
from service.spreadsheets.table_formats import MEDIA_TYPES, TableFormat

router = APIRouter(prefix="/v1/plans/{plan}", tags=["execution"])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]
AcceptHeader = Annotated[str | None, Header(description="Media types that you take; JSON if absent.")]
FormatQuery = Annotated[TableFormat | None, Query(description="The format, instead of `Accept`.")]
FilterValues = Annotated[
    list[str], Query(max_length=1000, description="Only these; several by repeating it, all if absent.")
]

_LOCATION_HEADER = {"Location": "Where the plan is."}
_TEXT_CONTENT: dict[str, Any] = {"schema": {"type": "string"}}


def _describe_report_body() -> dict[str, Any]:
    """JSON, CSV or a workbook."""
    body = describe_json_body(register_schema(OutputsBody), fulfilment.OUTPUT_EXAMPLES)
    body["requestBody"]["content"]["text/csv"] = {**_TEXT_CONTENT, "example": fulfilment.CSV_EXAMPLE}
    body["requestBody"]["content"][SPREADSHEET_MEDIA_TYPES["xlsx"]] = describe_binary()
    return body


def _describe_list_response(model: type[BaseModel], description: str) -> dict[str, Any]:
    """An answer in the formats of tables."""
    answer = describe_json_response(model, description)
    others = {
        media_type.partition(";")[0]: describe_binary() for kind, media_type in MEDIA_TYPES.items() if kind != "json"
    }
    answer["content"] |= others | {"text/csv": _TEXT_CONTENT}
    return answer


@router.post(
    "/outputs",
    summary="Report outputs",
    status_code=201,
    dependencies=[require_permission("report")],
    responses=document_errors(
        NotFoundError,
        ConflictError,
        BadRequestError,
        ContentTooLargeError,
        UnsupportedMediaTypeError,
        UnprocessableContentError,
    ),
    openapi_extra=_describe_report_body(),
)
async def report_outputs(
    plan: PlanName, request: Request, services: ServicesDependency, principal: PrincipalDependency
) -> AcceptedReport:
    """What factories made, as JSON, CSV or a workbook (columns `factory`, `item`, `period`, `quantity`). Taken whole or refused whole.

    A later report of the same line and period replaces the earlier; both are kept. Periods are reported in order: the next may
    be when of the one before something has been. Who has the role for one factory reports of that one
    alone: 403 for a report that names another. What is wrong is told all at once, by pointer (JSON) or row (CSV, workbook).
    """
    require_report_media_type(request)
    stated, execution = request.headers.get("content-type"), FulfilmentService(services.store)
    return await get_body_reader(request).read_any_body(
        request,
        lambda raw: execution.accept_report(plan, read_raw_report(raw, stated, services.settings), principal),
        is_large=True,
    )


@router.get(
    "/outputs",
    summary="Read reported outputs",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, NotAcceptableError, UnprocessableContentError),
        200: _describe_list_response(OutputList, "The outputs."),
    },
)
def read_outputs(
    plan: PlanName,
    services: ServicesDependency,
    factory: FilterValues = [],
    item: FilterValues = [],
    period: FilterValues = [],
    history: Annotated[bool, Query(description="Every revision, instead of the last of each line and period.")] = False,
    limit: Annotated[int | None, Query(ge=1, le=100_000, description="Outputs at most; all if absent.")] = None,
    offset: Annotated[int, Query(ge=0, le=2**31 - 1, description="Outputs passed over.")] = 0,
    format: FormatQuery = None,
    accept: AcceptHeader = None,
) -> Response:
    """Outputs as they were reported, with who did so and when."""
    chosen = {"factory": factory, "item": item, "period": period}
    kind = negotiate_format(format, accept, MEDIA_TYPES)
    found = FulfilmentService(services.store).list_outputs(plan, limit, offset, history=history, **chosen)
    return _build_response(found, found.outputs, OutputRow, kind, "outputs")


@router.get(
    "/fulfilment",
    summary="Read how a plan is fulfilled",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, ConflictError, NotAcceptableError, UnprocessableContentError),
        200: _describe_list_response(FulfilmentView, "Fulfilment, worst first."),
    },
)
def read_fulfilment(
    plan: PlanName,
    services: ServicesDependency,
    by: Annotated[
        FulfilmentGrouping, Query(description="What it is rolled up by; `county`: where the factory stands.")
    ] = "factory",
    through: Annotated[
        str | None,
        Query(pattern=ID_PATTERN, max_length=100, description="Last period that counts; the last reported if absent."),
    ] = None,
    format: FormatQuery = None,
    accept: AcceptHeader = None,
) -> Response:
    """What was made against the quotas, by value, ranked for the centre's review. What is not reported is not taken for zero."""
    kind = negotiate_format(format, accept, MEDIA_TYPES)
    view = FulfilmentService(services.store).compute_fulfilment(plan, by, through)
    return _build_response(view, view.rows, FulfilmentRow, kind, f"fulfilment-{by}")


@router.post(
    "/replan",
    summary="Plan the rest again",
    dependencies=[require_permission("draft")],
    response_model=None,
    responses={
        **document_errors(
            NotFoundError,
            ConflictError,
            BadRequestError,
            ContentTooLargeError,
            UnsupportedMediaTypeError,
            UnprocessableContentError,
            TooManyRequestsError,
        ),
        201: describe_json_response(PlanView, "The new plan is finished (see its `outcome`).", _LOCATION_HEADER),
        202: describe_json_response(PlanView, "The new plan is accepted; it will be finished.", _LOCATION_HEADER),
    },
    openapi_extra=describe_json_body(register_schema(ReplanBody), fulfilment.REPLAN_EXAMPLES),
)
async def create_replan(
    plan: PlanName,
    request: Request,
    services: ServicesDependency,
    principal: PrincipalDependency,
    prefer: Annotated[
        str | None, Header(description="`wait=20` waits up to 20 seconds for the plan (RFC 7240).")
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(description="The same request sent again with this key gives the same plan, not another.")
    ] = None,
) -> Response:
    """A new plan, whose `base_plan` is this one: periods before `from` are fixed at what was reported, the rest is planned again.

    Shipments, swaps and what the centre handed over are taken as planned as far as outputs allow; what is missing falls on stocks,
    then on people, then on swaps and shipments. The new plan covers all periods and starts from the basis of this one.
    """
    replanning = ReplanService(services.store, PlanService(services.store, services.jobs, services.settings))
    require_json_body(request)
    submission = await get_body_reader(request).read_any_body(
        request, lambda raw: replanning.submit_replan(plan, raw, principal, idempotency_key), is_large=True
    )
    return await build_submission_response(submission, prefer, services)


def _build_response(
    view: BaseModel, rows: tuple[BaseModel, ...], row: type[BaseModel], kind: TableFormat, name: str
) -> Response:
    if kind == "json":
        return Response(view.model_dump_json(), headers={"Vary": "Accept"}, media_type="application/json")
    headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingResponse(stream_model_rows(name, row, rows, kind), headers=headers, media_type=MEDIA_TYPES[kind])
