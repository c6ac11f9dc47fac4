"""`/v1/plans`: the routes, but for tables."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from models.base import ID_PATTERN
from models.problem import PlanningProblem
from service.access import may
from service.errors import (
    Conflict,
    Invalid,
    Missing,
    TooLarge,
    TooMany,
    Unreadable,
    WrongType,
    documented,
)
from service.jobs import Submission
from service.plans import examples
from service.plans.export import ProgramFormat, program_text
from service.plans.schemas import BesideSheets, PlanBody, PlanEvent, PlanList, PlanStatus, PlanView
from service.plans.service import Plans, wait_of
from service.plans.view import view
from service.sheets.kinds import sheets_of
from service.storage import PlanRecord
from service.web.etags import IfNoneMatch, names, quoted
from service.web.openapi import described, json_answer, json_body, schema_of
from service.web.services import Caller, PrincipalOf, Services, ServicesOf

router = APIRouter(prefix="/v1/plans", tags=["plans"])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]

_CANCEL_SECONDS = 2.0
"""Seconds that DELETE waits for a running plan to end."""

_LOCATION = {"Location": "Where the plan is."}
_TAGGED = {"ETag": "Entity tag: the digest of the problem."}


async def _plans(services: ServicesOf) -> Plans:
    return Plans(services.store, services.jobs, services.settings)


PlansOf = Annotated[Plans, Depends(_plans)]


@router.post(
    "",
    summary="Make a plan",
    status_code=201,
    dependencies=[may("draft")],
    response_model=None,
    responses={
        **documented(Unreadable, Conflict, TooLarge, WrongType, Invalid, TooMany),
        201: json_answer(PlanView, "The plan is finished (see its `outcome`).", _LOCATION),
        202: json_answer(
            PlanView, "The plan is accepted; it will be finished, whatever happens to this service.", _LOCATION
        ),
    },
    openapi_extra=json_body(schema_of(PlanBody), examples.POST, sheets=True),
)
async def make_plan(
    request: Request,
    services: ServicesOf,
    plans: PlansOf,
    principal: PrincipalOf,
    beside: Annotated[BesideSheets, Query()],
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
    kind = sheets_of(request)
    submission = await services.bodies.take(
        request, lambda raw: plans.submit(raw, principal, idempotency_key, kind, beside), sheets=True
    )
    return await answer_to(submission, prefer, services)


@router.get("", summary="List plans", dependencies=[may("read")], responses=documented(Missing, Invalid))
def list_plans(
    plans: PlansOf,
    principal: PrincipalOf,
    response: Response,
    status: Annotated[list[PlanStatus], Query(max_length=4, description="Only plans of these states.")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=500, description="Plans on a page at most.")] = 50,
    before: Annotated[
        str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only plans older than this one.")
    ] = None,
) -> PlanList:
    """Plans, newest first. `next` (and the `Link` header) leads to the next page."""
    page = plans.list(principal, status, before, limit)
    if page.next:
        response.headers["Link"] = f'<{page.next}>; rel="next"'
    return page


@router.get("/{plan}", summary="Read a plan", dependencies=[may("read")], responses=documented(Missing, Invalid))
def read_plan(plan: PlanName, plans: PlansOf, response: Response) -> PlanView:
    """A plan without its tables: how far it is, and once it is finished its outcome, proof, objective and summary.

    The `ETag` of a finished plan is the version of its life, for the `If-Match` of its acts.
    """
    shown, version = plans.view(plan)
    if shown.status == "finished":
        response.headers["ETag"] = quoted(str(version))
    return shown


@router.delete(
    "/{plan}",
    summary="Cancel a plan",
    dependencies=[may("draft")],
    response_model=None,
    responses={
        **documented(Missing, Conflict, Invalid),
        200: json_answer(PlanView, "The plan has ended."),
        202: json_answer(PlanView, "The plan is about to end."),
    },
)
async def cancel_plan(plan: PlanName, services: ServicesOf, plans: PlansOf, caller: Caller) -> Response:
    """End a plan that waits or runs; a running one ends within a second or so. Finished plans are kept: 409."""
    record = await run_in_threadpool(plans.cancel, plan, caller)
    if not record.final:
        record = await services.jobs.wait(plan, _CANCEL_SECONDS)
    return _answer(record, 200 if record.final else 202, {})


def _existing(plan: PlanName, services: ServicesOf) -> str:
    """The plan's identifier; NotFound before a stream begins rather than within it."""
    return services.jobs.plan(plan).id


