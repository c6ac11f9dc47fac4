"""`/v1/plans/{plan}/outputs` and `fulfilment`: what was made of a plan."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import StreamingResponse

from models.base import ID_PATTERN
from models.fulfilment import By, FulfilmentRow
from service.access import may
from service.errors import (
    Conflict,
    Invalid,
    Missing,
    NotAcceptable,
    TooLarge,
    TooMany,
    Unreadable,
    WrongType,
    documented,
)
from service.execution import examples
from service.execution.reading import read_raw, refuse_unless_report
from service.execution.replanning import Replanning
from service.execution.schemas import (
    Accepted,
    FulfilmentView,
    OutputList,
    OutputRow,
    OutputsBody,
    ReplanBody,
)
from service.execution.service import Execution
from service.execution.writing import written
from service.plans.routes import answer_to
from service.plans.schemas import PlanView
from service.plans.service import Plans
from service.sheets.kinds import SHEET_TYPES
from service.tables.formats import MEDIA_TYPES
from service.tables.schemas import TableFormat
from service.web.bodies import refuse_unless_json
from service.web.negotiation import wanted_format
from service.web.openapi import binary, json_answer, json_body, schema_of
from service.web.services import PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1/plans/{plan}", tags=["execution"])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]
Accept = Annotated[str | None, Header(description="Media types that you take; JSON if absent.")]
Format = Annotated[TableFormat | None, Query(description="The format, instead of `Accept`.")]
Chosen = Annotated[list[str], Query(max_length=1000, description="Only these; several by repeating it, all if absent.")]

_LOCATION = {"Location": "Where the plan is."}
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}


def _report_body() -> dict[str, Any]:
    """JSON, CSV or a workbook."""
    body = json_body(schema_of(OutputsBody), examples.OUTPUTS)
    body["requestBody"]["content"]["text/csv"] = {**_TEXT, "example": examples.CSV}
    body["requestBody"]["content"][SHEET_TYPES["xlsx"]] = binary()
    return body


def _listed(model: type[BaseModel], description: str) -> dict[str, Any]:
    """An answer in the formats of tables."""
    answer = json_answer(model, description)
    others = {media_type.partition(";")[0]: binary() for kind, media_type in MEDIA_TYPES.items() if kind != "json"}
    answer["content"] |= others | {"text/csv": _TEXT}
    return answer


@router.post(
    "/outputs",
    summary="Report outputs",
    status_code=201,
    dependencies=[may("report")],
    responses=documented(Missing, Conflict, Unreadable, TooLarge, WrongType, Invalid),
    openapi_extra=_report_body(),
)
async def report_outputs(plan: PlanName, request: Request, services: ServicesOf, principal: PrincipalOf) -> Accepted:
    """What factories made, as JSON, CSV or a workbook (columns `factory`, `item`, `period`, `quantity`). Taken whole or refused whole.

    A later report of the same line and period replaces the earlier; both are kept. Periods are reported in order: the next may
    be when of the one before something has been. Who has the role for one factory reports of that one
    alone: 403 for a report that names another. What is wrong is told all at once, by pointer (JSON) or row (CSV, workbook).
    """
    refuse_unless_report(request)
    stated, execution = request.headers.get("content-type"), Execution(services.store)
    return await services.bodies.take_any(
        request, lambda raw: execution.report(plan, read_raw(raw, stated, services.settings), principal), big=True
    )


@router.get(
    "/outputs",
    summary="Read reported outputs",
    dependencies=[may("read")],
    response_model=None,
    responses={**documented(Missing, NotAcceptable, Invalid), 200: _listed(OutputList, "The outputs.")},
)
def read_outputs(
    plan: PlanName,
    services: ServicesOf,
    factory: Chosen = [],  # noqa: B006
    item: Chosen = [],  # noqa: B006
    period: Chosen = [],  # noqa: B006
    history: Annotated[bool, Query(description="Every revision, instead of the last of each line and period.")] = False,
    limit: Annotated[int | None, Query(ge=1, le=100_000, description="Outputs at most; all if absent.")] = None,
    offset: Annotated[int, Query(ge=0, le=2**31 - 1, description="Outputs passed over.")] = 0,
    format: Format = None,  # noqa: A002
    accept: Accept = None,
) -> Response:
    """Outputs as they were reported, with who did so and when."""
    chosen = {"factory": factory, "item": item, "period": period}
    kind = wanted_format(format, accept, MEDIA_TYPES)
    found = Execution(services.store).outputs(plan, limit, offset, history=history, **chosen)
    return _answer(found, found.outputs, OutputRow, kind, "outputs")


@router.get(
    "/fulfilment",
    summary="Read how a plan is fulfilled",
    dependencies=[may("read")],
    response_model=None,
    responses={
        **documented(Missing, Conflict, NotAcceptable, Invalid),
        200: _listed(FulfilmentView, "Fulfilment, worst first."),
    },
)
def read_fulfilment(
    plan: PlanName,
    services: ServicesOf,
    by: Annotated[By, Query(description="What it is rolled up by; `county`: where the factory stands.")] = "factory",
    through: Annotated[
        str | None,
        Query(pattern=ID_PATTERN, max_length=100, description="Last period that counts; the last reported if absent."),
    ] = None,
    format: Format = None,  # noqa: A002
    accept: Accept = None,
) -> Response:
    """What was made against the quotas, by value, ranked for the centre's review. What is not reported is not taken for zero."""
    kind = wanted_format(format, accept, MEDIA_TYPES)
    view = Execution(services.store).fulfilment(plan, by, through)
    return _answer(view, view.rows, FulfilmentRow, kind, f"fulfilment-{by}")


@router.post(
    "/replan",
    summary="Plan the rest again",
    dependencies=[may("draft")],
    response_model=None,
    responses={
        **documented(Missing, Conflict, Unreadable, TooLarge, WrongType, Invalid, TooMany),
        201: json_answer(PlanView, "The new plan is finished (see its `outcome`).", _LOCATION),
        202: json_answer(PlanView, "The new plan is accepted; it will be finished.", _LOCATION),
    },
    openapi_extra=json_body(schema_of(ReplanBody), examples.REPLAN),
)
async def plan_again(
    plan: PlanName,
    request: Request,
    services: ServicesOf,
    principal: PrincipalOf,
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
    replanning = Replanning(services.store, Plans(services.store, services.jobs, services.settings))
    refuse_unless_json(request)
    submission = await services.bodies.take_any(
        request, lambda raw: replanning.submit(plan, raw, principal, idempotency_key), big=True
    )
    return await answer_to(submission, prefer, services)


def _answer(
    view: BaseModel, rows: tuple[BaseModel, ...], row: type[BaseModel], kind: TableFormat, name: str
) -> Response:
    if kind == "json":
        return Response(view.model_dump_json(), headers={"Vary": "Accept"}, media_type="application/json")
    headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingResponse(written(name, row, rows, kind), headers=headers, media_type=MEDIA_TYPES[kind])
