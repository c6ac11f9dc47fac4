"""`/v1/plans/{plan}/title`: title and tags of a plan."""

from fastapi import Response

from service.api.dependencies import CallerDependency, PlanName, ServicesDependency
from service.api.openapi import describe_headers
from service.api.permissions import require_permission
from service.api.request_bodies import JsonBody
from service.api.routing import ApiRouter
from service.core.errors import (
    BODY_ERRORS,
    NotFoundError,
    PreconditionFailedError,
    UnprocessableContentError,
    document_errors,
)
from service.core.etags import IfMatch, quote_etag
from service.domain.plan_titles import PlanTitleService
from service.domain.schemas.plan_titles import TitleBody, TitleView

router = ApiRouter(prefix="/v1/plans/{plan}/title", tags=["plans"])

_ETAG = describe_headers({"ETag": "Entity tag: the version of the title."})


@router.get(
    "",
    summary="Read title and tags of a plan",
    dependencies=[require_permission("read")],
    responses={**document_errors(NotFoundError, UnprocessableContentError), 200: {"headers": _ETAG}},
)
def read_plan_title(plan: PlanName, services: ServicesDependency, response: Response) -> TitleView:
    """Read title and tags of a plan, with their version."""
    return _tag_response(PlanTitleService(services.store).read_title(plan), response)


@router.put(
    "",
    summary="Set title and tags of a plan",
    dependencies=[require_permission("draft")],
    responses={
        **document_errors(*BODY_ERRORS, NotFoundError, PreconditionFailedError),
        200: {"description": "Title and tags after the change.", "headers": _ETAG},
    },
)
def set_plan_title(
    plan: PlanName,
    services: ServicesDependency,
    caller: CallerDependency,
    response: Response,
    body: JsonBody[TitleBody],
    if_match: IfMatch = None,
) -> TitleView:
    """Set title and tags of a plan in any state; they are no part of what is ratified. The audit log has every change."""
    return _tag_response(PlanTitleService(services.store).set_title(plan, body, caller, if_match), response)


def _tag_response(view: TitleView, response: Response) -> TitleView:
    response.headers["ETag"] = quote_etag(str(view.version))
    response.headers["Cache-Control"] = "private, no-cache"
    return view
