"""Schemas of webhooks and deliveries."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, HttpUrl

from models.base import Frozen, Id
from service.storage.records import EVENT_KINDS, DeliveryState, EventKind


class WebhookBody(Frozen):
    """A request for a webhook."""

    url: Annotated[HttpUrl, Field(max_length=2000)]
    """Address: `http` or `https`, without a user name, not in a private network unless the service allows it."""
    events: Annotated[tuple[EventKind, ...], Field(min_length=1, max_length=20)] = EVENT_KINDS
    """Kinds of events; all if absent."""
    province: Id | None = None
    """Events of all plans and analyses of this province; of your own if absent."""


class WebhookView(Frozen):
    """A webhook."""

    id: str
    """Identifier, given by the service."""
    url: str
    """Address."""
    events: tuple[EventKind, ...]
    """Kinds of events."""
    province: str | None
    """Province of the plans and analyses; null for those of the caller."""
    caller: str
    """Caller of the webhook."""
    created: datetime
    """Time of creation."""


class WebhookWithSecret(WebhookView):
    """A new webhook with its secret."""

    secret: str = Field(repr=False)
    """Key of its signatures (Standard Webhooks): `whsec_` and base64. It is shown only once."""


class WebhookList(Frozen):
    """Webhooks."""

    webhooks: tuple[WebhookView, ...]
    """Oldest first."""


class DeliveryView(Frozen):
    """One message to a webhook."""

    id: str
    """Identifier: the `webhook-id` header, the same at every attempt."""
    event: EventKind
    """Kind of the event."""
    plan: str
    """Plan of the event; of an analysis, its base plan."""
    state: DeliveryState
    """State of the delivery."""
    attempts: int
    """Number of attempts."""
    status: int | None
    """HTTP status of the last response; null without a response."""
    error: str | None
    """Error of the last attempt; null if it succeeded."""
    created: datetime
    """Time of the event."""
    last_attempt: datetime | None
    """Time of the last attempt."""
    due: datetime | None
    """Time of the next attempt; null unless it is waiting."""


class DeliveryList(Frozen):
    """A page of deliveries."""

    deliveries: tuple[DeliveryView, ...]
    """Newest first."""
    next: str | None
    """Address of the next page; null on the last."""
