"""One round of tidying up: everything whose time is over, a transaction at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from service.retention.removal import (
    AT_ONCE,
    remove_bases,
    remove_deliveries,
    remove_events,
    remove_keys,
    remove_plans,
    unnamed_objects,
)
from service.settings import Settings
from service.storage import Store, Transaction

SECONDS_A_DAY = 86_400.0

Removal = Callable[[Transaction, float], int]


@dataclass(frozen=True, slots=True)
class Removed:
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


def tidy(store: Store, settings: Settings, stopping: Callable[[], bool] = lambda: False) -> Removed:
    """Remove everything whose time is over, unless `stopping` says to leave off. Raises what SQLAlchemy raises."""
    counts = {"plans": 0, "bases": 0, "events": 0, "deliveries": 0, "idempotency": 0}
    removals: dict[str, Removal] = {
        "plans": remove_plans,
        "bases": remove_bases,
        "events": remove_events,
        "deliveries": remove_deliveries,
        "idempotency": remove_keys,
    }
    for name, removal in removals.items():
        days: float | None = getattr(settings, f"keep_{name}_days")
        if days is not None:
            counts[name] = _until_none(store, removal, days * SECONDS_A_DAY, stopping)
    objects = 0 if settings.keep_plans_days is None else _remove_objects(store, stopping)
    return Removed(**counts, objects=objects)


def _until_none(store: Store, removal: Removal, seconds: float, stopping: Callable[[], bool]) -> int:
    total = 0
    while not stopping():
        with store.write() as transaction:
            removed = removal(transaction, transaction.now() - seconds)
        if not removed:
            break
        total += removed
    return total


def _remove_objects(store: Store, stopping: Callable[[], bool]) -> int:
    """Objects that no table names: of removed plans, or left over from a crash between an object and its row."""
    keys, total = iter(tuple(store.objects.keys())), 0
    while not stopping() and (some := list(islice(keys, AT_ONCE))):
        with store.write() as transaction:
            for key in unnamed_objects(transaction, some):
                store.objects.delete(key)
                total += 1
    return total
