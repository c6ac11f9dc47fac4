"""`/v1/webhooks`: the routes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from starlette.requests import Request

from models.base import ID_PATTERN
from models.parsing import validate_model
from service.access import may
from service.errors import Conflict, Invalid, Missing, TooLarge, Unreadable, WrongType, documented
from service.web.bodies import decode
from service.web.openapi import json_answer, json_body, schema_of
from service.web.services import PrincipalOf, ServicesOf
from service.webhooks import examples
from service.webhooks.schemas import DeliveryList, DeliveryView, WebhookBody, WebhookList, WebhookMade
from service.webhooks.service import Webhooks

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[may("read")])

WebhookName = Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The webhook.")]


async def _webhooks(services: ServicesOf) -> Webhooks:
    return Webhooks(services.store, services.settings)


WebhooksOf = Annotated[Webhooks, Depends(_webhooks)]


@router.post(
    "",
    summary="Make a webhook",
    status_code=201,
    response_model=None,
    responses={
        **documented(Unreadable, Conflict, TooLarge, WrongType, Invalid),
        201: json_answer(WebhookMade, "The webhook, with its secret, which is shown this once."),
    },
    openapi_extra=json_body(schema_of(WebhookBody), examples.POST),
)
async def make_webhook(
    request: Request, services: ServicesOf, webhooks: WebhooksOf, principal: PrincipalOf
) -> Response:
    """Have what happens to plans told to an address, signed, until it answers with 2xx.

    Messages come at least once, in no certain order; `webhook-id` tells one from another. docs/webhooks.md has code that
    checks the signature.
    """
    made = await services.bodies.take(
        request, lambda raw: webhooks.make(validate_model(WebhookBody, decode(raw)), principal)
    )
    return Response(made.model_dump_json(), 201, media_type="application/json")


@router.get("", summary="List your webhooks", responses=documented())
def list_webhooks(webhooks: WebhooksOf, principal: PrincipalOf) -> WebhookList:
    """Your webhooks, without their secrets."""
    return webhooks.list(principal)


@router.delete("/{webhook}", summary="Delete a webhook", status_code=204, responses=documented(Missing, Invalid))
def delete_webhook(webhook: WebhookName, webhooks: WebhooksOf, principal: PrincipalOf) -> None:
    """Forget a webhook; what waits to be sent to it is not sent any more."""
    webhooks.delete(webhook, principal)


@router.get("/{webhook}/deliveries", summary="Read a webhook's deliveries", responses=documented(Missing, Invalid))
def list_deliveries(
    webhook: WebhookName,
    webhooks: WebhooksOf,
    principal: PrincipalOf,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=500, description="Messages on a page at most.")] = 50,
    before: Annotated[
        str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only messages older than this one.")
    ] = None,
) -> DeliveryList:
    """What was and will be sent to a webhook, newest first, with what came of it. `next` (and `Link`) lead to the next page."""
    page = webhooks.deliveries(webhook, principal, before, limit)
    if page.next:
        response.headers["Link"] = f'<{page.next}>; rel="next"'
    return page


@router.post(
    "/{webhook}/deliveries/{message}/resend",
    summary="Send a message again",
    responses=documented(Missing, Conflict, Invalid),
)
def resend_message(
    webhook: WebhookName,
    message: Annotated[str, Path(pattern=ID_PATTERN, max_length=100, description="The message.")],
    webhooks: WebhooksOf,
    principal: PrincipalOf,
) -> DeliveryView:
    """Send a message that is dead, or one that was delivered, again, with all its tries before it."""
    return webhooks.resend(webhook, message, principal)
