"""Deliveries of webhook messages: leased by one process, attempted, and recorded."""

from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update

from service.storage.engine import acquire_lock
from service.storage.records import DeliveryState
from service.storage.schema import deliveries, plans, webhooks
from service.storage.store import Store, Transaction

MAX_CONCURRENT_PER_WEBHOOK = 2
"""Messages of one webhook under way at a time, over all service processes."""


@dataclass(frozen=True, slots=True)
class LeasedDelivery:
    """One attempt at one message, leased by one process."""

    id: str
    """Identifier of the message."""
    owner: str
    """The process."""
    attempt: int
    """Number of the attempt; with `owner` it fences off every earlier lease."""
    url: str
    """Address of the receiver."""
    secret: SecretStr
    """Key of the signature."""
    caller: str
    """Who created the webhook, and receives the message."""
    province: str | None
    """Province of the plan; None for a plan of the caller's own."""
    body: bytes
    """Body of the message."""


@dataclass(frozen=True, slots=True)
class DeliveryLimits:
    """What limits the leases of a process."""

    lease_seconds: float
    """Seconds of a lease."""
    longest_wait_seconds: float
    """Longest time before another attempt."""
    most_per_caller: int
    """Messages of one caller under way at a time, over all service processes."""


def lease_due_deliveries(store: Store, owner: str, limit: int, limits: DeliveryLimits) -> tuple[LeasedDelivery, ...]:
    """Lease messages that are due: the callers in turn, of each the longest due first, within the limits.

    After the clock was set back, a lease or a wait may be longer than any that is given; it does not count then.
    """
    with store.read_transaction() as transaction:
        if not _select_due_deliveries(transaction, 1, limits):
            return ()
    with store.write_transaction() as transaction:
        acquire_lock(transaction.connection, "webhook_dispatcher")
        names = _select_due_deliveries(transaction, limit, limits)
        rows = transaction.connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(names))
            .values(owner=owner, lease=transaction.read_clock() + limits.lease_seconds, tries=deliveries.c.tries + 1)
            .returning(deliveries.c.id, deliveries.c.tries, deliveries.c.body)
        ).all()
        province = func.coalesce(plans.c.province, webhooks.c.province)  # retention may have removed the plan
        query = (
            select(deliveries.c.id, webhooks.c.url, webhooks.c.secret, webhooks.c.caller, province)
            .join_from(deliveries, webhooks, webhooks.c.id == deliveries.c.webhook)
            .outerjoin(plans, plans.c.id == deliveries.c.plan)
            .where(deliveries.c.id.in_(names))
        )
        found = transaction.connection.execute(query).all()
    where = {row[0]: (row[1], SecretStr(row[2]), row[3], row[4]) for row in found}
    return tuple(LeasedDelivery(row.id, owner, row.tries, *where[row.id], row.body.encode()) for row in rows)


def record_delivery_attempt(
    transaction: Transaction,
    delivery: LeasedDelivery,
    *,
    state: DeliveryState,
    retry_seconds: float,
    status: int | None,
    error: str | None,
) -> None:
    """Record the result of an attempt, unless another process has leased the message since."""
    moment = transaction.read_clock()
    transaction.connection.execute(
        update(deliveries)
        .where(_build_fence_condition(delivery))
        .values(
            state=state, due=moment + retry_seconds, owner=None, lease=None, status=status, error=error, tried=moment
        )
    )


def count_undelivered(store: Store) -> dict[str, int]:
    """Count the messages that are `waiting` and `dead`, over all service processes."""
    query = select(deliveries.c.state, func.count()).where(deliveries.c.state.in_(("waiting", "dead")))
    with store.read_transaction() as transaction:
        found = {row[0]: int(row[1]) for row in transaction.connection.execute(query.group_by(deliveries.c.state))}
    return {"waiting": found.get("waiting", 0), "dead": found.get("dead", 0)}


def _select_due_deliveries(transaction: Transaction, limit: int, limits: DeliveryLimits) -> list[str]:
    """Select the messages to send now."""
    moment = transaction.read_clock()
    holds = deliveries.c.lease.between(moment, moment + limits.lease_seconds)
    under_way = (
        select(deliveries.c.webhook, webhooks.c.caller)
        .join(webhooks, webhooks.c.id == deliveries.c.webhook)
        .where(deliveries.c.state == "waiting", holds)
        .subquery()
    )
    of_webhook = select(under_way.c.webhook, func.count().label("count")).group_by(under_way.c.webhook).subquery()
    of_caller = select(under_way.c.caller, func.count().label("count")).group_by(under_way.c.caller).subquery()
    free = or_(deliveries.c.lease.is_(None), not_(holds))
    is_due = or_(deliveries.c.due <= moment, deliveries.c.due > moment + limits.longest_wait_seconds)
    place = func.row_number().over(partition_by=deliveries.c.webhook, order_by=(deliveries.c.due, deliveries.c.id))
    waiting = (
        select(deliveries.c.id, deliveries.c.webhook, deliveries.c.due, webhooks.c.caller, place.label("place"))
        .join(webhooks, webhooks.c.id == deliveries.c.webhook)
        .where(deliveries.c.state == "waiting", is_due, free)
        .subquery()
    )
    ready = (
        select(waiting.c.id, waiting.c.due, waiting.c.caller)
        .select_from(waiting.outerjoin(of_webhook, of_webhook.c.webhook == waiting.c.webhook))
        .where(waiting.c.place <= MAX_CONCURRENT_PER_WEBHOOK - func.coalesce(of_webhook.c.count, 0))
        .subquery()
    )
    turn = func.coalesce(of_caller.c.count, 0) + func.row_number().over(
        partition_by=ready.c.caller, order_by=(ready.c.due, ready.c.id)
    )
    in_turn = (
        select(ready.c.id, ready.c.due, turn.label("turn"))
        .select_from(ready.outerjoin(of_caller, of_caller.c.caller == ready.c.caller))
        .subquery()
    )
    query = (
        select(in_turn.c.id)
        .where(in_turn.c.turn <= limits.most_per_caller)
        .order_by(in_turn.c.turn, in_turn.c.due, in_turn.c.id)
        .limit(limit)
    )
    return list(transaction.connection.execute(query).scalars())


def _build_fence_condition(delivery: LeasedDelivery) -> ColumnElement[bool]:
    """Build the fence: true of the message only while this attempt holds its lease."""
    return and_(
        deliveries.c.id == delivery.id, deliveries.c.owner == delivery.owner, deliveries.c.tries == delivery.attempt
    )
