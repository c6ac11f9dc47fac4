"""`/v1/webhooks`: webhooks and their deliveries."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from models.base import ID_PATTERN
from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.api.permissions import require_permission
from service.api.request_bodies import JsonBody, require_json_of_act
from service.api.routing import ApiRouter
from service.core.errors import (
    BODY_ERRORS,
    ConflictError,
    NotFoundError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    document_errors,
)
from service.domain.schemas.webhooks import DeliveryList, DeliveryView, WebhookBody, WebhookList, WebhookWithSecret
from service.domain.webhooks import WebhookService

router = ApiRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[require_permission("read")])

WebhookName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="Identifier of the webhook.")]


async def _provide_webhooks(services: ServicesDependency) -> WebhookService:
    return WebhookService(services.store, services.settings)


WebhooksDependency = Annotated[WebhookService, Depends(_provide_webhooks)]


@router.post(
    "",
    summary="Create a webhook",
    status_code=201,
    response_description="The webhook with its secret, which is shown only once.",
    responses=document_errors(*BODY_ERRORS, ConflictError),
)
def create_webhook(
    body: JsonBody[WebhookBody], webhooks: WebhooksDependency, principal: PrincipalDependency
) -> WebhookWithSecret:
    """Send signed messages about plans to an address; each is retried until the receiver answers with 2xx.

    Every message arrives at least once, in no certain order. `webhook-id` identifies a message.
    """
    return webhooks.create_webhook(body, principal)


@router.get("", summary="List your webhooks", responses=document_errors())
def list_webhooks(webhooks: WebhooksDependency, principal: PrincipalDependency) -> WebhookList:
    """List your webhooks, without their secrets."""
    return webhooks.list_webhooks(principal)


@router.delete(
    "/{webhook}",
    summary="Delete a webhook",
    status_code=204,
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def delete_webhook(webhook: WebhookName, webhooks: WebhooksDependency, principal: PrincipalDependency) -> None:
    """Delete a webhook together with its waiting messages."""
    webhooks.delete_webhook(webhook, principal)


@router.get(
    "/{webhook}/deliveries",
    summary="List the deliveries of a webhook",
    responses=document_errors(NotFoundError, UnprocessableContentError),
)
def list_deliveries(
    webhook: WebhookName,
    webhooks: WebhooksDependency,
    principal: PrincipalDependency,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=500, description="Maximum number of messages on a page.")] = 50,
    before: Annotated[
        str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only messages older than this one.")
    ] = None,
) -> DeliveryList:
    """List the messages of a webhook with their results, newest first. `next` and `Link` lead to the next page."""
    page = webhooks.list_deliveries(webhook, principal, before, limit)
    if page.next:
        response.headers["Link"] = f'<{page.next}>; rel="next"'
    return page


@router.post(
    "/{webhook}/deliveries/{message}/resend",
    summary="Send a message again",
    dependencies=[Depends(require_json_of_act)],
    responses=document_errors(NotFoundError, ConflictError, UnsupportedMediaTypeError, UnprocessableContentError),
)
def resend_delivery(
    webhook: WebhookName,
    message: Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="Identifier of the message.")],
    webhooks: WebhooksDependency,
    principal: PrincipalDependency,
) -> DeliveryView:
    """Queue a delivered or dead message again, with all its attempts."""
    return webhooks.resend_delivery(webhook, message, principal)
