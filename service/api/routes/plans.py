"""`/v1/plans`: the routes, but for tables."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from models.base import ID_PATTERN
from models.problem.planning_problem import PlanningProblem
from service.api.dependencies import CallerDependency, PrincipalDependency, ServicesDependency, get_body_reader
from service.api.examples import plans
from service.api.openapi import describe_headers, describe_json_body, describe_json_response, register_schema
from service.api.permissions import require_permission
from service.core.errors import (
    BadRequestError,
    ConflictError,
    ContentTooLargeError,
    NotFoundError,
    TooManyRequestsError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.core.etags import IfNoneMatch, matches_etag, quote_etag
from service.domain.container import Services
from service.domain.plan_export import ProgramFormat, format_program
from service.domain.plan_view import build_plan_view
from service.domain.plans import PlanService, parse_wait_seconds
from service.domain.schemas.plans import PlanBody, PlanEvent, PlanList, PlanStatus, PlanView, SheetsQuery
from service.spreadsheets.file_kinds import detect_spreadsheet_kind
from service.storage.plan_requests import Submission
from service.storage.records import PlanRecord

router = APIRouter(prefix="/v1/plans", tags=["plans"])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]

_CANCEL_WAIT_SECONDS = 2.0
"""Seconds that DELETE waits for a running plan to end."""

_LOCATION_HEADER = {"Location": "Where the plan is."}
_ETAG_HEADER = {"ETag": "Entity tag: the digest of the problem."}


async def _provide_plan_service(services: ServicesDependency) -> PlanService:
    return PlanService(services.store, services.jobs, services.settings)


PlanServiceDependency = Annotated[PlanService, Depends(_provide_plan_service)]


@router.post(
    "",
    summary="Make a plan",
    status_code=201,
    dependencies=[require_permission("draft")],
    response_model=None,
    responses={
        **document_errors(
            BadRequestError,
            ConflictError,
            ContentTooLargeError,
            UnsupportedMediaTypeError,
            UnprocessableContentError,
            TooManyRequestsError,
        ),
        201: describe_json_response(PlanView, "The plan is finished (see its `outcome`).", _LOCATION_HEADER),
        202: describe_json_response(
            PlanView, "The plan is accepted; it will be finished, whatever happens to this service.", _LOCATION_HEADER
        ),
    },
    openapi_extra=describe_json_body(register_schema(PlanBody), plans.PLAN_EXAMPLES, allow_spreadsheets=True),
)
async def create_plan(
    request: Request,
    services: ServicesDependency,
    plans: PlanServiceDependency,
    principal: PrincipalDependency,
    sheets_query: Annotated[SheetsQuery, Query()],
    prefer: Annotated[
        str | None,
        Header(description="`wait=20` waits up to 20 seconds for the plan (RFC 7240).", examples=["wait=20"]),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(description="A key of yours: the same request sent again with it gives the same plan, not another."),
    ] = None,
) -> Response:
    """Plan a problem that is written out, a province in a scenario with changes, or a workbook or zip of CSV, in a scenario of its own.

    Without `Prefer: wait=N` the answer is 202 at once; follow the plan at its `/events` or read it until its `status` is
    `finished`. Rules that cannot hold together are no error: the plan finishes as `infeasible` and says why.
    """
    kind = detect_spreadsheet_kind(request)
    submission = await get_body_reader(request).read_json_body(
        request,
        lambda raw: plans.submit_body(raw, principal, idempotency_key, kind, sheets_query),
        allow_spreadsheets=True,
    )
    return await build_submission_response(submission, prefer, services)


@router.get(
    "",
    summary="List plans",
    dependencies=[require_permission("read")],
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def list_plans(
    plans: PlanServiceDependency,
    principal: PrincipalDependency,
    response: Response,
    status: Annotated[list[PlanStatus], Query(max_length=4, description="Only plans of these states.")] = [],
    limit: Annotated[int, Query(ge=1, le=500, description="Plans on a page at most.")] = 50,
    before: Annotated[
        str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only plans older than this one.")
    ] = None,
) -> PlanList:
    """Plans, newest first. `next` (and the `Link` header) leads to the next page."""
    page = plans.list_plans(principal, status, before, limit)
    if page.next:
        response.headers["Link"] = f'<{page.next}>; rel="next"'
    return page


@router.get(
    "/{plan}",
    summary="Read a plan",
    dependencies=[require_permission("read")],
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def read_plan(plan: PlanName, plans: PlanServiceDependency, response: Response) -> PlanView:
    """A plan without its tables: how far it is, and once it is finished its outcome, proof, objective and summary.

    The `ETag` of a finished plan is the version of its life, for the `If-Match` of its acts.
    """
    shown, version = plans.read_plan(plan)
    if shown.status == "finished":
        response.headers["ETag"] = quote_etag(str(version))
    return shown


@router.delete(
    "/{plan}",
    summary="Cancel a plan",
    dependencies=[require_permission("draft")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, ConflictError, UnprocessableContentError),
        200: describe_json_response(PlanView, "The plan has ended."),
        202: describe_json_response(PlanView, "The plan is about to end."),
    },
)
async def cancel_plan(
    plan: PlanName, services: ServicesDependency, plans: PlanServiceDependency, caller: CallerDependency
) -> Response:
    """End a plan that waits or runs; a running one ends within a second or so. Finished plans are kept: 409."""
    record = await run_in_threadpool(plans.cancel_plan, plan, caller)
    if not record.is_final:
        record = await services.jobs.wait_until_final(plan, _CANCEL_WAIT_SECONDS)
    return _build_plan_response(record, 200 if record.is_final else 202, {})


def _require_existing_plan(plan: PlanName, services: ServicesDependency) -> str:
    """The plan's identifier; NotFound before a stream begins rather than within it."""
    return services.jobs.read_plan(plan).id


