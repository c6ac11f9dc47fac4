"""Retention: a background thread that removes everything past its retention, where the settings limit it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice

import structlog

from service.core.settings import Settings
from service.storage.repositories.retention import (
    BATCH_SIZE,
    count_expired_plans,
    find_unreferenced_objects,
    remove_analyses,
    remove_bases,
    remove_deliveries,
    remove_events,
    remove_idempotency_keys,
    remove_plans,
)
from service.storage.store import Store, Transaction
from service.workers.background import FailureLog, PeriodicThread

PURGE_INTERVAL_SECONDS = 600.0
"""Seconds between two runs. Several processes may run at once: each removes what the others have not removed yet."""

SECONDS_PER_DAY = 86_400.0

DRAFT_SECONDS = SECONDS_PER_DAY
"""Age from which a half-written object is left over from a crash."""

_log = structlog.get_logger(__name__)

RemoveBatch = Callable[[Transaction, float], int]


@dataclass(frozen=True, slots=True)
class PurgeCounts:
    """How many rows and objects one run removed."""

    plans: int = 0
    """Plans, each with its tables, basis, problem, events and keys."""
    analyses: int = 0
    """Analyses, each with its rows, tables, events and keys."""
    bases: int = 0
    """Bases of plans that are kept."""
    events: int = 0
    """Events of plans and analyses that are kept."""
    deliveries: int = 0
    """Messages to webhooks."""
    idempotency: int = 0
    """Idempotency keys of plans and analyses that are kept."""
    objects: int = 0
    """Large tables that no plan and no analysis refers to."""


class UnlikelyRemovalError(Exception):
    """More plans have expired than may be removed at once."""

    def __init__(self, expired: int, plans: int) -> None:
        """State how many plans have expired, of how many."""
        super().__init__(
            f"nothing removed: {expired} of {plans} plans have expired. Is the clock right, and ALLOT_RETENTION_PLANS_DAYS? "
            "If so, set ALLOT_RETENTION_MAX_SHARE=1 until they are removed"
        )


def purge_expired(store: Store, settings: Settings, should_stop: Callable[[], bool] = lambda: False) -> PurgeCounts:
    """Remove everything past its retention, a transaction at a time, until `should_stop`.

    Raises StorageError; UnlikelyRemovalError if that would be most plans, which a wrong clock could be the cause of.
    """
    _reject_unlikely_removal(store, settings)
    counts = {"analyses": 0, "plans": 0, "bases": 0, "events": 0, "deliveries": 0, "idempotency": 0}
    removals: dict[str, RemoveBatch] = {
        "analyses": remove_analyses,  # before their base plans
        "plans": remove_plans,
        "bases": remove_bases,
        "events": remove_events,
        "deliveries": remove_deliveries,
        "idempotency": remove_idempotency_keys,
    }
    for name, removal in removals.items():
        kept = "plans" if name == "analyses" else name
        days: float | None = getattr(settings, f"retention_{kept}_days")
        if days is not None:
            counts[name] = _remove_in_batches(store, removal, days * SECONDS_PER_DAY, should_stop)
    store.objects.remove_drafts(DRAFT_SECONDS)
    objects = 0 if settings.retention_plans_days is None else _remove_unreferenced_objects(store, should_stop)
    return PurgeCounts(**counts, objects=objects)


def _reject_unlikely_removal(store: Store, settings: Settings) -> None:
    days = settings.retention_plans_days
    if days is None:
        return
    with store.read_transaction() as transaction:
        expired, plans = count_expired_plans(transaction, transaction.read_clock() - days * SECONDS_PER_DAY)
    if expired > settings.retention_max_share * plans:
        raise UnlikelyRemovalError(expired, plans)


def _remove_in_batches(store: Store, remove_batch: RemoveBatch, seconds: float, should_stop: Callable[[], bool]) -> int:
    total = 0
    while not should_stop():
        with store.write_transaction() as transaction:
            removed = remove_batch(transaction, transaction.read_clock() - seconds)
        if not removed:
            break
        total += removed
    return total


def _remove_unreferenced_objects(store: Store, should_stop: Callable[[], bool]) -> int:
    """Remove objects that no table refers to: of removed plans, or from a crash between an object and its row."""
    keys, total = iter(tuple(store.objects.list_object_keys())), 0
    while not should_stop() and (batch := list(islice(keys, BATCH_SIZE))):
        with store.write_transaction() as transaction:
            for key in find_unreferenced_objects(transaction, batch):
                store.objects.delete_object(key)
                total += 1
    return total


class RetentionJob:
    """Purges a store for as long as a service runs."""

    def __init__(self, store: Store, settings: Settings, failures: FailureLog) -> None:
        """Start at once. Where nothing has a retention limit, only what crashes left half-written is removed."""
        self._store = store
        self._settings = settings
        self._thread = PeriodicThread("retention-job", PURGE_INTERVAL_SECONDS, self._purge_once, failures)

    def stop(self) -> None:
        """Stop after the transaction under way."""
        self._thread.stop()

    def _purge_once(self, should_stop: Callable[[], bool]) -> None:
        removed = purge_expired(self._store, self._settings, should_stop)
        counts = {name: count for name, count in asdict(removed).items() if count}
        if counts:
            _log.info("retention run", **counts)
