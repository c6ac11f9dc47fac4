"""The courier: a thread of every service process that takes what is due from the outbox and has it sent.

A message is held by a lease. Who dies with it in hand leaves it to others, who send it again: at least once, with the same
identifier. A webhook that does not answer holds up no other: few of its messages are under way at a time.
"""

import random
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from service.core.ids import new_identifier
from service.core.settings import Settings
from service.storage.engine import acquire_lock
from service.storage.schema import deliveries, webhooks
from service.storage.store import Store, Transaction
from service.workers.http_sender import DeliveryError, post_message
from service.workers.webhook_signing import build_signed_headers

MAX_CONCURRENT_PER_WEBHOOK = 2
"""Messages of one webhook under way at a time, over all service processes."""

MAX_BACKOFF_SECONDS = 6 * 3600.0
"""Longest time between two tries."""

BACKOFF_FACTOR = 3.0
"""How much longer each time between two tries is than the last."""

STATUS_GONE = 410
"""The status with which a receiver says that it wants no more of this."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LeasedDelivery:
    """One try at one message, held by one process."""

    id: str
    """The message."""
    owner: str
    """The process."""
    attempt: int
    """Number of the try; with `owner` it fences off everybody who held the message before."""
    url: str
    """Where to."""
    secret: str
    """Key of the signature."""
    body: bytes
    """What is sent."""


def compute_backoff(attempts: int, initial_seconds: float, rng: random.Random) -> float:
    """Seconds until the next try after `tries` of them: three times as long each time, a quarter more or less by chance."""
    return min(MAX_BACKOFF_SECONDS, initial_seconds * BACKOFF_FACTOR ** min(attempts - 1, 50)) * rng.uniform(0.75, 1.25)


class WebhookDispatcher:
    """Sends the messages of a store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Start at once; with no `webhook_senders`, never."""
        self._store = store
        self._settings = settings
        self._owner = new_identifier()
        self._rng = random.SystemRandom()
        self._stopping = threading.Event()
        self._in_flight: set[Future[None]] = set()
        self._thread: threading.Thread | None = None
        if settings.webhook_concurrency > 0:
            self._thread = threading.Thread(target=self._run_until_stopped, name="courier", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take no more messages, and see those under way to their end (`webhook_seconds` at most)."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run_until_stopped(self) -> None:
        with ThreadPoolExecutor(self._settings.webhook_concurrency, thread_name_prefix="courier") as senders:
            while not self._stopping.wait(self._settings.poll_seconds):
                try:
                    self._dispatch_due(senders)
                except SQLAlchemyError as error:
                    _log.warning("database fails; messages wait", error=str(error))

    def _dispatch_due(self, senders: ThreadPoolExecutor) -> None:
        """Send what is due, as long as there is something and somebody to send it."""
        while not self._stopping.is_set():
            self._in_flight = {one for one in self._in_flight if not one.done()}
            free = self._settings.webhook_concurrency - len(self._in_flight)
            errands = (
                lease_due_deliveries(self._store, self._owner, free, self._compute_lease_seconds()) if free else ()
            )
            if not errands:
                return
            self._in_flight |= {senders.submit(partial(self._send_delivery, errand)) for errand in errands}

    def _compute_lease_seconds(self) -> float:
        return self._settings.webhook_timeout_seconds + self._settings.lease_seconds

    def _send_delivery(self, delivery: LeasedDelivery) -> None:
        status, error = None, None
        headers = {"Content-Type": "application/json", "User-Agent": "Allot"}
        headers |= build_signed_headers(delivery.secret, delivery.id, int(time.time()), delivery.body)
        try:
            status = post_message(
                delivery.url,
                delivery.body,
                headers,
                timeout_seconds=self._settings.webhook_timeout_seconds,
                allow_private=self._settings.webhook_private_addresses,
            )
        except DeliveryError as reason:
            error = str(reason)
        try:
            self._record_attempt(delivery, status, error)
        except SQLAlchemyError as failure:
            _log.warning("database fails; a message may be sent again", message=delivery.id, error=str(failure))

    def _record_attempt(self, delivery: LeasedDelivery, status: int | None, error: str | None) -> None:
        """Store what came of a try, unless another has taken the message over."""
        if status is not None and not 200 <= status < 300:
            error = f"the answer was {status}"
        settings = self._settings
        state = "waiting"
        if error is None:
            state = "delivered"
        elif status == STATUS_GONE or delivery.attempt >= settings.webhook_max_attempts:
            state = "dead"
        with self._store.write_transaction() as transaction:
            due = transaction.read_clock() + compute_backoff(
                delivery.attempt, settings.webhook_retry_seconds, self._rng
            )
            transaction.connection.execute(
                update(deliveries)
                .where(_build_fence_condition(delivery))
                .values(
                    state=state,
                    due=due,
                    owner=None,
                    lease=None,
                    status=status,
                    error=error,
                    tried=transaction.read_clock(),
                )
            )
        write = _log.info if state == "delivered" else _log.warning
        write("webhook message", message=delivery.id, state=state, tries=delivery.attempt, status=status, error=error)


def lease_due_deliveries(store: Store, owner: str, limit: int, lease_seconds: float) -> tuple[LeasedDelivery, ...]:
    """Take messages that are due, the longest due first, at most `AT_ONCE` of a webhook; held for some seconds."""
    with store.read_transaction() as transaction:
        if not _select_due_deliveries(transaction, 1):
            return ()
    with store.write_transaction() as transaction:
        acquire_lock(transaction.connection, "courier")
        names = _select_due_deliveries(transaction, limit)
        rows = transaction.connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(names))
            .values(owner=owner, lease=transaction.read_clock() + lease_seconds, tries=deliveries.c.tries + 1)
            .returning(deliveries.c.id, deliveries.c.webhook, deliveries.c.tries, deliveries.c.body)
        ).all()
        query = select(webhooks.c.id, webhooks.c.url, webhooks.c.secret)
        known = transaction.connection.execute(query.where(webhooks.c.id.in_({row.webhook for row in rows}))).all()
    where = {row.id: (row.url, row.secret) for row in known}
    return tuple(LeasedDelivery(row.id, owner, row.tries, *where[row.webhook], row.body.encode()) for row in rows)


def count_undelivered(store: Store) -> dict[str, int]:
    """How many messages are `waiting` and `dead`, over all service processes."""
    query = select(deliveries.c.state, func.count()).where(deliveries.c.state.in_(("waiting", "dead")))
    with store.read_transaction() as transaction:
        found = {row[0]: int(row[1]) for row in transaction.connection.execute(query.group_by(deliveries.c.state))}
    return {"waiting": found.get("waiting", 0), "dead": found.get("dead", 0)}


def _select_due_deliveries(transaction: Transaction, limit: int) -> list[str]:
    """Messages to be sent now."""
    moment = transaction.read_clock()
    busy = (
        select(deliveries.c.webhook, func.count().label("count"))
        .where(deliveries.c.state == "waiting", deliveries.c.lease >= moment)
        .group_by(deliveries.c.webhook)
        .subquery()
    )
    free = or_(deliveries.c.lease.is_(None), deliveries.c.lease < moment)
    place = func.row_number().over(partition_by=deliveries.c.webhook, order_by=(deliveries.c.due, deliveries.c.id))
    waiting = (
        select(deliveries.c.id, deliveries.c.webhook, deliveries.c.due, place.label("place"))
        .where(deliveries.c.state == "waiting", deliveries.c.due <= moment, free)
        .subquery()
    )
    query = (
        select(waiting.c.id)
        .select_from(waiting.outerjoin(busy, busy.c.webhook == waiting.c.webhook))
        .where(waiting.c.place <= MAX_CONCURRENT_PER_WEBHOOK - func.coalesce(busy.c.count, 0))
        .order_by(waiting.c.due, waiting.c.id)
        .limit(limit)
    )
    return list(transaction.connection.execute(query).scalars())


def _build_fence_condition(delivery: LeasedDelivery) -> ColumnElement[bool]:
    """The fence: true of the message only as long as this very try holds it."""
    return and_(
        deliveries.c.id == delivery.id, deliveries.c.owner == delivery.owner, deliveries.c.tries == delivery.attempt
    )
