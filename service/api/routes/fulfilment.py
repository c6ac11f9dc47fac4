"""`/v1/plans/{plan}/outputs`, `fulfilment` and `replan`: the execution of a plan."""

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Response
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN
from models.fulfilment import FulfilmentGrouping, FulfilmentRow
from service.api.admission import stream_in_threads
from service.api.body_examples import CSV_EXAMPLE
from service.api.dependencies import PlanName, PlanServiceDependency, PrincipalDependency, ServicesDependency
from service.api.negotiation import negotiate_format
from service.api.openapi import describe_binary
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, RequestBody
from service.api.routes.plans import (
    SUBMISSION_RESPONSES,
    IdempotencyHeader,
    PreferHeader,
    build_plan_submission_response,
)
from service.api.routing import ApiRouter
from service.core.errors import (
    BODY_ERRORS,
    ConflictError,
    NotAcceptableError,
    NotFoundError,
    TooManyRequestsError,
    UnprocessableContentError,
    document_errors,
)
from service.domain.fulfilment import FulfilmentService, stream_model_rows
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
from service.spreadsheets.table_formats import MEDIA_TYPES, TableFormat

router = ApiRouter(prefix="/v1/plans/{plan}", tags=["fulfilment"])

AcceptHeader = Annotated[str | None, Header(description="Accepted media types; JSON if absent.")]
FormatQuery = Annotated[TableFormat | None, Query(description="The format, instead of `Accept`.")]
BomQuery = Annotated[
    bool, Query(description="CSV only: whether a byte order mark stands first, by which Excel recognizes UTF-8.")
]
FilterValues = Annotated[
    list[str], Query(max_length=1000, description="Only these; repeat the parameter for several; all if absent.")
]

_TABLE_CONTENT: dict[str, Any] = {
    media_type.partition(";")[0]: describe_binary() for kind, media_type in MEDIA_TYPES.items() if kind != "json"
} | {"text/csv": {"schema": {"type": "string"}}}


@router.post(
    "/outputs",
    summary="Report outputs",
    status_code=201,
    dependencies=[require_permission("report")],
    responses=document_errors(*BODY_ERRORS, NotFoundError, ConflictError),
)
async def report_outputs(
    plan: PlanName,
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(OutputsBody, csv_example=CSV_EXAMPLE))],
    services: ServicesDependency,
    principal: PrincipalDependency,
) -> AcceptedReport:
    """Report what factories made as JSON, CSV or a workbook with the columns `factory`, `item`, `period`, `quantity`.

    The service accepts a report as a whole or rejects it as a whole, with all findings by pointer (JSON) or row (CSV, workbook).
    A later report of the same line and period replaces the earlier one; both are kept. Periods are reported in order. A caller
    with the role for one factory may report only that factory; other reports get 403.
    """
    fulfilment = FulfilmentService(services.store)
    return await body.process_in_thread(
        lambda raw: fulfilment.accept_report(
            plan, read_raw_report(raw, body.content_type, services.settings), principal
        )
    )


@router.get(
    "/outputs",
    summary="Read reported outputs",
    dependencies=[require_permission("read")],
    response_model=OutputList,
    responses={
        **document_errors(NotFoundError, NotAcceptableError, UnprocessableContentError),
        200: {"description": "The outputs.", "content": _TABLE_CONTENT},
    },
)
def read_outputs(
    plan: PlanName,
    services: ServicesDependency,
    factory: FilterValues = [],  # noqa: B006
    item: FilterValues = [],  # noqa: B006
    period: FilterValues = [],  # noqa: B006
    history: Annotated[bool, Query(description="Every revision, not only the last of each line and period.")] = False,
    limit: Annotated[
        int | None, Query(ge=1, le=100_000, description="Maximum number of outputs; all if absent.")
    ] = None,
    offset: Annotated[int, Query(ge=0, le=2**31 - 1, description="Number of outputs to skip.")] = 0,
    format: FormatQuery = None,  # noqa: A002
    bom: BomQuery = False,
    accept: AcceptHeader = None,
) -> Response:
    """Read reported outputs with their reporter and time."""
    chosen = {"factory": factory, "item": item, "period": period}
    kind = negotiate_format(format, accept, MEDIA_TYPES)
    found = FulfilmentService(services.store).list_outputs(plan, limit, offset, history=history, **chosen)
    return _build_response(found, found.outputs, OutputRow, kind, "outputs", bom=bom)


@router.get(
    "/fulfilment",
    summary="Read the fulfilment of a plan",
    dependencies=[require_permission("read")],
    response_model=FulfilmentView,
    responses={
        **document_errors(NotFoundError, ConflictError, NotAcceptableError, UnprocessableContentError),
        200: {"description": "Fulfilment, the lowest first.", "content": _TABLE_CONTENT},
    },
)
def read_fulfilment(
    plan: PlanName,
    services: ServicesDependency,
    by: Annotated[
        FulfilmentGrouping, Query(description="Grouping of the rows; `county` is the county of the factory.")
    ] = "factory",
    through: Annotated[
        str | None,
        Query(pattern=ID_PATTERN, max_length=100, description="Last period that counts; the last reported if absent."),
    ] = None,
    format: FormatQuery = None,  # noqa: A002
    bom: BomQuery = False,
    accept: AcceptHeader = None,
) -> Response:
    """Compare outputs with quotas, by value, ranked for the centre's review. An unreported output does not count as zero."""
    kind = negotiate_format(format, accept, MEDIA_TYPES)
    view = FulfilmentService(services.store).compute_fulfilment(plan, by, through)
    return _build_response(view, view.rows, FulfilmentRow, kind, f"fulfilment-{by}", bom=bom)


@router.post(
    "/replan",
    summary="Plan the remaining periods again",
    status_code=201,
    dependencies=[require_permission("draft")],
    response_model=PlanView,
    responses={
        **document_errors(*BODY_ERRORS, NotFoundError, ConflictError, TooManyRequestsError),
        **SUBMISSION_RESPONSES,
    },
)
async def create_replan(
    plan: PlanName,
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(ReplanBody))],
    services: ServicesDependency,
    plans: PlanServiceDependency,
    principal: PrincipalDependency,
    prefer: PreferHeader = None,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Create a plan whose `base_plan` is this one: it fixes the periods before `from` at the reported outputs and plans the rest.

    Shipments, swaps and central deliveries of the past follow the plan as far as outputs allow. A deficit reduces stocks first,
    then what people receive, then swaps and shipments. The new plan covers all periods and starts from the basis of this one.
    """
    replanning = ReplanService(services.store, plans)
    submission = await body.process_in_thread(
        lambda raw: replanning.submit_replan(plan, raw, principal, idempotency_key)
    )
    return await build_plan_submission_response(submission, prefer, services)


def _build_response(
    view: BaseModel, rows: tuple[BaseModel, ...], row: type[BaseModel], kind: TableFormat, name: str, *, bom: bool
) -> Response:
    if kind == "json":
        return Response(view.model_dump_json(), headers={"Vary": "Accept"}, media_type="application/json")
    headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingResponse(
        stream_in_threads(stream_model_rows(name, row, rows, kind, bom=bom), is_heavy=kind == "xlsx"),
        headers=headers,
        media_type=MEDIA_TYPES[kind],
    )
