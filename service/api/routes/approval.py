"""`/v1/plans/{plan}/approval`: the approval workflow, one route for each act."""

from fastapi import Response

from service.api.dependencies import PlanName, PrincipalDependency, ServicesDependency
from service.api.openapi import describe_headers
from service.api.permissions import require_permission
from service.api.request_bodies import OptionalJsonBody
from service.api.routing import ApiRouter
from service.auth.principals import Permission
from service.core.errors import (
    BODY_ERRORS,
    ConflictError,
    NotFoundError,
    PreconditionFailedError,
    UnprocessableContentError,
    document_errors,
)
from service.core.etags import IfMatch, quote_etag
from service.domain.approval import TRANSITIONS, ApprovalService
from service.domain.schemas.approval import ActBody, ApprovalView

router = ApiRouter(prefix="/v1/plans/{plan}/approval", tags=["approval"])

_ETAG = describe_headers({"ETag": "Entity tag: the version of the approval."})

_ACT_DESCRIPTIONS: dict[Permission, tuple[str, str]] = {
    "submit": (
        "Submit a plan",
        "The bureau submits a draft or a returned plan to the centre. The outcome of the plan must be optimal or feasible.",
    ),
    "return": ("Return a plan", "The centre returns a submitted plan; the note says what to improve."),
    "ratify": (
        "Ratify a plan",
        "The centre ratifies a submitted plan. The database then rejects every change to it. `digest` identifies it.",
    ),
    "put-in-force": (
        "Put a plan in force",
        "A ratified plan becomes the plan in force; a province has one at a time.",
    ),
    "close": ("Close a plan", "The plan in force ends: its year is over, or another plan replaces it."),
}


@router.get(
    "",
    summary="Read the approval of a plan",
    dependencies=[require_permission("read")],
    responses={**document_errors(NotFoundError, UnprocessableContentError), 200: {"headers": _ETAG}},
)
def read_approval(
    plan: PlanName, services: ServicesDependency, principal: PrincipalDependency, response: Response
) -> ApprovalView:
    """Read state, version, digest and history of the approval, and the acts that you may perform now."""
    return _tag_response(ApprovalService(services.store).read_approval(plan, principal), response)


def _add_act_route(act: Permission) -> None:
    """Add the route of one act."""

    def perform_act(
        plan: PlanName,
        services: ServicesDependency,
        principal: PrincipalDependency,
        response: Response,
        body: OptionalJsonBody[ActBody],
        if_match: IfMatch = None,
    ) -> ApprovalView:
        view = ApprovalService(services.store).perform_act(plan, act, principal, body.note, if_match)
        return _tag_response(view, response)

    summary, description = _ACT_DESCRIPTIONS[act]
    router.add_api_route(
        f"/{act}",
        perform_act,
        methods=["POST"],
        summary=summary,
        description=description,
        name=f"{act.replace('-', '_')}_plan",
        dependencies=[require_permission(act)],
        responses={
            **document_errors(*BODY_ERRORS, NotFoundError, ConflictError, PreconditionFailedError),
            200: {"description": "The approval after the act.", "headers": _ETAG},
        },
    )


for _act in TRANSITIONS:
    _add_act_route(_act)


def _tag_response(view: ApprovalView, response: Response) -> ApprovalView:
    response.headers["ETag"] = quote_etag(str(view.version))
    response.headers["Cache-Control"] = "private, no-cache"
    return view
