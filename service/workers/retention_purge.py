"""One round of tidying up: everything whose time is over, a transaction at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from service.core.settings import Settings
from service.storage.repositories.retention import (
    BATCH_SIZE,
    find_unreferenced_objects,
    remove_bases,
    remove_deliveries,
    remove_events,
    remove_idempotency_keys,
    remove_plans,
)
from service.storage.store import Store, Transaction

SECONDS_PER_DAY = 86_400.0

RemoveBatch = Callable[[Transaction, float], int]


@dataclass(frozen=True, slots=True)
class PurgeCounts:
    """How much a round removed."""

    plans: int = 0
    """Plans, each with its tables, basis, problem, events and keys."""
    bases: int = 0
    """Bases of plans that stay."""
    events: int = 0
    """Events of plans that stay."""
    deliveries: int = 0
    """Messages to webhooks."""
    idempotency: int = 0
    """Idempotency keys of plans that stay."""
    objects: int = 0
    """Big tables that no plan has any more."""


def purge_expired(store: Store, settings: Settings, should_stop: Callable[[], bool] = lambda: False) -> PurgeCounts:
    """Remove everything whose time is over, unless `stopping` says to leave off. Raises what SQLAlchemy raises."""
    counts = {"plans": 0, "bases": 0, "events": 0, "deliveries": 0, "idempotency": 0}
    removals: dict[str, RemoveBatch] = {
        "plans": remove_plans,
        "bases": remove_bases,
        "events": remove_events,
        "deliveries": remove_deliveries,
        "idempotency": remove_idempotency_keys,
    }
    for name, removal in removals.items():
        days: float | None = getattr(settings, f"retention_{name}_days")
        if days is not None:
            counts[name] = _remove_in_batches(store, removal, days * SECONDS_PER_DAY, should_stop)
    objects = 0 if settings.retention_plans_days is None else _remove_unreferenced_objects(store, should_stop)
    return PurgeCounts(**counts, objects=objects)


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
    """Objects that no table names: of removed plans, or left over from a crash between an object and its row."""
    keys, total = iter(tuple(store.objects.list_object_keys())), 0
    while not should_stop() and (some := list(islice(keys, BATCH_SIZE))):
        with store.write_transaction() as transaction:
            for key in find_unreferenced_objects(transaction, some):
                store.objects.delete_object(key)
                total += 1
    return total