@router.get(
    "/{plan}/events",
    summary="Follow a plan",
    dependencies=[require_permission("read")],
    response_class=EventSourceResponse,
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
async def stream_plan_events(
    plan: Annotated[str, Depends(_require_existing_plan)],
    services: ServicesDependency,
    last_event_id: Annotated[
        int, Header(ge=0, le=2**31 - 1, description="Number of the last event you have; those after it follow.")
    ] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """What happens to a plan, as server-sent events: `queued`, `started`, `progress`, `retried`, `cancelling`, `finished`.

    Every event has a number; a reader that comes back with `Last-Event-ID` misses nothing. The stream ends with `finished`.
    """
    async for event in services.jobs.follow_events(plan, last_event_id):
        reported = PlanEvent(plan=plan, kind=event.kind, at=event.at, data=dict(event.data))
        yield ServerSentEvent(raw_data=reported.model_dump_json(), event=event.kind, id=str(event.seq))


@router.get(
    "/{plan}/problem",
    summary="Read a plan's problem",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, UnprocessableContentError),
        200: describe_json_response(
            PlanningProblem, "The problem, with the scenario and all changes applied.", _ETAG_HEADER
        ),
        304: {"description": "You have it already.", "headers": describe_headers(_ETAG_HEADER)},
    },
)
def read_plan_problem(plan: PlanName, plans: PlanServiceDependency, if_none_match: IfNoneMatch = None) -> Response:
    """The problem that the plan plans, with all changes applied. Fields left out have their default values."""
    problem, digest = plans.read_problem(plan)
    headers = {"ETag": quote_etag(digest), "Cache-Control": "private, max-age=3600"}
    if matches_etag(if_none_match, digest):
        return Response(status_code=304, headers=headers)
    return Response(problem, headers=headers, media_type="application/json")


@router.get(
    "/{plan}/export.{kind}",
    summary="Read a plan's linear program",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, UnprocessableContentError),
        200: {
            "description": "The program as text that other solvers read.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
    },
)
async def export_program(
    request: Request,
    plan: PlanName,
    kind: Annotated[ProgramFormat, Path(description="`mps`: every digit kept. `lp`: for the eye.", examples=["lp"])],
    plans: PlanServiceDependency,
) -> Response:
    """The program of the plan without its ordered goals: minimise weighted shortage and costs under every rule."""

    def format_text() -> str:
        return format_program(plans.read_problem(plan)[0], kind)

    text = await get_body_reader(request).run_in_limited_thread(format_text)
    return Response(
        text,
        headers={"Content-Disposition": f'attachment; filename="{plan}.{kind}"'},
        media_type="text/plain; charset=utf-8",
    )


async def build_submission_response(submission: Submission, prefer: str | None, services: Services) -> Response:
    """The answer to whoever asked for a plan: at once, or when it is finished as far as `Prefer` says to wait."""
    record, seconds = submission.plan, parse_wait_seconds(prefer, services.settings.max_wait_seconds)
    if seconds and not record.is_final:
        record = await services.jobs.wait_until_final(record.id, seconds)
    headers = {"Location": f"/v1/plans/{record.id}"}
    if seconds:
        headers["Preference-Applied"] = f"wait={seconds:g}"
    return _build_plan_response(record, 201 if record.is_final else 202, headers)


def _build_plan_response(record: PlanRecord, status: int, headers: dict[str, str]) -> Response:
    return Response(
        build_plan_view(record).model_dump_json(by_alias=True), status, headers, media_type="application/json"
    )
