"""`/v1/plans/{plan}/life` and the acts beside it: a route for each."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.base import ID_PATTERN
from models.parsing import validate_model
from service.access import may
from service.errors import Conflict, Invalid, Missing, Stale, TooLarge, Unreadable, WrongType, documented
from service.identity import Act
from service.life.schemas import ActBody, LifeView
from service.life.service import Lives
from service.life.transitions import TRANSITIONS
from service.web.bodies import decode, refuse_unless_json
from service.web.etags import IfMatch, quoted
from service.web.openapi import json_answer, json_body, schema_of
from service.web.services import PrincipalOf, ServicesOf

router = APIRouter(prefix="/v1/plans/{plan}", tags=["life"])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]

_TAGGED = {"ETag": "Entity tag: the version of its life."}

_TOLD: dict[Act, tuple[str, str]] = {
    "submit": (
        "Submit a plan",
        "The bureau hands a draft, or one that was returned, to the centre. It must have finished as optimal or feasible.",
    ),
    "return": ("Return a plan", "The centre hands a submitted plan back; the note says what is to be bettered."),
    "ratify": (
        "Ratify a plan",
        "The centre makes a submitted plan the plan: from then on the database lets nobody change it. `digest` names it.",
    ),
    "put-in-force": (
        "Put a plan in force",
        "A ratified plan becomes the one by which is worked; a province has one at a time.",
    ),
    "close": ("Close a plan", "The plan in force ends: its year is over, or another takes its place."),
}


@router.get(
    "/life",
    summary="Where a plan is in its life",
    dependencies=[may("read")],
    response_model=None,
    responses={**documented(Missing, Invalid), 200: json_answer(LifeView, "Its life.", _TAGGED)},
)
def read_life(plan: PlanName, services: ServicesOf, principal: PrincipalOf) -> Response:
    """State, version, digest, what was done by whom, and what you may do now."""
    return _answer(Lives(services.store).view(plan, principal))


def _add(act: Act) -> None:
    """Add the route of one act."""

    async def do(
        plan: PlanName,
        request: Request,
        services: ServicesOf,
        principal: PrincipalOf,
        if_match: IfMatch = None,
    ) -> Response:
        def read(raw: bytes) -> ActBody:
            if not raw:
                return ActBody()
            refuse_unless_json(request)
            return validate_model(ActBody, decode(raw))

        body = await services.bodies.take_any(request, read)
        lives = Lives(services.store)
        return _answer(await run_in_threadpool(lives.act, plan, act, principal, body.note, if_match))

    summary, description = _TOLD[act]
    extra: dict[str, Any] = json_body(
        schema_of(ActBody), {"noted": ("With a note", {"note": "As agreed in the meeting."})}
    )
    extra["requestBody"]["required"] = False
    router.add_api_route(
        f"/{act}",
        do,
        methods=["POST"],
        summary=summary,
        description=description,
        name=act.replace("-", "_"),
        operation_id=f"{act.replace('-', '_')}_plan",
        dependencies=[may(act)],
        response_model=None,
        responses={
            **documented(Missing, Conflict, Stale, Invalid, Unreadable, TooLarge, WrongType),
            200: json_answer(LifeView, "Done: its life now.", _TAGGED),
        },
        openapi_extra=extra,
    )


for _act in TRANSITIONS:
    _add(_act)


def _answer(view: LifeView) -> Response:
    return Response(
        view.model_dump_json(),
        headers={"ETag": quoted(str(view.version)), "Cache-Control": "private, no-cache"},
        media_type="application/json",
    )
