"""Webhooks: made, listed, deleted, and their deliveries read."""

import ipaddress
import secrets
from typing import Any

from sqlalchemy import Row, delete, func, select, tuple_, update

from models.validation.checks import Finding
from service.api.schemas.webhooks import (
    DeliveryList,
    DeliveryView,
    WebhookBody,
    WebhookList,
    WebhookView,
    WebhookWithSecret,
)
from service.auth.denials import HiddenError
from service.auth.principals import Principal
from service.core.errors import ConflictError, NotFoundError, UnprocessableContentError
from service.core.settings import Settings
from service.storage.records import to_utc_datetime
from service.storage.schema import deliveries, webhooks
from service.storage.store import Store, Transaction
from service.workers.http_sender import is_public_address
from service.workers.webhook_signing import generate_secret

MAX_WEBHOOKS_PER_CALLER = 100
"""Webhooks that one caller may have."""


class WebhookService:
    """The webhooks of one service, each seen by its caller and by administrators; to others it is not there (Missing)."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use a store; where webhooks may lead comes from the settings."""
        self._store = store
        self._settings = settings

    def create_webhook(self, body: WebhookBody, principal: Principal) -> WebhookWithSecret:
        """A new webhook, with its secret. Raises Invalid for an address that will never be sent to, Conflict beyond `MOST`."""
        caller, province = principal.caller, body.province
        if province is not None and not principal.is_permitted("read", province):
            raise HiddenError(caller, "read", "province", province)
        _reject_unsafe_address(body, allow_private=self._settings.webhook_private_addresses)
        webhook, secret = f"wh_{secrets.token_hex(10)}", generate_secret()
        with self._store.write_transaction() as transaction:
            own = select(func.count()).select_from(webhooks).where(webhooks.c.caller == caller)
            if transaction.connection.execute(own).scalar_one() >= MAX_WEBHOOKS_PER_CALLER:
                raise ConflictError(
                    f"You have {MAX_WEBHOOKS_PER_CALLER} webhooks, as many as there may be; delete one first."
                )
            row = transaction.connection.execute(
                webhooks.insert()
                .values(
                    id=webhook,
                    caller=caller,
                    province=province,
                    url=str(body.url),
                    events=list(body.events),
                    secret=secret,
                    created=transaction.read_clock(),
                )
                .returning(*webhooks.c)
            ).one()
            transaction.audit.append_entry(caller, "webhook made", webhook, {"url": row.url}, province=province)
        return WebhookWithSecret(**dict(_to_webhook_view(row)), secret=secret)

    def list_webhooks(self, principal: Principal) -> WebhookList:
        """The caller's webhooks; all there are for administrators."""
        query = select(webhooks).order_by(webhooks.c.created, webhooks.c.id)
        if not principal.is_administrator:
            query = query.where(webhooks.c.caller == principal.caller)
        with self._store.read_transaction() as transaction:
            return WebhookList(webhooks=tuple(_to_webhook_view(row) for row in transaction.connection.execute(query)))

    def delete_webhook(self, webhook: str, principal: Principal) -> None:
        """Forget a webhook with all its messages; Missing if there is none."""
        with self._store.write_transaction() as transaction:
            _require_ownership(transaction, webhook, principal)
            transaction.connection.execute(delete(deliveries).where(deliveries.c.webhook == webhook))
            transaction.connection.execute(delete(webhooks).where(webhooks.c.id == webhook))
            transaction.audit.append_entry(principal.caller, "webhook deleted", webhook)

    def list_deliveries(self, webhook: str, principal: Principal, before: str | None, limit: int) -> DeliveryList:
        """A page of a webhook's messages, newest first; Missing if there is no such webhook, or no message `before`."""
        query = (
            select(deliveries)
            .where(deliveries.c.webhook == webhook)
            .order_by(deliveries.c.created.desc(), deliveries.c.id.desc())
            .limit(limit + 1)
        )
        with self._store.read_transaction() as transaction:
            _require_ownership(transaction, webhook, principal)
            if before is not None:
                newer = _find_delivery_row(transaction, webhook, before)
                query = query.where(tuple_(deliveries.c.created, deliveries.c.id) < (newer.created, newer.id))
            rows = transaction.connection.execute(query).all()
        following = None
        if len(rows) > limit:
            following = f"/v1/webhooks/{webhook}/deliveries?limit={limit}&before={rows[limit - 1].id}"
        return DeliveryList(deliveries=tuple(_to_delivery_view(row) for row in rows[:limit]), next=following)

    def resend_delivery(self, webhook: str, message: str, principal: Principal) -> DeliveryView:
        """Send a message again, as if for the first time; Missing if there is none, Conflict if it waits anyway."""
        with self._store.write_transaction() as transaction:
            _require_ownership(transaction, webhook, principal)
            if _find_delivery_row(transaction, webhook, message).state == "waiting":
                raise ConflictError("The message waits and will be sent; there is nothing to send again.")
            transaction.connection.execute(
                update(deliveries)
                .where(deliveries.c.id == message)
                .values(state="waiting", tries=0, due=transaction.read_clock(), owner=None, lease=None)
            )
            return _to_delivery_view(_find_delivery_row(transaction, webhook, message))


def _reject_unsafe_address(body: WebhookBody, *, allow_private: bool) -> None:
    """Invalid for user names in the address, and for addresses written as numbers that are not public."""
    host = (body.url.host or "").strip("[]")
    if body.url.username or body.url.password:
        _raise_invalid_url("has_user", "The address names a user.", "Leave user and password out; messages are signed.")
    try:
        number = str(ipaddress.ip_address(host))
    except ValueError:
        return  # a name; what is behind it is looked at before every sending
    if not allow_private and not is_public_address(number):
        _raise_invalid_url(
            "not_public", f"{number} is no public address.", "Name one, or set ALLOT_WEBHOOK_PRIVATE_ADDRESSES."
        )


def _raise_invalid_url(code: str, message: str, remedy: str) -> None:
    finding = Finding(path="/url", code=code, message=message, remedy=remedy)
    raise UnprocessableContentError(f"{message} {remedy}", findings=[finding])


def _require_ownership(transaction: Transaction, webhook: str, principal: Principal) -> None:
    query = select(webhooks.c.caller).where(webhooks.c.id == webhook)
    owner = transaction.connection.execute(query).scalar()
    if owner is None or not (owner == principal.caller or principal.is_administrator):
        raise NotFoundError(f"There is no webhook {webhook!r} of yours.")


def _find_delivery_row(transaction: Transaction, webhook: str, message: str) -> Row[Any]:
    query = select(deliveries).where(deliveries.c.id == message, deliveries.c.webhook == webhook)
    row = transaction.connection.execute(query).first()
    if row is None:
        raise NotFoundError(f"There is no message {message!r} to this webhook.")
    return row


def _to_webhook_view(row: Row[Any]) -> WebhookView:
    names = [name for name in WebhookView.model_fields if name != "created"]
    return WebhookView.model_validate(
        {**{name: getattr(row, name) for name in names}, "created": to_utc_datetime(row.created)}
    )


def _to_delivery_view(row: Row[Any]) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        event=row.event,
        plan=row.plan,
        state=row.state,
        attempts=row.tries,
        status=row.status,
        error=row.error,
        created=to_utc_datetime(row.created),
        last_attempt=None if row.tried is None else to_utc_datetime(row.tried),
        due=to_utc_datetime(row.due) if row.state == "waiting" else None,
    )
