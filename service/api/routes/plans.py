"""`/v1/plans`: create, list, read, cancel and follow plans."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from models.base import ID_PATTERN
from models.problem.planning_problem import PlanningProblem
from service.api.admission import (
    hold_stream_slot,
    run_in_change_thread,
    run_in_heavy_thread,
    run_while_connected,
)
from service.api.dependencies import (
    CallerDependency,
    PlanName,
    PlanServiceDependency,
    PrincipalDependency,
    ServicesDependency,
)
from service.api.error_handlers import StreamEndedError
from service.api.event_streams import end_when_refused, is_still_permitted
from service.api.openapi import describe_headers
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, RequestBody
from service.api.routing import ApiRouter
from service.api.submission_responses import build_submission_response
from service.core.errors import (
    BODY_ERRORS,
    ConflictError,
    NotFoundError,
    TooManyRequestsError,
    UnprocessableContentError,
    document_errors,
)
from service.core.etags import IfNoneMatch, matches_etag, quote_etag
from service.domain.container import Services
from service.domain.plan_view import ProgramFormat, build_plan_view, format_program
from service.domain.schemas.plans import PlanBody, PlanEvent, PlanList, PlanStatus, PlanView, SheetsQuery
from service.observability.damage import report_damage
from service.storage.plan_requests import Submission
from service.storage.records import PlanRecord

router = ApiRouter(prefix="/v1/plans", tags=["plans"])

PreferHeader = Annotated[
    str | None,
    Header(description="`wait=20` waits up to 20 seconds for the plan (RFC 7240).", examples=["wait=20"]),
]
IdempotencyHeader = Annotated[
    str | None,
    Header(description="A key of your choice. A repeated request with the same key gives the same plan."),
]

_CANCEL_WAIT_SECONDS = 2.0
"""Seconds that DELETE waits for a running plan to end."""

_LOCATION = describe_headers({"Location": "Address of the plan."})
_ETAG = describe_headers({"ETag": "Entity tag: the digest of the problem."})

SUBMISSION_RESPONSES: dict[int | str, dict[str, Any]] = {
    201: {"description": "The plan is finished; see its `outcome`.", "headers": _LOCATION},
    202: {"model": PlanView, "description": "The plan is accepted and will be finished.", "headers": _LOCATION},
}
"""Answers of operations that create a plan."""


@router.post(
    "",
    summary="Create a plan",
    status_code=201,
    response_model=PlanView,
    dependencies=[require_permission("draft")],
    responses={**document_errors(*BODY_ERRORS, ConflictError, TooManyRequestsError), **SUBMISSION_RESPONSES},
)
async def create_plan(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(PlanBody, spreadsheets=True))],
    services: ServicesDependency,
    plans: PlanServiceDependency,
    principal: PrincipalDependency,
    sheets_query: Annotated[SheetsQuery, Query()],
    prefer: PreferHeader = None,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Plan a problem in the body, a stored province in a scenario with changes, or a workbook or zip of CSV files.

    Without `Prefer: wait=N` the answer is 202 at once. Follow the plan at its `/events`, or read the plan until its `status`
    is `finished`. An infeasible problem is not an error: the plan finishes as `infeasible` and explains the conflict.
    """
    submission = await body.process_in_thread(
        lambda raw: plans.submit_body(raw, principal, idempotency_key, body.spreadsheet_kind, sheets_query)
    )
    return await build_plan_submission_response(submission, prefer, services)


@router.get(
    "",
    summary="List plans",
    dependencies=[require_permission("read")],
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def list_plans(
    plans: PlanServiceDependency,
    services: ServicesDependency,
    principal: PrincipalDependency,
    response: Response,
    status: Annotated[list[PlanStatus], Query(max_length=4, description="Only plans of these states.")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=500, description="Maximum number of plans on a page.")] = 50,
    before: Annotated[
        str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only plans older than this one.")
    ] = None,
) -> PlanList:
    """List plans, newest first. `next` and the `Link` header lead to the next page."""
    page = plans.list_plans(principal, status, before, limit)
    for plan in page.damaged:
        report_damage(services.metrics, "plan", plan, "it cannot be read; the list leaves it out")
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
    """Read a plan without its tables: its progress and its estimate, and once it is finished its outcome, certificate, objective and summary.

    The `ETag` of a finished plan is the version of its approval, for the `If-Match` of the acts of the approval workflow.
    """
    shown, version = plans.read_plan(plan)
    if shown.status == "finished":
        response.headers["ETag"] = quote_etag(str(version))
    return shown


