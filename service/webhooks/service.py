"""Webhooks: made, listed, deleted, and their deliveries read."""

import ipaddress
import secrets
from typing import Any

from sqlalchemy import Row, delete, func, select, tuple_, update

from models.checks import Finding
from service.access import Barred
from service.errors import Conflict, Invalid, Missing
from service.identity import Principal
from service.settings import Settings
from service.storage import Store, Transaction
from service.storage.records import moment
from service.storage.tables import deliveries, webhooks
from service.webhooks.post import is_public
from service.webhooks.schemas import DeliveryList, DeliveryView, WebhookBody, WebhookList, WebhookMade, WebhookView
from service.webhooks.signing import new_secret

MOST = 100
"""Webhooks that one caller may have."""


class Webhooks:
    """The webhooks of one service, each seen by its caller and by administrators; to others it is not there (Missing)."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use a store; where webhooks may lead comes from the settings."""
        self._store = store
        self._settings = settings

    def make(self, body: WebhookBody, principal: Principal) -> WebhookMade:
        """A new webhook, with its secret. Raises Invalid for an address that will never be sent to, Conflict beyond `MOST`."""
        caller, province = principal.caller, body.province
        if province is not None and not principal.may("read", province):
            raise Barred(caller, "read", "province", province)
        _refuse_address(body, private=self._settings.webhook_private_addresses)
        webhook, secret = f"wh_{secrets.token_hex(10)}", new_secret()
        with self._store.write() as transaction:
            own = select(func.count()).select_from(webhooks).where(webhooks.c.caller == caller)
            if transaction.connection.execute(own).scalar_one() >= MOST:
                raise Conflict(f"You have {MOST} webhooks, as many as there may be; delete one first.")
            row = transaction.connection.execute(
                webhooks.insert()
                .values(
                    id=webhook,
                    caller=caller,
                    province=province,
                    url=str(body.url),
                    events=list(body.events),
                    secret=secret,
                    created=transaction.now(),
                )
                .returning(*webhooks.c)
            ).one()
            transaction.audit.add(caller, "webhook made", webhook, {"url": row.url}, province=province)
        return WebhookMade(**dict(_view(row)), secret=secret)

    def list(self, principal: Principal) -> WebhookList:
        """The caller's webhooks; all there are for administrators."""
        query = select(webhooks).order_by(webhooks.c.created, webhooks.c.id)
        if not principal.administers:
            query = query.where(webhooks.c.caller == principal.caller)
        with self._store.read() as transaction:
            return WebhookList(webhooks=tuple(_view(row) for row in transaction.connection.execute(query)))

    def delete(self, webhook: str, principal: Principal) -> None:
        """Forget a webhook with all its messages; Missing if there is none."""
        with self._store.write() as transaction:
            _own(transaction, webhook, principal)
            transaction.connection.execute(delete(deliveries).where(deliveries.c.webhook == webhook))
            transaction.connection.execute(delete(webhooks).where(webhooks.c.id == webhook))
            transaction.audit.add(principal.caller, "webhook deleted", webhook)

    def deliveries(self, webhook: str, principal: Principal, before: str | None, limit: int) -> DeliveryList:
        """A page of a webhook's messages, newest first; Missing if there is no such webhook, or no message `before`."""
        query = (
            select(deliveries)
            .where(deliveries.c.webhook == webhook)
            .order_by(deliveries.c.created.desc(), deliveries.c.id.desc())
            .limit(limit + 1)
        )
        with self._store.read() as transaction:
            _own(transaction, webhook, principal)
            if before is not None:
                newer = _message(transaction, webhook, before)
                query = query.where(tuple_(deliveries.c.created, deliveries.c.id) < (newer.created, newer.id))
            rows = transaction.connection.execute(query).all()
        following = None
        if len(rows) > limit:
            following = f"/v1/webhooks/{webhook}/deliveries?limit={limit}&before={rows[limit - 1].id}"
        return DeliveryList(deliveries=tuple(_delivery(row) for row in rows[:limit]), next=following)

    def resend(self, webhook: str, message: str, principal: Principal) -> DeliveryView:
        """Send a message again, as if for the first time; Missing if there is none, Conflict if it waits anyway."""
        with self._store.write() as transaction:
            _own(transaction, webhook, principal)
            if _message(transaction, webhook, message).state == "waiting":
                raise Conflict("The message waits and will be sent; there is nothing to send again.")
            transaction.connection.execute(
                update(deliveries)
                .where(deliveries.c.id == message)
                .values(state="waiting", tries=0, due=transaction.now(), owner=None, lease=None)
            )
            return _delivery(_message(transaction, webhook, message))


def _refuse_address(body: WebhookBody, *, private: bool) -> None:
    """Invalid for user names in the address, and for addresses written as numbers that are not public."""
    host = (body.url.host or "").strip("[]")
    if body.url.username or body.url.password:
        _refuse("has_user", "The address names a user.", "Leave user and password out; messages are signed.")
    try:
        number = str(ipaddress.ip_address(host))
    except ValueError:
        return  # a name; what is behind it is looked at before every sending
    if not private and not is_public(number):
        _refuse("not_public", f"{number} is no public address.", "Name one, or set ALLOT_WEBHOOK_PRIVATE_ADDRESSES.")


def _refuse(code: str, message: str, remedy: str) -> None:
    finding = Finding(path="/url", code=code, message=message, remedy=remedy)
    raise Invalid(f"{message} {remedy}", findings=[finding])


def _own(transaction: Transaction, webhook: str, principal: Principal) -> None:
    query = select(webhooks.c.caller).where(webhooks.c.id == webhook)
    owner = transaction.connection.execute(query).scalar()
    if owner is None or not (owner == principal.caller or principal.administers):
        raise Missing(f"There is no webhook {webhook!r} of yours.")


def _message(transaction: Transaction, webhook: str, message: str) -> Row[Any]:
    query = select(deliveries).where(deliveries.c.id == message, deliveries.c.webhook == webhook)
    row = transaction.connection.execute(query).first()
    if row is None:
        raise Missing(f"There is no message {message!r} to this webhook.")
    return row


def _view(row: Row[Any]) -> WebhookView:
    names = [name for name in WebhookView.model_fields if name != "created"]
    return WebhookView.model_validate({**{name: getattr(row, name) for name in names}, "created": moment(row.created)})


def _delivery(row: Row[Any]) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        event=row.event,
        plan=row.plan,
        state=row.state,
        tries=row.tries,
        status=row.status,
        error=row.error,
        created=moment(row.created),
        tried=None if row.tried is None else moment(row.tried),
        due=moment(row.due) if row.state == "waiting" else None,
    )