@router.get(
    "/{plan}/events",
    summary="Follow a plan",
    dependencies=[may("read")],
    response_class=EventSourceResponse,
    responses=documented(Missing, Invalid),
)
async def follow_plan(
    plan: Annotated[str, Depends(_existing)],
    services: ServicesOf,
    last_event_id: Annotated[
        int, Header(ge=0, le=2**31 - 1, description="Number of the last event you have; those after it follow.")
    ] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """What happens to a plan, as server-sent events: `queued`, `started`, `progress`, `retried`, `cancelling`, `finished`.

    Every event has a number; a reader that comes back with `Last-Event-ID` misses nothing. The stream ends with `finished`.
    """
    async for event in services.jobs.follow(plan, last_event_id):
        told = PlanEvent(plan=plan, kind=event.kind, at=event.at, data=dict(event.data))
        yield ServerSentEvent(raw_data=told.model_dump_json(), event=event.kind, id=str(event.seq))


@router.get(
    "/{plan}/problem",
    summary="Read a plan's problem",
    dependencies=[may("read")],
    response_model=None,
    responses={
        **documented(Missing, Invalid),
        200: json_answer(PlanningProblem, "The problem, with the scenario and all changes applied.", _TAGGED),
        304: {"description": "You have it already.", "headers": described(_TAGGED)},
    },
)
def read_problem(plan: PlanName, plans: PlansOf, if_none_match: IfNoneMatch = None) -> Response:
    """The problem that the plan plans, with all changes applied. Fields left out have their default values."""
    problem, digest = plans.problem(plan)
    headers = {"ETag": quoted(digest), "Cache-Control": "private, max-age=3600"}
    if names(if_none_match, digest):
        return Response(status_code=304, headers=headers)
    return Response(problem, headers=headers, media_type="application/json")


@router.get(
    "/{plan}/export.{kind}",
    summary="Read a plan's linear program",
    dependencies=[may("read")],
    response_model=None,
    responses={
        **documented(Missing, Invalid),
        200: {
            "description": "The program as text that other solvers read.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
    },
)
async def export_program(
    plan: PlanName,
    kind: Annotated[ProgramFormat, Path(description="`mps`: every digit kept. `lp`: for the eye.", examples=["lp"])],
    services: ServicesOf,
    plans: PlansOf,
) -> Response:
    """The program of the plan without its ordered goals: minimise weighted shortage and costs under every rule."""

    def work() -> str:
        return program_text(plans.problem(plan)[0], kind)

    text = await services.bodies.apart(work)
    return Response(
        text,
        headers={"Content-Disposition": f'attachment; filename="{plan}.{kind}"'},
        media_type="text/plain; charset=utf-8",
    )


async def answer_to(submission: Submission, prefer: str | None, services: Services) -> Response:
    """The answer to whoever asked for a plan: at once, or when it is finished as far as `Prefer` says to wait."""
    record, seconds = submission.plan, wait_of(prefer, services.settings.max_wait_seconds)
    if seconds and not record.final:
        record = await services.jobs.wait(record.id, seconds)
    headers = {"Location": f"/v1/plans/{record.id}"}
    if seconds:
        headers["Preference-Applied"] = f"wait={seconds:g}"
    return _answer(record, 201 if record.final else 202, headers)


def _answer(record: PlanRecord, status: int, headers: dict[str, str]) -> Response:
    return Response(view(record).model_dump_json(by_alias=True), status, headers, media_type="application/json")