@router.delete(
    "/{plan}",
    summary="Cancel a plan",
    dependencies=[require_permission("draft")],
    response_model=PlanView,
    response_description="The plan has ended.",
    responses={
        **document_errors(NotFoundError, ConflictError, UnprocessableContentError),
        202: {"model": PlanView, "description": "The plan is about to end."},
    },
)
async def cancel_plan(
    plan: PlanName, services: ServicesDependency, plans: PlanServiceDependency, caller: CallerDependency
) -> Response:
    """Cancel a plan that waits or runs; a running plan ends within about a second. Finished plans are kept: 409."""
    record = await run_in_change_thread(partial(plans.cancel_plan, plan, caller))
    if not record.is_final:
        record = await services.jobs.wait_until_final(plan, _CANCEL_WAIT_SECONDS)
    return _build_plan_response(record, 200 if record.is_final else 202, {})


LastEventHeader = Annotated[
    int, Header(ge=0, le=2**31 - 1, description="Number of the last event you have; later events follow.")
]


def _require_open_stream(plan: PlanName, services: ServicesDependency, last_event_id: LastEventHeader = 0) -> str:
    """Return the identifier of a stored plan; NotFoundError before a stream begins rather than within it.

    Raises StreamEndedError if the plan has ended and no event follows.
    """
    record = services.jobs.read_plan(plan)
    if record.is_final and not services.jobs.read_events(plan, last_event_id):
        raise StreamEndedError
    return record.id


@router.get(
    "/{plan}/events",
    summary="Follow a plan",
    dependencies=[require_permission("read"), Depends(hold_stream_slot)],
    response_class=EventSourceResponse,
    responses={
        **document_errors(NotFoundError, TooManyRequestsError, UnprocessableContentError),
        204: {"description": "The plan has ended, and you have its last event: do not connect again."},
    },
)
async def stream_plan_events(
    request: Request,
    plan: Annotated[str, Depends(_require_open_stream)],
    services: ServicesDependency,
    last_event_id: LastEventHeader = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Stream the events of a plan: `queued`, `started`, `estimate`, `progress`, `retried`, `cancelling`, `finished`.

    Every event has a number. A client that reconnects with `Last-Event-ID` misses nothing. The stream ends with `finished`;
    after that the answer is 204. It also ends within seconds once the key is revoked or expires, or the token expires.
    """
    events = services.jobs.follow_events(plan, last_event_id)
    async for event in end_when_refused(events, partial(is_still_permitted, request, services)):
        reported = PlanEvent(plan=plan, kind=event.kind, at=event.at, data=dict(event.data))
        yield ServerSentEvent(raw_data=reported.model_dump_json(), event=event.kind, id=str(event.seq))


@router.get(
    "/{plan}/problem",
    summary="Read the problem of a plan",
    dependencies=[require_permission("read")],
    response_model=PlanningProblem,
    responses={
        **document_errors(NotFoundError, UnprocessableContentError),
        200: {"description": "The problem, with the scenario and all changes applied.", "headers": _ETAG},
        304: {"description": "Your copy is current.", "headers": _ETAG},
    },
)
def read_plan_problem(plan: PlanName, plans: PlanServiceDependency, if_none_match: IfNoneMatch = None) -> Response:
    """Read the problem of a plan with all changes applied. Absent fields have their default values."""
    problem, digest = plans.read_problem(plan)
    headers = {"ETag": quote_etag(digest), "Cache-Control": "private, max-age=3600"}
    if matches_etag(if_none_match, digest):
        return Response(status_code=304, headers=headers)
    return Response(problem, headers=headers, media_type="application/json")


@router.get(
    "/{plan}/export.{kind}",
    summary="Export the linear program of a plan",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, UnprocessableContentError),
        200: {
            "description": "The linear program in a text format of solvers.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
    },
)
async def export_program(
    request: Request,
    plan: PlanName,
    kind: Annotated[
        ProgramFormat, Path(description="`mps` keeps every digit; `lp` is easier to read.", examples=["lp"])
    ],
    plans: PlanServiceDependency,
) -> Response:
    """Export the linear program without its ordered goals: minimize weighted shortage and costs under all constraints."""

    def format_text() -> str:
        return format_program(plans.read_problem(plan)[0], kind)

    text = await run_while_connected(request, partial(run_in_heavy_thread, format_text))
    return Response(
        text,
        headers={"Content-Disposition": f'attachment; filename="{plan}.{kind}"'},
        media_type="text/plain; charset=utf-8",
    )


async def build_plan_submission_response(submission: Submission, prefer: str | None, services: Services) -> Response:
    """Answer a request that created a plan, after waiting as long as `Prefer` asks and the settings allow."""
    return await build_submission_response(
        submission.plan,
        f"/v1/plans/{submission.plan.id}",
        build_view=build_plan_view,
        wait_until_final=services.jobs.wait_until_final,
        prefer=prefer,
        max_wait_seconds=services.settings.max_wait_seconds,
    )


def _build_plan_response(record: PlanRecord, status: int, headers: dict[str, str]) -> Response:
    return Response(
        build_plan_view(record).model_dump_json(by_alias=True), status, headers, media_type="application/json"
    )
