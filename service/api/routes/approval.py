"""`/v1/plans/{plan}/approval` and the acts beside it: a route for each."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.base import ID_PATTERN
from models.validation.parsing import validate_model
from service.api.dependencies import PrincipalDependency, ServicesDependency, get_body_reader
from service.api.openapi import describe_json_body, describe_json_response, register_schema
from service.api.permissions import require_permission
from service.api.request_bodies import require_json_body
from service.auth.principals import Permission
from service.core.errors import (
    BadRequestError,
    ConflictError,
    ContentTooLargeError,
    NotFoundError,
    PreconditionFailedError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.core.etags import IfMatch, quote_etag
from service.core.json_documents import decode_json_object
from service.domain.approval import ApprovalService
from service.domain.approval_transitions import TRANSITIONS
from service.domain.schemas.approval import ActBody, ApprovalView

router = APIRouter(prefix="/v1/plans/{plan}", tags=["approval"])

PlanName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The plan.")]

_ETAG_HEADER = {"ETag": "Entity tag: the version of its life."}

_ACT_DESCRIPTIONS: dict[Permission, tuple[str, str]] = {
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
    "/approval",
    summary="Where a plan is in its life",
    dependencies=[require_permission("read")],
    response_model=None,
    responses={
        **document_errors(NotFoundError, UnprocessableContentError),
        200: describe_json_response(ApprovalView, "Its life.", _ETAG_HEADER),
    },
)
def read_approval(plan: PlanName, services: ServicesDependency, principal: PrincipalDependency) -> Response:
    """State, version, digest, what was done by whom, and what you may do now."""
    return _build_response(ApprovalService(services.store).read_approval(plan, principal))


def _add_act_route(act: Permission) -> None:
    """Add the route of one act."""

    async def perform_act(
        plan: PlanName,
        request: Request,
        services: ServicesDependency,
        principal: PrincipalDependency,
        if_match: IfMatch = None,
    ) -> Response:
        def parse_act_body(raw: bytes) -> ActBody:
            if not raw:
                return ActBody()
            require_json_body(request)
            return validate_model(ActBody, decode_json_object(raw))

        body = await get_body_reader(request).read_any_body(request, parse_act_body)
        lives = ApprovalService(services.store)
        return _build_response(await run_in_threadpool(lives.perform_act, plan, act, principal, body.note, if_match))

    summary, description = _ACT_DESCRIPTIONS[act]
    extra: dict[str, Any] = describe_json_body(
        register_schema(ActBody), {"noted": ("With a note", {"note": "As agreed in the meeting."})}
    )
    extra["requestBody"]["required"] = False
    router.add_api_route(
        f"/approval/{act}",
        perform_act,
        methods=["POST"],
        summary=summary,
        description=description,
        name=act.replace("-", "_"),
        operation_id=f"{act.replace('-', '_')}_plan",
        dependencies=[require_permission(act)],
        response_model=None,
        responses={
            **document_errors(
                NotFoundError,
                ConflictError,
                PreconditionFailedError,
                UnprocessableContentError,
                BadRequestError,
                ContentTooLargeError,
                UnsupportedMediaTypeError,
            ),
            200: describe_json_response(ApprovalView, "Done: its life now.", _ETAG_HEADER),
        },
        openapi_extra=extra,
    )


for _act in TRANSITIONS:
    _add_act_route(_act)


def _build_response(view: ApprovalView) -> Response:
    return Response(
        view.model_dump_json(),
        headers={"ETag": quote_etag(str(view.version)), "Cache-Control": "private, no-cache"},
        media_type="application/json",
    )
