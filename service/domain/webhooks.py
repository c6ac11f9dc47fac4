"""Webhooks and their deliveries."""

import ipaddress
import secrets
from typing import Any

from models.validation.checks import Finding
from service.auth.authorization import HiddenError
from service.auth.principals import Principal
from service.core.errors import ConflictError, NotFoundError, UnprocessableContentError
from service.core.settings import Settings
from service.domain.schemas.webhooks import (
    DeliveryList,
    DeliveryView,
    WebhookBody,
    WebhookList,
    WebhookView,
    WebhookWithSecret,
)
from service.storage.records import to_utc_datetime
from service.storage.repositories import webhooks as webhook_rows
from service.storage.store import Store, Transaction
from service.workers.http_sender import PUBLIC_PORTS, generate_secret, is_public_address

MAX_WEBHOOKS_PER_CALLER = 100
"""Maximum number of webhooks of one caller."""


class WebhookService:
    """The webhooks of one service; only their caller and administrators see them, others get NotFoundError."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use a store; the settings limit the addresses of webhooks."""
        self._store = store
        self._settings = settings

    def create_webhook(self, body: WebhookBody, principal: Principal) -> WebhookWithSecret:
        """Create a webhook with its secret.

        UnprocessableContentError for an unusable address, ConflictError beyond the maximum.
        """
        caller, province = principal.caller, body.province
        if province is not None and not principal.is_permitted("read", province):
            raise HiddenError(caller, "read", "province", province)
        _reject_unsafe_address(body, allow_private=self._settings.webhook_private_addresses)
        webhook, secret = f"wh_{secrets.token_hex(10)}", generate_secret()
        with self._store.write_transaction() as transaction:
            if webhook_rows.count_webhooks(transaction, caller) >= MAX_WEBHOOKS_PER_CALLER:
                raise ConflictError(
                    f"You have {MAX_WEBHOOKS_PER_CALLER} webhooks, as many as there may be; delete one first."
                )
            row = webhook_rows.insert_webhook(
                transaction,
                id=webhook,
                caller=caller,
                province=province,
                url=str(body.url),
                events=list(body.events),
                secret=secret,
            )
            transaction.audit.append_entry(caller, "webhook made", webhook, {"url": row.url}, province=province)
        return WebhookWithSecret(**dict(_to_webhook_view(row)), secret=secret)

    def list_webhooks(self, principal: Principal) -> WebhookList:
        """List the caller's webhooks; all webhooks for administrators."""
        caller = None if principal.is_administrator else principal.caller
        with self._store.read_transaction() as transaction:
            rows = webhook_rows.list_webhooks(transaction, caller)
        return WebhookList(webhooks=tuple(_to_webhook_view(row) for row in rows))

    def delete_webhook(self, webhook: str, principal: Principal) -> None:
        """Delete a webhook with all its messages; NotFoundError if there is none."""
        with self._store.write_transaction() as transaction:
            _require_ownership(transaction, webhook, principal)
            webhook_rows.delete_webhook(transaction, webhook)
            transaction.audit.append_entry(principal.caller, "webhook deleted", webhook)

    def list_deliveries(self, webhook: str, principal: Principal, before: str | None, limit: int) -> DeliveryList:
        """List a page of messages, newest first; NotFoundError if there is no such webhook, or no message `before`."""
        with self._store.read_transaction() as transaction:
            _require_ownership(transaction, webhook, principal)
            newer = None if before is None else _find_delivery_row(transaction, webhook, before)
            rows = webhook_rows.list_deliveries(transaction, webhook, newer, limit + 1)
        following = None
        if len(rows) > limit:
            following = f"/v1/webhooks/{webhook}/deliveries?limit={limit}&before={rows[limit - 1].id}"
        return DeliveryList(deliveries=tuple(_to_delivery_view(row) for row in rows[:limit]), next=following)

    def resend_delivery(self, webhook: str, message: str, principal: Principal) -> DeliveryView:
        """Queue a message again; NotFoundError if there is none, ConflictError if it is waiting."""
        with self._store.write_transaction() as transaction:
            _require_ownership(transaction, webhook, principal)
            if _find_delivery_row(transaction, webhook, message).state == "waiting":
                raise ConflictError("The message waits and will be sent; there is nothing to send again.")
            webhook_rows.requeue_delivery(transaction, message)
            return _to_delivery_view(_find_delivery_row(transaction, webhook, message))


def _reject_unsafe_address(body: WebhookBody, *, allow_private: bool) -> None:
    """Reject addresses with user names, ports that are not public, and numeric addresses that are not."""
    host = (body.url.host or "").strip("[]")
    if body.url.username or body.url.password:
        _raise_invalid_url("has_user", "The address names a user.", "Leave user and password out; messages are signed.")
    if not allow_private and body.url.port not in PUBLIC_PORTS:
        _raise_invalid_url(
            "not_public",
            f"Port {body.url.port} is neither 80 nor 443.",
            "Use one of them, or set ALLOT_WEBHOOK_PRIVATE_ADDRESSES.",
        )
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
    owner = webhook_rows.read_webhook_owner(transaction, webhook)
    if owner is None or not (owner == principal.caller or principal.is_administrator):
        raise NotFoundError(f"There is no webhook {webhook!r} of yours.")


def _find_delivery_row(transaction: Transaction, webhook: str, message: str) -> Any:
    row = webhook_rows.find_delivery(transaction, webhook, message)
    if row is None:
        raise NotFoundError(f"There is no message {message!r} to this webhook.")
    return row


def _to_webhook_view(row: Any) -> WebhookView:
    names = [name for name in WebhookView.model_fields if name != "created"]
    return WebhookView.model_validate(
        {**{name: getattr(row, name) for name in names}, "created": to_utc_datetime(row.created)}
    )


def _to_delivery_view(row: Any) -> DeliveryView:
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
