"""`/v1/webhooks`: the routes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from starlette.requests import Request

from models.base import ID_PATTERN
from models.validation.parsing import validate_model
from service.api.dependencies import PrincipalDependency, ServicesDependency, get_body_reader
from service.api.examples import webhooks
from service.api.openapi import describe_json_body, describe_json_response, register_schema
from service.api.permissions import require_permission
from service.core.errors import (
    BadRequestError,
    ConflictError,
    ContentTooLargeError,
    NotFoundError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.core.json_documents import decode_json_object
from service.domain.schemas.webhooks import DeliveryList, DeliveryView, WebhookBody, WebhookList, WebhookWithSecret
from service.domain.webhooks import WebhookService

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[require_permission("read")])

WebhookName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The webhook.")]


async def _provide_webhooks(services: ServicesDependency) -> WebhookService:
    return WebhookService(services.store, services.settings)


WebhooksDependency = Annotated[WebhookService, Depends(_provide_webhooks)]


@router.post(
    "",
    summary="Make a webhook",
    status_code=201,
    response_model=None,
    responses={
        **document_errors(
            BadRequestError, ConflictError, ContentTooLargeError, UnsupportedMediaTypeError, UnprocessableContentError
        ),
        201: describe_json_response(WebhookWithSecret, "The webhook, with its secret, which is shown this once."),
    },
    openapi_extra=describe_json_body(register_schema(WebhookBody), webhooks.CREATE_WEBHOOK),
)
async def create_webhook(
    request: Request, services: ServicesDependency, webhooks: WebhooksDependency, principal: PrincipalDependency
) -> Response:
    """Have what happens to plans told to an address, signed, until it answers with 2xx.

    Messages come at least once, in no certain order; `webhook-id` tells one from another. docs/webhooks.md has code that
    checks the signature.
    """
    made = await get_body_reader(request).read_json_body(
        request, lambda raw: webhooks.create_webhook(validate_model(WebhookBody, decode_json_object(raw)), principal)
    )
    return Response(made.model_dump_json(), 201, media_type="application/json")


@router.get("", summary="List your webhooks", responses=document_errors())
def list_webhooks(webhooks: WebhooksDependency, principal: PrincipalDependency) -> WebhookList:
    """Your webhooks, without their secrets."""
    return webhooks.list_webhooks(principal)


@router.delete(
    "/{webhook}",
    summary="Delete a webhook",
    status_code=204,
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def delete_webhook(webhook: WebhookName, webhooks: WebhooksDependency, principal: PrincipalDependency) -> None:
    """Forget a webhook; what waits to be sent to it is not sent any more."""
    webhooks.delete_webhook(webhook, principal)


@router.get(
    "/{webhook}/deliveries",
    summary="Read a webhook's deliveries",
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def list_deliveries(
    webhook: WebhookName,
    webhooks: WebhooksDependency,
    principal: PrincipalDependency,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=500, description="Messages on a page at most.")] = 50,
    before: Annotated[
        str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only messages older than this one.")
    ] = None,
) -> DeliveryList:
    """What was and will be sent to a webhook, newest first, with what came of it. `next` (and `Link`) lead to the next page."""
    page = webhooks.list_deliveries(webhook, principal, before, limit)
    if page.next:
        response.headers["Link"] = f'<{page.next}>; rel="next"'
    return page


@router.post(
    "/{webhook}/deliveries/{message}/resend",
    summary="Send a message again",
    responses=document_errors(NotFoundError, ConflictError, UnprocessableContentError),
)
def resend_delivery(
    webhook: WebhookName,
    message: Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The message.")],
    webhooks: WebhooksDependency,
    principal: PrincipalDependency,
) -> DeliveryView:
    """Send a message that is dead, or one that was delivered, again, with all its tries before it."""
    return webhooks.resend_delivery(webhook, message, principal)
