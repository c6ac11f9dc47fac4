"""The webhook dispatcher: a thread of every service process that leases due messages of the outbox and has them sent.

Delivery is at least once: if a process ends with a lease, another sends the message again, with the same identifier.
A webhook that does not answer delays no other: few of its messages are sent at a time. Callers have turns, and one caller half
of the senders.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from service.auth.api_keys import build_key_holder
from service.auth.principals import PROVIDER_CALLER_PREFIX
from service.core.ids import new_identifier
from service.core.settings import Settings
from service.storage.records import DeliveryState
from service.storage.repositories.deliveries import (
    DeliveryLimits,
    LeasedDelivery,
    lease_due_deliveries,
    record_delivery_attempt,
)
from service.storage.store import Store
from service.workers.background import FailureLog, PeriodicThread
from service.workers.http_sender import DeliveryError, build_signed_headers, post_message

MAX_BACKOFF_SECONDS = 6 * 3600.0
"""Longest time between two attempts."""

BACKOFF_FACTOR = 3.0
"""Factor between the times before two attempts."""

JITTER = 0.25
"""Share by which the time before an attempt varies at random."""

LONGEST_WAIT_SECONDS = MAX_BACKOFF_SECONDS * (1.0 + JITTER)
"""A message never waits longer: where it seems to, the clock was set back."""

STATUS_GONE = 410
"""Status by which a receiver refuses a message for good."""

_log = structlog.get_logger(__name__)


def compute_backoff(attempts: int, initial_seconds: float, rng: random.Random) -> float:
    """Compute the seconds until the next attempt: exponential backoff with 25 % random jitter."""
    return min(MAX_BACKOFF_SECONDS, initial_seconds * BACKOFF_FACTOR ** min(attempts - 1, 50)) * rng.uniform(
        1.0 - JITTER, 1.0 + JITTER
    )


class WebhookDispatcher:
    """Sends the outbox messages of a store."""

    def __init__(self, store: Store, settings: Settings, failures: FailureLog) -> None:
        """Start at once; never start with `webhook_concurrency=0`."""
        self._store = store
        self._settings = settings
        self._failures = failures
        self._owner = new_identifier()
        senders = settings.webhook_concurrency
        self._limits = DeliveryLimits(
            settings.webhook_timeout_seconds + settings.lease_seconds,
            LONGEST_WAIT_SECONDS,
            senders if settings.authentication == "off" else max(1, senders // 2),  # otherwise all are one caller
        )
        self._rng = random.SystemRandom()
        self._in_flight: set[Future[None]] = set()
        self._senders: ThreadPoolExecutor | None = None
        self._thread: PeriodicThread | None = None
        if settings.webhook_concurrency > 0:
            self._senders = ThreadPoolExecutor(settings.webhook_concurrency, thread_name_prefix="webhook-sender")
            self._thread = PeriodicThread("webhook-dispatcher", settings.poll_seconds, self._dispatch_due, failures)

    def stop(self) -> None:
        """Lease no more messages, and finish those being sent (`webhook_timeout_seconds` at most)."""
        if self._thread is not None and self._senders is not None:
            self._thread.stop()
            self._senders.shutdown()

    def _dispatch_due(self, should_stop: Callable[[], bool]) -> None:
        """Send due messages while there are any and a sender is free."""
        while self._senders is not None and not should_stop():
            self._in_flight = {one for one in self._in_flight if not one.done()}
            free = self._settings.webhook_concurrency - len(self._in_flight)
            if not free:
                return
            due_deliveries = lease_due_deliveries(self._store, self._owner, free, self._limits)
            if not due_deliveries:
                return
            self._in_flight |= {self._senders.submit(self._send_delivery, delivery) for delivery in due_deliveries}

    def _send_delivery(self, delivery: LeasedDelivery) -> None:
        try:
            self._send_and_record(delivery)
        except Exception as error:  # noqa: BLE001 - its lease expires, and the message is sent again
            self._failures.report_failure("webhook-sender", error)

    def _send_and_record(self, delivery: LeasedDelivery) -> None:
        status, error = None, None
        try:
            self._require_reader(delivery)
            status = self._post_delivery(delivery)
        except DeliveryError as reason:
            error = str(reason)
        self._record_attempt(delivery, status, error)

    def _require_reader(self, delivery: LeasedDelivery) -> None:
        """Raise DeliveryError unless the receiver's caller may still read the plan: a revoked key ends its webhooks.

        The message is tried again, so that none is lost while a key is replaced. The roles of callers of an identity
        provider are in their tokens, which the service does not have now.
        """
        kind = self._settings.authentication
        if kind == "off" or (kind == "oidc" and delivery.caller.startswith(PROVIDER_CALLER_PREFIX)):
            return
        with self._store.read_transaction() as transaction:
            holder = build_key_holder(transaction, delivery.caller)
        if not holder.is_permitted_for_plan("read", delivery.province, delivery.caller):
            raise DeliveryError(f"not sent: {delivery.caller!r} has no valid key with a role that reads this plan")

    def _post_delivery(self, delivery: LeasedDelivery) -> int:
        headers = {"Content-Type": "application/json", "User-Agent": "Allot"}
        headers |= build_signed_headers(
            delivery.secret.get_secret_value(), delivery.id, int(time.time()), delivery.body
        )
        return post_message(
            delivery.url,
            delivery.body,
            headers,
            timeout_seconds=self._settings.webhook_timeout_seconds,
            allow_private=self._settings.webhook_private_addresses,
        )

    def _record_attempt(self, delivery: LeasedDelivery, status: int | None, error: str | None) -> None:
        """Store the result of an attempt, unless another process holds the lease."""
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
        write("webhook message", message=delivery.id, state=state, attempt=delivery.attempt, status=status, error=error)
