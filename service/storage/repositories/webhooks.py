"""Webhooks and the messages sent to them, for their owners."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, select, tuple_, update

from service.storage.schema import deliveries, webhooks
from service.storage.store import Transaction


def count_webhooks(transaction: Transaction, caller: str) -> int:
    """Count the webhooks of a caller."""
    query = select(func.count()).select_from(webhooks).where(webhooks.c.caller == caller)
    return transaction.connection.execute(query).scalar_one()


def insert_webhook(transaction: Transaction, **values: Any) -> Row[Any]:
    """Store a webhook and return its row."""
    statement = webhooks.insert().values(**values, created=transaction.read_clock()).returning(*webhooks.c)
    return transaction.connection.execute(statement).one()


def list_webhooks(transaction: Transaction, caller: str | None) -> Sequence[Row[Any]]:
    """List the webhooks of a caller, or all with `caller` None; oldest first."""
    query = select(webhooks).order_by(webhooks.c.created, webhooks.c.id)
    if caller is not None:
        query = query.where(webhooks.c.caller == caller)
    return transaction.connection.execute(query).all()


def read_webhook_owner(transaction: Transaction, webhook: str) -> str | None:
    """Return the caller who created a webhook; None if there is no such webhook."""
    owner: str | None = transaction.connection.execute(
        select(webhooks.c.caller).where(webhooks.c.id == webhook)
    ).scalar()
    return owner


def delete_webhook(transaction: Transaction, webhook: str) -> None:
    """Delete a webhook and all its messages."""
    transaction.connection.execute(delete(deliveries).where(deliveries.c.webhook == webhook))
    transaction.connection.execute(delete(webhooks).where(webhooks.c.id == webhook))


def list_deliveries(transaction: Transaction, webhook: str, newer: Row[Any] | None, limit: int) -> Sequence[Row[Any]]:
    """List messages of a webhook, newest first, from behind the message `newer`."""
    query = (
        select(deliveries)
        .where(deliveries.c.webhook == webhook)
        .order_by(deliveries.c.created.desc(), deliveries.c.id.desc())
        .limit(limit)
    )
    if newer is not None:
        query = query.where(tuple_(deliveries.c.created, deliveries.c.id) < (newer.created, newer.id))
    return transaction.connection.execute(query).all()


def find_delivery(transaction: Transaction, webhook: str, message: str) -> Row[Any] | None:
    """Find a message of a webhook."""
    query = select(deliveries).where(deliveries.c.id == message, deliveries.c.webhook == webhook)
    return transaction.connection.execute(query).first()


def requeue_delivery(transaction: Transaction, message: str) -> None:
    """Queue a message again, as if for the first time."""
    transaction.connection.execute(
        update(deliveries)
        .where(deliveries.c.id == message)
        .values(state="waiting", tries=0, due=transaction.read_clock(), owner=None, lease=None)
    )
