"""Webhooks and deliveries as they travel."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, HttpUrl

from models.base import Frozen, Id
from service.storage.records import EVENT_KINDS, DeliveryState, EventKind


class WebhookBody(Frozen):
    """A webhook asked for."""

    url: Annotated[HttpUrl, Field(max_length=2000)]
    """Where to send: `http` or `https`, without a user name, not in a private network unless the service allows it."""
    events: Annotated[tuple[EventKind, ...], Field(min_length=1, max_length=20)] = EVENT_KINDS
    """What to tell; everything if absent."""
    province: Id | None = None
    """Tell of all plans of this province; of your own plans if absent."""


class WebhookView(Frozen):
    """A webhook."""

    id: str
    """Identifier, given by the service."""
    url: str
    """Where it is sent."""
    events: tuple[EventKind, ...]
    """What is told."""
    province: str | None
    """Province whose plans it tells of; null: the plans of the caller whose it is."""
    caller: str
    """Whose it is."""
    created: datetime
    """When it was asked for."""


class WebhookWithSecret(WebhookView):
    """A new webhook, with its secret."""

    secret: str
    """Key of its signatures (Standard Webhooks): `whsec_` and base64. It is shown this once."""


class WebhookList(Frozen):
    """Webhooks."""

    webhooks: tuple[WebhookView, ...]
    """Oldest first."""


class DeliveryView(Frozen):
    """One message to a webhook."""

    id: str
    """Identifier: the `webhook-id` header, the same at every try."""
    event: EventKind
    """What it tells."""
    plan: str
    """The plan it tells of."""
    state: DeliveryState
    """How far it is."""
    attempts: int
    """How often it was sent."""
    status: int | None
    """HTTP status of the last answer; null if there was none."""
    error: str | None
    """Why the last try failed; null if it did not."""
    created: datetime
    """When it happened."""
    last_attempt: datetime | None
    """When it was last sent."""
    due: datetime | None
    """When it is sent (again); null unless it waits."""


class DeliveryList(Frozen):
    """A page of deliveries."""

    deliveries: tuple[DeliveryView, ...]
    """Newest first."""
    next: str | None
    """Address of the next page; null on the last."""
