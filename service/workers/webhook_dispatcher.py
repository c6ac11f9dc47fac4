"""The courier: a thread of every service process that takes what is due from the outbox and has it sent.

A message is held by a lease. Who dies with it in hand leaves it to others, who send it again: at least once, with the same
identifier. A webhook that does not answer holds up no other: few of its messages are under way at a time.
"""

import random
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import structlog

from service.core.ids import new_identifier
from service.core.settings import Settings
from service.storage.errors import DatabaseError
from service.storage.records import DeliveryState
from service.storage.repositories.deliveries import LeasedDelivery, lease_due_deliveries, record_delivery_attempt
from service.storage.store import Store
from service.workers.http_sender import DeliveryError, post_message
from service.workers.webhook_signing import build_signed_headers

MAX_BACKOFF_SECONDS = 6 * 3600.0
"""Longest time between two tries."""

BACKOFF_FACTOR = 3.0
"""How much longer each time between two tries is than the last."""

STATUS_GONE = 410
"""The status with which a receiver says that it wants no more of this."""

_log = structlog.get_logger(__name__)


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
            self._thread = threading.Thread(target=self._run_until_stopped, name="webhook-dispatcher", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take no more messages, and see those under way to their end (`webhook_seconds` at most)."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run_until_stopped(self) -> None:
        with ThreadPoolExecutor(self._settings.webhook_concurrency, thread_name_prefix="webhook-sender") as senders:
            while not self._stopping.wait(self._settings.poll_seconds):
                try:
                    self._dispatch_due(senders)
                except DatabaseError as error:
                    _log.warning("database fails; messages wait", error=str(error))

    def _dispatch_due(self, senders: ThreadPoolExecutor) -> None:
        """Send what is due, as long as there is something and somebody to send it."""
        while not self._stopping.is_set():
            self._in_flight = {one for one in self._in_flight if not one.done()}
            free = self._settings.webhook_concurrency - len(self._in_flight)
            due_deliveries = (
                lease_due_deliveries(self._store, self._owner, free, self._compute_lease_seconds()) if free else ()
            )
            if not due_deliveries:
                return
            self._in_flight |= {senders.submit(partial(self._send_delivery, delivery)) for delivery in due_deliveries}

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
        except DatabaseError as failure:
            _log.warning("database fails; a message may be sent again", message=delivery.id, error=str(failure))

    def _record_attempt(self, delivery: LeasedDelivery, status: int | None, error: str | None) -> None:
        """Store what came of a try, unless another has taken the message over."""
        if status is not None and not 200 <= status < 300:
            error = f"the answer was {status}"
        settings = self._settings
        state: DeliveryState = "waiting"
        if error is None:
            state = "delivered"
        elif status == STATUS_GONE or delivery.attempt >= settings.webhook_max_attempts:
            state = "dead"
        with self._store.write_transaction() as transaction:
            record_delivery_attempt(
                transaction,
                delivery,
                state=state,
                retry_seconds=compute_backoff(delivery.attempt, settings.webhook_retry_seconds, self._rng),
                status=status,
                error=error,
            )
        write = _log.info if state == "delivered" else _log.warning
        write("webhook message", message=delivery.id, state=state, tries=delivery.attempt, status=status, error=error)
